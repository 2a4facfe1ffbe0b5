"""A copy of the data folder without keys/ at every moment of a round: once the round is closed, none of them tells anything."""
import base64
import shutil
import sqlite3

import sealed
from alliance import PEOPLE
from extent import times
from respondent import encoded


class Copies:
    """Everything of a data folder but keys/, again and again."""

    def __init__(self, made, folder):
        self.made, self.folder, self.all = made, folder, []

    def take(self):
        place = self.folder / f"{len(self.all):04}"
        place.mkdir(parents=True)
        for file in self.made.installation.data.iterdir():
            if file.is_file():
                shutil.copy(file, place)
        self.all.append(place)

    def __len__(self):
        return len(self.all)

    def bytes(self, end=None, first=0):
        for place in self.all[first:end]:
            for file in place.iterdir():
                yield file.read_bytes()

    def opened(self, key):
        """What the key opens in each copy of the database with its log."""
        for place in self.all:
            found, _ = sealed.opened(place / "rapport.sqlite", self.made.round, key)
            yield found


def written(value):
    """The ways in which a value could lie there."""
    raw = value if isinstance(value, bytes) else value.encode()
    return {raw, raw.hex().encode(), raw.hex().upper().encode(), base64.b64encode(raw), encoded(raw).encode()}


def secrets_of(person):
    """What only this person's answer can have brought there; none of it is in a report."""
    ratings = {bytes(person.acknowledged), str(person.acknowledged).replace(" ", "").encode()}
    return ratings.union(*(written(value) for value in (person.serial, sealed.hash_of(person.serial), person.signature)))


def test_no_copy_without_its_keys_tells_who_collected_or_what_was_answered(opened, chance, tmp_path, row):
    made, copies, people = opened, Copies(opened, tmp_path / "copies"), []
    key = (made.installation.data / f"keys/{made.round}.sealing-key").read_bytes()
    copies.take()
    for name in PEOPLE[:times(7, len(PEOPLE))]:
        person = made.respondent(name, chance)
        copies.take()
        person.comment = f"Planted {chance.getrandbits(128):032x}"
        person.send(person.comment)
        copies.take()
        people.append(person)
    changed = chance.sample(people, 3)
    for person in changed:
        person.send(person.comment)
        copies.take()
    during = len(copies)
    made.close()
    copies.take()
    made.installation.stop()
    copies.take()
    assert not (made.installation.data / f"keys/{made.round}.sealing-key").exists()

    # With the key put aside, which nobody must do, this search finds everything.
    thefts = list(copies.opened(key))
    ballots = {hash: ratings for found in thefts for hash, (_, ratings) in sealed.ballots(found).items()}
    comments = {comment for found in thefts for comment in sealed.comments(found)}
    collected = {hash for found in thefts for hash in found["collected"]}
    with sqlite3.connect(f"file:{made.database}?mode=ro", uri=True) as database:
        roll = {id for id, in database.execute("SELECT person_id FROM roll_entry WHERE round_id = ?", [made.round])}
    assert ballots == {sealed.hash_of(person.serial): person.acknowledged for person in people}
    assert comments == {person.comment for person in people}
    assert len(collected) == len(people) and collected <= {sealed.hash_of(id) for id in roll}

    # Without it nothing opens, and nothing lies open.
    assert not any(entries for found in copies.opened(bytes(32)) for entries in found.values())
    marks = set().union(*(secrets_of(person) for person in people), *(written(hash) for hash in collected))
    # The report shows the receipts, and the comments if there are enough of them.
    open_marks = set().union(*(written(person.comment) | written(person.receipt) for person in people))
    looked = 0
    for content in copies.bytes(during):
        looked += len(content)
        assert not [mark for mark in marks | open_marks if mark in content]
    for content in copies.bytes(first=during):
        looked += len(content)
        assert not [mark for mark in marks if mark in content]
    row("copies of the folder without keys/",
        f"{len(copies)} copies, {looked / 1e6:.0f} MB, {len(marks | open_marks)} planted marks: 0 found; with the key kept "
        f"{len(ballots)} ballots, {len(comments)} comments and {len(collected)} who collected")
