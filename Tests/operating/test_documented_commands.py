"""Every command of the documents does what they say. A command without a row here fails, and so does a row without a command."""
import dataclasses
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / folder) for folder in ("browser", "faults")]
import documents
from installation import PROGRAM, Installation
from mail_server import Browser
from postgres_beside import PostgresBeside

ANNA = "anna@example.org"


@dataclasses.dataclass
class Row:
    # What it prints.
    says: str = ""
    # What must be there before: steps of `Machine`.
    after: tuple = ()
    # The file that it makes.
    makes: str = ""
    # Goes on until it is stopped.
    serves: bool = False
    # Why it is not run.
    untried: str = ""


BUILDS = "builds the program or changes its sources, as script/test has done with the same commands before it comes here"
BESIDE = "script/test runs its tests on PostgreSQL by it"
MEASURES = "measures for minutes, and is no test"
SETTINGS = "/etc/rapport.yaml"
ROWS = {
    "script/run": Row(untried=BUILDS),
    "script/run --demo": Row(untried=BUILDS),
    "script/test": Row(untried="this is it"),
    "script/format": Row(untried=BUILDS),
    "script/faults": Row(untried="script/test runs the same faults in their short form"),
    "script/with-postgres COMMAND": Row(untried=BESIDE),
    "script/with-postgres --standby swift test --filter Attack": Row(untried=BESIDE),
    "script/bench": Row(untried=MEASURES),
    "script/bench --long": Row(untried=MEASURES),
    "rapport help serve": Row(says="USAGE: rapport serve"),
    "rapport score --help": Row(says="USAGE: rapport score"),
    "rapport score answers.csv --roll 22": Row(says="answered"),
    "rapport link EMAIL": Row(says="http://127.0.0.1:[0-9]+/password/"),
    "rapport backup --data data --to FILE": Row(says="1 people", makes="home/FILE"),
    "rapport restore --from FILE --data NEW": Row(says="1 people", after=("backed_up",), makes="home/NEW/rapport.sqlite"),
    "rapport doctor --data data": Row(says="ok       database"),
    "rapport serve --data data --base-url https://rapport.example": Row(serves=True),
    "useradd --system --home-dir /var/lib/rapport --shell /usr/sbin/nologin rapport": Row(after=("accounts",), makes="etc/passwd"),
    "install -d /opt/rapport": Row(makes="opt/rapport"),
    "cp -R .build/release/rapport .build/release/rapport_*.resources /opt/rapport": Row(
        after=("opt",), makes="opt/rapport/rapport_Rapport.resources"),
    "rm -r /opt/rapport/rapport /opt/rapport/rapport_*.resources": Row(after=("opt", "older_program")),
    "ln -s /opt/rapport/rapport /usr/local/bin/rapport": Row(after=("opt",), makes="usr/local/bin/rapport"),
    "install -m 640 -g rapport packaging/rapport.yaml /etc/rapport.yaml": Row(makes="etc/rapport.yaml"),
    "install -m 644 packaging/rapport.service /etc/systemd/system/rapport.service": Row(
        makes="etc/systemd/system/rapport.service"),
    f"rapport doctor --config {SETTINGS}": Row(says="ok       database"),
    f"rapport config --config {SETTINGS}": Row(says="base-url +https://rapport.example +/.*/etc/rapport.yaml"),
    f"RAPPORT_LOG_LEVEL=info rapport config --config {SETTINGS} --listen 127.0.0.1:8081": Row(
        says="listen +127.0.0.1:[0-9]+ +--listen(.|\n)*log-level +info +RAPPORT_LOG_LEVEL"),
    "curl --fail http://127.0.0.1:8080/livez": Row(after=("running",), says="alive"),
    "curl --fail http://127.0.0.1:8080/readyz": Row(after=("running",), says="ready"),
    "(umask 077; head -c 24 /dev/urandom | base64 > /etc/rapport.metrics)": Row(makes="etc/rapport.metrics"),
    "chown rapport /etc/rapport.metrics": Row(after=("token",)),
    'curl --fail --header "Authorization: Bearer $(cat /etc/rapport.metrics)" http://127.0.0.1:8080/metrics': Row(
        after=("token", "running"), says="rapport_ready 1"),
    f"RAPPORT_SMTP_PASSWORD=secret rapport serve --config {SETTINGS} --smtp smtp://mail.example:587 --smtp-user rapport "
    '--mail-from "Rapport <rapport@example.org>"': Row(serves=True),
    f"runuser -u rapport -- rapport backup --config {SETTINGS} --to /var/lib/rapport-backups/rapport-$(date +%F).backup": Row(
        after=("running",), says="1 people"),
    "mv /var/lib/rapport /var/lib/rapport-old": Row(makes="var/lib/rapport-old/rapport.sqlite"),
    "install -d -m 700 -o rapport /var/lib/rapport": Row(after=("aside",), makes="var/lib/rapport"),
    "cp -a /var/lib/rapport-old/keys /var/lib/rapport": Row(after=("aside", "emptied"), makes="var/lib/rapport/keys/CACHEDIR.TAG"),
    "runuser -u rapport -- rapport restore --from /var/lib/rapport-backups/rapport-2026-03-01.backup --data /var/lib/rapport": Row(
        after=("backed_up", "aside", "emptied", "with_keys"), says="1 people", makes="var/lib/rapport/rapport.sqlite"),
    f"runuser -u rapport -- rapport doctor --config {SETTINGS}": Row(says="ok       database"),
    f"rapport link EMAIL --config {SETTINGS}": Row(says="https://rapport.example/password/"),
}
# What needs a PostgreSQL.
SHARED = "postgres://rapport@db.example/rapport"
ROWS |= {
    f"rapport serve --data /var/lib/rapport --database {SHARED} --keys /srv/rapport/keys --base-url https://rapport.example": Row(
        after=("postgres",), serves=True),
    "rapport doctor --database ...": Row(after=("postgres",), says="ok       PostgreSQL(.|\n)*synchronous standbys"),
    f"rapport copy --from sqlite:/var/lib/rapport --to {SHARED}": Row(after=("postgres",), says="tables arrived"),
    f"rapport copy --from {SHARED} --to sqlite:/var/lib/rapport-new": Row(
        after=("postgres", "copied"), says="tables arrived", makes="var/lib/rapport-new/rapport.sqlite"),
}
# They need a service manager, or a builder of images, of their own.
ELSEWHERE = ("systemctl ", "docker ")


def test_every_command_has_a_row_and_every_row_a_command():
    found = {command for command in documents.commands() if not command.startswith(ELSEWHERE)}
    assert found - set(ROWS) == set(), "commands that have no row; what is no command stands in a block of another kind"
    assert set(ROWS) - found == set(), "rows that have no command"


def test_every_command_that_is_named_has_help():
    assert len(documents.names()) > 2
    for name in documents.names():
        done = subprocess.run([PROGRAM, "help", name.split()[1]], capture_output=True, text=True, timeout=60)
        assert f"USAGE: {name}" in done.stdout or name == "rapport help", name


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The data folder of an installation with one account."""
    installation = Installation(tmp_path_factory.mktemp("kept")).start()
    Browser(installation.url).set_up(installation.setup_link())
    installation.stop()
    return installation.data


def test_a_backup_that_heeds_cache_tags_leaves_the_keys_out(kept, tmp_path):
    (tmp_path / "data").mkdir()
    shutil.copytree(kept, tmp_path / "data", dirs_exist_ok=True, ignore=lambda _, names: {"control.sock"} & set(names))
    (tmp_path / "data/keys/some.sealing-key").write_bytes(bytes(32))
    subprocess.run(["tar", "--exclude-caches", "-cf", tmp_path / "all.tar", "data"], cwd=tmp_path, check=True, timeout=60)
    listed = subprocess.run(["tar", "-tf", tmp_path / "all.tar"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert "data/rapport.sqlite" in listed
    assert [name for name in listed if name.startswith("data/keys/")] == ["data/keys/", "data/keys/CACHEDIR.TAG"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Machine:
    """Folders that stand for a machine's, and a shell in which `rapport` is the program."""

    def __init__(self, root, kept):
        self.root, self.port = root, free_port()
        self.servers, self.beside = [], None
        for folder in ("home", "bin", "etc/systemd/system", "usr/local/bin", "opt", "srv/rapport", "var/lib/rapport-backups"):
            (root / folder).mkdir(parents=True)
        shutil.copytree(kept, root / "var/lib/rapport")
        (root / "home/data").symlink_to(root / "var/lib/rapport")
        (root / "home/packaging").symlink_to(documents.ROOT / "packaging")
        (root / "home/.build").mkdir()
        (root / "home/.build/release").symlink_to(PROGRAM.resolve().parent)
        questions = ",".join(f"q{item}" for item in range(1, 16))
        (root / "home/answers.csv").write_text("\n".join([questions, *[",".join([rating] * 15) for rating in "43524"]]) + "\n")
        (root / "bin/rapport").write_text(f'#!/bin/sh\nexec "{PROGRAM.resolve()}" "$@"\n')
        (root / "bin/rapport").chmod(0o755)
        (root / "etc/rapport.yaml").write_text(self.mapped((documents.ROOT / "packaging/rapport.yaml").read_text()))

    def mapped(self, text):
        """The same in this machine's folders and on its port, with somebody for EMAIL."""
        text = re.sub(r"(?<![\w/.])/(var|etc|opt|srv|usr/local)/", rf"{self.root}/\1/", text)
        text = text.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}").replace("127.0.0.1:8081", f"127.0.0.1:{free_port()}")
        if self.beside:
            text = text.replace(SHARED, self.beside.address).replace("--database ...", f"--database {self.beside.address}")
        # The account `rapport` is in the machine's list only.
        text = re.sub(r"^useradd ", f"useradd --prefix {self.root} ", text)
        text = text.replace("runuser -u rapport -- ", "").replace("-g rapport", f"-g {os.getgid()}").replace("-o rapport", f"-o {os.getuid()}").replace("chown rapport", f"chown {os.getuid()}")
        return text.replace("EMAIL", ANNA)

    def start(self, command):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
        environment |= {"PATH": f"{self.root}/bin:{os.environ['PATH']}:/usr/sbin", "RAPPORT_LISTEN": f"127.0.0.1:{self.port}"}
        return subprocess.Popen(
            ["/bin/sh", "-euc", self.mapped(command)], cwd=self.root / "home", env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)

    def run(self, command):
        process = self.start(command)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, f"{command}\n{said}"
        return said

    def serve(self, command):
        """Starts it, and goes on when it is ready."""
        process = self.start(command)
        self.servers.append(process)
        Installation.wait_until(lambda: self.is_ready(process), command)
        return process

    def is_ready(self, process):
        assert process.poll() is None, process.stdout.read()
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2).status == 200
        except OSError:
            return False

    def stop(self):
        """Each ends by itself with 0 when it is asked to."""
        for process in self.servers:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            said, _ = process.communicate(timeout=30)
            assert process.returncode in (0, -signal.SIGTERM), said
        self.servers = []
        if self.beside:
            self.beside.leave()

    # Steps before a command

    def accounts(self):
        for name in ("passwd", "group", "shadow", "gshadow"):
            (self.root / "etc" / name).touch()

    def opt(self):
        (self.root / "opt/rapport").mkdir()

    def older_program(self):
        """With a file that the next version has no more."""
        for folder in (self.root / "home/.build/release/").resolve().glob("rapport_*.resources"):
            shutil.copytree(folder, self.root / "opt/rapport" / folder.name)
        shutil.copy(PROGRAM, self.root / "opt/rapport/rapport")
        (self.root / "opt/rapport/rapport_Rapport.resources/of-the-older.txt").touch()

    def token(self):
        (self.root / "etc/rapport.metrics").write_text("a-token-of-the-monitoring\n")
        with open(self.root / "etc/rapport.yaml", "a") as settings:
            settings.write(f"metrics-token-file: {self.root}/etc/rapport.metrics\n")

    def running(self):
        self.serve(f"rapport serve --config {SETTINGS}")

    def backed_up(self):
        for file in ("FILE", "/var/lib/rapport-backups/rapport-2026-03-01.backup"):
            self.run(f"rapport backup --config {SETTINGS} --to {file}")

    def postgres(self):
        self.beside = PostgresBeside()

    def copied(self):
        self.run(f"rapport copy --from sqlite:/var/lib/rapport --to {SHARED}")

    def aside(self):
        self.run("mv /var/lib/rapport /var/lib/rapport-old")

    def emptied(self):
        (self.root / "var/lib/rapport").mkdir()

    def with_keys(self):
        self.run("cp -a /var/lib/rapport-old/keys /var/lib/rapport")


@pytest.fixture
def machine(tmp_path, kept):
    made = Machine(tmp_path, kept)
    try:
        yield made
    finally:
        made.stop()


@pytest.mark.parametrize("command", [command for command, row in ROWS.items() if not row.untried])
def test_a_command_does_what_the_documents_say(machine, command):
    row = ROWS[command]
    if command.startswith("useradd") and os.getuid():
        pytest.skip("an account is made by root")
    for step in row.after:
        getattr(machine, step)()
    before = set(machine.root.rglob("*"))
    if row.serves:
        machine.serve(command)
        return
    assert re.search(row.says, machine.run(command))
    # A link may lead to what an earlier command would have put there.
    assert not row.makes or os.path.lexists(machine.root / row.makes)
    if command.startswith("useradd"):
        assert (machine.root / "etc/passwd").read_text().startswith("rapport:")
    if "> /etc/rapport.metrics" in command:
        file = machine.root / "etc/rapport.metrics"
        assert file.stat().st_mode & 0o777 == 0o600 and len(file.read_text().strip()) == 32
    if "--to /var/lib/rapport-backups" in command:
        assert [file.suffix for file in (machine.root / "var/lib/rapport-backups").iterdir()] == [".backup"]
    assert "doctor" not in command or {f for f in machine.root.rglob("*")} == before, "a doctor changes nothing"


def test_an_upgrade_as_it_is_typed(machine):
    """The service manager's part is the test's: it has the program where the unit has it."""
    [typed] = [text for text in documents.blocks(documents.ROOT / "docs/operating.md", "sh") if "rm -r /opt/rapport" in text]
    machine.opt()
    machine.older_program()
    serve = f"/opt/rapport/rapport serve --config {SETTINGS}"
    machine.serve(serve)
    for command in typed.splitlines():
        if command == "systemctl stop rapport":
            machine.stop()
        elif command == "systemctl start rapport":
            machine.serve(serve)
        else:
            machine.run(command)
    assert not list((machine.root / "opt").rglob("of-the-older.txt"))
    assert re.search("1 people", machine.run(f"rapport backup --config {SETTINGS} --to FILE"))
