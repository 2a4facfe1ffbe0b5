"""A round whose key is lost is started again: whoever had sent sends again with one tap, and counts once."""
import cast
from conftest import picture
from installation import Installation
from page_checks import scrolls_sideways, violations


def send(page):
    page.locator("[data-send]").click()
    cast.on_step(page, "sent")


def test_whoever_had_sent_sends_again_with_one_tap(visitor, tmp_path):
    installation = Installation(tmp_path).start()
    try:
        made = cast.Partnership(visitor, installation)
        made.open_round()
        links = made.round_links()
        looks = [("phone", "dark", "de-DE"), ("desk", "light", "en-GB"), ("phone", "light", "en-GB"), ("desk", "dark", "en-GB")]
        pages = [visitor(*look) for look in [*looks, looks[1]]]
        first = [cast.answer(page, links[cast.address(name)], [4] * 15)[0] for page, name in zip(pages, cast.HARBOUR)]
        answering = f"{installation.url}/rounds/{made.round}/answer"
        # A lead who sends the first time only.
        made.anna.goto(answering)
        made.anna.locator("[data-begin]").click()
        cast.rate(made.anna, [1] * 15)
        send(made.anna)
        installation.stop()
        (installation.data / f"keys/{made.round}.sealing-key").unlink()
        installation.start()
        made.ruth.goto(made.address(f"/rounds/{made.round}/restart"))
        cast.send_form(made.ruth, "/restart")
        for page, look in zip(pages, looks):
            page.goto(answering)
            cast.on_step(page, "review")
            assert page.locator("[data-send]").evaluate("it => it.getBoundingClientRect().bottom < innerHeight")
            picture(page, f"answer restarted {look[0]} {look[1]}")
            assert violations(page) == [] and not scrolls_sideways(page)
        second = []
        for page in pages:
            page.goto(answering)
            assert page.locator("[data-rating]").all_inner_texts() == ["4"] * 15
            send(page)
            second.append(page.locator("[data-receipt]").inner_text())
        assert set(first).isdisjoint(second)
        made.close_round()
        report = made.anna.context.request.get(made.address(f"/rounds/{made.round}/report.json")).json()
        assert report["answers"] == 5
        made.anna.goto(f"{installation.url}/rounds/{made.round}/receipts")
        assert sorted(made.anna.locator(".receipts li").all_inner_texts()) == sorted(second)
        # What she sent before the restart is not counted, and her receipt of then is nothing to worry about.
        assert made.anna.locator("[data-own]").inner_text().startswith("This device keeps no receipt of this round.")
    finally:
        installation.stop()
