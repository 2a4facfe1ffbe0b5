"""Mail leaves by a real connection: protected or not at all, and neither lost nor doubled by a server that misbehaves."""
import pathlib
import re
import sqlite3
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
from installation import Installation
from mail_server import Browser, CarelessServer, MailServer, SilentServer, certificates

SENDER = "Rapport <rapport@example.org>"


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trusted")
    return folder / "ca.pem", certificates(folder)


@pytest.fixture
def running(tmp_path, trusted):
    """Starts an installation that mails through a server; all are stopped after the test."""
    started = []

    def start(server, scheme="smtps", name="localhost"):
        installation = Installation(tmp_path)
        started.extend((server, installation))
        installation.options = (
            "--smtp", f"{scheme}://{name}:{server.port}", "--mail-from", SENDER, "--smtp-ca", str(trusted[0]))
        installation.start(*installation.options)
        return installation, Browser(installation.url).set_up(installation.setup_link())

    yield start
    for each in reversed(started):
        each.stop()


def rows(installation, what="mail_state, trouble, answer, tries"):
    with sqlite3.connect(installation.data / "rapport.sqlite") as database:
        return database.execute(f"SELECT {what} FROM message ORDER BY created_at").fetchall()


def becomes(installation, expected, seconds=60):
    """Waits for what is kept of each message: state, trouble, the server's sentence, tries."""
    try:
        installation.wait_until(lambda: rows(installation) == expected, expected, seconds)
    except AssertionError:
        assert rows(installation) == expected


def tried(installation, trouble):
    installation.wait_until(lambda: any(row[1] == trouble for row in rows(installation)), trouble, seconds=60)


def plain(mail):
    return mail.get_body(("plain",)).get_content()


def link_in(mail):
    return re.search(r"http\S+/invitation/\S+", plain(mail)).group()


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
    link = link_in(mail)
    assert link in mail.get_body(("html",)).get_content()
    assert "Jürgen" in Browser(installation.url).get(link)
    becomes(installation, [("sent", None, None, 1)])


def test_a_refused_address_is_told_to_whoever_invited_and_left_alone(running, trusted):
    server = MailServer(context=trusted[1], refuse={"juergen@example.org": "550 5.1.1 no such user <juergen@example.org>"})
    installation, anna = running(server)
    anna.invite("Jürgen Groß", "juergen@example.org")
    refused = ("bounced", "refused", "550 5.1.1 no such user <juergen@example.org>", 1)
    becomes(installation, [refused])
    assert "The mail server refused it. (550 5.1.1 no such user &lt;juergen@example.org&gt;)" in anna.get("/outbox")
    installation.pass_time(3 * 24 * 3600)
    server.refused.clear()
    anna.invite("Cara Blum", "cara@example.org")
    _, mail = server.next()
    assert mail.envelope.rcpt_tos == ["cara@example.org"]
    becomes(installation, [refused, ("sent", None, None, 1)])
    assert server.arrived.empty()


@pytest.mark.parametrize("place", ["recipient", "text"])
def test_a_greylisted_message_is_tried_again_and_arrives_once(running, trusted, place):
    later = "451 4.7.1 greylisted, come back later"
    server = MailServer(context=trusted[1], refuse={"juergen@example.org": later} if place == "recipient" else None,
                        answers=[later] if place == "text" else [])
    installation, anna = running(server)
    anna.invite("Jürgen Groß", "juergen@example.org")
    becomes(installation, [("waiting", "deferred", later, 1)])
    assert f"The mail server asked to wait. ({later}) The next try:" in anna.get("/outbox")
    first = server.next() if place == "text" else None
    server.refused.clear()
    installation.pass_time(60)
    answer, mail = server.next()
    assert answer == "250 taken" and (not first or mail["Message-ID"] == first[1]["Message-ID"])
    becomes(installation, [("sent", None, None, 2)])
    assert "Jürgen" in Browser(installation.url).get(link_in(mail))
    installation.pass_time(24 * 3600)
    anna.invite("Cara Blum", "cara@example.org")
    assert server.next()[1].envelope.rcpt_tos == ["cara@example.org"], "the first message came twice"


def test_a_server_that_never_speaks_stops_nobody(running):
    server = SilentServer()
    installation, anna = running(server)
    begun = time.monotonic()
    anna.invite("Jürgen Groß", "juergen@example.org")
    installation.wait_until(lambda: rows(installation)[0][3] == 1, "the first try")
    asked = time.monotonic()
    assert "Being mailed since" in anna.get("/outbox") and time.monotonic() - asked < 5
    becomes(installation, [("waiting", "silent", "", 1)])
    assert time.monotonic() - begun < 40
    stopped = time.monotonic()
    installation.pass_time(60)
    installation.wait_until(lambda: rows(installation)[0][3] == 2, "the second try")
    installation.stop()
    assert installation.process.returncode == 0 and time.monotonic() - stopped < 15


def test_a_message_on_which_the_server_hangs_does_not_hold_up_another(running, trusted):
    server = MailServer(context=trusted[1], answers=["hang"])
    installation, anna = running(server)
    anna.invite("Jürgen Groß", "juergen@example.org")
    _, stuck = server.next()
    anna.invite("Cara Blum", "cara@example.org")
    becomes(installation, [("waiting", "silent", "", 1), ("waiting", None, None, 0)])
    installation.pass_time(60)
    mails = [server.next()[1] for _ in range(2)]
    assert [mail.envelope.rcpt_tos for mail in mails] == [["cara@example.org"], ["juergen@example.org"]]
    assert mails[1]["Message-ID"] == stuck["Message-ID"]
    becomes(installation, [("sent", None, None, 2), ("sent", None, None, 1)])


def test_a_connection_that_drops_after_the_text_is_followed_by_the_same_message(running, trusted):
    server = MailServer(context=trusted[1], answers=["drop"])
    installation, anna = running(server)
    anna.invite("Jürgen Groß", "juergen@example.org")
    _, first = server.next()
    becomes(installation, [("waiting", "lost", "", 1)])
    installation.pass_time(60)
    _, second = server.next()
    assert second["Message-ID"] == first["Message-ID"]
    becomes(installation, [("sent", None, None, 2)])
    for mail in (first, second):
        assert "Jürgen" in Browser(installation.url).get(link_in(mail)), "whichever arrived, its link works"


@pytest.mark.parametrize("offers, starttls, trouble", [
    ([], "", "unprotected"),
    (["STARTTLS"], "454 4.7.0 not now", "unprotected"),
    (["STARTTLS"], "220 go ahead", "certificate"),
])
def test_without_starttls_nothing_is_said_in_the_clear(running, offers, starttls, trouble):
    server = CarelessServer(offers, starttls)
    installation, anna = running(server, "smtp")
    anna.invite("Jürgen Groß", "juergen@example.org")
    tried(installation, trouble)
    installation.pass_time(60)
    installation.wait_until(lambda: rows(installation)[0][3] == 2 and rows(installation)[0][1] == trouble, "the second try")
    assert server.verbs() >= {b"EHLO"} and not server.verbs() & {b"MAIL", b"RCPT", b"DATA", b"AUTH", b"HELO"}
    assert not any(b"juergen" in line or b"Rapport" in line for line in server.heard)
    assert rows(installation)[0][0] == "waiting"


def test_a_server_that_speaks_no_tls_from_the_first_byte_gets_nothing(running):
    server = CarelessServer()
    installation, anna = running(server, "smtps")
    anna.invite("Jürgen Groß", "juergen@example.org")
    tried(installation, "certificate")
    assert not any(b"juergen" in line or b"MAIL" in line for line in server.heard)


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_server_that_cannot_prove_its_name_gets_nothing(running, trusted, tmp_path_factory, scheme, wrong):
    context = certificates(tmp_path_factory.mktemp("other")) if wrong == "authority" else trusted[1]
    server = MailServer(context=context) if scheme == "smtps" else MailServer(starttls=context)
    installation, anna = running(server, scheme, "127.0.0.1" if wrong == "name" else "localhost")
    anna.invite("Jürgen Groß", "juergen@example.org")
    tried(installation, "certificate")
    assert server.senders == [] and server.arrived.empty()
    assert "The certificate of the mail server is not trusted." in anna.get("/outbox")


@pytest.mark.parametrize("answer", ["hang", "250 taken"])
def test_a_message_survives_a_kill_while_it_is_sent(running, trusted, answer):
    server = MailServer(context=trusted[1], answers=[answer])
    installation, anna = running(server)
    anna.invite("Jürgen Groß", "juergen@example.org")
    _, first = server.next()
    installation.process.kill()
    installation.process.wait()
    # Killed at once, the program may or may not have noted the server's yes; only without the note it sends again.
    [(state, _, _, tries)] = rows(installation)
    assert tries == 1 and (answer != "hang" or state == "waiting")
    installation.start(*installation.options)
    installation.pass_time(120)
    if state == "waiting":
        _, second = server.next()
        assert second["Message-ID"] == first["Message-ID"]
        assert "Jürgen" in Browser(installation.url).get(link_in(second))
    installation.wait_until(lambda: rows(installation)[0][0] == "sent", "the message to be sent", seconds=60)
    assert "Jürgen" in Browser(installation.url).get(link_in(first))
