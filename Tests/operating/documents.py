"""What the documents tell people to type."""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
from installation import PROGRAM

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Blocks that nobody types into a shell; every other block is one of commands.
SUBCOMMAND = re.compile(r"^  ([a-z]+) ", re.MULTILINE)
NOT_TYPED = {"text", "html", "ini", "nginx", "caddyfile", "yaml", "json", "swift", "sql"}


def blocks(document, language):
    return [text for kind, text in FENCE.findall(document.read_text()) if kind == language]


def chapter(document, heading):
    [text] = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", document.read_text(), re.MULTILINE | re.DOTALL)
    return text


def fenced(text):
    """The commands of a document's blocks, without their comments."""
    for kind, text in FENCE.findall(text):
        if kind not in NOT_TYPED:
            for line in text.replace("\\\n", " ").splitlines():
                command = re.sub(r"(^|\s+)#\s.*", "", line).strip()
                if command:
                    yield command


def inline(document):
    """What stands in a sentence as `rapport COMMAND ...`."""
    subcommands = {"help", *SUBCOMMAND.findall(subprocess.run([PROGRAM, "help"], capture_output=True, text=True).stdout)}
    spans = re.findall(r"`(rapport [a-z]+(?: [^`]+)?|script/[a-z-]+(?: [^`]+)?)`", FENCE.sub("", document.read_text()))
    return [span for span in spans if span.startswith("script/") or span.split()[1] in subcommands]


def commands():
    """Every command with options or arguments, once, and where it stands first."""
    found = {}
    for document in DOCUMENTS:
        for command in [*fenced(document.read_text()), *inline(document)]:
            if len(command.split()) > 2 or not command.startswith("rapport "):
                found.setdefault(command, document.name)
    return found


def names():
    """Every `rapport WORD` that is only mentioned."""
    return {command for document in DOCUMENTS for command in inline(document) if re.fullmatch(r"rapport [a-z]+", command)}
