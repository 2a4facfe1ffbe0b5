"""A round is prepared, opened and answered."""
import cast
from page_states import PARTNERSHIP, ROUND, ROUNDS

RATINGS = [3, 2, 4, 5, 4, 2, 3, 4, 1, 4, 5, 0, 4, 3, 4]
ANSWER = "/rounds/{round}/answer"
ITEM = "[data-step=item]:not([hidden])"
WRONG_NUMBERS = {"closes": "2020-01-01T10:00", "latest": "2020-01-01T09:00", "minimum-group": "2", "comment-threshold": "7"}


def draft(walk):
    walk.look(ROUNDS, "none", shows=".empty")
    walk.look(ROUNDS + "/new", "usual")
    walk.see.refused(walk.anna, ROUNDS + "/new", "refused", WRONG_NUMBERS, ROUNDS)
    walk.round = cast.draft(walk.anna, walk.installation, walk.partnership)
    walk.look(ROUND, "draft", shows=".state-draft")
    walk.look(ROUNDS, "draft", shows=".state-draft")
    walk.look(ROUND + "/numbers", "draft")
    walk.see.refused(walk.anna, ROUND + "/numbers", "refused", WRONG_NUMBERS)
    walk.look(ROUND + "/discarding", "asked")
    walk.look(ROUND + "/restart", "not interrupted", status=409)
    walk.look(ROUND + "/giving-up", "not interrupted", status=409)
    walk.look(ROUND + "/withdrawal", "not open", status=409)
    walk.german(ROUND, "German draft", shows=".state-draft")


def open_round(walk):
    cast.confirm(walk.ruth, walk.installation, walk.partnership, walk.round)
    walk.look(ROUND, "confirmed by one", shows=".state-draft")
    cast.confirm(walk.anna, walk.installation, walk.partnership, walk.round)
    walk.look(ROUND, "open", shows=".state-open")
    walk.german(ROUND, "German open", shows=".state-open")
    walk.look(ROUND + "/numbers", "not a draft", status=409)
    walk.look(ROUND + "/withdrawal", "alone")
    walk.see.refused(walk.anna, ROUND + "/withdrawal", "refused", {"reason": " "})
    walk.look(ROUND + "/report", "open", status=404)
    walk.look(ROUND + "/report/print", "open", status=404)
    walk.look("/rounds/{round}/receipts", "open", status=404)
    walk.look(ROUNDS, "open", shows=".state-open")
    walk.look(PARTNERSHIP, "round open")
    for route in ("/", "/portfolio"):
        walk.look(route, "round open")
    for route in ("/organisation", "/outbox"):
        walk.look(route, "full")
        walk.german(route)
    links = cast.links(walk.anna, walk.installation, "/r/") | cast.links(walk.ruth, walk.installation, "/r/")
    walk.links = {name: links[cast.address(name)] for name in cast.HARBOUR + cast.FREIGHT}
    anybody = walk.links[cast.HARBOUR[0]]
    walk.see.look(walk.stranger, "/r/{token}", "asked", anybody)
    walk.see.look(walk.visitor(language="de-DE"), "/r/{token}", "German", anybody)


def answer(walk):
    answer_and_look(walk, cast.HARBOUR[0])
    answer_in_german(walk, cast.FREIGHT[0])
    answer_elsewhere(walk, cast.HARBOUR[1])
    for place, name in enumerate(cast.HARBOUR[2:] + cast.FREIGHT[1:5]):
        page = walk.visitor()
        cast.answer(page, walk.links[name], RATINGS[place:] + RATINGS[:place], "Meet earlier, and bring the timetable.")
        page.context.close()
    walk.waiting = walk.visitor()
    cast.come_by_link(walk.waiting, walk.links[cast.FREIGHT[5]])
    walk.waiting.locator("[data-begin]").click()
    cast.rate(walk.waiting, RATINGS)


def answer_and_look(walk, name):
    page = walk.visitor()
    cast.come_by_link(page, walk.links[name])
    walk.look(ANSWER, "promise", page, shows="[data-begin]")
    page.locator("[data-begin]").click()
    walk.see.here(page, ANSWER, "statement", ITEM)
    cast.rate(page, RATINGS)
    walk.see.here(page, ANSWER, "review", "[data-send]")
    page.fill("#comment", "€" * 400)
    page.locator("[data-send]").click()
    walk.see.here(page, ANSWER, "comment too long", ".too-long")
    page.fill("#comment", "Meet earlier, and bring the timetable.")
    page.context.set_offline(True)
    page.locator("[data-send]").click()
    page.locator("[data-sending]").wait_for()
    walk.see.here(page, ANSWER, "offline", "[data-offline]")
    page.context.set_offline(False)
    cast.on_step(page, "sent")
    walk.see.here(page, ANSWER, "sent", "[data-receipt]")
    page.locator("[data-again]").click()
    page.locator("[data-change]").first.click()
    page.keyboard.press("5")
    cast.on_step(page, "review")
    page.reload()
    walk.see.here(page, ANSWER, "changed", "[data-refused]")
    page.locator("[data-send]").click()
    cast.on_step(page, "sent")
    page.locator("[data-forget]").locator("xpath=ancestor::details").locator("summary").click()
    page.locator("[data-forget]").click()
    walk.see.here(page, ANSWER, "forgotten", "[data-step=forgotten]")
    walk.look("/account", "came by link", page, status=404)
    page.context.close()


def answer_in_german(walk, name):
    page = walk.visitor(language="de-DE")
    cast.come_by_link(page, walk.links[name])
    walk.look(ANSWER, "German promise", page, shows="[data-begin]")
    page.locator("[data-begin]").click()
    walk.see.here(page, ANSWER, "German statement", ITEM)
    cast.rate(page, RATINGS)
    walk.see.here(page, ANSWER, "German review", "[data-send]")
    page.locator("[data-send]").click()
    cast.on_step(page, "sent")
    walk.see.here(page, ANSWER, "German sent", "[data-receipt]")
    page.context.close()


def answer_elsewhere(walk, name):
    first, second = walk.visitor(), walk.visitor()
    cast.answer(first, walk.links[name], RATINGS)
    cast.come_by_link(second, walk.links[name])
    second.locator("[data-begin]").click()
    cast.rate(second, RATINGS)
    second.locator("[data-send]").click()
    cast.on_step(second, "key")
    walk.see.here(second, ANSWER, "key asked", "#ballot-key")
    second.fill("#ballot-key", "nonsense")
    second.locator("[data-use-key]").click()
    walk.see.here(second, ANSWER, "key refused", "[data-key-error]")
    for page in (first, second):
        page.context.close()
