"""PostgreSQL is killed and its standby promoted while people answer, through two servers: nothing acknowledged is lost.

SEED repeats a run.
"""
import concurrent.futures
import http.client
import os
import pathlib
import re
import signal
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
import cast
import figures
from extent import times
from installation import Installation
from postgres import Pair
from respondent import Respondent

FAILOVERS = times(2, 5)


@pytest.fixture
def servers(tmp_path):
    """Two servers on one database and one folder of keys."""
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:2]:
        parent.chmod(0o755)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    one, other = Installation(tmp_path / "a"), Installation(tmp_path / "b")
    other.clock = one.clock
    pair = Pair(tmp_path / "postgresql", one.clock)
    options = ["--database", pair.address, "--keys", str(tmp_path / "keys")]
    try:
        # The setup link of the last start is the one that works.
        other.start(*options)
        one.start(*options)
        yield pair, one, other
    finally:
        one.stop()
        other.stop()
        pair.stop()


@pytest.fixture
def opened(servers):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            made = cast.Partnership(lambda: browser.new_context(locale="en-GB").new_page(), servers[1])
            made.open_round()
            yield made
        finally:
            browser.close()


def is_ready(server):
    try:
        with urllib.request.urlopen(server.url + "/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


class Crowd:
    """Everybody sends without end, each time through the other server, and again what was not acknowledged."""

    def __init__(self, people, servers):
        self.people, self.servers = people, servers
        self.over = threading.Event()
        self.lock = threading.Condition()
        self.acknowledged, self.refused, self.others = 0, 0, []
        self.threads = [threading.Thread(target=self.send, args=[person]) for person in people]
        for thread in self.threads:
            thread.start()

    def send(self, person):
        turn = 0
        while not self.over.is_set():
            turn += 1
            person.url = self.servers[turn % 2].url
            try:
                person.send()
            except urllib.error.HTTPError as refusal:
                if refusal.code != 503 or not refusal.headers["Retry-After"]:
                    self.others.append(f"{refusal.code} {refusal.read().decode()}")
                    return
                self.note(refused=1)
                self.over.wait(0.05)
            except (OSError, http.client.HTTPException) as trouble:
                self.others.append(repr(trouble))
                return
            else:
                self.note(acknowledged=1)

    def note(self, acknowledged=0, refused=0):
        with self.lock:
            self.acknowledged += acknowledged
            self.refused += refused
            self.lock.notify_all()

    def wait_for(self, more):
        """Until so many more were acknowledged."""
        with self.lock:
            goal = self.acknowledged + more
            assert self.lock.wait_for(lambda: self.acknowledged >= goal or self.others, timeout=60)
        assert not self.others

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


def test_a_killed_postgresql_loses_nothing_that_was_acknowledged(servers, opened, chance, row):
    pair, one, other = servers
    people = [Respondent(one.url, link, opened.round, chance) for link in opened.round_links().values()]
    crowd, waits = Crowd(people, [one, other]), []
    try:
        for _ in range(FAILOVERS):
            crowd.wait_for(chance.randint(20, 60))
            started = time.monotonic()
            pair.fail_over()
            crowd.wait_for(1)
            waits.append(time.monotonic() - started)
    finally:
        crowd.end()
    assert not crowd.others
    for person in people:
        assert person.stands()
    for person in people:
        if person.pending:
            person.send()
    other.ahead = one.ahead
    opened.close_round()
    report = opened.anna.context.request.get(opened.address(f"/rounds/{opened.round}/report.json")).json()
    opened.anna.goto(f"{one.url}/rounds/{opened.round}/receipts")
    receipts = [receipt.replace("-", "") for receipt in opened.anna.locator(".receipts li").all_inner_texts()]
    assert sorted(receipts) == sorted(person.receipt for person in people)
    assert report["answers"] == len(people)
    assert [item["distribution"] for item in report["items"]] == [
        item.distribution for item in figures.items(person.acknowledged for person in people)]
    row(
        "PostgreSQL killed, its standby promoted",
        f"{FAILOVERS} times, {crowd.acknowledged} answers acknowledged, 0 lost, 0 double, {crowd.refused} asked to come back, "
        f"answering again after {max(waits):.1f} s at most")


def test_a_standby_that_is_not_waited_for_lacks_some_so_that_a_loss_would_be_seen(servers, opened, chance, row):
    pair, one, other = servers
    people = [Respondent(one.url, link, opened.round, chance) for link in opened.round_links().values()]
    pair.leader.wait_for_standbys("")
    crowd = Crowd(people, [one, other])
    try:
        crowd.wait_for(20)
        receiver = pair.standby.hear_no_more()
        crowd.wait_for(40)
        pair.leader.kill()
    finally:
        crowd.end()
    os.kill(receiver, signal.SIGKILL)
    Installation.wait_until(lambda: not pathlib.Path(f"/proc/{receiver}").exists(), "the receiver to be gone")
    Installation.wait_until(pair.standby.answers, "the standby to begin again")
    pair.standby.promote()
    # It has its leader's settings, and would wait for a standby of its own.
    pair.standby.wait_for_standbys("")
    for server in (one, other):
        Installation.wait_until(lambda: is_ready(server), "the server to find it")
    # Of each person what stands is older than what was acknowledged last.
    lost = [person for person in people if person.standing() < (person.number - 1 if person.pending else person.number)]
    row("the same with a standby that is not waited for, to see that it can fail",
        f"{len(lost)} of {len(people)} people lost answers that were acknowledged", held=bool(lost))


class Visitor:
    """Somebody who has opened their personal link and not yet pressed its button, which keeps a session."""

    def __init__(self, link):
        self.link, self.browser = link, urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        page = self.browser.open(link, timeout=20).read().decode()
        self.form = urllib.parse.urlencode({"form-token": re.search(r'name="form-token" value="([^"]*)"', page)[1]}).encode()

    def is_asked_to_come_back(self):
        try:
            self.browser.open(self.link, self.form, timeout=20).close()
            return False
        except urllib.error.HTTPError as refusal:
            return refusal.code == 503 and bool(refusal.headers["Retry-After"])


def test_while_the_standby_hangs_nothing_is_acknowledged_and_pages_are_read(servers, opened, chance, row):
    pair, one, other = servers
    links = list(opened.round_links().values())
    people = [Respondent(one.url, link, opened.round, chance) for link in links]
    for person in people:
        person.send()
    # More than there are connections for writes.
    visitors = [Visitor(link) for link in links]
    pair.standby.pause()
    try:
        with concurrent.futures.ThreadPoolExecutor(len(people) + len(visitors)) as threads:
            started = time.monotonic()
            refused = list(threads.map(Visitor.is_asked_to_come_back, visitors))
            waited = time.monotonic() - started
            assert refused == [True] * len(visitors)
            started = time.monotonic()
            page = urllib.request.urlopen(f"{one.url}/rounds/{opened.round}/opening", timeout=20)
            assert page.status == 200 and is_ready(one)
            # There is no connection left that could write: nobody waits for one.
            assert Visitor(links[0]).is_asked_to_come_back()
            at_once = time.monotonic() - started
            unsent = {person: threads.submit(person.send) for person in people}
            assert all(isinstance(each.exception(), urllib.error.HTTPError) and each.exception().code == 503 for each in unsent.values())
            started = time.monotonic()
            list(threads.map(Installation.stop, (one, other)))
            stopped = time.monotonic() - started
            assert one.process.returncode == other.process.returncode == 0
    finally:
        pair.standby.go_on()
    one.start("--database", pair.address, "--keys", str(one.folder.parent / "keys"))
    for person in people:
        assert person.stands()
        person.send()
        assert person.standing() == person.number
    row("the standby that PostgreSQL waits for hangs",
        f"{len(visitors) + len(people)} asked to come back after {waited:.1f} s at most, then at once; pages read in {at_once:.2f} s; "
        f"2 servers stopped after {stopped:.1f} s; {len(people)} of {len(people)} sent again when it went on, 0 lost",
        timely=at_once < waited and stopped < 15)


def test_the_doctor_says_whether_postgresql_waits_for_its_standby(servers, tmp_path):
    pair, one, _ = servers

    def says(user):
        address = f"postgres://{user}@127.0.0.1:{pair.leader.port}/rapport"
        done = one.command("doctor", "--data", tmp_path / "nothing", "--database", address, "--listen", "127.0.0.1:0", ok=False)
        return next(line for line in done.stdout.splitlines() if "synchronous standbys" in line)

    pair.leader.ask("CREATE ROLE plain LOGIN")
    assert "cannot be seen by this user" in says("plain")
    pair.leader.ask("GRANT pg_read_all_stats TO plain")
    assert says("plain").startswith("ok ") and says("rapport").startswith("ok ")
    pair.leader.wait_for_standbys("")
    assert "does not wait for it" in says("plain") and "does not wait for it" in says("rapport")
    pair.leader.wait_for_standbys("elsewhere")
    assert "nothing is acknowledged" in says("plain") and "nothing is acknowledged" in says("rapport")
    pair.leader.wait_for_standbys("")
