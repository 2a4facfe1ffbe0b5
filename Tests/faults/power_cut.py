"""The power goes: of everything written, only what was synced is sure to be there. Whatever was acknowledged must be."""
import sqlite3
import threading

import sealed
from extent import times
from recorder import DATABASE, LOG, Record, recorder

ANSWERS = times(25, 60)
POINTS = times(60, 300)


class Sender(threading.Thread):
    """Sends again and again, and notes how long the record was when each answer was acknowledged."""

    def __init__(self, person, path):
        super().__init__()
        self.person, self.path, self.sent, self.acknowledged = person, path, {}, []

    def run(self):
        for _ in range(ANSWERS):
            self.person.send()
            self.sent[self.person.number] = self.person.acknowledged
            self.acknowledged.append((self.path.stat().st_size, self.person.number))


def losses(record, before, senders, key, made, folder, chance, points):
    """How many acknowledged answers are gone after so many power cuts, how many cuts lost some, and how many there were."""
    lost, cuts_with_loss, expected, broken = 0, 0, 0, 0
    for number in range(points):
        cut = chance.randrange(1, len(record.all) + 1)
        place = folder / str(number)
        place.mkdir(parents=True)
        for name, content in record.disk(before, cut, chance).items():
            (place / name).write_bytes(content)
        with sqlite3.connect(place / DATABASE) as database:
            complaint = database.execute("PRAGMA integrity_check").fetchone()[0]
        broken += complaint != "ok"
        stored = sealed.ballots(sealed.opened(place / DATABASE, made.round, key)[0])
        gone = 0
        for sender in senders:
            numbers = [number for end, number in sender.acknowledged if end <= record.ends[cut - 1]]
            send, ratings = stored.get(sealed.hash_of(sender.person.serial), (0, None))
            expected += len(numbers)
            gone += sum(number > send for number in numbers)
            # What stands is an answer as it was sent, acknowledged or just about to be.
            assert send == 0 or ratings == sender.sent.get(send, ratings)
        lost, cuts_with_loss = lost + gone, cuts_with_loss + (gone > 0)
    return lost, cuts_with_loss, expected, broken


def test_a_power_cut_loses_nothing_acknowledged(alliance, chance, tmp_path, recorder, row):
    made = alliance.copy(tmp_path)
    before = {DATABASE: made.database.read_bytes(), LOG: b""}
    path = tmp_path / "record"
    made.installation.preloaded.append(recorder)
    made.start(RECORD=str(path))
    key = (made.installation.data / f"keys/{made.round}.sealing-key").read_bytes()
    senders = [Sender(person, path) for person in made.respondents(chance)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    made.installation.process.kill()
    made.installation.process.wait()
    assert all(len(sender.acknowledged) == ANSWERS for sender in senders)

    record = Record(path)
    synced = losses(record, before, senders, key, made, tmp_path / "full", chance, POINTS)
    lazy = losses(record.without_syncs_at_commit(), before, senders, key, made, tmp_path / "normal", chance, POINTS)
    row("power cut", f"{POINTS} cuts in {len(record.all)} writes and syncs, {synced[2]} acknowledged answers looked for: {synced[0]} lost, "
        f"{synced[3]} databases broken", synced[0] == synced[3] == 0)
    row("the same with synchronous=NORMAL, to see that it can fail", f"{lazy[0]} of {lazy[2]} lost, in {lazy[1]} of {POINTS} cuts", lazy[0] > 0)


def test_the_server_starts_after_a_power_cut(alliance, chance, tmp_path, recorder, row):
    made = alliance.copy(tmp_path / "first")
    before, path = {DATABASE: made.database.read_bytes(), LOG: b""}, tmp_path / "record"
    made.installation.preloaded.append(recorder)
    made.start(RECORD=str(path))
    people = made.respondents(chance)
    for person in people:
        person.send()
    acknowledged = path.stat().st_size
    made.installation.process.kill()
    made.installation.process.wait()
    record, starts = Record(path), times(2, 20)
    last = next(place for place, end in enumerate(record.ends) if end >= acknowledged) + 1
    for number in range(starts):
        other = made.copy(tmp_path / str(number))
        (other.installation.data / LOG).unlink(missing_ok=True)
        (other.installation.data / f"{DATABASE}-shm").unlink(missing_ok=True)
        for name, content in record.disk(before, chance.randrange(last, len(record.all) + 1), chance).items():
            (other.installation.data / name).write_bytes(content)
        other.start()
        try:
            for person in people:
                person.url = other.installation.url
                assert person.standing() == person.number
            assert "ok       database" in other.doctor().stdout
        finally:
            other.installation.stop()
    row("start after a power cut", f"{starts} starts, {starts * len(people)} answers looked for, 0 lost")
