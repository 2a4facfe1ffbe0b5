"""From an installation that nobody has used to two parties that have joined."""
import cast
from page_states import PARTNERSHIP


def set_up(walk):
    walk.look("/sign-in", "not set up", walk.stranger, shows="h1")
    walk.see.look(walk.stranger, "/setup/{token}", "spent", walk.url + "/setup/spent", status=410)
    link = walk.installation.setup_link()
    walk.see.look(walk.stranger, "/setup/{token}", "asked", link)
    walk.see.look(walk.ruth, "/setup/{token}", "German", link)
    walk.see.refused(
        walk.stranger, "/setup/{token}", "refused",
        {"space": "North Coast", "organisation": "Harbour", "name": cast.ANNA, "email": "anna at example", "password": "short"})
    cast.set_up(walk.anna, walk.installation)


def strangers_pages(walk):
    for route in ("/assessment", "/survey", "/how-it-is-computed", "/what-anonymous-means"):
        walk.look(route, "stranger", walk.stranger)
        walk.german(route)
    walk.look("/", "stranger", walk.stranger, shows="a[href='/sign-in']")
    walk.look("/demonstration", "no demonstration", walk.stranger, status=404)
    walk.look("/sign-in", "asked", walk.stranger)
    walk.see.refused(walk.stranger, "/sign-in", "refused", {"email": cast.address(cast.ANNA), "password": "a wrong guess"})
    walk.german("/sign-in")
    for kind in ("invitation", "password", "r"):
        walk.see.look(walk.stranger, f"/{kind}/{{token}}", "spent", f"{walk.url}/{kind}/spent", status=410)


def alone(walk):
    walk.look("/", "nothing yet")
    walk.look("/portfolio", "empty", shows=".empty")
    walk.look("/organisation", "alone", shows=".empty")
    walk.see.refused(
        walk.anna, "/organisation", "refused one", {"name": "Ada Moreau", "email": "ada@@example"}, "/organisation/people",
        form="form[action='/organisation/people']")
    walk.anna.goto(walk.url + "/organisation")
    walk.see.refused(
        walk.anna, "/organisation", "refused list", {"list": "Ada Moreau, ada@example.org\nBen without an address\nCem, cem@example.org, captain"},
        "/organisation/people/list", form="form[action='/organisation/people/list']", shows=".error-summary li:nth-child(2)")
    walk.look("/outbox", "nothing waits", shows=".empty")
    walk.look("/mail", "off")
    walk.look("/account", "before")
    walk.see.refused(
        walk.anna, "/account", "refused", {"old-password": "a wrong guess", "password": "another password"}, "/account/password",
        form="form[action='/account/password']")


def start(walk):
    walk.look("/partnerships/new", "empty")
    walk.see.refused(
        walk.anna, "/partnerships/new", "refused",
        {"kind": "strategic-alliance", "name": "Night trains", "purpose": "Move freight overnight.", "own-party": "Harbour",
         "organisation-1": "new", "party-1": "Freight", "lead-1": cast.RUTH, "email-1": "ruth at example"})
    walk.partnership = cast.start_partnership(walk.anna, walk.installation)
    walk.look(PARTNERSHIP, "proposed")
    walk.look("/portfolio", "proposed")
    walk.look("/", "asked")
    invitation = cast.links(walk.anna, walk.installation, "/invitation/")[cast.address(cast.RUTH)]
    walk.see.here(walk.anna, "/outbox", "message", "#link")
    walk.see.look(walk.stranger, "/invitation/{token}", "asked", invitation)
    walk.see.refused(walk.stranger, "/invitation/{token}", "refused", {"name": cast.RUTH, "password": "short"})
    cast.accept(walk.ruth, invitation)
    walk.german("/partnerships/new")


def join(walk):
    walk.look(PARTNERSHIP + "/join", "asked")
    walk.see.refused(walk.anna, PARTNERSHIP + "/join", "refused", {"benefits": ""})
    walk.german(PARTNERSHIP + "/join")
    for lead in (walk.ruth, walk.anna):
        lead.goto(walk.address(PARTNERSHIP + "/join"))
        cast.join(lead)
    walk.look(PARTNERSHIP, "active")
    walk.look(PARTNERSHIP + "/people", "leads only")
    walk.anna.locator("details.more summary").first.click()
    walk.see.refused(
        walk.anna, PARTNERSHIP + "/people", "refused list", {"list": "Ada Moreau, ada@example.org\nBen without an address"},
        PARTNERSHIP + "/people/list", form="form[action$='/people/list']", shows="textarea[aria-describedby*=error]")
    for lead, names in ((walk.ruth, cast.FREIGHT), (walk.anna, cast.HARBOUR)):
        cast.bring(lead, walk.installation, walk.partnership, names)
    walk.look(PARTNERSHIP + "/people", "full")
    walk.german(PARTNERSHIP + "/people")
