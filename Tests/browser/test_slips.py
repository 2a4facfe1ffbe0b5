"""Answering on paper: ticked by a lead, printed, used without account or script, keyed in one after another."""
import http.server
import threading
import urllib.error
import urllib.request

import pytest

import cast
from conftest import PICTURES, picture
from installation import Installation
from page_checks import violations
from printing import Printed

SIZES = ["A4", "Letter"]


class Listening:
    """Stands between the browser and the server, and notes what really travels."""

    def __init__(self, installation):
        seen = self.seen = []

        class Passing(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                seen.append((self.command, self.path, dict(self.headers.items())))
                request = urllib.request.Request(
                    installation.url + self.path, data=body if self.command == "POST" else None, method=self.command,
                    headers={name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")})
                try:
                    answer = urllib.request.urlopen(request)
                except urllib.error.HTTPError as refused:
                    answer = refused
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("connection", "transfer-encoding", "date", "server"):
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.read())

            do_GET = do_POST = pass_on

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Passing)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class PaperRound(cast.Partnership):
    """Three of Harbour and one of Freight answer on paper; both sheets are printed, and Harbour's is handed out."""

    def __init__(self, visitor, installation):
        super().__init__(visitor, installation)
        self.round = cast.draft(self.anna, installation, self.id)
        for lead, names in ((self.anna, cast.HARBOUR[:3]), (self.ruth, cast.FREIGHT[:1])):
            lead.goto(self.address(f"/rounds/{self.round}"))
            for name in names:
                lead.locator(".choice-pair", has_text=name).locator("[name=paper]").check()
            cast.send_form(lead, "/roll")
        for lead in (self.ruth, self.anna):
            cast.confirm(lead, installation, self.id, self.round)
        self.codes = self.print_slips(self.anna)

    def print_slips(self, lead):
        lead.goto(self.address(f"/rounds/{self.round}/slips"))
        cast.send_form(lead, "/slips")
        self.sheet = lead.content()
        picture(lead, "slip sheet")
        self.printed_sheets = {size: Printed(lead, PICTURES / f"slip-sheet-{size}.pdf", size) for size in SIZES}
        codes = lead.locator(".paper-slip-code").all_inner_texts()
        self.sheet_faults = violations(lead)
        cast.follow(lead, lead.locator("a[href$='/slips']"))
        cast.send_form(lead, "/slips/handing-out")
        return codes


@pytest.fixture(scope="module")
def paper(chromium, tmp_path_factory):
    contexts, installation = [], Installation(tmp_path_factory.mktemp("paper")).start()

    def visitor():
        contexts.append(chromium.new_context(locale="en-GB"))
        page = contexts[-1].new_page()
        return page

    try:
        yield PaperRound(visitor, installation)
    finally:
        for context in contexts:
            context.close()
        installation.stop()


def key_in(page, code, rating, comment=""):
    page.fill("#code", code)
    for item in range(1, 16):
        page.locator(f"[name=item-{item}][value='{rating}']").check()
    page.fill("#comment", comment)
    cast.send(page, "main button[type=submit]")


def test_no_session_cookie_travels_with_a_slips_answer(paper):
    listening, page = Listening(paper.installation), paper.anna
    # The session's cookie belongs to the host and so to this address too; that it would travel is seen first.
    page.goto(f"{listening.url}/account")
    assert "session=" in listening.seen[-1][2].get("Cookie", "")
    page.goto(f"{listening.url}/slips/{paper.round}")
    key_in(page, paper.codes[0], 4)
    assert page.locator(".kept-letters").count() == 2
    posts = [(path, {name.lower(): value for name, value in headers.items()})
             for method, path, headers in listening.seen if method == "POST"]
    assert [path for path, _ in posts] == [f"/slips/{paper.round}"]
    headers = posts[0][1]
    assert not headers.keys() & {"cookie", "authorization", "referer"}
    assert headers["origin"] == "null" and headers["sec-fetch-site"] == "cross-site"


def test_forms_are_keyed_in_one_after_another_without_script_or_account(paper, visitor):
    page = visitor(java_script_enabled=False)
    page.goto(f"{paper.installation.url}/slips/{paper.round}")
    picture(page, "slip page")
    serials = []
    for code, rating in zip(paper.codes[1:], "52"):
        key_in(page, code, rating, "Keyed in from paper.")
        serials.append(page.locator(".kept-letters").last.inner_text())
        picture(page, "slip sent")
        cast.follow(page, page.locator("main a.button-main"))
    assert len(set(serials)) == 2
    key_in(page, paper.codes[1], "1", "typed")
    assert page.locator("#kept-error").is_visible() and page.locator("#kept").is_visible()
    assert page.input_value("#code").upper() == paper.codes[1] and page.input_value("#comment") == "typed"
    assert page.locator("[value='1']:checked").count() == 15
    picture(page, "slip refused")
    # Neither a language nor the way back to the first takes anything away.
    for language in ("de", "en"):
        cast.send(page, f"button[name=speak][value={language}]")
        assert page.locator("html").get_attribute("lang") == language
        assert page.input_value("#code").upper() == paper.codes[1] and page.input_value("#comment") == "typed"
        assert page.locator("[value='1']:checked").count() == 15
    page.locator("details.more summary").click()
    page.fill("#kept", serials[0])
    cast.send(page, "main button[type=submit]")
    assert page.locator(".kept-letters").last.inner_text() == serials[0]


def test_the_sheet_and_the_pages_are_accessible(paper, visitor):
    assert len(paper.codes) == 3 and paper.sheet_faults == []
    page = visitor("phone")

    def without_sandbox(route):
        # In the sandbox no script runs, so neither does the checker.
        answer = route.fetch()
        route.fulfill(response=answer, headers={
            name: value for name, value in answer.headers.items() if name.lower() != "content-security-policy"})

    page.route("**/slips/**", without_sandbox)
    for path in ("", "/form"):
        page.goto(f"{paper.installation.url}/slips/{paper.round}{path}")
        assert violations(page) == []
        picture(page, f"slip phone {path}")


@pytest.mark.parametrize("size", SIZES)
def test_the_sheet_prints_with_every_line_to_cut_along(paper, size):
    sheet = paper.printed_sheets[size]
    assert sheet.pages == 1
    assert sheet.words_off_the_paper() == []
    # Three slips in two columns: the line on the left goes along two rows, the line on the right along one.
    left, right = sheet.outermost_lines()
    assert left > .2 and right > .1


@pytest.mark.parametrize("size", SIZES)
def test_the_square_on_a_slip_opens_the_page_of_the_slip(paper, size):
    address = f"{paper.installation.url}/slips/{paper.round}"
    assert paper.printed_sheets[size].qr_codes() == [address] * 3


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("size", SIZES)
def test_a_form_to_fill_in_with_a_pen_prints_on_one_page(paper, visitor, size, language):
    page = visitor(language=language)
    for name, path in {"form": f"/slips/{paper.round}/form", "blank": "/survey"}.items():
        page.goto(f"{paper.installation.url}{path}?language={language}")
        form = Printed(page, PICTURES / f"{name}-{language}-{size}.pdf", size)
        assert form.pages == 1
        assert form.words_off_the_paper() == []
