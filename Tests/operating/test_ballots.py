"""`rapport ballots`: ready answers for load generators, of a demonstration alone."""
import json
import pathlib
import sqlite3
import subprocess
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
from installation import PROGRAM, Installation


def ballots(data, round, *words):
    return subprocess.run(
        [PROGRAM, "ballots", "--data", data, "--round", round, *words], capture_output=True, text=True, timeout=60)


def test_ready_answers_are_one_a_line_and_are_taken(tmp_path):
    installation = Installation(tmp_path)
    installation.command("demo", "--data", installation.data)
    rounds = dict(sqlite3.connect(installation.data / "rapport.sqlite").execute("SELECT state, id FROM round"))
    done = ballots(installation.data, rounds["open"], "--count", "3")
    assert done.returncode == 0 and done.stderr == ""
    bodies = done.stdout.splitlines()
    assert [len(body) for body in bodies] == [4096] * 3
    assert len({json.loads(body)["serial"] for body in bodies}) == 3
    installation.start()
    try:
        for body in bodies:
            request = urllib.request.Request(
                f"{installation.url}/answers/{rounds['open']}", body.encode(), {"Content-Type": "application/json"})
            assert urllib.request.urlopen(request, timeout=20).status == 200
    finally:
        installation.stop()
    closed = ballots(installation.data, rounds["closed"])
    assert closed.returncode == 75 and "not open" in closed.stderr and closed.stdout == ""
    elsewhere = ballots(installation.data, rounds["open"], "--keys", tmp_path / "nowhere")
    assert elsewhere.returncode != 0 and "nowhere" in elsewhere.stderr and not (tmp_path / "nowhere").exists()
