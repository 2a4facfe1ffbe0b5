import os
import pathlib
import re

import pytest
from playwright.sync_api import sync_playwright

import cast
from installation import Installation
from journey import Journey
from page_checks import SIZES

PICTURES = pathlib.Path(os.environ.get("PICTURES", pathlib.Path(__file__).parents[2] / ".build/pictures"))


# What takes longest begins first, so that two who share the work end at the same time.
LONGEST = ["test_every_page", "test_talk_journey", "test_in_the_room"]


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium):
    """Makes a visitor with a browser of the given size and colours; all are gone after the test."""
    contexts = []

    def make(size="desk", scheme="light", language="en-GB", **options):
        context = chromium.new_context(
            viewport=SIZES[size], color_scheme=scheme, locale=language, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def made(chromium, tmp_path_factory):
    """Two organisations' open round."""
    contexts, installation = [], Installation(tmp_path_factory.mktemp("journey")).start()

    def visitor():
        contexts.append(chromium.new_context(viewport=SIZES["desk"], locale="en-GB", reduced_motion="reduce"))
        page = contexts[-1].new_page()
        return page

    try:
        yield Journey(visitor, installation)
    finally:
        for context in contexts:
            context.close()
        installation.stop()


@pytest.fixture(scope="session")
def closed(made):
    """The same round after its close."""
    made.close()
    return made


@pytest.fixture(scope="session")
def demonstration(chromium, tmp_path_factory):
    """The session of a lead in the demonstration, and where an item of the last talk is."""
    installation = Installation(tmp_path_factory.mktemp("demonstration"))
    installation.command("demo", "--data", installation.data)
    try:
        installation.start()
        context = chromium.new_context(locale="en-GB")
        page = context.new_page()
        page.goto(installation.url + "/demonstration")
        cast.send(page, "button[name=role][value=lead]")
        page.goto(installation.url + "/portfolio")
        cast.follow(page, page.locator("tbody a[href^='/partnerships/']").first)
        item = page.locator("section[aria-labelledby=flagged] a.state-discuss").first.evaluate("link => link.href")
        yield context.storage_state(), item
        context.close()
    finally:
        installation.stop()


def picture(page, name):
    """Keeps a picture of the whole page to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / (re.sub(r"[^a-z0-9]+", "-", name.lower()) + ".png"), full_page=True)
