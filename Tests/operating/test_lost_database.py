"""A PostgreSQL named in the settings, that goes away and comes back."""
import pathlib
import re
import sys
import urllib.error
import urllib.request

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / folder) for folder in ("browser", "faults")]
from installation import Installation
from mail_server import Browser
from postgres_beside import PostgresBeside


@pytest.fixture
def postgres():
    made = PostgresBeside()
    try:
        yield made
    finally:
        made.leave()


def answer(address):
    try:
        with urllib.request.urlopen(address, timeout=30) as page:
            return page.status, page.headers, page.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read().decode()


def readiness(installation):
    status, _, said = answer(installation.url + "/readyz")
    return status, said


def test_a_server_whose_database_is_lost_says_so_and_heals_by_itself(tmp_path, postgres):
    installation = Installation(tmp_path)
    installation.start("--keys", str(tmp_path / "keys"), RAPPORT_DATABASE=postgres.address)
    try:
        link = installation.setup_link()
        assert readiness(installation) == (200, "ready\n") and answer(link)[0] == 200
        postgres.stop()
        assert readiness(installation) == (503, "not ready: database\n")
        status, headers, _ = answer(link)
        assert status == 503 and int(headers["Retry-After"]) > 0
        assert answer(installation.url + "/livez")[0] == 200
        postgres.start()
        Installation.wait_until(lambda: readiness(installation) == (200, "ready\n"), "the database to be back")
        assert answer(link)[0] == 200
    finally:
        installation.stop()
    assert installation.process.returncode == 0
    assert (tmp_path / "keys/CACHEDIR.TAG").exists() and not (installation.data / "rapport.sqlite").exists()


def test_commands_take_the_database_of_the_settings(tmp_path, postgres):
    installation = Installation(tmp_path)
    (tmp_path / "rapport.yaml").write_text(
        f"data: {installation.data}\ndatabase: {postgres.address}\nlisten: 127.0.0.1:{installation.port}\n")
    installation.start("--config", "rapport.yaml")
    try:
        Browser(installation.url).set_up(installation.setup_link())
        for running in (True, False):
            if not running:
                installation.stop()
            backup = tmp_path / f"running-{running}.backup"
            assert "1 people" in installation.command("backup", "--config", "rapport.yaml", "--to", backup).stdout
            assert "/password/" in installation.command("link", "anna@example.org", "--config", "rapport.yaml").stdout
            found = installation.command("doctor", "--config", "rapport.yaml").stdout
            assert re.search("^ok +PostgreSQL", found, re.MULTILINE) and re.search("^ok +schema", found, re.MULTILINE)
    finally:
        installation.stop()
    assert not (installation.data / "rapport.sqlite").exists()
