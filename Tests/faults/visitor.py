"""Somebody with a browser that runs no scripts: pages, forms, cookies."""
import html.parser
import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request


class Forms(html.parser.HTMLParser):
    """The forms of a page, each with what it would send as it stands."""

    def __init__(self, text):
        super().__init__()
        self.found, self.select, self.area = [], None, None
        self.feed(text)

    def handle_starttag(self, tag, pairs):
        given = dict(pairs)
        if tag == "form":
            self.found.append((given.get("action", ""), {}))
        elif not self.found:
            return
        fields, name = self.found[-1][1], given.get("name")
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in given or self.select not in fields):
            fields[self.select] = given.get("value", "")
        elif tag == "textarea" and name:
            self.area, fields[name] = name, ""
        elif tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            fields[name] = given.get("value", "on")

    def handle_data(self, text):
        if self.area:
            self.found[-1][1][self.area] += text

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None


class Page:
    def __init__(self, status, url, body):
        self.status, self.url, self.body, self.text = status, url, body, body.decode(errors="replace")

    @property
    def json(self):
        return json.loads(self.body)


class Visitor:
    def __init__(self, url, timeout=30):
        self.url, self.timeout = url, timeout
        self.cookies = http.cookiejar.CookieJar()
        self.browser = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path):
        """A page, whatever its status is."""
        self.page = self.fetch(path)
        return self.page

    def fetch(self, path, fields=None):
        address = path if path.startswith("http") else self.url + path
        body = None if fields is None else urllib.parse.urlencode(fields).encode()
        try:
            with self.browser.open(urllib.request.Request(address, body), timeout=self.timeout) as answer:
                return Page(answer.status, answer.url, answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Page(refused.code, refused.url, refused.read())

    def send(self, action="", **typed):
        """Fills in a form of the last page and sends it; the page that answers is the last one then."""
        self.page = self.fetch(*self.filled_in(action, **typed))
        return self.page

    def filled_in(self, action="", **typed):
        found = [form for form in Forms(self.page.text).found if form[0].endswith(action) and "form-token" in form[1]]
        assert found, f"no form to {action} on {self.page.url} ({self.page.status})"
        place, fields = found[0]
        return place or self.page.url, fields | {name.replace("_", "-"): value for name, value in typed.items()}
