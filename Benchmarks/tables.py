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
        *[[f"plain text, {clients} clients", each["per_second"]] for clients, each in limits["plain"].items()],
    ])
    yield ("Complete ballots", CLIENTS, list(rows(found, ["one round", "a hundred rounds", "slips"])))
    slowest = min(limits["sign"]["both"], limits["commit"]["ballot_of_32"], limits["plain"][32]["per_second"] / 2)
    yield ("Against the slowest limit", ["", "share"], [
        [name, f"{found[name][32]['per_second'] / slowest:.0%} of {slowest:,.0f}"] for name in ["one round", "a hundred rounds"]
    ])


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
    yield ("Report", PAGE, [
        page("of 10 ballots", found["ten"]), page(f"of {found['many_is']:,} ballots", found["many"]),
        page("a page without a database", found["no_database"]),
    ])
    yield ("Closing, nothing else going on, until people are told and values removed", ["ballots", "ms"], [
        [found["many_is"], found["close"]["milliseconds"]]])


def closing(found):
    yield (f"While a round of {found['ballots']:,} ballots closes", CLIENTS, [
        ["before", 8, found["quiet"]["per_second"], found["quiet"]["p50"], found["quiet"]["p99"], found["quiet"]["server_cores"]],
        ["meanwhile", 8, *[found["while_closing"][key] for key in ["per_second", "p50", "p99", "server_cores"]]],
        ["longest wait, ms", "", found["while_closing"]["max"], "", "", ""],
        ["report there after the closing time, s", "", found["seconds_until_report"], "", "", ""],
    ])


PAGES = ["first page", "by name", "by health", "search", "home"]


def portfolio(found):
    yield ("Portfolio", ["partnerships", *PAGE], [
        [count, *page(title, each)] for count, pages in found.items() for title, each in pages.items() if title in PAGES
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
