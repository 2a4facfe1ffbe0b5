"""Backups while people answer: none waits for the other, and what appears under the final name is whole."""
import subprocess
import threading
import time

import pages
from alliance import PEOPLE
from extent import times
from installation import PROGRAM

LONGEST_PAUSE = 1


class Answering:
    """Everybody answers again and again, and notes how long each answer took."""

    def __init__(self, people):
        self.over, self.waits, self.refusals = threading.Event(), [], []
        self.threads = [threading.Thread(target=self.go_on, args=[person]) for person in people]
        for thread in self.threads:
            thread.start()

    def go_on(self, person):
        while not self.over.is_set():
            started = time.monotonic()
            try:
                person.send()
            except (OSError, ValueError) as refused:
                self.refusals.append(refused)
                return
            self.waits.append(time.monotonic() - started)

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


def test_backups_are_whole_and_nobody_waits_for_them(opened, chance, tmp_path, row):
    made, people = opened, opened.respondents(chance)
    shown = pages.kept(made, made.lead())
    answering, whole, killed = Answering(people[:8]), [], 0
    try:
        for number in range(times(6, 50)):
            file = tmp_path / f"{number}.backup"
            command = subprocess.Popen(
                [PROGRAM, "backup", "--data", made.installation.data, "--to", file], stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True)
            if number % 3 == 2:
                # Half-way: as soon as there is a part of it, or a moment later.
                made.installation.wait_until(lambda: list(tmp_path.glob(f"{number}.backup*")) or command.poll() is not None, "a part")
                command.kill()
                killed += 1
            command.communicate(timeout=60)
            assert command.returncode in (0, -9), command.returncode
            # The server finishes what its command no longer waits for, or leaves nothing.
            made.installation.wait_until(lambda: not list(tmp_path.glob(f"{number}.backup.part*")), "the part to go")
            if file.exists():
                whole.append(file)
    finally:
        answering.stop()
    assert not answering.refusals
    longest = max(answering.waits)
    for file in whole:
        restored = tmp_path / f"{file.stem}-restored"
        made.installation.command("restore", "--from", file, "--data", restored)
    assert {path.name for path in tmp_path.glob("*.backup*")} == {file.name for file in whole}
    other = made.copy(tmp_path / "other", data=restored)
    other.start()
    try:
        assert pages.kept(other, other.lead()) == shown
    finally:
        other.installation.stop()
    row("backup under load", f"{times(6, 50)} begun, {killed} killed, {len(whole)} whole and restored, 0 half-written, "
        f"{len(answering.waits)} answers meanwhile, the slowest {longest:.2f} s", timely=longest < LONGEST_PAUSE)


def test_a_server_killed_in_a_backup_leaves_no_file_under_its_name(opened, chance, tmp_path, row):
    made, begun, there = opened, times(2, 12), 0
    made.respondent(PEOPLE[0], chance).send()
    for number in range(begun):
        file = tmp_path / f"{number}.backup"
        command = subprocess.Popen(
            [PROGRAM, "backup", "--data", made.installation.data, "--to", file], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        made.installation.wait_until(lambda: list(tmp_path.glob(f"{number}.backup*")) or command.poll() is not None, "a part")
        made.installation.process.kill()
        made.installation.process.wait()
        command.communicate(timeout=60)
        if file.exists():
            there += 1
            made.installation.command("restore", "--from", file, "--data", tmp_path / f"{number}-restored")
        else:
            assert command.returncode != 0
        made.start()
    row("server killed in a backup", f"{begun} times, {there} files under the final name, all of them whole")
