"""A known cast in real browsers: two organisations that set up, join, ask their people and read the report.

Fields are found by their name in the form, so that the same steps run in both languages; the wording is looked at elsewhere.
"""
import re

PASSWORD = "four quiet words here"
HARBOUR = ["Ada Moreau", "Ben Okafor", "Cem Yildiz", "Dora Klein", "Eva Lind", "Finn Berg"]
FREIGHT = ["Gus Novak", "Hana Sato", "Ivo Horvat", "Jana Weiss", "Kai Brandt", "Lea Fischer"]
ANNA, RUTH = "Anna Winter", "Ruth Sommer"


def address(name):
    return name.lower().replace(" ", ".") + "@example.org"


def pasted(names):
    return "\n".join(f"{name}, {address(name)}" for name in names)


def send(page, button="main .button-main"):
    """Presses a form's button and waits for the page that answers."""
    follow(page, page.locator(button).first)


def follow(page, link):
    """Clicks and waits for the next page: Playwright would go on in the one that is about to go."""
    with page.expect_navigation():
        link.click()


def send_form(page, action):
    follow(page, page.locator(f"form[action$='{action}'] button[type=submit]").first)


def set_up(page, installation):
    page.goto(installation.setup_link())
    for name, value in {"space": "North Coast", "organisation": "Harbour", "name": ANNA,
                        "email": address(ANNA), "password": PASSWORD}.items():
        page.fill(f"[name={name}]", value)
    send(page)


def sign_in(page, installation, name):
    page.goto(installation.url + "/sign-in")
    page.fill("[name=email]", address(name))
    page.fill("[name=password]", PASSWORD)
    send(page)


def start_partnership(page, installation):
    page.goto(installation.url + "/partnerships/new")
    page.select_option("[name=kind]", "strategic-alliance")
    page.fill("[name=name]", "Night trains")
    page.fill("[name=purpose]", "Move freight overnight that neither of us could move alone.")
    page.fill("[name=own-party]", "Harbour")
    page.select_option("[name=organisation-1]", "new")
    page.fill("[name=party-1]", "Freight")
    page.fill("[name=lead-1]", RUTH)
    page.fill("[name=email-1]", address(RUTH))
    send(page)
    return re.search(r"/partnerships/([^/]+)/join", page.url).group(1)


def join(page):
    page.check("[name=purpose]")
    page.fill("[name=benefits]", "Fewer empty wagons\nOne timetable")
    page.check("[name=trust]")
    send(page)


def links(page, installation, kind):
    """The links of one kind ("/invitation/", "/r/") in the messages that wait, by the address they are for."""
    found = {}
    page.goto(installation.url + "/outbox")
    waiting = page.locator("main .section").first.locator("form[action^='/outbox/']")
    for action in waiting.evaluate_all("all => all.map(form => form.getAttribute('action'))"):
        if not page.locator(f"form[action='{action}']").count():
            page.goto(installation.url + "/outbox")
        send_form(page, action)
        if page.locator("#link").count() and kind in page.input_value("#link"):
            found[page.input_value("#to")] = page.input_value("#link")
    return found


def accept(page, link):
    page.goto(link)
    page.fill("[name=password]", PASSWORD)
    send(page)


def bring(page, installation, partnership, names):
    page.goto(f"{installation.url}/partnerships/{partnership}/people")
    page.locator("details.more summary").first.click()
    page.fill("textarea[name=list]", pasted(names))
    send_form(page, "/people/list")


def draft(page, installation, partnership):
    page.goto(f"{installation.url}/partnerships/{partnership}/rounds/new")
    send(page)
    return re.search(r"/rounds/([^/]+)$", page.url).group(1)


def confirm(page, installation, partnership, round):
    page.goto(f"{installation.url}/partnerships/{partnership}/rounds/{round}")
    send_form(page, "/confirmation")


def come_by_link(page, link):
    page.goto(link)
    send(page)
    page.locator("[data-begin]").wait_for()


def on_step(page, name):
    page.locator(f"[data-step='{name}']:not([hidden])").wait_for()


def rate(page, ratings):
    """One key for each statement; 0 is "no answer"."""
    for number, rating in enumerate(ratings):
        page.locator(f"[data-step=item]:not([hidden]) #statement-{number + 1}").wait_for()
        page.keyboard.press(str(rating))
    on_step(page, "review")


def answer(page, link, ratings, comment=""):
    come_by_link(page, link)
    page.locator("[data-begin]").click()
    rate(page, ratings)
    page.fill("#comment", comment)
    page.locator("[data-send]").click()
    on_step(page, "sent")
    return page.locator("[data-receipt]").inner_text(), page.locator("[data-key]").inner_text()


class Partnership:
    """Two parties that have joined, seven people each, and what the browsers of their two leads show."""
    harbour, freight = HARBOUR, FREIGHT

    def __init__(self, visitor, installation):
        self.installation = installation
        self.anna, self.ruth = visitor(), visitor()
        set_up(self.anna, installation)
        self.id = start_partnership(self.anna, installation)
        accept(self.ruth, links(self.anna, installation, "/invitation/")[address(RUTH)])
        for lead, names in ((self.ruth, self.freight), (self.anna, self.harbour)):
            lead.goto(f"{installation.url}/partnerships/{self.id}/join")
            join(lead)
            bring(lead, installation, self.id, names)

    def address(self, place=""):
        return f"{self.installation.url}/partnerships/{self.id}{place}"

    def open_round(self):
        self.round = draft(self.anna, self.installation, self.id)
        for lead in (self.ruth, self.anna):
            confirm(lead, self.installation, self.id, self.round)
        return self.round

    def round_links(self):
        return {
            address: link for lead in (self.anna, self.ruth)
            for address, link in links(lead, self.installation, "/r/").items()}

    def close_round(self, days=30):
        """The server looks at its clock every second, so the report comes soon after the jump."""
        self.installation.pass_time(days * 86_400)
        # Sessions may have ended meanwhile.
        sign_in(self.anna, self.installation, ANNA)
        sign_in(self.ruth, self.installation, RUTH)
        page = self.anna
        self.installation.wait_until(
            lambda: page.goto(self.address(f"/rounds/{self.round}/report")).status == 200, "the report")
