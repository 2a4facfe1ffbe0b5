"""What a restore, or a lost key, leaves of an open round: it is interrupted, everything else is whole, and after a restart
everybody sends again and counts once."""
import json
import urllib.error

import pytest

import cast
import figures
import pages
from alliance import PEOPLE
from extent import times
from respondent import Respondent


def refused(person):
    with pytest.raises(urllib.error.HTTPError) as failure:
        person.post(person.number + 1, [3] * 15)
    return failure.value.code, json.load(failure.value)["error"]["message"]


def continue_after_interruption(made, people, lead, chance):
    """A lead restarts the round, and everybody sends the answers that they have; how many of them count."""
    assert 'state-interrupted"' in lead.get(made.address(f"/rounds/{made.round}")).text
    for person in people:
        person.url = made.installation.url
        status, sentence = refused(person)
        assert status == 409 and "interrupted" in sentence
    lead.get(made.address(f"/rounds/{made.round}/restart"))
    lead.send("/restart")
    assert 'state-open"' in lead.get(made.address(f"/rounds/{made.round}")).text
    again = []
    for name, person in zip(PEOPLE, people):
        new = made.respondent(name, chance)
        new.receipt, new.pending, new.number = person.receipt, person.acknowledged, 1
        new.send()
        again.append(new)
        # The credential of before is worth nothing now, and nobody gets a second one.
        with pytest.raises(urllib.error.HTTPError):
            person.post(person.number + 1, [5] * 15)
        with pytest.raises(urllib.error.HTTPError) as second:
            made.respondent(name, chance)
        assert second.value.code == 409
    lead = made.close(60)
    report = lead.get(made.report(made.round, ".json")).json
    assert report["answers"] == len(people)
    assert [item["distribution"] for item in report["items"]] == [
        item.distribution for item in figures.items(person.acknowledged for person in people)]
    return report["answers"]


@pytest.mark.parametrize("loss", ["restored", "key lost"])
def test_an_open_round_is_interrupted_everything_else_is_whole_and_nobody_counts_twice(loss, opened, chance, tmp_path, row):
    made, people = opened, opened.respondents(chance)
    for person in people:
        person.send()
    closed = pages.kept(made, made.lead())
    if loss == "restored":
        made.installation.command("backup", "--data", made.installation.data, "--to", tmp_path / "one.backup")
        for person in people[:3]:
            person.send()
        made.installation.stop()
        made.installation.command("restore", "--from", tmp_path / "one.backup", "--data", tmp_path / "new")
        made.installation.data = tmp_path / "new"
    else:
        made.installation.stop()
        (made.installation.data / f"keys/{made.round}.sealing-key").unlink()
    assert "ok       database" in made.doctor().stdout
    made.start()
    lead = made.lead()
    assert pages.kept(made, lead) == closed
    counted = continue_after_interruption(made, people, lead, chance)
    row(f"open round, {loss}", f"interrupted, the closed one whole; restarted, {counted} of {len(people)} sent again, {counted} counted, 0 twice")
