"""A database that a disk, or a hand, has changed: named at the start or by the doctor, with the way back; a figure is shown as
it was kept, or not at all."""
import re
import sqlite3
import subprocess

from extent import times
from installation import PROGRAM

PAGE = 4_096
RESTORE = "rapport restore --from"
FIGURES = re.compile(r'<(?:td|th|dd|text|meter|strong)[^>]*>[^<]*\d[^<]*<')


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


def figures(made, lead):
    """Each place where figures of the closed round are read; None where they are refused with a sentence."""
    found = {}
    for place in (".json", ".csv", "", "/print"):
        page = lead.get(made.report(made.closed, place))
        if page.status == 200:
            found[place] = page.body if place in (".json", ".csv") else FIGURES.findall(page.text)
        else:
            assert page.status == 500 and "damaged" in page.text, (page.status, page.text)
            found[place] = None
    return found


def flipped(path, place, bit):
    with open(path, "r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1 << bit]))


def places_of_figures(content):
    """Where the kept report lies, so that some flips hit what a reader sees."""
    return [match.start() + offset for match in re.finditer(rb'"distribution":\[[^\]]*\]|"sum":\d+|"answers":\d+', content)
            for offset in range(len(match.group()))]


def test_a_flipped_bit_is_found_or_changes_no_figure(alliance, chance, tmp_path, row):
    made = alliance.copy(tmp_path, ahead=0)
    made.installation.start()
    whole = figures(made, made.lead())
    made.installation.stop()
    good = made.database.read_bytes()
    aimed, tries = places_of_figures(good), times(12, 300)
    assert aimed
    count = dict.fromkeys(("at the start", "by the doctor", "harmless"), 0)
    refused = 0
    for number in range(tries):
        made.database.write_bytes(good)
        place = chance.choice(aimed) if number % 2 else chance.randrange(len(good))
        flipped(made.database, place, bit := chance.randrange(8))
        found = made.doctor().stdout
        named = "problem  database" in found or "problem  schema" in found
        assert "problem  database" not in found or RESTORE in found, found
        status, sentence = probe(made)
        if status is not None:
            assert named, f"byte {place}, bit {bit}: refused to start, and the doctor finds nothing: {sentence}"
            assert status in (65, 78) and len(sentence.splitlines()) == 1, sentence
            assert "rapport.sqlite" in sentence or "The database" in sentence, sentence
            count["at the start"] += 1
            continue
        shown = figures(made, made.lead())
        made.installation.stop()
        for where, figure in shown.items():
            assert figure in (None, whole[where]), f"byte {place}, bit {bit}: a wrong figure on {where}"
        refused += None in shown.values()
        assert named or None not in shown.values(), f"byte {place}, bit {bit}: refused, and the doctor finds nothing"
        count["by the doctor" if named else "harmless"] += 1
    made.database.write_bytes(good)
    # Those that were aimed at.
    assert count["by the doctor"] >= tries // 2 - count["at the start"]
    row("flipped bit in the database file",
        f"{tries} flips: {count['at the start']} found at the start, {count['by the doctor']} by the doctor "
        f"({refused} times a page was refused), {count['harmless']} changed no figure; 0 wrong figures")


def probe(made):
    """Starts it; if it refuses, its status and its sentence."""
    try:
        made.installation.log.write_text("")
        made.installation.start()
        return None, None
    except AssertionError:
        return made.installation.process.returncode, made.installation.log.read_text()


def test_a_truncated_file_is_named_and_left_as_it_is(alliance, chance, tmp_path, row):
    made = alliance.copy(tmp_path)
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
    row("truncated database file", f"{len(lengths)} lengths, {len(lengths)} named with the way back, 0 bytes written")


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
