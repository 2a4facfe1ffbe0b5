"""What packaging/ says agrees with the program and with script/setup."""
import pathlib
import re
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / folder) for folder in ("browser", "faults")]
import documents
from installation import PROGRAM
from test_documented_commands import kept, machine

PACKAGING = documents.ROOT / "packaging"
DOCKERFILE = (PACKAGING / "Dockerfile").read_text()


def test_the_unit_starts_a_server(machine):
    unit = (PACKAGING / "rapport.service").read_text()
    start = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)[1]
    assert start.startswith("/opt/rapport/rapport ")
    machine.serve(start.removeprefix("/opt/rapport/"))


def test_the_image_starts_a_server(machine):
    [variables] = re.findall(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE)
    [program], [words] = (re.findall(rf'^{name} \["(\w+)"\]$', DOCKERFILE, re.MULTILINE) for name in ("ENTRYPOINT", "CMD"))
    machine.serve(f"{variables.replace('0.0.0.0:8080', '127.0.0.1:8080')} exec {program} {words}")


def test_the_image_copies_what_is_there_and_asks_whether_it_is_ready():
    copied = re.findall(r"^COPY (?!--from)(\S+) \S+$", DOCKERFILE, re.MULTILINE)
    assert len(copied) == 4 and all((documents.ROOT / name).exists() for name in copied)
    left = (PACKAGING / "Dockerfile.dockerignore").read_text().split()
    assert left == ["*", *[f"!{name}" for name in copied]]
    assert re.search(r"HEALTHCHECK.*\\\n.*/readyz", DOCKERFILE) and re.search(r"^USER rapport$", DOCKERFILE, re.MULTILINE)


def test_the_image_is_built_with_what_script_setup_installs():
    [wanted] = re.findall(r'^packages="(.*)"$', (documents.ROOT / "script/setup").read_text(), re.MULTILINE)
    stages = re.findall(r"--no-install-recommends \\\n +(.*) \\", DOCKERFILE)
    assert set(wanted.split()) - set(stages[0].split()) == set()


def test_the_libraries_that_the_program_needs_are_in_the_image_and_in_the_document():
    needed = re.findall(r"NEEDED.*\[(lib.*)\]", subprocess.run(["readelf", "-d", PROGRAM], capture_output=True, text=True).stdout)
    told = subprocess.run(["dpkg", "-S", *[f"*/{name}" for name in needed]], capture_output=True, text=True).stdout
    # These every Debian has, and so has its image.
    packages = set(re.findall(r"^([a-z0-9.+-]+):", told, re.MULTILINE)) - {"libc6", "libgcc-s1", "libstdc++6"}
    assert len(packages) >= 5
    installed = re.findall(r"--no-install-recommends \\\n +(.*) \\", DOCKERFILE)[1].split()
    assert packages - set(installed) == set(), "packages that the image lacks"
    document = (documents.ROOT / "docs/operating.md").read_text()
    assert [package for package in packages if f"`{package}`" not in document] == []
