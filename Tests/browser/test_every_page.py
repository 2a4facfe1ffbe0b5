"""Every page, empty and full, light and dark, on a phone and on a desk: axe, the HTML checker, no sideways scroll, a picture."""
import subprocess

import pytest

import cast
from conftest import picture
from installation import Installation
from page_checks import SCHEMES, SIZES, html_errors, scrolls_sideways, violations

# What is no page: files for programs, and assets.
FILES = {"/assets/{version}/{name}", "/rounds/{round}/opening", "/partnerships/{partnership}/rounds/{round}/report.csv",
         "/partnerships/{partnership}/rounds/{round}/report.json"}
LOOKS = [(size, scheme) for size in SIZES for scheme in SCHEMES]


class Inspection:
    """Looks at pages in all four looks with one browser's session, and remembers the routes and what was wrong."""

    def __init__(self, folder):
        self.folder, self.visited, self.faults = folder, set(), []

    def look(self, page, name, route, address):
        self.visited.add(route)
        response = page.goto(address)
        if response.status >= 500:
            self.faults.append(f"{name}: status {response.status}")
        self.keep(response.text(), name)
        self.here(page, name)

    def keep(self, html, name):
        (self.folder / (name.replace(" ", "-") + ".html")).write_text(html)

    def here(self, page, name):
        for size, scheme in LOOKS:
            page.set_viewport_size(SIZES[size])
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.faults += [f"{name}, {size}, {scheme}: {line}" for line in violations(page)]
            if scrolls_sideways(page):
                self.faults.append(f"{name}, {size}, {scheme}: scrolls sideways")
            picture(page, f"{name} {size} {scheme}")


@pytest.fixture(scope="module")
def inspection(tmp_path_factory):
    return Inspection(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def browsers(chromium):
    contexts = []

    def visitor(**options):
        contexts.append(chromium.new_context(
            viewport=SIZES["desk"], locale="en-GB", reduced_motion="reduce", **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        return page

    yield visitor
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def full(browsers, tmp_path_factory, inspection):
    """An installation in which everything has happened, looked at on the way."""
    installation = Installation(tmp_path_factory.mktemp("full")).start()
    try:
        look_at_everything(browsers, installation, inspection)
        yield installation
    finally:
        installation.stop()


def look_at_everything(browsers, installation, inspection):
    stranger = browsers()
    url = installation.url

    def empty(name, path, route=None, page=stranger):
        inspection.look(page, "empty " + name, route or path, url + path)

    empty("welcome", "/")
    empty("sign-in", "/sign-in")
    empty("setup spent", "/setup/spent", "/setup/{token}")
    inspection.look(stranger, "empty setup", "/setup/{token}", installation.setup_link())
    empty("survey", "/survey")
    empty("computed", "/how-it-is-computed")
    empty("anonymous", "/what-anonymous-means")
    for kind in ("invitation", "password", "r"):
        empty(f"{kind} spent", f"/{kind}/spent", f"/{kind}/{{token}}")

    anna, ruth = browsers(), browsers()
    cast.set_up(anna, installation)
    for name, path in {"home": "/", "portfolio": "/portfolio", "organisation": "/organisation", "outbox": "/outbox",
                       "account": "/account", "start": "/partnerships/new"}.items():
        empty(name, path, page=anna)
    partnership = cast.start_partnership(anna, installation)
    here = f"{url}/partnerships/{partnership}"
    base = "/partnerships/{partnership}"

    round_id = "none yet"

    def look(name, path):
        inspection.look(anna, name, base + path.replace(round_id, "{round}"), here + path)

    look("proposed", "")
    look("join", "/join")
    invitation = cast.links(anna, installation, "/invitation/")[cast.address(cast.RUTH)]
    inspection.here(anna, "outbox message")
    inspection.keep(anna.content(), "outbox message")
    inspection.look(browsers(), "invitation", "/invitation/{token}", invitation)
    cast.accept(ruth, invitation)
    for lead, names in ((ruth, cast.FREIGHT), (anna, cast.HARBOUR)):
        lead.goto(here + "/join")
        cast.join(lead)
        cast.bring(lead, installation, partnership, names)
    look("no rounds", "/rounds")
    look("new round", "/rounds/new")
    round_id = cast.draft(anna, installation, partnership)
    look("draft", f"/rounds/{round_id}")
    look("numbers", f"/rounds/{round_id}/numbers")
    look("discarding", f"/rounds/{round_id}/discarding")
    for lead in (ruth, anna):
        cast.confirm(lead, installation, partnership, round_id)
    look("open round", f"/rounds/{round_id}")
    look("withdrawal", f"/rounds/{round_id}/withdrawal")
    look("report waiting", f"/rounds/{round_id}/report")
    look("restart", f"/rounds/{round_id}/restart")
    look("giving up", f"/rounds/{round_id}/giving-up")
    links = cast.links(anna, installation, "/r/") | cast.links(ruth, installation, "/r/")
    inspection.look(browsers(), "round link", "/r/{token}", next(iter(links.values())))
    for number, link in enumerate(links.values()):
        page = browsers()
        ratings = [3, 2, 4, 5, 4, 2, 3, 4, 1, 4, 5, 0, 4, 3, 4]
        if number:
            cast.answer(page, link, ratings[number:] + ratings[:number], "Meet earlier, and bring the timetable.")
        else:
            cast.come_by_link(page, link)
            inspection.look(page, "answer promise", "/rounds/{round}/answer", f"{url}/rounds/{round_id}/answer")
            page.locator("[data-begin]").click()
            inspection.here(page, "answer statement")
            cast.rate(page, ratings)
            inspection.here(page, "answer review")
            page.locator("[data-send]").click()
            cast.on_step(page, "sent")
            inspection.here(page, "answer sent")
            inspection.look(page, "home by round link", "/", url + "/")
        page.context.close()
    for name, path in {"home open": "/", "portfolio open": "/portfolio", "organisation": "/organisation",
                       "outbox": "/outbox", "account": "/account"}.items():
        inspection.look(anna, "full " + name, path, url + path)
    installation.pass_time(30 * 86_400)
    cast.sign_in(anna, installation, cast.ANNA)
    installation.wait_until(lambda: anna.goto(f"{here}/rounds/{round_id}/report").status == 200, "the report")
    look("report", f"/rounds/{round_id}/report")
    look("report print", f"/rounds/{round_id}/report/print")
    (inspection.folder / "report.pdf").write_bytes(print_to_pdf(anna, f"{here}/rounds/{round_id}/report/print"))
    look("closed round", f"/rounds/{round_id}")
    look("rounds", "/rounds")
    look("now", "")
    look("people", "/people")
    look("settings", "/settings")
    look("end", "/end")
    anna.goto(here + "/people")
    seat = anna.locator("main a[href*='/people/']").first.get_attribute("href")
    inspection.look(anna, "seat", base + "/people/{member}", url + seat)
    anna.goto(url + "/organisation")
    person = anna.locator("main a[href^='/people/']").last.get_attribute("href")
    inspection.look(anna, "person", "/people/{person}", url + person)
    inspection.look(anna, "erasing", "/people/{person}/erasing", url + person + "/erasing")
    for name, path in {"home": "/", "portfolio": "/portfolio"}.items():
        inspection.look(anna, "full " + name, path, url + path)
    inspection.look(anna, "receipts", "/rounds/{round}/receipts", f"{url}/rounds/{round_id}/receipts")
    password = installation.command("link", cast.address(cast.RUTH), "--data", installation.data).stdout.strip()
    inspection.look(browsers(), "password", "/password/{token}", password)


@pytest.fixture(scope="module")
def demonstration(browsers, tmp_path_factory, inspection):
    """The installation that newcomers look at first, with stories in its numbers."""
    installation = Installation(tmp_path_factory.mktemp("demonstration"))
    installation.command("demo", "--data", installation.data)
    installation.start()
    try:
        page, url = browsers(), installation.url
        inspection.look(page, "demonstration", "/demonstration", url + "/demonstration")
        cast.send(page, "button[name=role][value=lead]")
        for name, path in {"home": "/", "portfolio": "/portfolio"}.items():
            inspection.look(page, "demonstration " + name, path, url + path)
        partnership = page.locator("tbody a[href^='/partnerships/']").first.get_attribute("href")
        inspection.look(page, "demonstration now", "/partnerships/{partnership}", url + partnership)
        page.goto(url + partnership + "/rounds")
        report = page.locator("a[href$='/report']").first.get_attribute("href")
        inspection.look(page, "demonstration report", "/partnerships/{partnership}/rounds/{round}/report", url + report)
        yield installation
    finally:
        installation.stop()


def print_to_pdf(page, address):
    page.emulate_media(media="print")
    page.goto(address)
    made = page.pdf(format="A4", prefer_css_page_size=True)
    page.emulate_media(media="screen")
    return made


def test_nothing_is_wrong_on_any_page(full, demonstration, inspection):
    assert inspection.faults == []


def test_no_page_was_missed(full, demonstration, inspection):
    listed = full.command("routes").stdout.splitlines()
    pages = {line.removeprefix("GET ") for line in listed if line.startswith("GET ")} - FILES
    assert pages - inspection.visited == set()


def test_the_html_checker_finds_nothing(full, demonstration, inspection):
    assert html_errors(inspection.folder) == []


def test_the_report_prints_on_three_pages_at_most(full, inspection):
    told = subprocess.run(["pdfinfo", inspection.folder / "report.pdf"], capture_output=True, text=True).stdout
    [count] = [int(line.split()[1]) for line in told.splitlines() if line.startswith("Pages:")]
    assert 1 <= count <= 3
