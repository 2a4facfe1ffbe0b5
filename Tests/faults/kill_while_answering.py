"""Whatever the server acknowledged survives kill -9, and counts once.

Twelve people, or some of them, send again and again, each time other ratings under a higher number, while the server is
killed at random moments. KILLS says how often, SEED repeats a run.
"""
import http.client
import os
import pathlib
import random
import secrets
import sys
import threading
import time

import pytest
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
import cast
import figures
from installation import Installation
from respondent import Respondent

KILLS = int(os.environ.get("KILLS", "10"))
SEED = int(os.environ.get("SEED", secrets.randbelow(10**6)))
READY_WITHIN = 2


@pytest.fixture
def opened(tmp_path):
    """A round whose every ballot is sent by this test."""
    installation = Installation(tmp_path).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            made = cast.Partnership(lambda: browser.new_context(locale="en-GB").new_page(), installation)
            made.open_round()
            yield made
        finally:
            browser.close()
            installation.stop()


class Storm:
    """Everybody sends at once. Some send one answer and rest; the others go on until the server is killed."""

    def __init__(self, installation, people, resting, kill_after):
        self.installation, self.kill_after = installation, kill_after
        self.count, self.busy, self.lock = 0, len(resting), threading.Lock()
        threads = [
            threading.Thread(target=self.send_once if person in resting else self.send_until_killed, args=[person])
            for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert self.busy == 0 and self.count >= kill_after, "an answer was refused"
        installation.process.wait()

    def send_once(self, person):
        person.send()
        self.acknowledged(resting=1)

    def send_until_killed(self, person):
        while True:
            try:
                person.send()
            except (OSError, http.client.HTTPException, ValueError):
                # Refused is another matter: then there is nobody to kill the server, and the count shows it.
                return
            self.acknowledged()

    def acknowledged(self, resting=0):
        with self.lock:
            self.count += 1
            self.busy -= resting
            if self.count >= self.kill_after and self.busy == 0:
                self.installation.process.kill()


def test_every_acknowledged_ballot_is_counted_once_as_it_was_sent_last(opened):
    print(f"SEED={SEED}")
    chance, installation = random.Random(SEED), opened.installation
    people = [Respondent(installation.url, link, opened.round, chance) for link in opened.round_links().values()]
    waits = []
    for _ in range(KILLS):
        # One who sends alone is killed soonest after the acknowledgement; many share one commit.
        active = chance.sample(people, chance.choice([1, 2, len(people)]))
        resting = active[:len(active) // 2]
        Storm(installation, active, resting, kill_after=chance.randint(len(active), 60))
        started = time.monotonic()
        installation.start()
        waits.append(time.monotonic() - started)
        for person in people:
            # Killed between writing and saying so, an answer may stand that was never acknowledged.
            stands = {person.number} if person.pending is None else {person.number - 1, person.number}
            assert 0 in stands or person.standing() in stands
    print(f"ready again after {sum(waits) / KILLS:.2f} s on average, {max(waits):.2f} s at most")
    # Whoever rested is not asked again: what was acknowledged before the last kill is what must be counted.
    for person in people:
        if person.pending or not person.number:
            person.send()
    opened.close_round()
    report = opened.anna.context.request.get(opened.address(f"/rounds/{opened.round}/report.json")).json()
    opened.anna.goto(f"{installation.url}/rounds/{opened.round}/receipts")
    receipts = [receipt.replace("-", "") for receipt in opened.anna.locator(".receipts li").all_inner_texts()]
    assert sorted(receipts) == sorted(person.receipt for person in people)
    assert report["answers"] == len(people)
    assert [item["distribution"] for item in report["items"]] == [
        item.distribution for item in figures.items(person.acknowledged for person in people)]
    assert max(waits) < READY_WITHIN
