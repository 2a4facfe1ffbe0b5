"""From an empty list to a celebration that was held, with its picture."""
from page_states import PARTNERSHIP

CELEBRATIONS = PARTNERSHIP + "/celebrations"
CELEBRATION = CELEBRATIONS + "/{celebration}"


def walk_to_celebration(inspection, page, german, partnership, folder):
    """`german` reads German and sits in the partnership too."""
    at = partnership + "/celebrations"
    inspection.look(page, CELEBRATIONS, "none", at, shows=".empty")
    inspection.look(page, CELEBRATIONS + "/new", "empty", at + "/new")
    inspection.refused(page, CELEBRATIONS + "/new", "refused", {"what": "Breakfast on the quay", "day": "2020-01-01"}, CELEBRATIONS)
    page.goto(at + "/new")
    page.fill("[name=what]", "Breakfast on the quay, because orders arrive on time again")
    page.fill("[name=day]", page.evaluate("new Date().toISOString().slice(0, 10)"))
    send(page)
    celebration = page.url
    inspection.look(page, CELEBRATION, "planned", celebration, shows="[name=held-on]")
    inspection.look(page, CELEBRATION + "/change", "planned", celebration + "/change")
    page.goto(celebration)
    page.fill("[name=note]", "Sun, coffee, and drivers of both companies at one table.")
    page.fill("[name=shared-with]", "all drivers")
    send(page)
    file = folder / "quay.jpg"
    page.screenshot(path=file, type="jpeg")
    bring(page, file)
    send(page, "form[enctype]")
    inspection.look(page, CELEBRATION, "held", celebration, shows=".celebration-picture img")
    assert page.evaluate("document.querySelector('.celebration-picture img').naturalWidth") > 0
    file.write_text("Dear all, the cake was good.")
    bring(page, file)
    answer = send(page, "form[enctype]")
    inspection.look_at_answer(answer, page, CELEBRATION, "picture refused", CELEBRATION + "/picture", 422, "#picture-error")
    inspection.look(page, CELEBRATIONS, "full", at, shows=".state-done")
    inspection.look(german, CELEBRATIONS, "German", at)
    inspection.look(german, CELEBRATION, "German", celebration)
    inspection.look(page, CELEBRATION + "/deletion", "asked", celebration + "/deletion", shows=".button-danger")
    inspection.look(german, CELEBRATION + "/deletion", "German", celebration + "/deletion", shows=".button-danger")


def bring(page, file):
    page.locator("details:has(form[enctype]) > summary").click()
    page.set_input_files("[name=picture]", file)
    page.fill("[name=picture-says]", "A long table on the quay")


def send(page, form="main form"):
    with page.expect_navigation() as arrival:
        page.locator(form + " button[type=submit]").first.click()
    return arrival.value
