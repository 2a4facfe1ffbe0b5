"""The report of the journey's round: the same for everybody, and made of the answers that were sent last."""
import csv
import io
import re
import subprocess
import xml.etree.ElementTree as tree

import pytest

import cast
import figures
from conftest import picture


def test_everybody_reads_the_same_report(closed):
    readers = (closed.anna, closed.ruth, closed.ada)
    for place in ("/report", "/report/print"):
        texts = []
        for reader in readers:
            assert reader.goto(closed.address(f"/rounds/{closed.round}{place}")).status == 200
            # With what is folded away.
            texts.append(reader.locator("main").text_content())
        assert len(texts[0]) > 2_000 and texts == texts[:1] * 3
    for file in ("report.csv", "report.json"):
        bodies = [reader.context.request.get(closed.address(f"/rounds/{closed.round}/{file}")).body() for reader in readers]
        assert bodies == bodies[:1] * 3


def test_the_figures_are_those_of_the_answers_sent(closed):
    expected = figures.items(closed.ratings(closed.sent))
    assert len(closed.sent) == 13 and len(expected) == 15
    sheet = closed.read("report.json").json()
    assert (sheet["roll"], sheet["answers"]) == (14, 13)
    assert [(item["n"], item["distribution"]) for item in sheet["items"]] == [(item.n, item.distribution) for item in expected]
    assert [item["mean"] for item in sheet["items"]] == [float(item.mean) for item in expected]
    table = list(csv.DictReader(io.StringIO(closed.read("report.csv").text())))
    assert [[int(line[f"rated_{rating}"]) for rating in (1, 2, 3, 4, 5)] for line in table] == [item.distribution for item in expected]
    assert [(int(line["n"]), float(line["mean"])) for line in table] == [(item.n, float(item.mean)) for item in expected]


def test_page_and_print_show_these_figures_to_one_decimal(closed):
    expected = figures.items(closed.ratings(closed.sent))
    page = closed.ruth
    page.goto(closed.address(f"/rounds/{closed.round}/report"))
    picture(page, "report of the journey")
    rows = [row.locator("th, td").all_text_contents() for row in page.locator(".report-table tbody tr").all()]
    assert [row[3] for row in rows] == [item.shown for item in expected]
    assert [int(re.search(r"\d+", row[2])[0]) for row in rows] == [item.n for item in expected]
    for number, item in enumerate(expected, start=1):
        row = page.locator(f"#item-{number}").first
        assert row.locator(".item-average").text_content() == item.shown
        counts = row.locator("table").first.locator("td.number").all_text_contents()
        assert dict(zip(row.locator("table").first.locator("tbody th").all_text_contents(), map(int, counts))) == {
            str(rating): count for rating, count in zip((1, 2, 3, 4, 5), item.distribution)}
    page.goto(closed.address(f"/rounds/{closed.round}/report/print"))
    printed = {
        int(row.locator("td").first.text_content()): row.locator(".average").text_content()
        for row in page.locator(".print-table tr:has(.average)").all()}
    assert printed == {number: item.shown for number, item in enumerate(expected, start=1)}


def test_parties_stand_side_by_side_only_where_neither_gives_somebody_away(closed):
    harbour, freight = closed.ratings([cast.ANNA, *cast.HARBOUR]), closed.ratings(cast.FREIGHT)
    both = list(zip(zip(*harbour), zip(*freight)))
    assert {True, False} == {figures.varies(ours) and figures.varies(theirs) for ours, theirs in both}
    for item, parties in zip(closed.read("report.json").json()["items"], both):
        if not all(map(figures.varies, parties)) or min(figures.ItemFigures(party).n for party in parties) < 5:
            assert item["split"]["hidden"] and item["split"]["parties"] == [] and item["split"]["gap"] is None
        else:
            shown = {party["party"]: (party["n"], str(party["mean"])) for party in item["split"]["parties"]}
            assert shown == {
                name: (figures.ItemFigures(party).n, figures.ItemFigures(party).shown)
                for name, party in zip(("Harbour", "Freight"), parties)}


def test_comments_stand_alone_without_a_name_or_a_party(closed):
    said = sorted(sent.comment for sent in closed.sent.values() if sent.comment)
    assert len(said) >= 8
    for place in ("/report", "/report/print"):
        closed.ruth.goto(closed.address(f"/rounds/{closed.round}{place}"))
        section = closed.ruth.locator("section:has(> .comments)")
        assert sorted(section.locator("blockquote").all_inner_texts()) == said
        for word in ["Harbour", "Freight", *" ".join(closed.sent).split()]:
            assert word not in section.text_content()
    assert sorted(closed.read("report.json").json()["comments"]) == said


def test_everybody_finds_the_own_receipt_in_the_list(closed):
    closed.anna.goto(f"{closed.installation.url}/rounds/{closed.round}/receipts")
    assert sorted(closed.anna.locator(".receipts li").all_inner_texts()) == sorted(sent.receipt for sent in closed.sent.values())
    own = closed.anna.locator(".receipts [aria-current]")
    own.wait_for()
    assert own.all_inner_texts() == [closed.sent[cast.ANNA].receipt]


def pages_of(file):
    """Each page's width, height and words, a word with its left, top, right and lower edge, in points."""
    told = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, text=True, check=True).stdout
    spaced = "{http://www.w3.org/1999/xhtml}"
    for page in tree.fromstring(told).iter(spaced + "page"):
        words = [(word.text, *(float(word.get(edge)) for edge in ("xMin", "yMin", "xMax", "yMax"))) for word in page.iter(spaced + "word")]
        yield float(page.get("width")), float(page.get("height")), words


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("language", ["en-GB", "de-DE"])
def test_the_longest_report_prints_on_three_pages_with_nothing_cut_off_and_no_heading_alone(visitor, demonstration, tmp_path, language, paper):
    page, file, (_, item) = visitor(language=language), tmp_path / "report.pdf", demonstration
    page.goto(item.split("/partnerships/")[0] + "/demonstration")
    cast.send(page, "button[name=role][value=lead]")
    page.goto(item.split("/talk/")[0] + "/report/print")
    assert page.locator("html").get_attribute("lang") == language[:2]
    page.pdf(path=file, format=paper)
    pages = list(pages_of(file))
    assert len(pages) <= 3
    headings = [" ".join(heading.split()) for heading in page.locator(".print-report h2, .print-report .group th").all_inner_texts()]
    assert len(headings) > 5
    for width, height, words in pages:
        # A centimetre at least stays free on each side.
        assert all(left > 28 and right < width - 28 and top > 28 and lower < height - 28 for _, left, top, right, lower in words)
        last = max(top for _, _, top, _, _ in words)
        line = " ".join(word for word, _, top, _, _ in words if abs(top - last) < 2)
        assert not any(line in heading for heading in headings), line
    printed = {word for _, _, words in pages for word, *_ in words}
    told = page.locator(".print-report").locator("tbody th, td.average, blockquote").all_inner_texts()
    missing = {word for text in told for word in text.split()} - printed
    # A word may be parted at the end of a line.
    assert {word for word in missing if word.isdigit() or "," in word or "." in word} == set() and len(missing) < 5
