"""What the operator's commands answer, in words and in exit statuses."""
import pathlib
import re
import socket
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
from installation import PROGRAM, Installation


COMMANDS = ["serve", "demo", "score", "backup", "restore", "doctor", "link", "copy", "config", "adopt-keys", "ballots"]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    made = Installation(tmp_path_factory.mktemp("running")).start()
    yield made
    made.stop()


def rapport(*words):
    done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def test_a_running_installation_is_backed_up_and_restored_elsewhere(running, tmp_path):
    assert rapport("backup", "--data", running.data, "--to", tmp_path / "one.backup")[0] == 0
    assert rapport("restore", "--from", tmp_path / "one.backup", "--data", tmp_path / "new")[0] == 0
    assert rapport("doctor", "--data", tmp_path / "new", "--listen", "127.0.0.1:0")[0] == 0


def test_a_running_folder_is_neither_served_twice_nor_restored_into(running, tmp_path):
    rapport("backup", "--data", running.data, "--to", tmp_path / "one.backup")
    status, _, sentence = rapport("serve", "--data", running.data, "--listen", "127.0.0.1:0")
    assert status == 75 and "Another Rapport is using the folder" in sentence
    status, _, sentence = rapport("restore", "--from", tmp_path / "one.backup", "--data", running.data)
    assert status == 73 and "not empty" in sentence


def test_a_taken_port_is_named_in_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        status, _, sentence = rapport(
            "serve", "--data", tmp_path / "data", "--listen", f"127.0.0.1:{other.getsockname()[1]}")
    assert status == 75 and "choose another port" in sentence and len(sentence.splitlines()) == 1


@pytest.mark.parametrize("words, status", [
    (["serve", "--listen", "8080"], 64),
    (["serve", "--base-url", "ftp://x.example"], 64),
    (["serve", "--nonsense"], 64),
    (["serve", "--data", "/proc/none"], 73),
    (["backup", "--data", "/nowhere", "--to", "x"], 66),
    (["restore", "--from", "/nowhere", "--data", "/nowhere-either"], 66),
    (["restore", "--from", "/etc/passwd", "--data", "/nowhere-either"], 65),
    (["doctor", "--data", "/nowhere", "--base-url", "http://rapport.example"], 78),
    (["copy", "--from", "somewhere", "--to", "elsewhere"], 64),
    (["copy", "--from", "sqlite:/nowhere", "--to", "postgres://127.0.0.1:1/none"], 66),
    (["copy", "--from", "sqlite:/nowhere", "--to", "sqlite:/nowhere-either"], 78),
    (["config", "--listen", "8080"], 64),
    (["adopt-keys", "--data", "/nowhere"], 64),
    (["adopt-keys", "--database", "postgres://127.0.0.1:1/none", "--keys", "/nowhere"], 75),
    (["ballots", "--data", "/nowhere", "--round", "0190c5f0-0000-7000-8000-000000000000"], 66),
])
def test_what_cannot_be_done_has_a_status_and_a_sentence(words, status):
    found, output, sentence = rapport(*words)
    assert found == status
    assert (output + sentence).strip() and "Error:" not in sentence or status == 64


def test_config_shows_what_was_chosen_and_where():
    status, output, _ = rapport("config", "--listen", "127.0.0.1:4321")
    assert status == 0
    assert ["listen", "127.0.0.1:4321", "--listen"] in [line.split() for line in output.splitlines()], output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    status, output, _ = rapport("help", command)
    assert status == 0 and "OVERVIEW" in output and "USAGE" in output


def test_no_command_is_left_out_here():
    _, output, _ = rapport("help")
    assert set(re.findall(r"^  ([a-z-]+)  ", output, re.M)) == set(COMMANDS)
