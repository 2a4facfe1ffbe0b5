"""A talk over a bad connection: no word is lost, the page says so, and what is sent arrives once."""
import re

import pytest

import cast
from conftest import picture

WORDS = "Nobody knows whom to call at the weekend."
NOTE, REASON, CHALLENGE = "form:has(#text)", "form:has(#reason)", "form[action$='/challenges']"
ACTION, COMMENT, STATE, CHANGE = "form[action$='/actions']", "form[action$='/comments']", "form[action$='/state']", "main form"


class Talk:
    """The lead of the demonstration's most troubled partnership, on the page of a statement that nobody had settled."""

    def __init__(self, page, item):
        self.page, self.item = page, item
        self.partnership = re.match(r".*/partnerships/[^/]+", item)[0]
        page.goto(item)

    def fill(self, form, text=WORDS):
        """Unfolds a form where it is folded, and types."""
        fields = self.page.locator(form).first
        if not fields.is_visible():
            fields.locator("xpath=ancestor::details[1]/summary").click()
        fields.locator("textarea").first.fill(text)
        for day in fields.locator("[type=date]").all():
            day.fill(self.page.evaluate("new Date(Date.now() + 90 * 864e5).toISOString().slice(0, 10)"))
        for owner in fields.locator("select[name^=owner-]").all()[:1]:
            owner.select_option("sought")
        return fields

    def submit(self, fields):
        fields.locator("button[type=submit]").last.click()

    def note_once(self, text="Written before."):
        self.page.goto(self.item)
        with self.page.expect_navigation():
            self.submit(self.fill(NOTE, text))


@pytest.fixture
def talk(visitor, demonstration):
    session, item = demonstration
    return Talk(visitor(storage_state=session), item)


def decided(talk):
    talk.page.goto(talk.partnership + "/actions/new")
    with talk.page.expect_navigation():
        talk.submit(talk.fill(ACTION, "Find somebody for the weekends"))
    return talk.page.url


def noted(talk):
    talk.note_once()
    return talk.item


def change(talk):
    talk.note_once()
    return talk.page.locator(".notes a[href*='/conclusions/']").last.evaluate("link => link.href")


PLACES = {
    "a note": (NOTE, lambda talk: talk.item),
    "a reason": (REASON, lambda talk: talk.item),
    "an action of the talk": (ACTION, lambda talk: talk.item),
    "an action": (ACTION, lambda talk: talk.partnership + "/actions/new"),
    "a change of a note": (CHANGE, change),
    "a challenge": (CHALLENGE, noted),
    "a comment": (COMMENT, decided),
    "a word on how far an action is": (STATE, decided),
    "a celebration": ("form[action$='/celebrations']", lambda talk: talk.partnership + "/celebrations/new"),
}


@pytest.mark.parametrize("what", PLACES)
def test_what_is_sent_without_connection_stays_is_said_and_arrives_once(talk, what):
    (form, place), page, words = PLACES[what], talk.page, f"{WORDS} ({what})"
    page.goto(place(talk))
    address, fields = page.url, talk.fill(form, words)
    page.context.set_offline(True)
    talk.submit(fields)
    fields.locator("[data-kept]").wait_for()
    assert page.url == address and fields.locator("textarea").first.input_value() == words
    picture(page, f"connection gone {what}")
    with page.expect_navigation():
        page.context.set_offline(False)
    assert page.locator("main").get_by_text(words, exact=True).count() == 1
    page.goto(address)
    assert all(words not in value for value in page.locator("textarea").evaluate_all("all => all.map(field => field.value)")) or what == "a change of a note"


@pytest.mark.parametrize("what", ["a note", "a reason", "an action of the talk", "a comment"])
def test_a_reload_brings_back_what_was_typed_and_it_is_sent_once(talk, what):
    (form, place), page, words = PLACES[what], talk.page, f"{WORDS} (reloaded, {what})"
    page.goto(place(talk))
    fields = talk.fill(form, words)
    page.context.set_offline(True)
    talk.submit(fields)
    fields.locator("[data-kept]").wait_for()
    # The connection comes back so slowly that nothing more is sent before the reload.
    page.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.context.set_offline(False)
    page.reload()
    again = page.locator(form).first
    assert again.locator("textarea").first.is_visible() and again.locator("textarea").first.input_value() == words
    page.unroute("**/*")
    with page.expect_navigation():
        talk.submit(again)
    page.reload()
    assert page.locator("main").get_by_text(words, exact=True).count() == 1


def lose_the_answer(route):
    """The server takes it; the browser never hears of it."""
    if route.request.method != "POST":
        return route.continue_()
    route.fetch(max_redirects=0)
    route.abort()


@pytest.mark.parametrize("what", ["a note", "a reason", "an action of the talk", "a comment", "a challenge"])
def test_what_arrived_though_its_answer_was_lost_is_not_sent_again_after_a_reload(talk, what):
    (form, place), page, words = PLACES[what], talk.page, f"{WORDS} (arrived, {what})"
    page.goto(place(talk))
    fields = talk.fill(form, words)
    page.route("**/*", lose_the_answer)
    talk.submit(fields)
    fields.locator("[data-kept]").wait_for()
    page.unroute("**/*")
    page.goto(page.url)
    assert page.locator("main").get_by_text(words, exact=True).count() == 1
    assert words not in page.locator(form).locator("textarea").evaluate_all("all => all.map(field => field.value)")
    # The next words are new ones.
    with page.expect_navigation():
        talk.submit(talk.fill(form, words + " And more."))
    for said in (words, words + " And more."):
        assert page.locator("main").get_by_text(said, exact=True).count() == 1


def test_what_is_typed_while_a_note_waits_is_there_afterwards(talk):
    page = talk.page
    fields = talk.fill(NOTE, "The first thought.")
    page.context.set_offline(True)
    talk.submit(fields)
    fields.locator("[data-kept]").wait_for()
    page.locator("#text").press_sequentially(" And a second one.")
    # Impatience sends nothing twice.
    talk.submit(fields)
    with page.expect_navigation():
        page.context.set_offline(False)
    assert page.locator(".notes").get_by_text("The first thought.", exact=True).count() == 1
    assert page.input_value("#text") == "The first thought. And a second one."


def test_a_refusal_shows_its_page_with_what_was_typed(talk):
    page = talk.page
    fields = talk.fill(NOTE, " ")
    fields.evaluate("form => form.noValidate = true")
    with page.expect_navigation() as answer:
        talk.submit(fields)
    assert answer.value.status == 422 and page.locator("#text-error").is_visible()


def test_everything_works_without_scripts(visitor, demonstration):
    session, item = demonstration
    plain = visitor(java_script_enabled=False, storage_state=session)
    plain.goto(item)
    plain.fill("#text", "Written without a script.")
    cast.send(plain, NOTE + " button")
    assert plain.locator(".notes").get_by_text("Written without a script.", exact=True).count() == 1
    assert plain.locator("[data-kept]").first.is_hidden()
