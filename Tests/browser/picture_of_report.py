"""Makes the README's picture: the last report of the demonstration's first partnership."""
import pathlib
import tempfile

from installation import ROOT, Installation
from playwright.sync_api import sync_playwright

with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
    installation = Installation(folder)
    installation.command("demo", "--data", installation.data)
    installation.start()
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    try:
        page = browser.new_page(viewport={"width": 1100, "height": 900}, locale="en-GB")
        page.goto(installation.url + "/demonstration")
        page.click("button[name=role][value=lead]")
        page.goto(installation.url + "/portfolio")
        page.click("text=Coastal route")
        page.goto(page.url.rstrip("/") + "/rounds")
        page.goto(page.locator("a[href$='/report']").first.evaluate("link => link.href"))
        page.screenshot(path=pathlib.Path(ROOT) / "docs/report.png")
    finally:
        browser.close()
        installation.stop()
