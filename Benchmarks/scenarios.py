"""What is measured. Each part takes a Bench and returns its figures."""

import random
import subprocess
import time
import urllib.parse


def answering(bench):
    """Complete ballots, and beside them what this machine allows."""
    counts = bench.size({1: 1_000, 8: 2_500, 32: 4_000}, {1: 4_000, 8: 12_000, 32: 24_000})
    everybody = sum(counts.values()) + 300
    hundred = -(-everybody // 100)
    data = bench.crowd(
        "answering", f"1x{everybody}", f"100x{hundred}", f"1x{everybody}:paper")
    found = {"limits": {"sign": bench.limits("sign"), "commit": bench.limits("commit", bench.folder / "commits")}}
    with bench.serve(data) as server:
        plain = server.plain_path()
        found["limits"]["plain"] = {clients: server.load(clients, path=plain, seconds=2) for clients in counts}
        for place, name in enumerate(["one round", "a hundred rounds", "slips"], start=1):
            found[name] = ballots(server, bench.visits("answering") / str(place), counts)
        found["megabytes_after"] = server.megabytes("VmHWM")
    return found


def ballots(server, visits, counts):
    found, skip = {}, 300
    server.load(8, visits=visits, count=skip)
    for clients, count in counts.items():
        found[clients] = server.load(clients, visits=visits, skip=skip, count=count)
        skip += count
    return found


def slow_disk(bench):
    """The same where each sync takes five milliseconds: what sharing commits is for."""
    counts = {1: 100, 8: 600, 32: bench.size(2_000, 8_000)}
    everybody = sum(counts.values()) + 300
    data = bench.crowd("slow", f"1x{everybody}", f"100x{-(-everybody // 100)}")
    environment = bench.slow_sync(5_000)
    found = {"limits": {"commit": bench.limits("commit", bench.folder / "commits", **environment)}}
    with bench.serve(data, **environment) as server:
        for place, name in enumerate(["one round", "a hundred rounds"], start=1):
            found[name] = ballots(server, bench.visits("slow") / str(place), counts)
    return found


def report(bench):
    """A closed round's report, of ten ballots and of very many, beside a page without a database."""
    many = bench.size(20_000, 100_000)
    data = bench.crowd("report", "1x10:answered", f"1x{many}:answered")
    found = {"close": bench.limits("close", data)}
    with bench.serve(data) as server:
        head = bench.head("report")
        addresses = report_addresses(server, head)
        for name, address in zip(["ten", "many"], sorted(addresses, key=lambda each: each[1])):
            found[name] = server.load(1, path=address[0], seconds=3, cookie=head)
        found["no_database"] = server.load(1, path="/survey", seconds=3)
    found["many_is"] = many
    return found


def report_addresses(server, head):
    """The reports of all rounds with how many answered, found as a reader does: from the portfolio."""
    addresses = []
    for base in {"/".join(link.split("/")[:3]) for link in links(server.get("/portfolio", head), "/partnerships/")}:
        if server.status(base, head) == 404:
            continue
        for link in set(links(server.get(base, head), base + "/rounds/")):
            path = "/".join(link.split("/")[:5]) + "/report"
            if server.status(path, head) == 200:
                addresses.append((path, int(json_of(server, path, head)["answers"])))
    return list(dict(addresses).items())


def partnership_named(server, head, name):
    page = server.get("/portfolio?" + urllib.parse.urlencode({"name": name}), head)
    return next(iter(links(page, "/partnerships/")))


def json_of(server, path, head):
    import json

    return json.loads(server.get(path + ".json", head))


def links(page, start):
    return [part.split('"')[0] for part in page.split('href="')[1:] if part.startswith(start)]


def closing(bench):
    """A round closes while others are answered."""
    many = bench.size(20_000, 100_000)
    count = bench.size(6_000, 20_000)
    data = bench.crowd("closing", f"1x{many}:answered", f"100x{-(-(count + 300) // 100)}", answered_close_in=12)
    closes = time.time() + 12
    visits = bench.visits("closing") / "2"
    head = bench.head("closing")
    with bench.serve(data) as server:
        partnership = partnership_named(server, head, f"Round 1 of {many}")
        server.load(8, visits=visits, count=300)
        # Paced, so that the answers last until the round has closed.
        quiet = server.load(8, visits=visits, skip=300, count=500)
        waited = max(0, closes - time.time() - 1)
        time.sleep(waited)
        before = server.processor_seconds()
        running = subprocess.Popen(
            server.load_command(8, visits=visits, skip=800, count=count - 800), stdout=subprocess.PIPE)
        # The partnership's page leads to no round before it has a report.
        while not links(server.get(partnership, head), partnership + "/rounds/"):
            time.sleep(0.01)
        there = time.time()
        outcome = server.outcome(running.communicate()[0], before)
    return {"ballots": many, "quiet": quiet, "while_closing": outcome, "seconds_until_report": there - closes}


def portfolio(bench):
    """The first page of a head of alliances, with few partnerships and with very many."""
    found = {}
    for count in [10, 1_000, 10_000]:
        name = f"portfolio-{count}"
        data = bench.crowd(name, partnerships=count)
        with bench.serve(data) as server:
            head = bench.head(name)
            first = first_look_seconds(server, head)
            found[count] = {"first_look_seconds": first} | {
                title: server.load(1, path=path, seconds=2, cookie=head)
                for title, path in [
                    ("first page", "/portfolio"), ("by name", "/portfolio?sort=name"), ("by health", "/portfolio?sort=health"),
                    ("search", "/portfolio?name=Partnership+7"), ("home", "/"),
                ]
            }
    return found


def first_look_seconds(server, head):
    """The very first look puts all partnerships in their places; at every midnight the server does that by itself."""
    begun = time.monotonic()
    server.get("/portfolio", head)
    return time.monotonic() - begun


def start(bench):
    """To the first answer, and the memory."""
    count = bench.size(4_000, 16_000)
    data = bench.crowd("start", f"100x{count // 100}", partnerships=1_000)
    times = []
    for _ in range(7):
        with bench.serve(data) as server:
            times.append(server.milliseconds_to_first_answer)
            time.sleep(0.3)
    with bench.serve(data) as server:
        time.sleep(3)
        idle, own = server.megabytes(), server.megabytes("RssAnon")
        load = server.load(32, visits=bench.visits("start") / "1", count=count)
        return {
            "milliseconds": sorted(times)[len(times) // 2], "idle_megabytes": idle, "idle_own_megabytes": own, "loaded_megabytes": server.megabytes(),
            "most_megabytes": server.megabytes("VmHWM"), "per_second": load["per_second"],
        }


def scale(bench):
    """How cost grows with ballots in one open round, with rounds, with partnerships, and with spaces."""
    found = {"ballots": {}, "rounds": {}, "partnerships": {}, "spaces": {}}
    for people in [1_000, 10_000, 100_000]:
        name = f"scale-{people}"
        data = bench.crowd(name, f"1x{people}:answered", "1x1300")
        # The round that everybody has answered stays open; the other is answered beside it.
        found["ballots"][people] = opened(bench, name, data, 2)
    for rounds in [10, 100, 1_000]:
        name = f"rounds-{rounds}"
        data = bench.crowd(name, f"{rounds}x{max(20, 2_000 // rounds)}")
        found["rounds"][rounds] = opened(bench, name, data, 1)
    for partnerships in [100, 10_000, 100_000]:
        name = f"partnerships-{partnerships}"
        data = bench.crowd(name, "10x130", partnerships=partnerships, history=1)
        found["partnerships"][partnerships] = opened(bench, name, data, 1)
    for spaces in [1, 100, 1_000]:
        name = f"spaces-{spaces}"
        data = bench.crowd(name, "10x130", partnerships=10, history=1, spaces=spaces - 1)
        found["spaces"][spaces] = opened(bench, name, data, 1)
    return found


def opened(bench, name, data, visits):
    size = bench.stored_megabytes(data)
    with bench.serve(data) as server:
        # Until every open round has been taken up.
        time.sleep(2)
        file = bench.visits(name) / str(visits)
        server.load(8, visits=file, count=200)
        answered = server.load(32, visits=file, skip=200, count=1_000)
        first_look = first_look_seconds(server, bench.head(name))
        page = server.load(1, path="/portfolio", seconds=1, cookie=bench.head(name))
        return {
            "first_look_seconds": first_look,
            "start_milliseconds": server.milliseconds_to_first_answer, "answered": answered, "portfolio": page,
            "megabytes": server.megabytes(), "disk_megabytes": size,
        }


# Measured on SQLite only: where a sync is slow, PostgreSQL's own processes wait.
OF_FILES = ["slow_disk"]
PARTS = {
    "answering": answering, "slow_disk": slow_disk, "report": report, "closing": closing, "portfolio": portfolio,
    "start": start, "scale": scale,
}
