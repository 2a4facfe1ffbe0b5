"""Mail leaves by a real connection: protected or not at all, and neither lost nor doubled by a server that misbehaves."""
import pathlib
import re
import sqlite3
import ssl
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
from installation import Installation
from mail_server import Browser, MailServer, SilentServer, certificates

SENDER = "Rapport <rapport@example.org>"


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trusted")
    return folder / "ca.pem", certificates(folder)


@pytest.fixture
def running(tmp_path, trusted):
    """Starts an installation that mails through a server; all are stopped after the test."""
    started = []

    def start(server, scheme, name="localhost", *options):
        installation = Installation(tmp_path).start(
            "--smtp", f"{scheme}://{name}:{server.port}", "--mail-from", SENDER, "--smtp-ca", str(trusted[0]), *options)
        started.extend((server, installation))
        return installation, Browser(installation.url).set_up(installation.setup_link())

    yield start
    for each in reversed(started):
        each.stop()


def rows(installation, what="mail_state, trouble, answer, tries"):
    with sqlite3.connect(installation.data / "rapport.sqlite") as database:
        return database.execute(f"SELECT {what} FROM message").fetchall()


def tried(installation, trouble):
    installation.wait_until(lambda: any(row[1] == trouble for row in rows(installation)), trouble, seconds=60)


def plain(mail):
    return mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_an_invitation_arrives_encrypted_and_its_link_works(running, trusted, scheme):
    context = trusted[1]
    server = MailServer(context=context) if scheme == "smtps" else MailServer(starttls=context)
    installation, anna = running(server, scheme)
    anna.invite("Jürgen Groß", "juergen@example.org")
    _, mail = server.next()
    assert mail.was_encrypted and mail.envelope.rcpt_tos == ["juergen@example.org"]
    assert mail.envelope.mail_from == "rapport@example.org"
    assert mail["To"] == "Jürgen Groß <juergen@example.org>" and mail["From"] == SENDER
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Message-ID"].endswith("@example.org>")
    link = re.search(r"http\S+/invitation/\S+", plain(mail)).group()
    assert link in mail.get_body(("html",)).get_content()
    assert "Jürgen" in Browser(installation.url).get(link)
    installation.wait_until(lambda: rows(installation) == [("sent", None, None, 1)], "the row")
