"""Measures Rapport on this machine and prints tables, and everything as JSON in bench.json.

    script/bench                 the short form, some minutes
    script/bench --long          the same with more of everything, and the tables of how cost grows
    script/bench --only answering,report
    script/bench --engines sqlite

Whatever is compared was measured in the same run. Nothing here fails on a slow machine.
"""

import argparse
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

import scenarios
from tables import show

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / ".build" / "release"


def main():
    parser = argparse.ArgumentParser(description="Measures Rapport.")
    parser.add_argument("--long", action="store_true", help="more of everything, and how cost grows")
    parser.add_argument("--only", default="", help="parts, with commas: " + ", ".join(scenarios.PARTS))
    parser.add_argument("--engines", default="sqlite,postgresql", help="on which to measure, with commas")
    parser.add_argument("--json", default="bench.json", help="where to write the figures")
    arguments = parser.parse_args()
    parts = arguments.only.split(",") if arguments.only else list(scenarios.PARTS)
    if not arguments.long and not arguments.only:
        parts.remove("scale")
    found = {"machine": machine()}
    print(f"{found['machine']}\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="rapport-bench-", dir=os.environ.get("RAPPORT_BENCH_FOLDER")) as folder:
        for engine in arguments.engines.split(","):
            postgres = os.environ["RAPPORT_TEST_POSTGRES"] if engine == "postgresql" else None
            print(f"## {ENGINES[engine]}\n", flush=True)
            for part in parts:
                if postgres and part in scenarios.OF_FILES:
                    continue
                bench = Bench(pathlib.Path(folder) / engine / part, arguments.long, postgres)
                bench.folder.mkdir(parents=True)
                found.setdefault(engine, {})[part] = scenarios.PARTS[part](bench)
                show(part, found[engine][part])
                shutil.rmtree(bench.folder)
                pathlib.Path(arguments.json).write_text(json.dumps(found, indent=1) + "\n")
    print(f"Everything is in {arguments.json} as JSON.")


ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return f"{os.cpu_count()} x {model}"


class Bench:
    """The program, its load generator, and a folder for one part."""

    def __init__(self, folder, is_long, postgres):
        self.folder, self.is_long, self.postgres = folder, is_long, postgres
        # By data folder, where the engine is PostgreSQL.
        self.databases = {}

    def size(self, short, long):
        return long if self.is_long else short

    def crowd(self, name, *rounds, partnerships=0, history=10, spaces=0, answered_close_in=86_400):
        """An installation with a crowd; its people's visits are shuffled, so that rounds mix."""
        data = self.folder / name
        command = [BUILD / "rapport", "crowd", "--data", data, "--visits", self.visits(name), "--partnerships", str(partnerships)]
        command += ["--spaces", str(spaces), "--history", str(history), "--answered-close-in", str(answered_close_in)]
        for each in rounds:
            command += ["--rounds", each]
        command += self.database(data)
        begun = time.monotonic()
        subprocess.run([str(part) for part in command], check=True)
        print(f"  ({name} took {time.monotonic() - begun:.0f} s to set up)", file=sys.stderr, flush=True)
        for file in self.visits(name).iterdir():
            if file.name.isdigit():
                lines = file.read_text().splitlines(keepends=True)
                random.Random(1).shuffle(lines)
                file.write_text("".join(lines))
        return data

    def database(self, data):
        """The option that names an installation's database, made when it is first asked for."""
        if self.postgres is None:
            return []
        if data not in self.databases:
            name = f"bench_{random.randrange(10**12)}"
            psql(self.postgres, f"CREATE DATABASE {name}")
            self.databases[data] = self.postgres.rsplit("/", 1)[0] + "/" + name
        return ["--database", self.databases[data]]

    def stored_megabytes(self, data):
        if self.postgres is None:
            return sum(file.stat().st_size for file in data.iterdir() if file.is_file()) / 1e6
        return int(psql(self.databases[data], "SELECT pg_database_size(current_database())")) / 1e6

    def ask(self, data, statement):
        """The one number that a statement finds, beside a server that may be running."""
        if self.postgres is not None:
            return int(psql(self.databases[data], statement))
        with contextlib.closing(sqlite3.connect(f"file:{data}/rapport.sqlite?mode=ro", uri=True)) as database:
            return database.execute(statement).fetchone()[0]

    @property
    def pause(self):
        """Seconds between two such questions; for PostgreSQL each is a program of its own."""
        return 0.02 if self.postgres is None else 0.1

    def visits(self, name):
        return self.folder / f"{name}-visits"

    def head(self, name):
        return "session=" + (self.visits(name) / "head").read_text().strip()

    def closes(self, name):
        """When the answered rounds of a crowd close, in Unix milliseconds."""
        return int((self.visits(name) / "closes").read_text())

    def serve(self, data, program=BUILD / "rapport", **environment):
        return Server([program, "serve", "--data", data, *self.database(data), "--listen"], environment)

    def serve_plainly(self, way):
        """The hand-written server that promises nothing; see there for the ways."""
        return PlainServer(self.folder / f"plain-{way}.sqlite", way)

    def copy_of_program(self, name):
        """The program and what belongs beside it: a folder in which pages may be changed."""
        folder = self.folder / name
        for resources in BUILD.glob("*.resources"):
            shutil.copytree(resources, folder / resources.name)
        shutil.copy2(BUILD / "rapport", folder)
        return folder

    def limits(self, *arguments, **environment):
        data = arguments[1] if len(arguments) > 1 else None
        command = [str(part) for part in [BUILD / "Limits", *arguments, *(self.database(data)[1:] if data else [])]]
        done = subprocess.run(command, check=True, capture_output=True, env=os.environ | environment)
        return json.loads(done.stdout)

    def slow_sync(self, microseconds):
        """The environment of a program whose disk takes so long for each sync."""
        library = self.folder / "slow_sync.so"
        if not library.exists():
            subprocess.run(["clang", "-shared", "-fPIC", "-O2", "-o", library, HERE / "slow_sync.c", "-ldl"], check=True)
        return {"LD_PRELOAD": str(library), "SYNC_MICROSECONDS": str(microseconds)}


def psql(address, statement):
    return subprocess.run(["psql", "-XAtqc", statement, address], check=True, capture_output=True, text=True).stdout


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Server:
    """`rapport serve` on a port of its own, as a context."""

    def __init__(self, command, environment):
        self.port = free_port()
        self.command = [str(part) for part in [*command, f"127.0.0.1:{self.port}"]]
        self.environment = environment

    def __enter__(self):
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, env=os.environ | self.environment)
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() - self.begun > 60:
                raise SystemExit("The server did not start.")
            time.sleep(0.002)
        self.milliseconds_to_first_answer = (time.monotonic() - self.begun) * 1000
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)

    def answers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sign-in", timeout=5) as page:
                return page.status == 200
        except OSError:
            return False

    def get(self, path, cookie=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Cookie": cookie} if cookie else {})
        with urllib.request.urlopen(request, timeout=60) as page:
            return page.read().decode()

    def status(self, path, cookie=None):
        try:
            self.get(path, cookie)
            return 200
        except urllib.error.HTTPError as refusal:
            return refusal.code

    def plain_path(self):
        """The lightest thing that it serves: text from memory."""
        page = self.get("/sign-in")
        return page[page.index("/assets/"):].split('"')[0].rsplit("/", 1)[0] + "/mark.svg"

    def megabytes(self, what="VmRSS"):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(what + ":"):
                return int(line.split()[1]) / 1024
        return 0

    def load(self, clients, **options):
        """What came of it, and the processor's share that the server had of it."""
        before = self.processor_seconds()
        outcome = self.begin_load(clients, **options).outcome()
        outcome["server_cores"] = (self.processor_seconds() - before) / outcome["seconds"]
        return outcome

    def begin_load(self, clients, **options):
        """The load generator's options: path, seconds, cookie; or visits, skip, count, times, at."""
        command = [str(BUILD / "Load"), "--port", str(self.port), "--clients", str(clients)]
        for name, value in options.items():
            if value:
                command += [f"--{name}", str(value)]
        return RunningLoad(command)

    def processor_seconds(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class PlainServer(Server):
    """`plain_server.py` on a port of its own."""

    def __init__(self, file, way):
        self.port, self.environment = free_port(), {}
        self.command = [sys.executable, str(HERE / "plain_server.py"), str(self.port), str(file), way]


class RunningLoad:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)

    def outcome(self):
        output, _ = self.process.communicate()
        if self.process.returncode != 0:
            raise SystemExit("The load generator gave up.")
        outcome = json.loads(output)
        if outcome["refused"]:
            print(f"  refused: {outcome['statuses']}", file=sys.stderr)
        return outcome


if __name__ == "__main__":
    main()
