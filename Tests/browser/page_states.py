"""Each page with the states in which it must be looked at. A route without a row here fails the suite, and so does a state
that nobody looked at in all its looks."""
from page_checks import SCHEMES, SIZES

LOOKS = [(size, scheme) for size in SIZES for scheme in SCHEMES]
# Longer words need another look, not another palette.
GERMAN_LOOKS = [("phone", "light"), ("desk", "dark")]

PARTNERSHIP = "/partnerships/{partnership}"
ROUNDS = PARTNERSHIP + "/rounds"
ROUND = ROUNDS + "/{round}"

STATES = {
    "/": "stranger, nothing yet, asked, round open, report unread, demonstration, German",
    "/account": "before, after, refused, came by link, calendar, German",
    "/assessment": "stranger, German",
    "/demonstration": "choice, no demonstration, German",
    "/how-it-is-computed": "stranger, German",
    "/invitation/{token}": "asked, refused, spent",
    "/organisation": "alone, full, refused one, refused list, German",
    "/mail": "off, on, demonstration, German",
    "/outbox": "nothing waits, full, message, came back, demonstration, German",
    PARTNERSHIP: "proposed, active, round open, report, ended, demonstration, German",
    PARTNERSHIP + "/celebrations": "none, full, German",
    PARTNERSHIP + "/celebrations/new": "empty, refused",
    PARTNERSHIP + "/celebrations/{celebration}": "planned, held, picture refused, German",
    PARTNERSHIP + "/celebrations/{celebration}/change": "planned",
    PARTNERSHIP + "/celebrations/{celebration}/deletion": "asked, German",
    PARTNERSHIP + "/actions": "none, full, German",
    PARTNERSHIP + "/actions/new": "usual, refused",
    PARTNERSHIP + "/actions/{action}": "open, refused, German",
    PARTNERSHIP + "/actions/{action}/change": "usual",
    PARTNERSHIP + "/end": "asked, refused",
    PARTNERSHIP + "/join": "asked, refused, German",
    PARTNERSHIP + "/people": "leads only, full, refused list, ended, German",
    PARTNERSHIP + "/people/{member}": "full",
    PARTNERSHIP + "/settings": "full, refused, change proposed, ended",
    ROUNDS: "none, draft, open, interrupted, withdrawn, closed, ended, demonstration, German",
    ROUNDS + "/new": "usual, refused, ended",
    ROUND: "draft, confirmed by one, open, extended, withdrawal wished, interrupted, withdrawn, closed, unknown, German draft, German open",
    ROUND + "/discarding": "asked",
    ROUND + "/giving-up": "asked, refused, not interrupted",
    ROUND + "/numbers": "draft, refused, not a draft",
    ROUND + "/report": "open, interrupted, withdrawn, closed, demonstration, German",
    ROUND + "/report/print": "open, closed, demonstration, German",
    ROUND + "/restart": "asked, refused, not interrupted",
    ROUND + "/talk": "no date, refused, set, German",
    ROUND + "/talk/conclusions/{conclusion}": "change, conflict",
    ROUND + "/talk/items/{item}": "empty, refused, noted, German",
    ROUND + "/withdrawal": "alone, together, refused, not open",
    "/partnerships/new": "empty, refused, German",
    "/password/{token}": "asked, refused, spent",
    "/people/{person}": "full, refused",
    "/people/{person}/erasing": "asked",
    "/portfolio": "empty, proposed, round open, full, demonstration, German",
    "/r/{token}": "asked, interrupted, withdrawn, closed, spent, German",
    "/rounds/{round}/answer": (
        "promise, statement, review, comment too long, offline, sent, changed, key asked, key refused, forgotten, "
        "closed meanwhile, interrupted, withdrawn, closed, "
        "German promise, German statement, German review, German sent"),
    "/rounds/{round}/receipts": "open, closed, German",
    "/setup/{token}": "asked, refused, spent, German",
    "/sign-in": "not set up, asked, refused, German",
    "/survey": "stranger, German",
    "/what-anonymous-means": "stranger, German",
}

# test_in_the_room.py looks at the first, on a projector too; the second is one word for its script.
ROOM_PAGES = {ROUND + "/room", ROUND + "/room/state"}

# test_slips.py looks at these: in their sandbox no script runs, not even the checker's.
SLIP_PAGES = {ROUND + "/slips", "/slips/{round}", "/slips/{round}/form"}

# test_mail.py looks at these, where a mail server is there.
MAIL_PAGES = {"/password", "/unsubscribe/{token}"}

# What is no page: files for programs, and assets.
FILES = {
    "/assets/{version}/{name}", "/livez", "/readyz", "/metrics", "/calendar/{token}", PARTNERSHIP + "/celebrations/{celebration}/picture", "/rounds/{round}/opening",
    ROUND + "/report.csv", ROUND + "/report.json", ROUND + "/talk/calendar.ics"}


def looks(state):
    return GERMAN_LOOKS if state.startswith("German") else LOOKS


def wanted():
    """Every look that must be had: route, state, size, colours."""
    return {
        (route, state, size, scheme)
        for route, states in STATES.items() for state in states.split(", ") for size, scheme in looks(state)}
