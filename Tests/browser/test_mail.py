"""A new password by mail, and mail that one can do without, with a mail server on this machine."""
import pathlib
import re
import sys

import pytest

import cast
from conftest import picture
from installation import Installation
from page_checks import SCHEMES, SIZES, html_errors, scrolls_sideways, violations

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "faults"))
from mail_server import MailServer

HOUR, DAY = 3_600, 86_400
NEW_PASSWORD = "five other quiet words here"


@pytest.fixture(scope="module")
def posted(tmp_path_factory):
    server = MailServer()
    installation = Installation(tmp_path_factory.mktemp("mail")).start(
        "--smtp", f"smtp-plain://127.0.0.1:{server.port}", "--mail-from", "Rapport <rapport@example.org>")
    try:
        yield server, installation
    finally:
        installation.stop()
        server.stop()


def next_to(server, person):
    """The next mail to somebody."""
    while True:
        _, mail = server.next()
        if cast.address(person) in mail.envelope.rcpt_tos:
            return mail


def plain(mail):
    return mail.get_body(("plain",)).get_content()


def link(mail, kind):
    return re.search(rf"http\S+{kind}\S+", plain(mail)).group(0)


def look(page, name, folder):
    """In all looks; what is wrong with any of them."""
    faults = []
    for size, viewport in SIZES.items():
        for scheme in SCHEMES:
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            faults += [f"{name} {size} {scheme}: {line}" for line in violations(page)]
            faults += [f"{name} {size} {scheme}: scrolls sideways"] if scrolls_sideways(page) else []
            picture(page, f"{name} {size} {scheme}")
    (folder / f"{name}.html").write_text(page.content())
    return faults


def test_a_lost_password_and_mail_that_is_not_wanted(visitor, posted, tmp_path):
    server, installation = posted
    anna, stranger = visitor(), visitor()
    cast.set_up(anna, installation)

    stranger.goto(installation.url + "/sign-in")
    cast.follow(stranger, stranger.locator("a[href='/password']"))
    faults = look(stranger, "password asked", tmp_path)
    stranger.fill("[name=email]", cast.address(cast.ANNA))
    cast.send(stranger)
    assert stranger.url.endswith("/sign-in") and stranger.locator(".notice").is_visible()
    mail = next_to(server, cast.ANNA)
    assert mail["List-Unsubscribe"] is None
    stranger.goto(link(mail, "/password/"))
    stranger.fill("[name=password]", NEW_PASSWORD)
    cast.send(stranger)
    assert stranger.url == installation.url + "/"

    # Everywhere else Anna is signed out.
    anna.goto(installation.url + "/account")
    assert "/sign-in" in anna.url
    anna.fill("[name=email]", cast.address(cast.ANNA))
    anna.fill("[name=password]", NEW_PASSWORD)
    cast.send(anna)
    anna.goto(installation.url + "/account")
    assert anna.locator("form[action='/account/mail'] button").get_attribute("value") == "needed"

    stranger.context.clear_cookies()
    german = visitor(language="de-DE")
    german.goto(installation.url + "/password")
    faults += look(german, "password German asked", tmp_path)
    stranger.goto(installation.url + "/password")
    stranger.locator("form[action='/password']").evaluate("form => form.noValidate = true")
    stranger.fill("[name=email]", "anna at example")
    cast.send(stranger)
    assert stranger.input_value("[name=email]") == "anna at example"
    faults += look(stranger, "password refused", tmp_path)
    assert not faults, "\n".join(faults)
    assert html_errors(tmp_path) == []


def test_one_button_ends_what_one_can_do_without(visitor, posted, tmp_path):
    server, installation = posted
    anna, ruth, reader = visitor(), visitor(), visitor()
    anna.goto(installation.url + "/sign-in")
    anna.fill("[name=email]", cast.address(cast.ANNA))
    anna.fill("[name=password]", NEW_PASSWORD)
    cast.send(anna)
    partnership = cast.start_partnership(anna, installation)
    cast.join(anna)
    cast.accept(ruth, link(next_to(server, cast.RUTH), "/invitation/"))
    ruth.goto(f"{installation.url}/partnerships/{partnership}/join")
    cast.join(ruth)
    for lead, names in ((anna, cast.HARBOUR), (ruth, cast.FREIGHT)):
        cast.bring(lead, installation, partnership, names)
    round_id = cast.draft(anna, installation, partnership)
    for lead in (ruth, anna):
        cast.confirm(lead, installation, partnership, round_id)
    installation.pass_time(DAY + HOUR)
    anna.goto(f"{installation.url}/partnerships/{partnership}/rounds/{round_id}")
    cast.send_form(anna, "/reminder")
    assert anna.locator(".notice").is_visible()
    faults = look(anna, "round reminded", tmp_path)
    while "List-Unsubscribe" not in (mail := next_to(server, "Ada Moreau")):
        pass
    stop = re.search("<(.+)>", mail["List-Unsubscribe"]).group(1)
    assert stop in plain(mail)
    reader.goto(stop)
    faults += look(reader, "unsubscribe asked", tmp_path)
    cast.send(reader)
    assert reader.locator("[name=mail][value=all]").is_visible()
    faults += look(reader, "unsubscribe done", tmp_path)
    german = visitor(language="de-DE")
    german.goto(stop)
    faults += look(german, "unsubscribe German", tmp_path)
    reader.goto(stop + "x")
    faults += look(reader, "unsubscribe spent", tmp_path)
    assert not faults, "\n".join(faults)
    assert html_errors(tmp_path) == []
