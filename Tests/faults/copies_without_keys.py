"""A copy of the data folder without keys/ at every moment of a round: once the round is closed, none of them tells anything."""
import base64
import concurrent.futures
import contextlib
import shutil
import sqlite3
import threading

import cast
import sealed
from alliance import DAY, PEOPLE
from extent import times
from respondent import encoded


class Copies:
    """Everything of a data folder but keys/, again and again."""

    def __init__(self, made, folder):
        self.made, self.folder, self.all, self.last = made, folder, [], None

    def take(self):
        """One more, unless it is the same as the last one."""
        found = {}
        for file in self.made.installation.data.iterdir():
            try:
                found[file.name] = file.read_bytes() if file.is_file() else b""
            except FileNotFoundError:
                # The log goes with the server.
                pass
        if found == self.last:
            return
        self.last, place = found, self.folder / f"{len(self.all):05}"
        place.mkdir(parents=True)
        for name, content in found.items():
            (place / name).write_bytes(content)
        self.all.append(place)

    @contextlib.contextmanager
    def without_pause(self):
        """One after the other, whatever happens meanwhile: there is no other way to meet what lies there for an instant."""
        over = threading.Event()

        def go_on():
            while not over.is_set():
                self.take()

        with concurrent.futures.ThreadPoolExecutor(1) as threads:
            going = threads.submit(go_on)
            try:
                yield
            finally:
                over.set()
            going.result()

    def __len__(self):
        return len(self.all)

    def bytes(self, end=None, first=0):
        for place in self.all[first:end]:
            for file in place.iterdir():
                yield file.read_bytes()

    def opened(self, key):
        """What the key opens in each copy of the database with its log."""
        for place in self.all:
            # To open a copy is to change it.
            opened = self.folder / "opened"
            shutil.copytree(place, opened)
            try:
                found, _ = sealed.opened(opened / "rapport.sqlite", self.made.round, key)
                yield found
            except sqlite3.DatabaseError:
                # Its files are of two moments.
                pass
            finally:
                shutil.rmtree(opened)


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
    # The open round gives way to one whose opening can be watched.
    made.close()
    made.pass_time(29 * DAY)
    anna, ruth = made.lead(), made.lead(cast.RUTH)
    copies.take()
    with copies.without_pause():
        made.open_round(anna, ruth)
    opening = len(copies)
    key = (made.installation.data / f"keys/{made.round}.sealing-key").read_bytes()
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
    with copies.without_pause():
        lead = made.close()
        key_file = made.installation.data / f"keys/{made.round}.sealing-key"
        made.installation.wait_until(lambda: not key_file.exists(), "the key to be destroyed")
    shown = lead.get(made.report(made.round, ".json")).json["comments"]
    made.installation.stop()
    copies.take()
    closing = len(copies) - during
    assert opening > 1 and closing > 1

    # With the key put aside, which nobody must do, this search finds everything.
    thefts, ballots = list(copies.opened(key)), {}
    for found in thefts:
        for hash, ballot in sealed.ballots(found).items():
            ballots[hash] = max(ballot, ballots.get(hash, ballot), key=lambda ballot: ballot[0])
    comments = {comment for found in thefts for comment in sealed.comments(found)}
    collected = {hash for found in thefts for hash in found["collected"]}
    with sqlite3.connect(f"file:{made.database}?mode=ro", uri=True) as database:
        roll = {id for id, in database.execute("SELECT person_id FROM roll_entry WHERE round_id = ?", [made.round])}
    assert ballots == {sealed.hash_of(person.serial): (person.number, person.acknowledged) for person in people}
    assert comments == {person.comment for person in people}
    assert len(collected) == len(people) and collected <= {sealed.hash_of(id) for id in roll}

    # Without it nothing opens, and nothing lies open.
    assert not any(entries for found in copies.opened(bytes(32)) for entries in found.values())
    marks = set().union(*(secrets_of(person) for person in people), *(written(hash) for hash in collected), written(key))
    said = set().union(*(written(person.comment) for person in people))
    receipts = set().union(*(written(person.receipt) | written(in_fours(person.receipt)) for person in people))
    assert not shown or sorted(shown) == sorted(person.comment for person in people)
    looked, after = 0, marks if shown else marks | said
    for content in copies.bytes(during):
        looked += len(content)
        assert not [mark for mark in marks | said | receipts if mark in content]
    # The report shows the receipts, and the comments if there are enough of them.
    for content in copies.bytes(first=during):
        looked += len(content)
        assert not [mark for mark in after if mark in content]
    row("copies of the folder without keys/",
        f"{len(copies)} copies, {opening} of them up to the opening and {closing} from the closing time on, {looked / 1e6:.0f} MB, "
        f"{len(marks | said | receipts)} planted marks: 0 found; with the key kept {len(ballots)} ballots, {len(comments)} comments and "
        f"{len(collected)} who collected")


def in_fours(receipt):
    return "-".join(receipt[place:place + 4] for place in range(0, 16, 4))
