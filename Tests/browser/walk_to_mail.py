"""An installation that mails through a server, which refuses somebody."""
import pathlib
import sys

import cast
from installation import Installation

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "faults"))
from mail_server import MailServer

GONE = "otto.thies@example.org"


def walk_to_mail(inspection, visitor, folder):
    server = MailServer(refuse={GONE: f"550 5.1.1 <{GONE}> There is nobody with this address here"})
    installation = Installation(folder)
    try:
        installation.start("--smtp", f"smtp-plain://127.0.0.1:{server.port}", "--mail-from", "Rapport <rapport@example.org>")
        walk(inspection, visitor(), installation)
    finally:
        installation.stop()
        server.stop()


def walk(inspection, page, installation):
    url = installation.url
    cast.set_up(page, installation)
    page.goto(url + "/organisation")
    page.fill("[name=name]", "Otto Thies")
    page.fill("[name=email]", GONE)
    cast.send_form(page, "/organisation/people")
    becomes(page, installation, "/outbox", "form[action$='/mailing']")
    inspection.look(page, "/outbox", "came back", url + "/outbox", shows="form[action$='/mailing']")
    page.goto(url + "/mail")
    cast.send_form(page, "/mail/test")
    becomes(page, installation, "/mail", "text=Mailed on")
    inspection.look(page, "/mail", "on", url + "/mail", shows="form[action='/mail/test']")
    page.goto(url + "/account")
    page.check("form[action='/account'] [name=language][value=de]")
    cast.send_form(page, "/account")
    inspection.look(page, "/mail", "German", url + "/mail", shows="form[action='/mail/test']")


def becomes(page, installation, path, shows):
    def is_shown():
        page.goto(installation.url + path)
        return page.locator(shows).count() > 0

    installation.wait_until(is_shown, f"{shows} on {path}")
