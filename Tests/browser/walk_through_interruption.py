"""The same round in a copy that was restored from a backup, without its key: interrupted, started again, withdrawn."""
import cast
from page_states import ROUND, ROUNDS
from walk_through_round import ANSWER


def look_at_interruption(walk):
    for page, name in ((walk.anna, cast.ANNA), (walk.ruth, cast.RUTH)):
        cast.sign_in(page, walk.installation, name)
    walk.look(ROUND, "interrupted", shows=".state-interrupted")
    walk.look(ROUNDS, "interrupted", shows=".state-interrupted")
    walk.look(ROUND + "/report", "interrupted", status=404)
    walk.look(ANSWER, "interrupted", status=409)
    walk.see.look(walk.stranger, "/r/{token}", "interrupted", walk.link(), status=409)
    walk.look(ROUND + "/giving-up", "asked")
    walk.see.refused(walk.anna, ROUND + "/giving-up", "refused", {"reason": " "})
    walk.look(ROUND + "/restart", "asked")
    walk.see.refused(walk.anna, ROUND + "/restart", "refused", {"closes": "2020-01-01T10:00", "latest": "2020-01-02T10:00"})


def withdraw_together(walk):
    walk.anna.goto(walk.address(ROUND + "/restart"))
    cast.send(walk.anna)
    walk.installation.pass_time(2 * 86_400)
    walk.look(ROUND + "/withdrawal", "together")
    for lead in (walk.anna, walk.ruth):
        lead.goto(walk.address(ROUND + "/withdrawal"))
        lead.fill("[name=reason]", "Two people of Freight were left out.")
        cast.send_form(lead, "/withdrawal")
        if lead is walk.anna:
            walk.look(ROUND, "withdrawal wished", shows=".notice-warning")
    walk.look(ROUND, "withdrawn", shows=".state-withdrawn")
    walk.look(ROUNDS, "withdrawn", shows=".state-withdrawn")
    walk.look(ROUND + "/report", "withdrawn", status=404)
    walk.look(ANSWER, "withdrawn", status=409)
    walk.see.look(walk.stranger, "/r/{token}", "withdrawn", walk.link(), status=410)
