"""The round closes, everybody reads, and the partnership ends."""
from datetime import datetime, timedelta

import cast
from page_states import PARTNERSHIP, ROUND, ROUNDS
from walk_through_round import ANSWER


def close(walk):
    walk.anna.goto(walk.address(ROUND))
    cast.send_form(walk.anna, "/extension")
    walk.look(ROUND, "extended", shows=".state-open")
    walk.installation.pass_time(30 * 86_400)
    cast.sign_in(walk.anna, walk.installation, cast.ANNA)
    cast.sign_in(walk.ruth, walk.installation, cast.RUTH)
    walk.installation.wait_until(lambda: is_closed(walk), "the round to close")
    walk.waiting.clock.set_system_time(datetime.now() + timedelta(days=30))
    walk.waiting.locator("[data-send]").click()
    walk.waiting.get_by_text("so nothing was sent any more").wait_for()
    walk.see.here(walk.waiting, ANSWER, "closed meanwhile", "[data-refused]")


def is_closed(walk):
    """Seen on the round's page: the report waits for Anna until she reads it."""
    walk.anna.goto(walk.address(ROUND))
    return walk.anna.locator(".state-closed").count() == 1


def read(walk):
    walk.look("/", "report unread", shows=".panel-next")
    for route in (ROUND + "/report", ROUND + "/report/print"):
        walk.look(route, "closed")
        walk.german(route)
    walk.look(ROUND, "closed", shows=".state-closed")
    walk.look(ROUNDS, "closed", shows=".state-closed")
    walk.german(ROUNDS, shows=".state-closed")
    walk.look("/rounds/{round}/receipts", "closed", shows=".receipts li")
    walk.german("/rounds/{round}/receipts", shows=".receipts li")
    walk.look(ANSWER, "closed", status=410)
    walk.see.look(walk.stranger, "/r/{token}", "closed", walk.link(), status=410)
    walk.see.look(walk.anna, ROUND, "unknown", walk.address(ROUNDS) + "/0", status=404)
    walk.look(PARTNERSHIP, "report")
    walk.look("/portfolio", "full")
    walk.german(PARTNERSHIP)
    for route in ("/", "/portfolio", "/account"):
        walk.german(route)
    walk.look("/account", "after")


def look_at_people(walk):
    walk.anna.goto(walk.address(PARTNERSHIP + "/people"))
    seat = walk.anna.locator("main a[href*='/people/']").first.get_attribute("href")
    walk.see.look(walk.anna, PARTNERSHIP + "/people/{member}", "full", walk.url + seat)
    walk.anna.goto(walk.url + "/organisation")
    person = walk.anna.locator("main a[href^='/people/']").last.get_attribute("href")
    walk.see.look(walk.anna, "/people/{person}", "full", walk.url + person)
    walk.see.refused(walk.anna, "/people/{person}", "refused", {"name": " "})
    walk.see.look(walk.anna, "/people/{person}/erasing", "asked", walk.url + person + "/erasing")
    link = walk.installation.command("link", cast.address(cast.RUTH), "--data", walk.installation.data).stdout.strip()
    walk.see.look(walk.stranger, "/password/{token}", "asked", link)
    walk.see.refused(walk.stranger, "/password/{token}", "refused", {"password": "short"})


def end(walk):
    walk.look(PARTNERSHIP + "/settings", "full")
    walk.see.refused(walk.anna, PARTNERSHIP + "/settings", "refused", {"name": "Night trains", "purpose": " "})
    walk.anna.goto(walk.address(PARTNERSHIP + "/settings"))
    walk.anna.fill("[name=purpose]", "Move freight overnight, and passengers too.")
    cast.send(walk.anna)
    walk.look(PARTNERSHIP + "/settings", "change proposed", shows=".panel-next")
    walk.look(PARTNERSHIP + "/end", "asked")
    walk.see.refused(walk.anna, PARTNERSHIP + "/end", "refused", {"because": " "})
    walk.anna.fill("[name=because]", "The night line is closed for good.")
    cast.send_form(walk.anna, "/end")
    for place in ("", "/people", "/settings", "/rounds"):
        walk.look(PARTNERSHIP + place, "ended")
    walk.look(ROUNDS + "/new", "ended", status=409)
