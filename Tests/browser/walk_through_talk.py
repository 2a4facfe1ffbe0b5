"""The talk about the report: its date, item by item on the projector, what is done, and who doubts it."""
import cast
from page_states import PARTNERSHIP, ROUND

ACTIONS = PARTNERSHIP + "/actions"
TALK = ROUND + "/talk"


def talk(walk):
    anna, ruth = walk.anna, walk.ruth
    walk.look(ACTIONS, "none", shows=".empty")
    walk.look(TALK, "no date", shows="#starts")
    walk.see.refused(
        anna, TALK, "refused", {"starts": "2020-01-01T10:00", "minutes": "5", "place": "Quay"}, form="main aside form")
    anna.fill("#starts", anna.evaluate("new Date(Date.now() + 5184e6).toISOString().slice(0, 16)"))
    anna.fill("#minutes", "60")
    cast.send(anna, "main aside form .button")
    anna.fill("#topic", "Why do we hear of new routes so late?")
    cast.send_form(anna, "/topic")
    walk.look(TALK, "set", shows="a[href$='/calendar.ics']")
    walk.german(TALK)
    item(walk, anna, ruth)
    act(walk, anna, ruth)


def item(walk, anna, ruth):
    cast.follow(anna, anna.locator(".agenda a[href*='/items/']").first)
    route, here = TALK + "/items/{item}", anna.url
    walk.see.look(anna, route, "empty", here)
    walk.see.refused(anna, route, "refused", {"text": "   "}, form="form[data-keep$=' text']")
    anna.fill("#text", "Routes are decided on Fridays, after the call.")
    cast.send(anna, "form[data-keep$=' text'] .button")
    anna.locator("summary", has_text="I think we are wrong").first.click()
    anna.fill(".notes textarea[name=text]", "They are decided on Mondays now.")
    cast.send(anna, "form[action$='/challenges'] .button")
    walk.see.look(anna, route, "noted", here, shows=".challenges")
    walk.see.look(ruth, route, "German", here, shows=".challenges")
    change = walk.url + anna.locator(".notes a[href*='/conclusions/']").first.get_attribute("href")
    note = TALK + "/conclusions/{conclusion}"
    walk.see.look(anna, note, "change", change)
    ruth.goto(change)
    ruth.fill("#text", "Routes are decided on Mondays.")
    cast.send(ruth)
    walk.see.refused(anna, note, "conflict", {"text": "Routes are decided late."}, status=409, shows=".notice-warning")


def act(walk, anna, ruth):
    walk.look(ACTIONS + "/new", "usual")
    walk.see.refused(
        anna, ACTIONS + "/new", "refused", {"what": "Share the plan", "due": "2020-01-01"}, posted_to=ACTIONS)
    anna.fill("#due", anna.evaluate("new Date(Date.now() + 5184e6).toISOString().slice(0, 10)"))
    anna.locator("main select").first.select_option(index=2)
    cast.send(anna)
    one, here = ACTIONS + "/{action}", anna.url
    walk.see.look(anna, one, "open", here, shows="form[action$='/comments']")
    walk.see.refused(anna, one, "refused", {"comment": "  "}, posted_to=one + "/comments", form="form[action$='/comments']")
    walk.see.look(anna, one + "/change", "usual", here + "/change")
    anna.goto(here)
    cast.send(anna, "button[value=doing]")
    walk.see.look(ruth, one, "German", here)
    walk.look(ACTIONS, "full", shows=".action-line")
    walk.german(ACTIONS)
