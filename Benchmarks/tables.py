"""Figures as tables in Markdown, as docs/performance.md has them."""


def show(part, found):
    for title, columns, rows in TABLES[part](found):
        print(f"### {title}\n")
        print("| " + " | ".join(columns) + " |")
        print("|" + " --- |" * len(columns))
        for row in rows:
            print("| " + " | ".join(text(cell) for cell in row) + " |")
        print(flush=True)


def text(cell):
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:,.0f}" if cell >= 100 else f"{cell:.1f}" if cell >= 10 else f"{cell:.2f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def answering(found):
    limits = found["limits"]
    yield ("What this machine allows", ["limit", "a second"], [
        ["blind signatures, one core", limits["sign"]["sign"]],
        ["checks of a signature, one core", limits["sign"]["verify"]],
        ["both, one core", limits["sign"]["both"]],
        ["commits of one page of comments (66 kB)", limits["commit"]["one_page"]],
        ["such pages, 32 a commit", limits["commit"]["one_page_of_32"]],
        ["commits of a ballot's four pages (77 kB)", limits["commit"]["ballot"]],
        ["ballots' pages, 32 a commit", limits["commit"]["ballot_of_32"]],
        *[[f"plain text, {clients} client{'s' if clients > 1 else ''}", each["per_second"]] for clients, each in limits["plain"].items()],
    ])
    yield ("Complete ballots", CLIENTS, list(rows(found, WAYS)))
    yield ("At 32 clients, the share that is reached of what each limit allows", ["limit", "ballots a second", *WAYS], [
        *[[limit[0], limit[1], *[share(found, way, limit) for way in WAYS]] for limit in ballot_limits(limits)],
        ["**the slowest of them**", "", *[slowest(found, way) for way in WAYS]],
    ])
    yield ("Memory", ["", "MB"], [["the most that the server had, after all these", found["megabytes_after"]]])
    if "plain server" in found:
        yield ("A server written by hand, without anonymity, 32 clients", ["what", "a second", "p50 ms", "p99 ms"], [
            *[[PLAIN_WAYS[way], each["per_second"], each["p50"], each["p99"]] for way, each in found["plain server"].items()],
            *[[f"Rapport, {way}", *[found[way][32][key] for key in ["per_second", "p50", "p99"]]] for way in WAYS],
        ])


WAYS = ["one round", "a hundred rounds", "slips"]
PLAIN_WAYS = {
    "threads": "Python's HTTP server, a commit for each form", "alone": "one loop by hand, a commit for each form",
    "shared": "one loop by hand, a commit for all that wait",
}


def ballot_limits(limits):
    """Each limit with the ballots a second that it allows, and the slips; None where a slip does not meet it."""
    sign, commit, plain = limits["sign"], limits["commit"], limits["plain"][32]["per_second"]
    return [
        # To collect and to answer are two requests, a slip is one.
        ("plain route", plain / 2, plain),
        ("signing, one core", sign["sign"], None),
        ("verifying, one core", sign["verify"], None),
        ("signing and verifying, one core", sign["both"], None),
        ("commits of a bucket, one by one", commit["one_page"], commit["one_page"]),
        ("commits of a bucket, 32 together", commit["one_page_of_32"], commit["one_page_of_32"]),
        ("commits of a ballot's four buckets, one by one", commit["ballot"], commit["ballot"]),
        ("commits of a ballot's four buckets, 32 together", commit["ballot_of_32"], commit["ballot_of_32"]),
    ]


def allowed(limit, way):
    return limit[2] if way == "slips" else limit[1]


def share(found, way, limit):
    most = allowed(limit, way)
    return "" if most is None else f"{found[way][32]['per_second'] / most:.0%}"


def slowest(found, way):
    limit = min((each for each in ballot_limits(found["limits"]) if allowed(each, way)), key=lambda each: allowed(each, way))
    return f"{share(found, way, limit)} ({limit[0]})"


CLIENTS = ["what", "clients", "a second", "p50 ms", "p99 ms", "server's cores"]


def rows(found, names):
    for name in names:
        for clients, each in found[name].items():
            yield [name, clients, each["per_second"], each["p50"], each["p99"], each["server_cores"]]


def slow_disk(found):
    limits = found["limits"]["commit"]
    yield ("Every sync 5 ms", CLIENTS, [
        ["limit: ballots' pages, one a commit", 1, limits["ballot"], "", "", ""],
        ["limit: ballots' pages, 32 a commit", 32, limits["ballot_of_32"], "", "", ""],
        *rows(found, ["one round", "a hundred rounds"]),
    ])


def page(name, each):
    return [name, each["p50"], each["p99"], each["per_second"], each["bytes_per_reply"]]


PAGE = ["page", "p50 ms", "p99 ms", "a second", "bytes"]


def report(found):
    for name, ballots in [("ten", 10), ("many", found["many_is"])]:
        pages = found[name]
        yield (f"Report of {ballots:,} ballots, and as long a page without a database", [*PAGE, "the report takes"], [
            [*page("report", pages["report"]), ""],
            [*page("rendered for each reader", pages["rendered"]), times(pages["report"], pages["rendered"])],
            [*page("its bytes from memory", pages["bytes"]), times(pages["report"], pages["bytes"])],
        ])
    yield ("Closing, nothing else going on, until people are told and values removed", ["ballots", "ms"], [
        [found["many_is"], found["close"]["milliseconds"]]])


def times(one, other):
    return f"{one['p50'] / other['p50']:.2f} times"


def closing(found):
    spans = {
        "before": "before", "until_report": "from the closing time until the report is there",
        "until_removed": "from the closing time until its sealed values are removed",
    }
    yield (f"While a round of {found['ballots']:,} ballots closes, 8 clients answer others", [
        "when", "s", "ballots a second", "p50 ms", "p99 ms", "longest ms", "server's cores",
    ], [[words, *[found[span][key] for key in ["seconds", "per_second", "p50", "p99", "max", "server_cores"]]]
        for span, words in spans.items()])
    yield ("After the closing time", ["what", "s"], [
        ["the report is there", found["seconds_until_report"]],
        ["its sealed values are removed", found["seconds_until_removed"]],
        *([] if found["answers_lasted"] else [["(but there were not answers all the time)", None]]),
    ])


PAGES = ["first page", "by name", "by health", "search", "home"]


def portfolio(found):
    yield ("Portfolio", ["partnerships", *PAGE], [
        [count, *page(title, each)] for count, pages in found.items() for title, each in pages.items() if title in PAGES
    ])
    # With ten partnerships there are ten rows on a page, with more there are fifty.
    yield ("Portfolio, compared by p50", ["page", "10,000 against 1,000, fifty rows each", "10,000 against 10"], [
        [title, *[times(found[10_000][title], found[other][title]) for other in [1_000, 10]]] for title in PAGES
    ])
    yield ("The very first look", ["partnerships", "s"], [[count, pages["first_look_seconds"]] for count, pages in found.items()])


def start(found):
    yield ("Start and memory", ["", ""], [
        ["to the first answer, ms", found["milliseconds"]], ["idle, MB", found["idle_megabytes"]],
        ["of it not files that others may share, MB", found["idle_own_megabytes"]],
        ["after 32 clients, MB", found["loaded_megabytes"]], ["most, MB", found["most_megabytes"]],
    ])


def scale(found):
    for kind, each in found.items():
        yield (f"How cost grows with {kind}", [
            kind, "start ms", "ballots a second, 32 clients", "p99 ms", "first look s", "portfolio p50 ms", "memory MB", "disk MB",
        ], [
            [count, row["start_milliseconds"], row["answered"]["per_second"], row["answered"]["p99"], row["first_look_seconds"], row["portfolio"]["p50"],
             row["megabytes"], row["disk_megabytes"]] for count, row in each.items()
        ])


TABLES = {
    "answering": answering, "slow_disk": slow_disk, "report": report, "closing": closing, "portfolio": portfolio,
    "start": start, "scale": scale,
}
