import os
import pathlib
import re

import pytest
from playwright.sync_api import sync_playwright

from installation import Installation
from page_checks import SIZES

PICTURES = pathlib.Path(os.environ.get("RAPPORT_PICTURES", pathlib.Path(__file__).parents[2] / ".build/pictures"))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    made = Installation(tmp_path_factory.mktemp("rapport")).start()
    yield made
    made.stop()


@pytest.fixture
def visitor(chromium):
    """Makes a visitor with a browser of the given size and colours; all are gone after the test."""
    contexts = []

    def make(size="desk", scheme="light", language="en-GB", **options):
        context = chromium.new_context(
            viewport=SIZES[size], color_scheme=scheme, locale=language, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield make
    for context in contexts:
        context.close()


def picture(page, name):
    """Keeps a picture of the whole page to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / (re.sub(r"[^a-z0-9]+", "-", name.lower()) + ".png"), full_page=True)
