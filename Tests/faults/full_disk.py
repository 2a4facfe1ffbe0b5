"""A disk without room: every refusal is a sentence, nothing is half done, and all goes on when there is room again."""
import json
import shutil
import sqlite3
import subprocess
import urllib.error

import pytest

import older_program
import pages
from alliance import PEOPLE
from extent import times
from installation import PROGRAM
from small_disk import disk_of

FULL = (507, 503)
SEND_AT_MOST = 3_000


@pytest.fixture
def full(alliance, tmp_path, disk_of):
    """A running copy on a disk of its own."""
    disk = disk_of(tmp_path / "disk", 8_192)
    made = alliance.copy(tmp_path, data=disk.path / "data")
    made.start()
    made.disk = disk
    yield made
    disk.make_room()
    made.installation.stop()


def refused(request):
    """The sentence with which something is refused for want of room."""
    with pytest.raises(urllib.error.HTTPError) as failure:
        request()
    assert failure.value.code in FULL
    return json.load(failure.value)["error"]["message"]


def test_answers_are_refused_whole_and_taken_when_there_is_room(full, chance, row):
    people, lead, refusals, taken = full.respondents(chance), full.lead(), 0, len(PEOPLE)
    before = pages.whole(full, lead)
    for person in people:
        # Of whoever has nothing there, nothing can be learned without an answer that gets in the way of the next.
        person.send()
    for _ in range(times(3, 30)):
        # A log that has grown to its full length needs no more room; it begins anew with the server.
        full.installation.stop()
        full.start()
        full.disk.fill(leaving=chance.choice([0, 0, 16, 100, 400, 1_000]))
        for _ in range(SEND_AT_MOST):
            person = chance.choice(people)
            try:
                person.send()
                taken += 1
            except urllib.error.HTTPError as failure:
                assert failure.code in FULL and json.load(failure)["error"]["message"]
                break
        else:
            pytest.fail("the disk did not get full")
        refusals += 1
        assert person.standing() == person.number - 1
        assert pages.whole(full, lead) == before
        full.disk.make_room()
        # The same answer again, under its number.
        person.send()
        taken += 1
    assert "ok       database" in full.doctor().stdout
    for person in people:
        assert person.standing() == person.number
    row("full disk while answering", f"{refusals} times full, {taken} answers acknowledged, 0 lost, 0 half stored")


def test_a_close_waits_for_room_and_counts_everybody(full, chance, row):
    people = full.respondents(chance)
    for person in people:
        person.send()
    lead = full.lead()
    full.disk.fill()
    full.pass_time(20 * 86_400)
    full.installation.wait_until(lambda: "round.close" in full.installation.log.read_text(), "a try to close")
    assert lead.get(full.report(full.round)).status == 404
    with pytest.raises(urllib.error.HTTPError) as late:
        people[0].send()
    assert late.value.code == 410
    full.disk.make_room()
    full.installation.wait_until(lambda: lead.get(full.report(full.round)).status == 200, "the report")
    report = lead.get(full.report(full.round, ".json")).json
    assert report["answers"] == len(people)
    key = full.installation.data / "keys" / f"{full.round}.sealing-key"
    full.installation.wait_until(lambda: not key.exists(), "the key to be destroyed")
    assert full.round in (full.installation.data / "keys/closed").read_text()
    row("full disk while closing", f"report late and whole, {report['answers']} of {len(people)} counted, key destroyed")


def test_a_full_disk_of_the_keys_keeps_no_key_and_leaves_no_opening(alliance, chance, tmp_path, disk_of, row):
    made = alliance.copy(tmp_path)
    keys = made.installation.data / "keys"
    kept = {file.name: file.read_bytes() for file in keys.iterdir()}
    disk = disk_of(keys, 64)
    for name, content in kept.items():
        (keys / name).write_bytes(content)
    # The list is at the end of its page, so that one more line needs room.
    made.start()
    with open(keys / "closed", "a") as closed:
        while closed.tell() % 4_096 < 4_060:
            closed.write("an-earlier-round\n")
            closed.flush()
    try:
        for person in made.respondents(chance):
            person.send()
        disk.fill()
        made.pass_time(20 * 86_400)
        lead = made.lead()
        made.installation.wait_until(lambda: lead.get(made.report(made.round)).status == 200, "the report")
        made.installation.wait_until(lambda: not (keys / f"{made.round}.sealing-key").exists(), "the key to be destroyed")
        disk.fill()
        made.pass_time(29 * 86_400)
        anna, ruth = made.lead(), made.lead("Ruth Sommer")
        anna.get(made.address("/rounds/new"))
        draft = anna.send("/rounds").url
        for lead in (ruth, anna):
            lead.get(draft)
            opening = lead.send("/confirmation")
        assert opening.status == 507 and "no room" in opening.text
        assert 'state-draft"' in anna.get(draft).text
        disk.make_room()
        made.installation.wait_until(lambda: made.round in (keys / "closed").read_text(), "the closed round to be noted")
        anna.get(draft)
        anna.send("/confirmation")
        assert 'state-open"' in anna.get(draft).text
        row("full disk of the keys", "1 closed and its key destroyed at once, 1 opening taken back and done when there was room")
    finally:
        disk.make_room()
        made.installation.stop()


def test_a_backup_on_a_full_disk_leaves_nothing(full, tmp_path, chance, row):
    tries = times(4, 20)
    for place in range(tries):
        full.disk.fill(leaving=chance.choice([0, 20, 100, 300]))
        there = sorted(path.name for path in full.disk.path.iterdir())
        done = full.installation.command(
            "backup", "--data", full.installation.data, "--to", full.disk.path / "one.backup", ok=False)
        assert done.returncode == 74 and "no room" in done.stderr.lower(), done.stderr
        assert sorted(path.name for path in full.disk.path.iterdir()) == there
        full.disk.make_room()
    full.installation.command("backup", "--data", full.installation.data, "--to", full.disk.path / "one.backup")
    row("full disk while backing up", f"{tries} refused with a sentence, 0 files left, then 1 made")


def test_a_migration_without_room_changes_nothing(tmp_path, disk_of, row):
    disk = disk_of(tmp_path / "disk", 4_096)
    data = disk.path / "data"
    shutil.copytree(older_program.folder_of(tmp_path, older_program.steps() - 1), data)

    def schema():
        with sqlite3.connect(f"file:{data}/rapport.sqlite?mode=ro", uri=True) as database:
            return database.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()

    before, refusals = schema(), 0
    for leaving in range(0, 200, 4):
        disk.fill(leaving)
        serving = subprocess.Popen(
            [PROGRAM, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        ready = serving.stdout.readline()
        if ready:
            serving.terminate()
        output, sentence = serving.communicate(timeout=30)
        disk.make_room()
        if ready:
            break
        assert serving.returncode in (74, 75) and len(sentence.splitlines()) == 1, (serving.returncode, sentence)
        assert schema() == before
        refusals += 1
    assert refusals and schema() != before
    row("full disk while migrating", f"{refusals} starts refused with a sentence, schema unchanged; done with {leaving} kB")
