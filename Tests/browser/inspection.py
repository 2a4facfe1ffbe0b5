"""Looks at pages in all their looks with one browser's session, and remembers what was seen and what was wrong."""
import re
from urllib.parse import urlsplit

from conftest import picture
from page_checks import SIZES, broken_over_lines, scrolls_sideways, violations
from page_states import looks, wanted


def is_at(address, route):
    pattern = re.sub(r"\\\{[^/]+\\\}", "[^/]+", re.escape(route))
    return re.fullmatch(pattern, urlsplit(address).path) is not None


class Inspection:
    def __init__(self, folder):
        self.folder, self.seen, self.faults, self.printed = folder, set(), [], {}
        self.wanted = wanted()

    def look(self, page, route, state, address, status=200, shows="main"):
        """Goes there. `shows` is what only this state has on the page."""
        self.look_at_answer(page.goto(address), page, route, state, route, status, shows)

    def refused(self, page, route, state, typed, posted_to=None, status=422, form="main form", shows=".error, .error-summary"):
        """Fills a form of the page that is open with what must be refused, and finds it typed in the answer."""
        fields = page.locator(form).first
        # The browser's own checks would keep it from the server.
        fields.evaluate("form => form.noValidate = true")
        for name, value in typed.items():
            field = fields.locator(f"[name='{name}']").first
            field.select_option(value) if field.evaluate("it => it.localName") == "select" else field.fill(value)
        with page.expect_navigation() as arrival:
            fields.locator("button[type=submit]").first.click()
        self.look_at_answer(arrival.value, page, route, state, posted_to or route, status, shows)
        for name, value in typed.items():
            field = page.locator(f"{form} [name='{name}']").first
            if field.get_attribute("type") != "password" and field.input_value().strip() != value.strip():
                self.faults.append(f"{route}, {state}: {name} lost what was typed")

    def look_at_answer(self, response, page, route, state, at, status, shows):
        if response.status != status:
            self.faults.append(f"{route}, {state}: status {response.status}, not {status}")
        if not is_at(page.url, at):
            self.faults.append(f"{route}, {state}: is at {page.url}")
        self.here(page, route, state, shows)
        self.keep(response.text(), route, state)

    def keep(self, html, route, state):
        (self.folder / (file_name(route, state) + ".html")).write_text(html)

    def here(self, page, route, state, shows="main"):
        """Looks at the page as it is now."""
        if not page.locator(shows).first.is_visible():
            self.faults.append(f"{route}, {state}: does not show {shows}")
        if page.locator("main h1").count() != 1 or not page.locator(".bar").is_visible():
            self.faults.append(f"{route}, {state}: is a bare page")
        if page.locator("html").get_attribute("lang") != ("de" if state.startswith("German") else "en"):
            self.faults.append(f"{route}, {state}: speaks another language")
        for size, scheme in looks(state):
            look = (route, state, size, scheme)
            if look in self.seen or look not in self.wanted:
                self.faults.append(f"{look}: had twice, or in no row of STATES")
            self.seen.add(look)
            page.set_viewport_size(SIZES[size])
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.faults += [f"{look}: {line}" for line in violations(page)]
            if scrolls_sideways(page):
                self.faults.append(f"{look}: scrolls sideways")
            self.faults += [f"{look}: breaks {what} over two lines" for what in broken_over_lines(page)]
            picture(page, f"{file_name(route, state)} {size} {scheme}")


def file_name(route, state):
    return re.sub(r"[^A-Za-z]+", "-", f"{'home' if route == '/' else route} {state}").strip("-")
