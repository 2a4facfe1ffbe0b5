"""An older program leaves a newer schema alone; a migration that is cut off has changed nothing, and is finished next time."""
import bisect
import os
import re
import shutil
import signal
import sqlite3
import subprocess

import older_program
import pages
from extent import times
from installation import PROGRAM
from recorder import recorder

MIGRATIONS = PROGRAM.resolve().parent / older_program.RESOURCES

# The last step before rows are moved: 9 notes rounds for their digests, 10 partnerships for their standing, 13 takes lists out
# of the round's row, 14 the opening document.
EARLIER = 8
MOVED = {
    ("round", "receipts"): "(SELECT content FROM now.kept_list WHERE round_id = round.id AND part = 'receipts')",
    ("round", "comments"): "(SELECT content FROM now.kept_list WHERE round_id = round.id AND part = 'comments')",
    ("round", "opening_document"): "(SELECT content FROM now.opening_document WHERE round_id = round.id)"}
OF_THE_SERVER = {"migration", "session", "lease", "guess", "standing", "stale_standing", "standing_day"}


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


def brought_back(made, folder):
    """An installation's rows as they lay at an earlier step, in a folder of that step's program."""
    data = older_program.folder_of(folder, EARLIER)
    shutil.copytree(made.installation.data / "keys", data / "keys", dirs_exist_ok=True)
    with sqlite3.connect(data / "rapport.sqlite") as database:
        database.execute("ATTACH ? AS now", [str(made.database)])
        for table, in database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name <> 'migration'").fetchall():
            columns = [column for _, column, *_ in database.execute(f"PRAGMA main.table_info({table})")]
            values = [MOVED.get((table, column), column) for column in columns]
            database.execute(f"DELETE FROM main.{table}")
            database.execute(f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM now.{table}")
    database.close()
    return data


def rows_of(path):
    """All that is kept of people, partnerships and rounds, without what a server notes for itself."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        tables = {name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")} - OF_THE_SERVER
        found = {}
        for table in tables:
            columns = sorted(column for _, column, *_ in database.execute(f"PRAGMA table_info({table})"))
            found[table] = sorted(map(repr, database.execute(f"SELECT {', '.join(columns)} FROM {table}")))
        return found


class Killing:
    """Copies of an old data folder, each with a program that ends at another statement while it brings the schema up."""

    def __init__(self, old, folder, recorder):
        self.old, self.folder, self.recorder = old, folder, recorder
        self.steps = older_program.steps()
        self.found, self.cut = dict.fromkeys(range(1, self.steps + 1), 0), 0
        counter, whole = folder / "count", self.copy("whole")
        self.finish(whole, LD_PRELOAD=str(recorder), STATEMENTS=str(counter))
        self.statements = int(counter.read_text())
        self.finished = schema_of(whole / "rapport.sqlite")
        assert self.finished == (schema_after(self.steps), list(range(1, self.steps + 1)))

    def copy(self, name):
        return shutil.copytree(self.old, self.folder / name, ignore=shutil.ignore_patterns("control.sock", "lock"))

    def finish(self, data, **settings):
        serving = serve(PROGRAM, data, **settings)
        assert "ready" in serving.stdout.readline(), serving.stderr.read()
        serving.terminate()
        serving.communicate(timeout=30)

    def kill(self, statement):
        """What is left when it is killed there, and the last step that is whole."""
        data = self.copy(f"killed-{statement}")
        killed = serve(PROGRAM, data, LD_PRELOAD=str(self.recorder), END_AT=str(statement))
        ready = killed.stdout.readline()
        if ready:
            killed.terminate()
        killed.communicate(timeout=30)
        assert ready or killed.returncode == -signal.SIGKILL, killed.returncode
        self.cut += killed.returncode == -signal.SIGKILL
        schema, steps = schema_of(data / "rapport.sqlite")
        assert steps == list(range(1, len(steps) + 1)) and schema == schema_after(len(steps)), statement
        return data, len(steps)

    def first_after(self, step):
        """The first statement at which a kill finds this step done."""
        def steps_at(statement):
            data, steps = self.kill(statement)
            shutil.rmtree(data)
            return steps
        return bisect.bisect_left(range(1, self.statements + 1), step, key=steps_at) + 1

    def folders(self, statements):
        """What is left after the kill at each of these statements, with the last whole step."""
        for statement in statements:
            data, steps = self.kill(statement)
            self.found[steps] += 1
            yield data, steps
            shutil.rmtree(data)
            if steps == self.steps and self.found[steps] > 10:
                # Only what comes after the migration is left.
                break
        assert self.cut and len([steps for steps, kills in self.found.items() if kills]) > 1

    def story(self, finishes):
        kills = ", ".join(f"{count} after step {step}" for step, count in self.found.items() if count)
        return f"{self.cut} kills, 0 steps half done ({kills}), {finishes} of them finished at the next start"


def some_of(statements, chance):
    """All over the migration, so that few kills meet several of its steps."""
    apart = times(len(statements) // 10, 1)
    return statements[chance.randrange(apart)::apart]


def test_a_migration_that_is_killed_is_whole_or_nothing_and_is_finished_later(tmp_path, chance, recorder, row):
    killing, finishes = Killing(older_program.folder_of(tmp_path, 1), tmp_path, recorder), 0
    for data, steps in killing.folders(some_of(range(1, killing.statements + 1), chance)):
        if killing.found[steps] % 10 == 1:
            killing.finish(data)
            assert schema_of(data / "rapport.sqlite") == killing.finished
            finishes += 1
    row("killed at each statement of a migration" if times(0, 1) else "killed at some statements of a migration",
        killing.story(finishes))


def test_a_migration_that_is_killed_leaves_every_row_and_every_page_as_it_was(alliance, tmp_path, chance, recorder, row):
    made = alliance.copy(tmp_path / "before")
    old = brought_back(made, tmp_path / "old")
    lay = rows_of(old / "rapport.sqlite")
    with sqlite3.connect(old / "rapport.sqlite") as database:
        assert all(database.execute("SELECT count(receipts), count(comments), count(opening_document) FROM round").fetchone())
    database.close()
    before = rows_of(made.database)
    made.start()
    shown = pages.whole(made, made.lead())
    made.installation.stop()
    killing, seen, finishes = Killing(old, tmp_path, recorder), {EARLIER: lay}, 0
    # Most statements only look whether the file is sound. A step has fewer than fifty.
    moving = range(killing.first_after(EARLIER + 1) - 50, killing.first_after(killing.steps) + 5)
    for data, steps in killing.folders(some_of(moving, chance)):
        if steps < killing.steps:
            # The step that was cut off has touched no row.
            assert rows_of(data / "rapport.sqlite") == seen.setdefault(steps, rows_of(data / "rapport.sqlite")), steps
        if killing.found[steps] % times(10, 5) == 1:
            other = alliance.copy(tmp_path / f"finished-{finishes}", data=data)
            other.start()
            try:
                assert pages.whole(other, other.lead()) == shown
            finally:
                other.installation.stop()
            assert schema_of(other.database) == killing.finished
            assert rows_of(other.database) == before
            finishes += 1
    row("the same with the rows of a closed round and an open one",
        f"from step {EARLIER}: {killing.story(finishes)}; every row and page as before")
