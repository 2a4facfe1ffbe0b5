"""Whatever the server acknowledged survives kill -9, and counts once.

Twelve people, or some of them, send again and again, each time other ratings under a higher number, while the server is
killed at random moments. SEED repeats a run.
"""
import http.client
import re
import threading
import time

import figures
from extent import times

KILLS = times(10, 200)
READY_WITHIN = 2


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


def test_every_acknowledged_ballot_is_counted_once_as_it_was_sent_last(opened, chance, row):
    installation, people, waits, acknowledged = opened.installation, opened.respondents(chance), [], 0
    for _ in range(KILLS):
        # One who sends alone is killed soonest after the acknowledgement; many share one commit.
        active = chance.sample(people, chance.choice([1, 2, len(people)]))
        resting = active[:len(active) // 2]
        acknowledged += Storm(installation, active, resting, kill_after=chance.randint(len(active), 60)).count
        started = time.monotonic()
        opened.start()
        waits.append(time.monotonic() - started)
        assert "ok       database" in opened.doctor().stdout
        for person in people:
            assert person.stands()
    # Whoever rested is not asked again: what was acknowledged before the last kill is what must be counted.
    for person in people:
        if person.pending or not person.number:
            person.send()
    lead = opened.close()
    report = lead.get(opened.report(opened.round, ".json")).json
    shown = re.search(r'class="receipts".*?</ol>', lead.get(f"/rounds/{opened.round}/receipts").text, re.S)[0]
    receipts = [receipt.replace("-", "") for receipt in re.findall(r"<li>(?:<[^>]*>)*([0-9A-Z-]+)", shown)]
    assert sorted(receipts) == sorted(person.receipt for person in people)
    assert report["answers"] == len(people)
    assert [item["distribution"] for item in report["items"]] == [
        item.distribution for item in figures.items(person.acknowledged for person in people)]
    row("kill -9 while answering", f"{KILLS} kills, {acknowledged} acknowledged, 0 lost, {len(people)} counted once; ready again after "
        f"{sum(waits) / KILLS:.2f} s, {max(waits):.2f} s at most", timely=max(waits) < READY_WITHIN)
