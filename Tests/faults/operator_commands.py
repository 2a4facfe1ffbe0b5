"""What the operator's commands answer, in words and in exit statuses."""
import pathlib
import socket
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
from installation import PROGRAM, Installation


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
])
def test_what_cannot_be_done_has_a_status_and_a_sentence(words, status):
    found, output, sentence = rapport(*words)
    assert found == status
    assert (output + sentence).strip() and "Error:" not in sentence or status == 64


@pytest.mark.parametrize("command", ["serve", "demo", "score", "backup", "restore", "doctor", "link"])
def test_every_command_has_help(command):
    status, output, _ = rapport("help", command)
    assert status == 0 and "OVERVIEW" in output and "USAGE" in output
