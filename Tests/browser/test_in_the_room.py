"""A round in the room: opened on the spot, answered on everybody's own device, and reported on the same screen."""
import pytest

import cast
from conftest import picture
from installation import Installation
from page_checks import SCHEMES, SIZES, html_errors, scrolls_sideways, violations
from printing import scanned

RATINGS = [3, 2, 4, 5, 4, 2, 3, 4, 1, 4, 5, 3, 4, 3, 4]
LOOKS = SIZES | {"projector": {"width": 1920, "height": 1080}}


class InTheRoom(cast.Partnership):
    """The partnership of cast.py in one room, with the round's page on the wall."""

    def __init__(self, visitor, installation):
        super().__init__(visitor, installation)
        self.anna.goto(self.address("/rounds/new"))
        self.anna.check("[name=closing][value=room]")
        self.times_are_hidden = self.anna.locator("#closes").is_hidden() and self.anna.locator("#latest").is_hidden()
        cast.send(self.anna)
        self.round = self.anna.url.rsplit("/", 1)[1]
        for lead in (self.ruth, self.anna):
            cast.confirm(lead, installation, self.id, self.round)
        self.links = self.round_links()
        self.room = self.address(f"/rounds/{self.round}/room")
        self.wall = self.anna.context.new_page()
        self.wall.goto(self.room)

    def by_account(self, page):
        page.goto(f"{self.installation.url}/rounds/{self.round}/answer")
        page.locator("[data-begin]").click()
        cast.rate(page, RATINGS)
        page.locator("[data-send]").click()
        cast.on_step(page, "sent")

    def words_on_the_wall(self):
        """After the wall has asked once more; without the clock."""
        with self.wall.expect_response("**/room/state") as asked:
            pass
        asked.value.finished()
        return [self.wall.locator(part).inner_text() for part in (".room-address", ".room-state", ".room-words .section")]


@pytest.fixture(scope="module")
def together(chromium, tmp_path_factory):
    contexts, installation = [], Installation(tmp_path_factory.mktemp("room")).start()

    def visitor(**options):
        contexts.append(chromium.new_context(**({"viewport": SIZES["desk"], "locale": "en-GB", "reduced_motion": "reduce"} | options)))
        page = contexts[-1].new_page()
        return page

    try:
        room = InTheRoom(visitor, installation)
        room.visitor = visitor
        yield room
    finally:
        for context in contexts:
            context.close()
        installation.stop()


def test_whoever_chooses_the_room_is_asked_for_no_time(together):
    assert together.times_are_hidden


def look(page, name, folder):
    """At every size and in both palettes; what is wrong with any of them."""
    faults = []
    for size, viewport in LOOKS.items():
        for scheme in SCHEMES:
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            faults += [f"{size} {scheme}: {line}" for line in violations(page)]
            faults += [f"{size} {scheme}: scrolls sideways"] if scrolls_sideways(page) else []
            picture(page, f"{name} {size} {scheme}")
    (folder / f"{name}.html").write_text(page.content())
    return faults


def test_the_wall_shows_how_to_answer_in_both_languages(together, tmp_path):
    wall = together.wall
    assert together.installation.url + f"/rounds/{together.round}/answer" in wall.locator(".room-letters").inner_text()
    assert len(wall.locator(".digest span").all_inner_texts()) == 3
    assert wall.locator("[data-clock]").inner_text().startswith("19:")
    assert look(wall, "room open", tmp_path) == []
    german = together.visitor(locale="de-DE", storage_state=together.ruth.context.storage_state())
    german.goto(together.room)
    cast.follow(german, german.locator("button[value=de]").first)
    german.goto(together.room)
    assert "Nehmen Sie sich Zeit." in german.locator(".room-state").inner_text()
    assert look(german, "room German", tmp_path) == []
    assert html_errors(tmp_path) == []


def test_the_square_on_the_wall_leads_to_the_answers(together, tmp_path):
    for scheme in SCHEMES:
        together.wall.set_viewport_size(LOOKS["projector"])
        together.wall.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        together.wall.screenshot(path=tmp_path / "wall.png")
        assert scanned(tmp_path / "wall.png") == [f"{together.installation.url}/rounds/{together.round}/answer"]


def test_the_clock_runs_down_though_the_machines_own_is_wrong(together):
    # In a context of its own: a clock is installed for all pages of one.
    page = together.visitor(storage_state=together.anna.context.storage_state())
    page.clock.install(time="2031-01-01T12:00:00Z")
    page.goto(together.room)
    before = page.locator("[data-clock]").inner_text()
    page.clock.run_for(60_000)
    minutes = [int(text.split(":")[0]) for text in (before, page.locator("[data-clock]").inner_text())]
    assert minutes[0] - minutes[1] == 1 and minutes[0] in (18, 19)
    page.context.close()


def test_one_word_comes_when_all_have_sent_and_then_the_report_on_the_same_screen(together, tmp_path):
    first = together.words_on_the_wall()
    assert "Take your time." in first[1] and "Everybody has sent." not in first[1]
    for name in (cast.HARBOUR + cast.FREIGHT)[:2]:
        page = together.visitor()
        cast.answer(page, together.links[cast.address(name)], RATINGS)
        page.context.close()
    assert together.words_on_the_wall() == first
    for name in (cast.HARBOUR + cast.FREIGHT)[2:]:
        page = together.visitor()
        cast.answer(page, together.links[cast.address(name)], RATINGS)
        page.context.close()
    together.by_account(together.ruth)
    assert together.words_on_the_wall() == first
    together.by_account(together.anna)
    together.wall.get_by_text("Everybody has sent.").wait_for()
    assert look(together.wall, "room everybody", tmp_path) == []
    assert html_errors(tmp_path) == []
    state = together.anna.context.request.get(together.room + "/state").json()
    assert set(state) == {"state", "pad"} and state["state"] == "everybody"

    plain = together.visitor(java_script_enabled=False, storage_state=together.anna.context.storage_state())
    plain.goto(together.room)
    assert plain.locator("[data-clock]").is_hidden()
    together.installation.pass_time(20 * 60)
    together.wall.wait_for_url("**/report", timeout=30_000)
    together.wall.get_by_role("heading", name="Report").first.wait_for()
    picture(together.wall, "room report projector light")
    cast.follow(plain, plain.get_by_role("link", name="To the report"))
    assert plain.url.endswith("/report") and plain.locator("main h1").inner_text() == together.wall.locator("main h1").inner_text()
