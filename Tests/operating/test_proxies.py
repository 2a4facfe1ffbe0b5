"""Behind the proxies of the documents nobody's collecting or answering leaves a line, and everything else does."""
import pathlib
import random
import shutil
import sys
import urllib.error
import urllib.parse
import urllib.request

import pytest
from playwright.sync_api import sync_playwright

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / folder) for folder in ("browser", "faults")]
import cast
import proxies
from installation import Installation
from respondent import Respondent

RECIPES = [
    proxies.nginx_of_readme, proxies.nginx_of_table, proxies.caddy_of_readme, proxies.apache_of_table, proxies.haproxy_of_table]
ANONYMOUS = ("/answers", "/slips", "/credential")
SECRETS = [f"/{place}/a-secret-of-somebody" for place in ("r", "calendar", "invitation", "password", "setup", "unsubscribe")]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A round that nobody has answered, and somebody's personal link."""
    installation = Installation(tmp_path_factory.mktemp("opened")).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            made = cast.Partnership(lambda: browser.new_context(locale="en-GB").new_page(), installation)
            round = made.open_round()
            link = made.round_links()[cast.address(cast.HARBOUR[1])]
        finally:
            browser.close()
            installation.stop()
    return installation.data, round, urllib.parse.urlsplit(link).path


class Behind:
    """A copy of it whose people come through a proxy."""

    def __init__(self, opened, recipe, folder):
        kept, self.round, self.link = opened
        self.installation = Installation(folder)
        shutil.copytree(kept, self.installation.data, ignore=shutil.ignore_patterns("control.sock"))
        kind, text = recipe()
        (folder / "proxy").mkdir()
        self.proxy = kind(folder / "proxy", self.installation.url)
        self.installation.start("--base-url", self.proxy.url, "--log-level", "info")
        try:
            self.proxy.start(text)
        except BaseException:
            self.installation.stop()
            raise

    def status(self, path, form=None):
        body = None if form is None else urllib.parse.urlencode(form).encode()
        try:
            with urllib.request.urlopen(self.proxy.url + path, body, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            refused.close()
            return refused.code

    def lines_with_pages(self):
        """The log is known to tell of pages; a line may come a moment after the answer."""
        Installation.wait_until(lambda: "/survey" in self.proxy.lines(), "the line of a page")
        return self.proxy.lines()

    def stop(self):
        self.proxy.stop()
        self.installation.stop()


@pytest.fixture(params=RECIPES, ids=lambda recipe: recipe.__name__)
def behind(request, opened, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "proxy/ca.pem"))
    made = Behind(opened, request.param, tmp_path)
    try:
        yield made
    finally:
        made.stop()


def collects_and_answers(behind):
    """One person in every way: in a browser twice, by a slip that does not exist, with too much, and with nonsense."""
    person = Respondent(behind.proxy.url, behind.proxy.url + behind.link, behind.round, random.Random(2))
    person.send()
    person.send()
    assert behind.status(f"/slips/{behind.round}") in (200, 404)
    for path in (f"/slips/{behind.round}", f"/answers/{behind.round}", f"/rounds/{behind.round}/credential"):
        for size in (10, 7_000, 14_000, 300_000):
            assert behind.status(path, {"code": "x" * size}) >= 400
    for path in SECRETS:
        assert behind.status(path) in (200, 404, 410)
    return [behind.round, person.receipt, behind.link]


def test_ordinary_pages_leave_lines_and_answers_and_secrets_none(behind):
    # The round itself has ordinary pages.
    telling = collects_and_answers(behind)[1:]
    assert behind.status("/survey") == 200
    lines = behind.lines_with_pages()
    assert not [line for line in lines.splitlines() if any(trace in line for trace in (*ANONYMOUS, *telling, "a-secret"))]


def test_neither_does_a_proxy_that_finds_no_rapport(behind):
    behind.installation.stop()
    for path in (f"/slips/{behind.round}", f"/answers/{behind.round}", f"/rounds/{behind.round}/credential"):
        assert behind.status(path, {"code": "x"}) == behind.proxy.absent
    telling = SECRETS
    for path in SECRETS:
        assert behind.status(path) == behind.proxy.absent
    # Apache names who asked where it finds nobody to pass the request to.
    assert "[client " not in behind.proxy.lines()
    assert behind.status("/survey") == behind.proxy.absent
    lines = behind.lines_with_pages()
    assert not [line for line in lines.splitlines() if any(trace in line for trace in (*ANONYMOUS, *telling, "a-secret"))]


def test_nor_does_the_log_of_rapport_itself(behind):
    telling = collects_and_answers(behind)
    assert behind.status("/survey") == 200
    lines = behind.installation.log.read_text()
    assert "event=page" in lines and "route=/survey" in lines
    for trace in (*ANONYMOUS, *telling, "/r/", "a-secret", "127.0.0.1", "localhost", "@"):
        found = [line for line in lines.splitlines() if trace in line and not line.startswith(("Rapport is ready", "Set it up"))]
        assert not found, trace
