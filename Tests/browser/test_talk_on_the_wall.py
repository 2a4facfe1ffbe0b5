"""One item of a talk on a projector: read from afar, and moved on with the keys."""
import pytest

from conftest import picture
from page_checks import SCHEMES, scrolls_sideways, violations

# Text that somebody reads, and not who wrote it when, nor how to use the page.
READ = ".projector-halves :is(p, label, a, h2, h3, summary, button, textarea):not(.hint, .hint *, .row-note, .small, .button-small, .quiet-more *, .aside-only)"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_an_item_is_read_from_afar(visitor, demonstration, size, scheme):
    session, item = demonstration
    page = visitor(storage_state=session, scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(item)
    for folded in page.locator("details:has(> form) > summary").all():
        folded.click()
    sizes = page.locator(READ).evaluate_all(
        "all => all.filter(it => it.checkVisibility()).map(it => [it.textContent.trim(), parseFloat(getComputedStyle(it).fontSize)])")
    assert len(sizes) > 10 and [(text, pixels) for text, pixels in sizes if pixels < 28] == []
    assert violations(page) == [] and not scrolls_sideways(page)
    # The question and what is said about it stand on the wall at once.
    assert page.locator("#why").bounding_box()["y"] < size[1] / 2 and page.locator("main h1").count() == 1
    picture(page, f"talk on the wall {size[0]} {scheme}")


def test_the_arrows_move_on_and_back_but_not_while_somebody_writes(visitor, demonstration):
    session, item = demonstration
    page = visitor(storage_state=session)
    page.goto(item)
    page.fill("#text", "half a thought")
    for key in ("ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.type("!")
    assert page.input_value("#text") == "half a thought!" and page.url == item
    page.locator("h1").click()
    following = page.locator("a[rel=next]").evaluate("link => link.href")
    with page.expect_navigation():
        page.keyboard.press("ArrowRight")
    assert page.url == following != item
    with page.expect_navigation():
        page.keyboard.press("ArrowLeft")
    assert page.url == item and page.input_value("#text") == "half a thought!"
