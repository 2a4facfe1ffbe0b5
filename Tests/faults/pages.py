"""The pages on which somebody reads what was kept: of the closed round, and where it stands in lists."""
import re

REPORT = re.compile(r'<(?:td|th|dd|text|meter|strong)[^>]*>[^<]*\d[^<]*<')
# Names stand on these, too, and whether a round is open: only the figures are what was kept.
LISTS = {
    "partnership": re.compile(r'/talk/items/\d+">[^<]*\d[^<]*<'),
    "portfolio": re.compile(r'data-label="(?:Health|Last round|Trust)">.*?\d.*?</td>'),
    "home": re.compile(r'<p class="hint">[^<]* to discuss\.[^<]*<')}
FIGURES = LISTS | {"report": REPORT, "print": REPORT, "receipts": re.compile(r"<li>[0-9A-Z-]{19}</li>|\d+ ballots")}


def of(made, lead):
    report = made.report(made.closed)
    paths = {
        "report": report, "print": f"{report}/print", "csv": f"{report}.csv", "json": f"{report}.json",
        "receipts": f"/rounds/{made.closed}/receipts", "round": made.address(f"/rounds/{made.closed}"),
        "open round": made.address(f"/rounds/{made.round}"),
        "partnership": made.address(), "portfolio": "/portfolio", "home": "/"}
    return {place: lead.get(path) for place, path in paths.items()}


def figures(place, page):
    """All of a page for programs, of the others what a reader takes for a figure."""
    if place in ("csv", "json"):
        return page.text
    return FIGURES[place].findall(page.text) if place in FIGURES else []


def whole(made, lead):
    """Every page as a reader has it, without what is another one for each session."""
    found = of(made, lead)
    assert {page.status for page in found.values()} == {200}, {place: page.status for place, page in found.items()}
    return {place: re.sub(r'"form-token" value="[^"]*"', "", page.text) for place, page in found.items()}


def kept(made, lead):
    """The same on every server that has the closed round, whatever became of the open one."""
    found = whole(made, lead)
    lists = {place: figure.findall(found[place]) for place, figure in LISTS.items()}
    assert all(lists.values()), lists
    del found["open round"]
    return found | lists
