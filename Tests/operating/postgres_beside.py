"""A PostgreSQL beside a test, which can be stopped and started again."""
import os
import pathlib
import subprocess

import documents

PROGRAMS = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
# PostgreSQL refuses to run as root.
AS = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--reset-env"] if os.getuid() == 0 else []


class PostgresBeside:
    def __init__(self):
        self.process = subprocess.Popen(
            [documents.ROOT / "script/with-postgres", "sh", "-c",
             'echo "$RAPPORT_TEST_POSTGRES $RAPPORT_TEST_POSTGRES_FOLDER"; exec cat'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address, self.folder = self.process.stdout.readline().split()
        # For a test's few rows the disk may be waited for, as a doctor wants it.
        self.ask("ALTER SYSTEM SET fsync = on")
        self.ask("SELECT pg_reload_conf()")

    def ask(self, statement):
        return subprocess.run(
            ["psql", "--no-psqlrc", "--tuples-only", "--no-align", self.address, "--command", statement],
            capture_output=True, text=True, check=True, timeout=60).stdout.strip()

    def stop(self):
        self.control("-m", "immediate", "stop")

    def start(self):
        self.control("-l", f"{self.folder}/../server.log", "start")

    def control(self, *words):
        subprocess.run([*AS, PROGRAMS[-1] / "pg_ctl", "-D", self.folder, "-w", "-s", *words], check=True, timeout=60, cwd="/")

    def leave(self):
        """The script takes it away when its command ends."""
        self.process.stdin.close()
        self.process.wait(timeout=60)
