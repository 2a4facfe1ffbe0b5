"""An older program leaves a newer schema alone; a migration that is cut off has changed nothing, and is finished next time."""
import os
import re
import signal
import sqlite3
import subprocess

import older_program
from extent import times
from installation import PROGRAM
from recorder import recorder

MIGRATIONS = PROGRAM.resolve().parent / older_program.RESOURCES


def plain(sql):
    return " ".join(re.sub(r"--[^\n]*", "", sql).split())


def schema_of(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        made = {name: plain(sql) for name, sql in database.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'migration'")}
        steps = [number for number, in database.execute("SELECT number FROM migration ORDER BY number")] if database.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'migration'").fetchone() else []
    return made, steps


def schema_after(steps):
    with sqlite3.connect(":memory:") as database:
        for file in sorted(MIGRATIONS.glob("*.sql"))[:steps]:
            database.executescript(file.read_text())
        return {name: plain(sql) for name, sql in database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")}


def contents(folder):
    """All but what lies beside a database while it is looked at."""
    return {
        file.relative_to(folder): file.read_bytes() for file in folder.rglob("*")
        if file.is_file() and file.name not in ("lock", "rapport.sqlite-shm")}


def serve(program, data, **settings):
    return subprocess.Popen(
        ["/bin/sh", "-c", 'exec "$@"', "sh", program, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=dict(os.environ, **settings))


def test_an_older_program_refuses_a_newer_schema_and_writes_nothing(alliance, tmp_path, row):
    made = alliance.copy(tmp_path)
    known = range(1, older_program.steps()) if times(0, 1) else [older_program.steps() - 1]
    before = contents(made.installation.data)
    for steps in known:
        program = older_program.older(tmp_path / f"older-{steps}", steps)
        started = serve(program, made.installation.data)
        _, sentence = started.communicate(timeout=30)
        assert started.returncode == 78 and "newer Rapport" in sentence and len(sentence.splitlines()) == 1, sentence
        found = subprocess.run(
            [program, "doctor", "--data", made.installation.data, "--listen", "127.0.0.1:0"], capture_output=True, text=True)
        assert found.returncode == 78 and "problem  schema" in found.stdout, found.stdout
        assert contents(made.installation.data) == before
    row("older program on a newer schema", f"{len(known)} older programs refused with a sentence, 0 bytes written")


def test_a_migration_that_is_killed_is_whole_or_nothing_and_is_finished_later(tmp_path, chance, recorder, row):
    old = older_program.folder_of(tmp_path, 1)
    counter, count = tmp_path / "count", 0

    def folder(name):
        place = tmp_path / name
        place.mkdir()
        for file in old.glob("rapport.sqlite*"):
            (place / file.name).write_bytes(file.read_bytes())
        return place

    whole = serve(PROGRAM, folder("whole"), LD_PRELOAD=str(recorder), STATEMENTS=str(counter))
    assert "ready" in whole.stdout.readline()
    whole.terminate()
    whole.communicate(timeout=30)
    count = int(counter.read_text())
    finished = schema_of(tmp_path / "whole/rapport.sqlite")
    assert finished == (schema_after(older_program.steps()), list(range(1, older_program.steps() + 1)))

    statements = sorted(chance.sample(range(1, count + 1), min(count, times(20, 10_000))))
    found, cut, finishes = dict.fromkeys(range(1, older_program.steps() + 1), 0), 0, 0
    for statement in statements:
        data = folder(f"killed-{statement}")
        killed = serve(PROGRAM, data, LD_PRELOAD=str(recorder), END_AT=str(statement))
        ready = killed.stdout.readline()
        if ready:
            killed.terminate()
        killed.communicate(timeout=30)
        assert ready or killed.returncode == -signal.SIGKILL, killed.returncode
        cut += killed.returncode == -signal.SIGKILL
        schema, steps = schema_of(data / "rapport.sqlite")
        assert steps == list(range(1, len(steps) + 1)) and schema == schema_after(len(steps)), statement
        found[len(steps)] += 1
        if len(steps) == older_program.steps() and found[len(steps)] > 10:
            # Only what comes after the migration is left.
            break
        if found[len(steps)] % 10 != 1:
            continue
        finishes += 1
        again = serve(PROGRAM, data)
        assert "ready" in again.stdout.readline(), again.stderr.read()
        again.terminate()
        again.communicate(timeout=30)
        assert schema_of(data / "rapport.sqlite") == finished, statement
    assert cut and len([steps for steps, kills in found.items() if kills]) > 1
    row("killed at each statement of a migration" if times(0, 1) else "killed at some statements of a migration",
        f"{cut} kills, 0 steps half done ({', '.join(f'{n} after step {step}' for step, n in found.items() if n)}), "
        f"{finishes} of them finished at the next start")
