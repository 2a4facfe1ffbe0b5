"""Two PostgreSQL servers on loopback: one leads, the other follows and is waited for before anything is acknowledged."""
import glob
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
from installation import CLOCK, Installation

PROGRAMS = pathlib.Path(sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))[-1])
# PostgreSQL refuses to run as root.
AS = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.getuid() == 0 else []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """One server. Its clock is the test's, so that a round's closing time comes when the test says so."""

    def __init__(self, folder, clock):
        self.folder, self.clock, self.port = pathlib.Path(folder), clock, free_port()
        self.data = self.folder / "data"
        self.folder.mkdir(parents=True)
        if AS:
            shutil.chown(self.folder, "postgres")

    def run(self, program, *words, **settings):
        environment = [f"{name}={value}" for name, value in settings.items()]
        done = subprocess.run(
            [*AS, "env", "LANG=C.UTF-8", *environment, PROGRAMS / program, *map(str, words)], capture_output=True, text=True,
            cwd=self.folder, timeout=120)
        assert done.returncode == 0, done.stderr + (self.folder / "log").read_text() if (self.folder / "log").exists() else done.stderr
        return done.stdout

    def make(self):
        self.run("initdb", "-D", self.data, "-U", "rapport", "--auth=trust", "--locale=C.UTF-8", "--no-sync")
        with open(self.data / "postgresql.conf", "a") as file:
            # What is acknowledged is on both disks; only the tests of power cuts need more than the system's memory.
            file.write(
                "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\nsynchronous_commit = on\n"
                "max_connections = 60\nwal_keep_size = 256MB\n")
        return self.lead()

    def lead(self):
        self.write("synchronous_standby_names = '*'")
        return self.start()

    def follow(self, leader):
        """Begins anew as a copy of the one that leads, and follows it."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.run(
            "pg_basebackup", "-d", f"host=127.0.0.1 port={leader.port} user=rapport", "-D", self.data, "-R", "-c", "fast", "--no-sync")
        return self.start()

    def write(self, line):
        with open(self.data / "postgresql.conf", "a") as file:
            file.write(line + "\n")

    def start(self):
        self.write(f"port = {self.port}")
        self.run(
            "pg_ctl", "-D", self.data, "-l", self.folder / "log", "-s", "-w", "start", LD_PRELOAD=CLOCK,
            FAKETIME_TIMESTAMP_FILE=str(self.clock), FAKETIME_NO_CACHE="1", FAKETIME_DONT_FAKE_MONOTONIC="1")
        return self

    def wait_for_standbys(self, names):
        """'*' for all of them, nothing for none."""
        self.write(f"synchronous_standby_names = '{names}'")
        self.run("pg_ctl", "-D", self.data, "-s", "reload")
        Installation.wait_until(lambda: self.ask("SHOW synchronous_standby_names") == names, "the settings to be read")

    def hear_no_more(self):
        """What the leader sends from now on is lost; the rest works on."""
        receiver = int(self.ask("SELECT pid FROM pg_stat_wal_receiver"))
        os.kill(receiver, signal.SIGSTOP)
        return receiver

    def kill(self):
        """As a machine that loses its power: nothing is finished, nobody is told."""
        leader = self.signal_all(signal.SIGKILL)
        Installation.wait_until(lambda: not pathlib.Path(f"/proc/{leader}").exists(), "PostgreSQL to be gone")

    def promote(self):
        self.run("pg_ctl", "-D", self.data, "-s", "-w", "promote")

    def pause(self):
        """As a machine that hangs, with everything that runs on it."""
        self.signal_all(signal.SIGSTOP)

    def go_on(self):
        self.signal_all(signal.SIGCONT)

    def signal_all(self, number):
        leader = int((self.data / "postmaster.pid").read_text().split()[0])
        children = subprocess.run(["pgrep", "-P", str(leader)], capture_output=True, text=True).stdout.split()
        for process in [leader, *map(int, children)]:
            try:
                os.kill(process, number)
            except ProcessLookupError:
                pass
        return leader

    def stop(self):
        if (self.data / "postmaster.pid").exists():
            subprocess.run([*AS, PROGRAMS / "pg_ctl", "-D", self.data, "-m", "immediate", "-s", "stop"], capture_output=True)

    def answers(self):
        try:
            return self.ask("SELECT 1") == "1"
        except subprocess.CalledProcessError:
            return False

    def ask(self, sql):
        return subprocess.run(
            ["psql", "-XAtqc", sql, f"postgres://rapport@127.0.0.1:{self.port}/rapport"], capture_output=True, text=True,
            timeout=60, check=True).stdout.strip()


class Pair:
    """A leader and its standby."""

    def __init__(self, folder, clock):
        clock.chmod(0o644)
        self.leader, self.standby = Postgres(folder / "one", clock), Postgres(folder / "two", clock)
        self.leader.make()
        # Nobody follows yet, so nobody is waited for.
        subprocess.run(
            ["psql", "-XAtq", f"postgres://rapport@127.0.0.1:{self.leader.port}/postgres"], check=True, text=True, timeout=60,
            input="SET synchronous_commit = local; CREATE DATABASE rapport;", capture_output=True)
        self.follow()
        hosts = f"127.0.0.1:{self.leader.port},127.0.0.1:{self.standby.port}"
        self.address = f"postgres://rapport@{hosts}/rapport?target_session_attrs=read-write"

    def follow(self):
        self.standby.follow(self.leader)
        Installation.wait_until(
            lambda: self.leader.ask("SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')") == "1",
            "the standby to follow")

    def fail_over(self):
        """The leader is gone at once; the standby leads from now on, and the old leader begins anew behind it."""
        self.leader.kill()
        self.standby.promote()
        self.leader, self.standby = self.standby, self.leader
        self.follow()

    def stop(self):
        self.leader.stop()
        self.standby.stop()
