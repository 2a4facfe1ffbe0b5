"""Every page in every state, light and dark, on a phone and on a desk: axe, the HTML checker, no sideways scroll, a picture."""
import pytest

from inspection import Inspection
from installation import Installation
from page_checks import SIZES, html_errors
from page_states import FILES, MAIL_PAGES, ROOM_PAGES, ROUND, SLIP_PAGES, STATES
from printing import Printed
from walk_to_mail import walk_to_mail
from walks import walk_everywhere, walk_through_demonstration


@pytest.fixture(scope="module")
def visitor(chromium):
    contexts = []

    def make(language="en-GB"):
        contexts.append(chromium.new_context(viewport=SIZES["desk"], locale=language, reduced_motion="reduce"))
        page = contexts[-1].new_page()
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def inspection(visitor, tmp_path_factory):
    """What was seen on a walk through an installation in which everything happens, and through the demonstration."""
    inspection = Inspection(tmp_path_factory.mktemp("pages"))
    own = Installation(tmp_path_factory.mktemp("own")).start()
    demonstration = Installation(tmp_path_factory.mktemp("demonstration"))
    demonstration.command("demo", "--data", demonstration.data)
    demonstration.start()
    try:
        walk = walk_everywhere(inspection, own, visitor, tmp_path_factory.mktemp("copy"))
        walk_through_demonstration(inspection, demonstration, visitor)
        walk_to_mail(inspection, visitor, tmp_path_factory.mktemp("mail"))
        inspection.routes = own.command("routes").stdout.splitlines()
        for paper in ("A4", "Letter"):
            walk.anna.goto(walk.address(ROUND + "/report/print"))
            inspection.printed[paper] = Printed(walk.anna, inspection.folder / f"{paper}.pdf", paper)
        yield inspection
    finally:
        own.stop()
        demonstration.stop()


def test_nothing_is_wrong_on_any_page(inspection):
    assert inspection.faults == []


def test_every_route_has_its_states(inspection):
    pages = {line.removeprefix("GET ") for line in inspection.routes if line.startswith("GET ")} - FILES - SLIP_PAGES - ROOM_PAGES - MAIL_PAGES
    assert pages == set(STATES)


def test_every_state_was_looked_at_in_every_look(inspection):
    assert inspection.wanted - inspection.seen == set()


def test_the_html_checker_finds_nothing(inspection):
    assert html_errors(inspection.folder) == []


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_report_prints_on_three_pages_at_most(inspection, paper):
    report = inspection.printed[paper]
    assert 1 <= report.pages <= 3
    assert report.words_off_the_paper() == []
