"""Behind the proxies of the documents nobody's collecting or answering leaves a line, and everything else does."""
import pathlib
import random
import sys
import urllib.parse

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / folder) for folder in ("browser", "faults")]
import cast
import proxies
from alliance import Alliance
from respondent import Respondent
from visitor import Visitor

RECIPES = [proxies.nginx_of_readme, proxies.nginx_of_table, proxies.caddy_of_readme]
QUIET = ("/answers", "/slips", "/credential")


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    return Alliance.found(tmp_path_factory.mktemp("founded"), random.Random(1))


@pytest.fixture(params=RECIPES, ids=lambda recipe: recipe.__name__)
def behind(request, founded, tmp_path, monkeypatch):
    """An open round whose people come through a proxy."""
    alliance = founded.copy(tmp_path)
    kind, recipe = request.param()
    (tmp_path / "proxy").mkdir()
    proxy = kind(tmp_path / "proxy", alliance.installation.url)
    monkeypatch.setenv("SSL_CERT_FILE", str(proxy.authority))
    alliance.installation.start("--base-url", proxy.url, "--log-level", "info")
    try:
        yield alliance, proxy.start(recipe)
    finally:
        proxy.stop()
        alliance.installation.stop()


def collects_and_answers(alliance, proxy):
    """One person in every way: in a browser twice, by a slip that does not exist, with too much, and with nonsense."""
    link = proxy.url + alliance.links[cast.address(cast.HARBOUR[1])]
    person = Respondent(proxy.url, link, alliance.round, random.Random(2))
    person.send("a comment")
    person.send("another comment")
    visitor = Visitor(proxy.url)
    assert visitor.get(f"/slips/{alliance.round}").status in (200, 404)
    for path in (f"/slips/{alliance.round}", f"/answers/{alliance.round}", f"/rounds/{alliance.round}/credential"):
        for size in (10, 7_000, 14_000, 300_000):
            assert visitor.fetch(path, {"code": "x" * size}).status >= 400
    return [alliance.round, person.receipt, urllib.parse.urlsplit(link).path]


def test_ordinary_pages_leave_lines_and_answers_none(behind):
    alliance, proxy = behind
    collects_and_answers(alliance, proxy)
    assert Visitor(proxy.url).get("/survey").status == 200
    lines = proxy.lines()
    assert "/survey" in lines, "the log is known to tell of pages"
    assert not [line for line in lines.splitlines() if any(path in line for path in QUIET)]


def test_neither_does_a_proxy_that_finds_no_rapport(behind):
    alliance, proxy = behind
    alliance.installation.stop()
    visitor = Visitor(proxy.url)
    for path in (f"/slips/{alliance.round}", f"/answers/{alliance.round}", f"/rounds/{alliance.round}/credential"):
        assert visitor.fetch(path, {"code": "x"}).status == 502
    assert visitor.get("/survey").status == 502
    lines = proxy.lines()
    assert "/survey" in lines
    assert not [line for line in lines.splitlines() if any(path in line for path in QUIET)]


def test_nor_does_the_log_of_rapport_itself(behind):
    alliance, proxy = behind
    telling = collects_and_answers(alliance, proxy)
    assert Visitor(proxy.url).get("/survey").status == 200
    lines = alliance.installation.log.read_text()
    assert "event=page" in lines and "route=/survey" in lines
    for trace in (*QUIET, *telling, "/r/", "127.0.0.1", "localhost", "@"):
        found = [line for line in lines.splitlines() if trace in line and not line.startswith(("Rapport is ready", "Set it up"))]
        assert not found, trace
