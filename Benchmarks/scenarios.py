"""What is measured. Each part takes a Bench and returns its figures."""

import contextlib
import json
import statistics
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
    if bench.postgres is None:
        found["plain server"] = {
            way: plainly(bench, way, bench.visits("answering") / "3", counts[32]) for way in ["threads", "alone", "shared"]
        }
    return found


def plainly(bench, way, slips, count):
    """The same forms that slips send, taken by a server that keeps no promise."""
    with bench.serve_plainly(way) as server:
        server.load(8, visits=slips, count=300)
        return server.load(32, visits=slips, skip=300, count=count)


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
    """A closed round's report, of ten ballots and of very many, each beside pages of its size without a database."""
    many = bench.size(20_000, 100_000)
    data = bench.crowd("report", "1x10:answered", f"1x{many}:answered")
    found = {"close": bench.limits("close", data), "many_is": many}
    head = bench.head("report")
    with bench.serve(data) as server:
        addresses = [address for address, _ in sorted(report_addresses(server, head), key=lambda each: each[1])]
        pages, form = [server.get(address, head) for address in addresses], server.get("/survey")
    for name, address, page in zip(["ten", "many"], addresses, pages):
        program = with_pages_of_size(bench.copy_of_program(name), page, form)
        with bench.serve(data, program=program) as server:
            found[name] = in_turns({
                "report": (server, address, head),
                # A page made anew for each reader, as long as the report: the blank form, again and again.
                "rendered": (server, "/survey", None),
                # And the report itself, as bytes in memory: no page can be quicker.
                "bytes": (server, server.plain_path().replace("mark.svg", "report.svg"), None),
            }, turns=bench.size(3, 7))
    return found


def with_pages_of_size(folder, page, form):
    """- Returns: a program that has a page and a file as long as this one, and no need of the database for them."""
    resources = folder / "rapport_Rapport.resources"
    (resources / "DesignAssets" / "report.svg").write_text(page)
    template = resources / "SurveyViews" / "survey-form.mustache"
    before, article, after = between(template.read_text(), "<article", "</article>")
    _, rendered, _ = between(form, "<article", "</article>")
    more = (len(page.encode()) - len(form.encode())) / len(rendered.encode())
    template.write_text(before + article * (1 + max(0, round(more))) + after)
    return folder / "rapport"


def between(text, first, last):
    begin, end = text.index(first), text.rindex(last) + len(last)
    return text[:begin], text[begin:end], text[end:]


def in_turns(pages, turns, seconds=1):
    """Each page for a while, and again, so that whatever else the machine does meets all of them: the medians."""
    samples = {name: [] for name in pages}
    for _ in range(turns):
        for name, (server, path, cookie) in pages.items():
            samples[name].append(server.load(1, path=path, seconds=seconds, cookie=cookie))
    keys = ["p50", "p99", "per_second", "bytes_per_reply"]
    return {
        name: {key: statistics.median(each[key] for each in all_of_it) for key in keys} | {"turns": all_of_it}
        for name, all_of_it in samples.items()
    }


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


def json_of(server, path, head):
    return json.loads(server.get(path + ".json", head))


def links(page, start):
    return [part.split('"')[0] for part in page.split('href="')[1:] if part.startswith(start)]


def closing(bench):
    """A round closes while others are answered; what is sealed of it is removed afterwards."""
    many = bench.size(20_000, 100_000)
    count = bench.size(12_000, 24_000)
    # Time enough to start the server and to answer for a while.
    data = bench.crowd("closing", f"1x{many}:answered", f"100x{-(-(count + 300) // 100)}", answered_close_in=bench.size(20, 40))
    closes, times = bench.closes("closing"), bench.folder / "times"
    visits = bench.visits("closing") / "2"
    with bench.serve(data) as server:
        server.load(8, visits=visits, count=300)
        running = server.begin_load(8, visits=visits, skip=300, count=count, times=times, at=closes / 1000 - 4)
        time.sleep(max(0, closes / 1000 - 3 - time.time()))
        marks = {"before": (time.time(), server.processor_seconds())}
        time.sleep(max(0, closes / 1000 - time.time()))
        marks["closes"] = (time.time(), server.processor_seconds())
        for name, condition in [("report", "state = 'open'"), ("removed", SEALED)]:
            while bench.ask(data, f"SELECT COUNT(*) FROM round WHERE closes_at = {closes} AND {condition}"):
                if time.time() > closes / 1000 + 300:
                    raise SystemExit("The round did not close.")
                time.sleep(bench.pause)
            marks[name] = (time.time(), server.processor_seconds())
        running.outcome()
    answers = [tuple(map(float, line.split())) for line in times.read_text().splitlines()]
    return {
        "ballots": many, "before": window(answers, marks["before"], marks["closes"]),
        "until_report": window(answers, marks["closes"], marks["report"]),
        "until_removed": window(answers, marks["closes"], marks["removed"]),
        "seconds_until_report": marks["report"][0] - closes / 1000,
        "seconds_until_removed": marks["removed"][0] - closes / 1000,
        # Otherwise the answers were too late or too few, and the figures are of a shorter time.
        "answers_lasted": answers[0][0] < marks["before"][0] and answers[-1][0] > marks["removed"][0],
    }


SEALED = "EXISTS (SELECT 1 FROM sealed_value WHERE sealed_value.space_id = round.space_id AND round_id = round.id)"


def window(answers, begin, end):
    """Of all answers those between two marks: the ended ones count, and whoever waited then, waited."""
    (begun, processor_begun), (ended, processor_ended) = begin, end
    last = min(ended, answers[-1][0])
    waits = sorted(wait for at, wait in answers if at >= begun and at - wait / 1000 <= last)
    count = sum(begun <= at < last for at, _ in answers)
    if count == 0:
        return dict.fromkeys(["per_second", "p50", "p99", "max", "server_cores", "seconds"])
    return {
        "per_second": count / (last - begun), "p50": waits[len(waits) // 2], "p99": waits[len(waits) * 99 // 100], "max": waits[-1],
        "server_cores": (processor_ended - processor_begun) / (ended - begun), "seconds": last - begun,
    }


def portfolio(bench):
    """The first page of a head of alliances, with few partnerships and with very many, one after the other in turns."""
    found = {}
    with contextlib.ExitStack() as servers:
        pages = {}
        for count in [10, 1_000, 10_000]:
            name = f"portfolio-{count}"
            server = servers.enter_context(bench.serve(bench.crowd(name, partnerships=count)))
            head = bench.head(name)
            found[count] = {"first_look_seconds": first_look_seconds(server, head)}
            pages |= {(count, title): (server, path, head) for title, path in PORTFOLIO.items()}
        for (count, title), each in in_turns(pages, turns=bench.size(5, 9), seconds=0.5).items():
            found[count][title] = each
    return found


PORTFOLIO = {
    "first page": "/portfolio", "by name": "/portfolio?sort=name", "by health": "/portfolio?sort=health",
    "search": "/portfolio?name=Partnership+7", "home": "/",
}


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
