"""The whole way through two organisations' first round, in real browsers; test_report.py reads what came of it."""
import json

import cast
from conftest import picture
from page_checks import scrolls_sideways, violations


def test_everybody_on_the_roll_has_a_link_but_those_with_an_account(made):
    assert sorted(made.links) == sorted(map(cast.address, cast.HARBOUR + cast.FREIGHT))


def test_nothing_leaves_the_browser_before_send_and_then_no_person(made, visitor):
    page, seen = visitor(), []
    cast.come_by_link(page, made.link("Ada Moreau"))
    page.on("request", lambda request: seen.append(request))
    page.locator("[data-begin]").click()
    ratings = [4, 4, 3, 2, 5, 4, 3, 2, 4, 5, 4, 3, 0, 4, 5]
    cast.rate(page, ratings)
    page.fill("#comment", "We should meet on the platform.")
    assert seen == []
    page.locator("[data-send]").click()
    cast.on_step(page, "sent")
    made.keep("Ada Moreau", page, ratings, "We should meet on the platform.")
    paths = [(request.method, request.url.removeprefix(made.installation.url)) for request in seen]
    assert paths == [
        ("GET", f"/rounds/{made.round}/opening"), ("POST", f"/rounds/{made.round}/credential"), ("POST", f"/answers/{made.round}")]
    collecting, answering = seen[1], seen[2]
    assert set(json.loads(collecting.post_data)) == {"segment", "blinded"}
    headers = {name.lower() for name in answering.all_headers()}
    assert not headers & {"cookie", "authorization", "referer", "x-form-token"}
    body = answering.post_data_buffer
    assert len(body) == 4096
    for name in ("Ada", "Moreau", "ada.moreau"):
        assert name.encode() not in body
    picture(page, "sent desk light")


def test_a_change_counts_once_and_the_own_answers_come_back(made, visitor):
    page = visitor()
    cast.come_by_link(page, made.link("Ben Okafor"))
    page.locator("[data-begin]").click()
    cast.rate(page, [1] * 15)
    page.reload()
    page.locator("[data-begin]").click()
    cast.on_step(page, "review")
    assert page.locator("[data-rating]").all_inner_texts() == ["1"] * 15
    page.locator("[data-change]").first.click()
    page.keyboard.press("5")
    cast.on_step(page, "review")
    assert page.locator("[data-rating]").all_inner_texts() == ["5"] + ["1"] * 14
    page.locator("[data-send]").click()
    cast.on_step(page, "sent")
    receipt = page.locator("[data-receipt]").inner_text()
    page.locator("[data-again]").click()
    page.locator("[data-send]").click()
    cast.on_step(page, "sent")
    assert page.locator("[data-receipt]").inner_text() == receipt
    made.keep("Ben Okafor", page, [5] + [1] * 14)


def test_another_device_changes_the_answers_with_the_ballot_key(made, visitor):
    first, second = visitor(), visitor("phone", "dark", "de-DE")
    receipt, key = cast.answer(first, made.link("Cem Yildiz"), [2] * 15)
    cast.come_by_link(second, made.link("Cem Yildiz"))
    second.locator("[data-begin]").click()
    cast.rate(second, [3] * 15)
    second.locator("[data-send]").click()
    cast.on_step(second, "key")
    picture(second, "ballot key phone dark")
    second.fill("#ballot-key", "nonsense")
    second.locator("[data-use-key]").click()
    second.locator("[data-key-error]").wait_for()
    second.fill("#ballot-key", key.lower())
    second.locator("[data-use-key]").click()
    cast.on_step(second, "review")
    second.locator("[data-send]").click()
    cast.on_step(second, "sent")
    assert second.locator("[data-receipt]").inner_text() == receipt
    made.keep("Cem Yildiz", second, [3] * 15)


def test_a_lost_reply_is_asked_for_again_and_counts_once(made, visitor):
    page, lost = visitor(), []

    def lose(route):
        # The server takes the answer; the browser never hears of it.
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        route.abort()

    cast.come_by_link(page, made.link("Dora Klein"))
    page.route("**/answers/*", lose)
    page.locator("[data-begin]").click()
    cast.rate(page, [4] * 15)
    page.locator("[data-send]").click()
    cast.on_step(page, "sent")
    assert lost == [200]
    made.keep("Dora Klein", page, [4] * 15)


def test_the_keyboard_alone_is_enough(made, visitor):
    page = visitor()
    cast.come_by_link(page, made.link("Eva Lind"))

    def tab_to(selector):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab never reaches {selector}")

    tab_to("[data-begin]")
    page.keyboard.press("Enter")
    page.locator("#statement-1").wait_for()
    page.keyboard.press("3")
    page.locator("#statement-2").wait_for()
    page.keyboard.press("Backspace")
    page.locator("#statement-1").wait_for()
    cast.rate(page, [5] + [3] * 14)
    tab_to("#comment")
    page.keyboard.type("More often, and earlier.")
    tab_to("[data-send]")
    page.keyboard.press("Enter")
    cast.on_step(page, "sent")
    made.keep("Eva Lind", page, [5] + [3] * 14, "More often, and earlier.")


def test_the_accessibility_tree_says_what_is_asked(made, visitor):
    page = visitor()
    cast.come_by_link(page, made.link("Finn Berg"))
    page.locator("[data-begin]").click()
    statement = page.locator("#statement-1").inner_text()
    group = page.get_by_role("group", name=statement)
    names = group.get_by_role("radio").evaluate_all("all => all.length")
    assert names == 6
    for name in ("2", "3", "4", "No answer"):
        assert group.get_by_role("radio", name=name, exact=True).count() == 1
    assert page.get_by_role("heading", name=statement).count() == 1
    assert page.get_by_role("button", name="Back", exact=True).count() == 1
    # By key: after a tap the next statement comes by itself.
    group.get_by_role("radio", name="4", exact=True).press("Space")
    assert page.get_by_role("button", name="Next", exact=True).count() == 1


def test_on_a_phone_in_the_dark_in_german(made, visitor):
    page = visitor("phone", "dark", "de-DE")
    cast.come_by_link(page, made.link("Finn Berg"))
    assert page.locator("html").get_attribute("lang") == "de"
    picture(page, "answer promise phone dark")
    assert violations(page) == [] and not scrolls_sideways(page)
    page.locator("[data-begin]").click()
    picture(page, "answer statement phone dark")
    assert violations(page) == [] and not scrolls_sideways(page)
    for number, rating in enumerate([5, 4, 4, 3, 3] * 3):
        page.locator(f"[data-step=item]:not([hidden]) #statement-{number + 1}").wait_for()
        current = page.locator("[data-step=item]:not([hidden]) .scale label")
        current.nth(rating - 1).click()
    cast.on_step(page, "review")
    picture(page, "answer review phone dark")
    assert violations(page) == [] and not scrolls_sideways(page)
    page.locator("[data-send]").click()
    cast.on_step(page, "sent")
    picture(page, "answer sent phone dark")
    assert violations(page) == [] and not scrolls_sideways(page)
    made.keep("Finn Berg", page, [5, 4, 4, 3, 3] * 3)


def test_nobody_sees_anything_before_the_close(made):
    assert made.anna.goto(made.address(f"/rounds/{made.round}/report")).status != 200
    assert made.anna.goto(made.address(f"/rounds/{made.round}/report.json")).status != 200
