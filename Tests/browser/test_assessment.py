"""The sixty-second assessment, for anybody and before anything is set up."""
import subprocess

import pytest

import cast
from conftest import picture
from installation import Installation
from page_checks import SCHEMES, SIZES, html_errors, scrolls_sideways, violations

LANGUAGES = {"en-GB": ("No programme in place", "A programme is in place"), "de-DE": ("Kein Programm vorhanden", "Ein Programm ist vorhanden")}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Nobody has set it up."""
    installation = Installation(tmp_path_factory.mktemp("assessment")).start()
    yield installation
    installation.stop()


def answer(page, installation, *answers):
    """Chooses the answers from the first question on, and asks for the result."""
    page.goto(installation.url + "/assessment")
    for question, value in zip(page.locator("fieldset").all(), answers):
        question.locator(f"[value={value}]").check()
    with page.expect_navigation() as arrival:
        page.locator("form.questions button[type=submit]").click()
    return arrival.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_its_page_in_every_look(fresh, visitor, tmp_path, language):
    page = visitor(language=language)
    states = {
        "left open": (["yes"] * 4, 422, ".error-summary a"),
        "no programme": (["no"] * 2 + ["unsure"] + ["yes"] * 7, 200, ".missing li:nth-child(3)"),
        "a programme": (["no", "unsure"] + ["yes"] * 8, 200, ".there"),
        "everything": (["yes"] * 10, 200, ".there li:nth-child(10)")}
    faults = []
    for state, (answers, status, shows) in states.items():
        assert answer(page, fresh, *answers).status == status
        assert page.locator(shows).first.is_visible() and page.locator("main h1").count() == 1
        (tmp_path / f"{state}.html").write_text(page.content())
        for size, viewport in SIZES.items():
            for scheme in SCHEMES:
                page.set_viewport_size(viewport)
                page.emulate_media(color_scheme=scheme)
                faults += [f"{state} {size} {scheme}: {line}" for line in violations(page)]
                faults += [f"{state} {size} {scheme}: scrolls sideways"] if scrolls_sideways(page) else []
                picture(page, f"assessment {state} {language} {size} {scheme}")
    assert faults == [] and html_errors(tmp_path) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("missing", [0, 2, 3, 10])
def test_three_missing_are_no_programme(fresh, visitor, language, missing):
    page = visitor("phone", language=language)
    answer(page, fresh, *["no"] * missing, *["yes"] * (10 - missing))
    assert page.locator("#verdict").inner_text() == LANGUAGES[language][0 if missing >= 3 else 1]


def test_what_is_open_is_named_and_what_was_chosen_stays(fresh, visitor):
    page = visitor("phone")
    answer(page, fresh, "yes", "no", "unsure")
    assert page.locator("fieldset .error").count() == 7
    assert page.locator("input:checked").evaluate_all("all => all.map(it => it.value)") == ["yes", "no", "unsure"]
    cast.send(page, ".error-summary a")
    top = page.locator("fieldset").nth(3).evaluate("it => it.getBoundingClientRect().top")
    assert 0 <= top < SIZES["phone"]["height"] / 2


def test_the_keyboard_alone_is_enough(fresh, visitor):
    page = visitor()
    page.goto(fresh.url + "/assessment")

    def tab_to(selector):
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab never reaches {selector}")

    for number, question in enumerate(page.locator("fieldset").evaluate_all("all => all.map(it => it.id)")):
        tab_to(f"[name={question}]")
        page.keyboard.press("Space")
        if number < 3:
            page.keyboard.press("ArrowRight")
    tab_to("form.questions button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("#verdict").inner_text() == "No programme in place"
    tab_to("button[name=change]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("input:checked").evaluate_all("all => all.map(it => it.value)") == ["no"] * 3 + ["yes"] * 7


def test_it_needs_no_script(fresh, visitor):
    page = visitor("phone", java_script_enabled=False)
    answer(page, fresh, *["unsure"] * 10)
    assert page.locator("#verdict").inner_text() == "No programme in place"
    cast.send(page, "button[name=change]")
    assert page.locator("input:checked").count() == 10
    page.locator("fieldset").first.locator("[value=yes]").check()
    cast.send(page, "form.questions button")
    assert page.locator(".there li").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_all_buttons_below_the_result_are_equally_wide(fresh, visitor, language):
    page = visitor("phone", language=language)
    answer(page, fresh, *["yes"] * 10)
    widths = {round(button.bounding_box()["width"]) for button in page.locator(".verdict .actions .button").all()}
    assert page.locator(".verdict .actions .button").count() == 4 and len(widths) == 1


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("said", ["no", "unsure"])
def test_the_longest_result_prints_on_one_page(fresh, visitor, tmp_path, language, paper, said):
    page, file = visitor(language=language), tmp_path / "verdict.pdf"
    answer(page, fresh, *[said] * 10)
    page.pdf(path=file, format=paper)
    told = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert "Pages:           1\n" in told
    words = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    assert LANGUAGES[language][0] in words and "Stephen M. Dent" in words
