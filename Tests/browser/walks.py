"""The ways through two organisations' first round on which every page is looked at in every state of page_states.py.

Anna reads English, Ruth German.
"""
import cast
import walk_through_interruption
from installation import Installation
from page_states import PARTNERSHIP, ROUND, ROUNDS
from walk_through_round import answer, draft, open_round
from walk_to_celebration import walk_to_celebration
from walk_through_talk import talk
from walk_to_partnership import alone, join, set_up, start, strangers_pages
from walk_to_report import close, end, look_at_people, read


class Walk:
    def __init__(self, inspection, installation, visitor):
        self.see, self.installation, self.visitor, self.url = inspection, installation, visitor, installation.url
        self.anna, self.ruth, self.stranger = visitor(), visitor(language="de-DE"), visitor()
        self.partnership = self.round = None

    def address(self, route):
        parts = {"partnership": self.partnership, "round": self.round}
        return self.url + route.format_map(parts)

    def look(self, route, state, page=None, **how):
        self.see.look(page or self.anna, route, state, self.address(route), **how)

    def german(self, route, state="German", page=None, **how):
        self.look(route, state, page or self.ruth, **how)

    def link(self):
        """Somebody's personal link, at this installation's address."""
        return self.url + "/r/" + self.links[cast.HARBOUR[2]].split("/r/")[1]


def walk_everywhere(inspection, installation, visitor, folder):
    walk = Walk(inspection, installation, visitor)
    for part in (set_up, strangers_pages, alone, start, join, draft, open_round, answer):
        part(walk)
    walk_through_copy(walk, folder)
    for part in (close, read, talk, look_at_people, end):
        part(walk)
    return walk


def walk_through_copy(original, folder):
    backup = folder / "open.backup"
    original.installation.command("backup", "--data", original.installation.data, "--to", backup)
    copy = Installation(folder)
    copy.command("restore", "--from", backup, "--data", copy.data)
    walk = Walk(original.see, copy.start(), original.visitor)
    walk.partnership, walk.round, walk.links = original.partnership, original.round, original.links
    try:
        walk_through_interruption.look_at_interruption(walk)
        walk_through_interruption.withdraw_together(walk)
    finally:
        copy.stop()


def walk_through_demonstration(inspection, installation, visitor):
    """What newcomers look at first, with stories in its numbers."""
    page, url = visitor(), installation.url
    inspection.look(page, "/demonstration", "choice", url + "/demonstration")
    inspection.look(visitor(language="de-DE"), "/demonstration", "German", url + "/demonstration")
    cast.send(page, "button[name=role][value=lead]")
    for route in ("/mail", "/outbox", "/", "/portfolio"):
        inspection.look(page, route, "demonstration", url + route)
    partnership = url + page.locator("tbody a[href^='/partnerships/']").first.get_attribute("href")
    # The one that needs attention least has not celebrated yet.
    calm = url + page.locator("tbody a[href^='/partnerships/']").last.get_attribute("href")
    inspection.look(page, PARTNERSHIP, "demonstration", partnership)
    inspection.look(page, ROUNDS, "demonstration", partnership + "/rounds")
    report = url + page.locator("a[href$='/report']").first.get_attribute("href")
    inspection.look(page, ROUND + "/report", "demonstration", report)
    inspection.look(page, ROUND + "/report/print", "demonstration", report + "/print")
    german = visitor(language="de-DE")
    german.goto(url + "/demonstration")
    cast.send(german, "button[name=role][value=lead]")
    walk_to_celebration(inspection, page, german, calm, installation.folder)
    page.goto(url + "/account")
    cast.send(page, "form[action='/account/calendar'] button")
    inspection.here(page, "/account", "calendar", "#calendar-address")
