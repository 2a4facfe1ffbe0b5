"""The chapters of docs/operating.md as root types them: in their order, at their paths and by their users.

The folders they write in are seen by nobody else, so that the machine keeps its own. What `systemctl` does, the test
does as the unit says.
"""
import os
import pathlib
import re
import subprocess
import sys

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / folder) for folder in ("browser", "faults")]
import documents
from installation import PROGRAM, Installation
from mail_server import Browser
from test_documented_commands import ANNA, Machine, free_port

OPERATING = documents.ROOT / "docs/operating.md"
# The checkout is bound to where commands are typed first: it may lie in what is covered then.
COVER = """
mount --bind "$1" .build/release
mount --bind "$2" packaging
mount -t tmpfs -o mode=755 none own
mkdir own/opt own/bin own/lib
cp -a /etc own
sed -i '/^rapport:/d' own/etc/passwd own/etc/group own/etc/shadow own/etc/gshadow
mount --bind own/etc /etc
mount --bind own/opt /opt
mount --bind own/bin /usr/local/bin
mount --bind own/lib /var/lib
echo covered
exec cat
"""


class OwnMachine(Machine):
    """This machine as a new one for whoever is let in."""

    def __init__(self, home):
        self.home, self.port, self.servers, self.beside = home, free_port(), [], None
        self.url, self.journal = f"http://127.0.0.1:{self.port}", home / "journal"
        for folder in (".build/release", "packaging", "own"):
            (home / folder).mkdir(parents=True)
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "sh", "-euc", COVER, "sh", PROGRAM.resolve().parent, documents.ROOT / "packaging"],
            cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = self.holder.stdout.readline()
        if said.startswith("unshare: "):
            pytest.skip(said)
        assert said == "covered\n", said
        self.root = pathlib.Path(f"/proc/{self.holder.pid}/root")

    def mapped(self, text):
        return text.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}").replace("EMAIL", ANNA)

    def start(self, command):
        typed = f"cd {self.home}\n{self.mapped(command)}"
        return subprocess.Popen(
            ["nsenter", f"--mount=/proc/{self.holder.pid}/ns/mnt", "sh", "-euc", typed], text=True,
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)

    def type(self, heading, **changes):
        """Each command of a chapter and what it says, once it has ended."""
        text = documents.chapter(OPERATING, heading)
        # One chapter says it in a sentence: "run commands as ...".
        [user] = re.findall(r"`(runuser [^`]*)COMMAND`", text) or [""]
        for command in documents.fenced(text):
            for old, new in changes.items():
                command = command.replace(old, new)
            if command.startswith("systemctl "):
                {"enable": self.begin, "start": self.begin, "stop": self.stop}[command.split()[1]]()
            elif not command.startswith("docker "):
                yield command, self.run(user + command if command.startswith("rapport ") else command)

    def begin(self):
        """As the service manager does it."""
        unit = (self.root / "etc/systemd/system/rapport.service").read_text()
        unit = dict(re.findall(r"^(\w+)=(.*)$", unit, re.MULTILINE))
        user, mode = unit["User"], unit["StateDirectoryMode"]
        for name in unit["StateDirectory"].split():
            self.run(f"install -d -m {mode} -o {user} -g {user} /var/lib/{name}")
        self.serve(
            f"umask {unit['UMask']}; cd /; exec setpriv --reuid {user} --regid {user} --init-groups {unit['ExecStart']}"
            f" > {self.journal} 2>&1")

    def is_ready(self, process):
        assert process.poll() is None, self.journal.read_text()
        return super().is_ready(process)

    def choose(self, name, value):
        """Puts a line of its own into the settings."""
        settings = self.root / "etc/rapport.yaml"
        others = [line for line in settings.read_text().splitlines() if not line.startswith(f"{name}:")]
        settings.write_text("\n".join([*others, f"{name}: {value}", ""]))

    def setup_link(self):
        Installation.wait_until(lambda: "/setup/" in self.journal.read_text(), "the setup link")
        return re.search(r"http\S+/setup/\S+", self.journal.read_text())[0]

    def of_others(self):
        """What in the data and the backups is not the user's own."""
        return self.run("find /var/lib/rapport /var/lib/rapport-backups ! -user rapport")


@pytest.fixture
def machine(tmp_path):
    """With the chapter on the service typed, and one account."""
    if os.getuid():
        pytest.skip("these are commands for root")
    made = OwnMachine(tmp_path)
    try:
        for command, said in made.type("As a service"):
            if command.startswith("install") and command.endswith(" /etc/rapport.yaml"):
                made.choose("listen", f"127.0.0.1:{made.port}")
                made.choose("base-url", made.url)
        assert re.search("^ok +database", said, re.MULTILINE)
        made.anna = Browser(made.url).set_up(made.setup_link())
        yield made
        assert made.of_others() == ""
    finally:
        try:
            made.stop()
        finally:
            made.holder.communicate(timeout=20)


def test_the_token_of_the_metrics_is_for_the_user_of_the_service(machine):
    (_, alive), (_, ready) = machine.type("Health")
    assert "alive" in alive and "ready" in ready
    [(name, value)] = re.findall(r"Then set `(.*): (.*)`, restart", documents.chapter(OPERATING, "Metrics"))
    for command, said in machine.type("Metrics"):
        if command.startswith("chown "):
            machine.choose(name, value)
            machine.stop()
            machine.begin()
    assert "rapport_ready 1" in said
    assert machine.run(f"stat -c '%U %a' {value}") == "rapport 600\n"


def test_an_upgrade_shows_the_same_pages_by_the_new_files(machine):
    before = machine.anna.get("/organisation")
    assert "Anna Winter" in before
    older = machine.root / "opt/rapport/rapport_Rapport.resources/of-the-older.txt"
    older.touch()
    for _ in machine.type("Upgrade"):
        pass
    assert not older.exists()
    # It would say "(deleted)" of a file that is no more there.
    assert os.readlink(f"/proc/{machine.servers[-1].pid}/exe") == "/opt/rapport/rapport"
    assert machine.anna.get("/organisation") == before


def test_a_backup_is_restored_for_the_user_of_the_service(machine):
    # From a running server it would be the server's file, whoever asks.
    machine.stop()
    [_] = machine.type("Backup")
    [backup] = (machine.root / "var/lib/rapport-backups").iterdir()
    machine.begin()
    machine.anna.invite("Ben Later", "ben@example.org")
    machine.stop()
    for _ in machine.type("Restore", **{"rapport-2026-03-01.backup": backup.name}):
        pass
    anna = Browser(machine.url)
    anna.get("/sign-in")
    anna.post("/sign-in", email=ANNA, password="four quiet words here")
    people = anna.get("/organisation")
    assert "Anna Winter" in people and "Ben Later" not in people


def test_a_lost_password_is_chosen_anew_by_the_link(machine):
    text = documents.chapter(OPERATING, "Somebody lost a password")
    [command] = re.findall(r"^`(rapport link [^`]*)`", text, re.MULTILINE)
    link = machine.run(command).split()[-1]
    assert link.startswith(f"{machine.url}/password/") and "password" in Browser(machine.url).get(link)
