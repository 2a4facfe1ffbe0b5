"""Settings as an operator meets them: by flag, variable and file, and what is said of what cannot be."""
import json
import os
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
from installation import PROGRAM, Installation

TOKEN = "a-token-of-the-monitoring"


def rapport(*words, folder, **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    done = subprocess.run(
        [PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=60, cwd=folder, env=environment | variables)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("command", ["serve", "config", "doctor", "backup --to x", "link a@b.example"])
def test_a_mistyped_variable_is_refused_before_anything_is_made(tmp_path, command):
    status, _, sentence = rapport(*command.split(), folder=tmp_path, RAPPORT_BASEURL="https://rapport.example")
    assert status == 78 and sentence == "rapport: RAPPORT_BASEURL is no setting. Did you mean RAPPORT_BASE_URL?\n"
    assert list(tmp_path.iterdir()) == []


def test_a_mistyped_key_is_named_with_its_line(tmp_path):
    (tmp_path / "rapport.yaml").write_text("data: data\nbaseurl: https://rapport.example\n")
    status, _, sentence = rapport("config", "--config", "rapport.yaml", folder=tmp_path)
    assert status == 78 and sentence == "rapport: baseurl (rapport.yaml, line 2) is no setting. Did you mean base-url?\n"


def test_what_holds_is_shown_even_if_it_makes_no_sense(tmp_path):
    status, shown, sentence = rapport("config", "--listen", "8080", folder=tmp_path)
    assert status == 64 and "listen" in shown and sentence == "rapport: --listen takes an address and a port, such as 127.0.0.1:8080.\n"


def test_no_secret_is_shown_wherever_it_stands(tmp_path):
    (tmp_path / "rapport.yaml").write_text(f"metrics-token: {TOKEN}\ndatabase: postgres://rapport:word-of-a-file@db.example/rapport\n")
    status, shown, _ = rapport("config", "--config", "rapport.yaml", folder=tmp_path, RAPPORT_SMTP_PASSWORD="word-of-a-variable")
    assert status == 78, "a password without a mail server makes no sense"
    assert shown.count("(set)") == 3 and "word-of-a" not in shown and TOKEN not in shown


def test_a_server_takes_everything_from_a_file(tmp_path):
    installation = Installation(tmp_path)
    (tmp_path / "rapport.yaml").write_text(
        f"keys: {tmp_path}/elsewhere\nmetrics-token: {TOKEN}\nlog-level: info\nlog-format: json\n")
    installation.start("--config", "rapport.yaml")
    try:
        urllib.request.urlopen(installation.url + "/survey")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(installation.url + "/metrics")
        assert refused.value.code == 401
        asked = urllib.request.Request(installation.url + "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert 'rapport_page_duration_seconds_count{status="2xx"}' in urllib.request.urlopen(asked).read().decode()
    finally:
        installation.stop()
    assert (tmp_path / "elsewhere/CACHEDIR.TAG").exists() and not (installation.data / "keys").exists()
    lines = [json.loads(line) for line in installation.log.read_text().splitlines() if line.startswith("{")]
    assert {(line["event"], line["route"]) for line in lines} == {("page", "/survey")}
