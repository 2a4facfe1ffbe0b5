"""A database that a disk, or a hand, has changed: named at the start or by the doctor, with the way back; a figure is shown as
it was kept, or not at all."""
import re
import sqlite3
import struct
import subprocess

import pytest

import cast
import pages
from extent import times
from installation import PROGRAM

PAGE = 4_096
RESTORE = "rapport restore --from"
LARGEST_CHECKED = 8_000_000
KEPT = ("report", "print", "csv", "json", "receipts")


def served(made):
    """What `serve` says that does not get to serve: its status and its sentence."""
    done = subprocess.run(
        [PROGRAM, "serve", "--data", made.installation.data, "--listen", "127.0.0.1:0"], capture_output=True, text=True,
        timeout=30)
    return done.returncode, done.stderr


def contents(folder):
    """All but what lies beside a database while it is looked at."""
    return {
        file.relative_to(folder): file.read_bytes() for file in folder.rglob("*")
        if file.is_file() and file.name not in ("lock", "rapport.sqlite-shm")}


def figures(made):
    """Each place where figures of the closed round are read; None where they are not shown at all."""
    found, visitor = {}, reader(made)
    for place, page in pages.of(made, visitor).items():
        if page.status == 200 and "/sign-in" not in page.url:
            # A name that is not found takes its figures along.
            found[place] = pages.figures(place, page) or None
        else:
            # Where somebody's seat or password was hit, nothing is shown to them. What is kept for good says why it is not shown.
            assert page.status in (200, 403, 404, 500), (place, page.status, page.text)
            assert page.status != 500 or place not in KEPT or "damaged" in page.text, (place, page.text)
            found[place] = None
    return {place: figure for place, figure in found.items() if place not in ("round", "open round")}


def reader(made):
    """A lead who has signed in, as far as the damage lets one."""
    for name in (cast.ANNA, cast.RUTH):
        visitor = made.visitor()
        if visitor.get("/sign-in").status == 200:
            visitor.send("/sign-in", email=cast.address(name), password=cast.PASSWORD)
            if "/sign-in" not in visitor.page.url:
                break
    return visitor


def with_heads(made):
    """Leads who are heads of alliances: their portfolio is put in order by a table of its own."""
    with sqlite3.connect(made.database) as database:
        database.execute("UPDATE person SET head = 1 WHERE password IS NOT NULL")
    database.close()
    return made


def flipped(path, place, bit):
    with open(path, "r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1 << bit]))


def places_of_figures(made, content):
    """Where lies what a reader sees: of the kept report, and of what repeats it for lists, which the index has once more."""
    with sqlite3.connect(f"file:{made.database}?mode=ro&immutable=1", uri=True) as database:
        space, health, trust = database.execute(
            "SELECT space_id, health_thousandths, trust_thousandths FROM round WHERE id = ?", [made.closed]).fetchone()

    def places(pattern):
        return [place for match in re.finditer(pattern, content, re.S) for place in range(*match.span())]

    report = places(rb'"distribution":\[[^\]]*\]|"sum":\d+|"answers":\d+')
    repeated = places(re.escape(struct.pack(">HH", health, trust)))
    # An item's number behind the two ids; what has a letter there is another table's.
    flagged = places(rb"(?<=" + re.escape((space + made.closed).encode()) + rb")[\x02-\x0f]")
    assert report and len(repeated) >= 8 and flagged
    return report, repeated, flagged


@pytest.mark.parametrize("size", ["checked at the start", "too large to be checked at the start"])
def test_a_flipped_bit_is_found_or_changes_no_figure(size, alliance, chance, tmp_path, row):
    made = with_heads(alliance.copy(tmp_path, ahead=0))
    made.installation.start()
    shown = figures(made)
    made.installation.stop()
    assert None not in shown.values()
    lies_in = made.database.stat().st_size
    if size != "checked at the start":
        pad(made.database)
    good = made.database.read_bytes()
    aimed, tries = places_of_figures(made, good), times(6, 300)
    found, silent, refused = dict.fromkeys(("at the start", "by the doctor", "not at all"), 0), 0, 0
    for number in range(tries):
        made.database.write_bytes(good)
        place = chance.choice(aimed[number // 2 % len(aimed)]) if number % 2 else chance.randrange(lies_in)
        flipped(made.database, place, bit := chance.randrange(8))
        how, hidden = outcome(made, shown, f"byte {place}, bit {bit}")
        found[how] += 1
        refused += hidden
        silent += number % 2 and how == "not at all"
    made.database.write_bytes(good)
    # Of those that were aimed at, none.
    assert not silent, silent
    row(f"flipped bit in a database {size}",
        f"{tries} flips: {found['at the start']} found at the start, {found['by the doctor']} by the doctor "
        f"({refused} times a page was refused), {found['not at all']} changed no figure; 0 wrong figures")


FIGURES_BY_HAND = {
    "health": "UPDATE round SET health_thousandths = 5999 - health_thousandths WHERE state = 'closed'",
    "trust": "UPDATE round SET trust_thousandths = 5999 - trust_thousandths WHERE state = 'closed'",
    "items to discuss": "UPDATE round SET to_discuss = to_discuss - 1 WHERE state = 'closed'",
    "flagged items": "DELETE FROM flagged_item WHERE item = (SELECT MAX(item) FROM flagged_item)",
    "report": """UPDATE round SET report = replace(report, '"answers":12', '"answers":13') WHERE state = 'closed'""",
    "receipts": "UPDATE kept_list SET content = replace(content, 'A', 'B') WHERE part = 'receipts'"}


def test_figures_that_a_hand_has_changed_are_shown_nowhere(alliance, tmp_path, row):
    made = with_heads(alliance.copy(tmp_path, ahead=0))
    made.installation.start()
    shown = figures(made)
    made.installation.stop()
    good, wrong = made.database.read_bytes(), []
    for what, sql in FIGURES_BY_HAND.items():
        made.database.write_bytes(good)
        # Tables and indexes agree then, and the engine finds nothing.
        with sqlite3.connect(made.database) as database:
            assert database.execute(sql).rowcount == 1
        database.close()
        assert "problem  database" in made.doctor().stdout, what
        made.installation.start()
        try:
            now = figures(made)
        finally:
            made.installation.stop()
        wrong += [f"{what} on {where}" for where, figure in now.items() if figure not in (None, shown[where])]
    row("figure changed by hand", f"{len(FIGURES_BY_HAND)} kinds, all named by the doctor; shown wrongly: {', '.join(wrong) or '0'}",
        held=not wrong)


def pad(path):
    """Makes the database larger than what is checked at each start, behind what was there."""
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE padding (zeros BLOB)")
        database.executemany("INSERT INTO padding VALUES (zeroblob(?))", [(100_000,)] * (LARGEST_CHECKED // 100_000 + 1))
    database.close()
    assert path.stat().st_size > LARGEST_CHECKED


def outcome(made, shown, what):
    """Who finds a damage, and whether a page was refused for it; a wrong figure is never shown."""
    doctor = made.doctor().stdout
    named = "problem  database" in doctor or "problem  schema" in doctor
    assert "problem  database" not in doctor or RESTORE in doctor, doctor
    status, sentence = probe(made)
    if status is not None:
        assert named, f"{what}: refused to start, and the doctor finds nothing: {sentence}"
        assert status in (65, 78) and len(sentence.splitlines()) == 1, sentence
        # Of a step's number nobody can tell whether it was flipped or is a newer program's.
        assert status == 78 or RESTORE in sentence, f"{what}: no way back: {sentence}"
        return "at the start", False
    try:
        now = figures(made)
    finally:
        made.installation.stop()
    for where, figure in now.items():
        assert figure in (None, shown[where]), f"{what}: a wrong figure on {where}"
    assert named or None not in now.values(), f"{what}: not shown, and the doctor finds nothing: {now}"
    return "by the doctor" if named else "not at all", None in now.values()


def probe(made):
    """Starts it; if it refuses, its status and its sentence."""
    try:
        made.installation.log.write_text("")
        made.installation.start()
        return None, None
    except AssertionError:
        return made.installation.process.returncode, made.installation.log.read_text()


def test_a_truncated_file_is_named_and_left_as_it_is(alliance, chance, tmp_path, row):
    made = alliance.copy(tmp_path, ahead=0)
    good = made.database.read_bytes()
    lengths = [0, 1, 50, 100, 4_095, 4_096, len(good) // 2, len(good) - PAGE]
    lengths += [chance.randrange(len(good) - PAGE) for _ in range(times(3, 92))]
    for length in lengths:
        made.database.write_bytes(good[:length])
        before = contents(made.installation.data)
        status, sentence = served(made)
        assert status == 65 and str(made.database) in sentence and RESTORE in sentence, (length, status, sentence)
        assert len(sentence.splitlines()) == 1
        found = made.doctor()
        assert found.returncode == 78 and "problem  database" in found.stdout and RESTORE in found.stdout, (length, found.stdout)
        assert contents(made.installation.data) == before, length
    made.database.write_bytes(good)
    made.installation.start()
    shown = figures(made)
    made.installation.stop()
    # Of the last page SQLite reads zeros instead, and says nothing.
    part = [1, chance.randrange(2, PAGE)]
    outcomes = []
    for missing in part:
        made.database.write_bytes(good[:-missing])
        outcomes.append(outcome(made, shown, f"{missing} bytes less")[0])
    row("truncated database file",
        f"{len(lengths)} lengths, {len(lengths)} named with the way back, 0 bytes written; {len(part)} within the last page: found "
        f"{' and '.join(outcomes)}, 0 wrong figures")


def test_a_wrong_file_is_named_and_left_as_it_is(alliance, tmp_path, row):
    made = alliance.copy(tmp_path)
    made.installation.command("backup", "--data", made.installation.data, "--to", tmp_path / "one.backup")
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE contact (name TEXT)")
    wrong = {
        "a text": b"Dear all,\n" * 2_000, "zeros": bytes(65_536), "another program's": other.read_bytes(),
        "a backup": (tmp_path / "one.backup").read_bytes(), "an image": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100}
    for what, content in wrong.items():
        made.database.write_bytes(content)
        before = contents(made.installation.data)
        status, sentence = served(made)
        assert status == 65 and "rapport.sqlite" in sentence and RESTORE in sentence, (what, status, sentence)
        found = made.doctor()
        assert found.returncode == 78 and "problem  database" in found.stdout and RESTORE in found.stdout, (what, found.stdout)
        assert contents(made.installation.data) == before, what
    row("wrong file in the place of the database", f"{len(wrong)} kinds, {len(wrong)} named with the way back, 0 bytes written")
