"""SIGTERM in the middle of everything: what was acknowledged is kept, and nobody who stalls holds the server back."""
import http.client
import pathlib
import signal
import socket
import threading
import time
import urllib.parse

import pytest

import cast
from extent import times

STOPS = times(1, 10)
WITHIN = 15
UNDER_WAY = 20


@pytest.fixture
def timely(alliance, tmp_path):
    """A copy that runs by the real clock: far from it, the clock's library lets no timeout of the server come."""
    made = alliance.copy(tmp_path, ahead=0)
    made.installation.start()
    yield made
    made.installation.stop()


class Stalling:
    """Connections that never finish what they began."""

    def __init__(self, port, path, stalled=5, dripping=5, idle=50):
        self.sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(stalled + dripping + idle)]
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 4096\r\n\r\n"
        for sending in self.sockets[:stalled + dripping]:
            sending.sendall(head.encode() + b"{")
        self.dripping, self.over = self.sockets[stalled:stalled + dripping], threading.Event()
        # A test that fails does not come to close them.
        self.dripper = threading.Thread(target=self.drip, daemon=True)
        self.dripper.start()

    def drip(self):
        """A byte now and then to each, until the server hangs up."""
        while not self.over.wait(0.2):
            for sending in self.dripping:
                try:
                    sending.send(b" ")
                except OSError:
                    pass

    def close(self):
        self.over.set()
        self.dripper.join()
        for sending in self.sockets:
            sending.close()


class UnderWay:
    """A request whose head and half of its body the server has read, and whose rest is still to come."""

    def __init__(self, port, path, body, kind, cookies=()):
        self.port, self.rest = port, body[len(body) // 2:]
        cookie = "; ".join(f"{one.name}={one.value}" for one in cookies)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            + (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n")
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.sendall(head.encode() + body[:len(body) // 2])

    def is_read(self, waiting):
        """What the program has not fetched yet waits in the system, on one side or the other."""
        mine, its = self.socket.getsockname()[1], self.port
        return waiting.get((mine, its)) == waiting.get((its, mine)) == 0

    def finish(self):
        self.socket.sendall(self.rest)

    def reply(self):
        """The status; None if the server hung up without a word."""
        with self.socket, http.client.HTTPResponse(self.socket, method="POST") as reply:
            try:
                reply.begin()
                reply.read()
            except (OSError, http.client.HTTPException):
                return None
            return reply.status


def bytes_waiting():
    """How many bytes wait on each connection of this machine, to be fetched or to be sent, by its two ports."""
    found = {}
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, _, queues, *_ = line.split()
        ports = tuple(int(address.split(":")[1], 16) for address in (here, there))
        found[ports] = sum(int(queue, 16) for queue in queues.split(":"))
    return found


def hears_nobody(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        return False
    except ConnectionResetError:
        # It came while the listener was being closed; the next one is refused.
        return False
    except ConnectionRefusedError:
        return True


def signing_in(made):
    visitor = made.visitor()
    visitor.get("/sign-in")
    _, form = visitor.filled_in("/sign-in", email=cast.address(cast.ANNA), password=cast.PASSWORD)
    return UnderWay(
        made.installation.port, "/sign-in", urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded",
        visitor.cookies)


def answering(made, person):
    person.number, person.pending = person.number + 1, [person.chance.randint(1, 5) for _ in range(15)]
    return UnderWay(
        made.installation.port, f"/answers/{made.round}", person.body(person.number, person.pending), "application/json")


def test_a_signal_ends_the_server_and_loses_nothing_acknowledged(timely, chance, row):
    people, waits, acknowledged, finished, refused = timely.respondents(chance), [], 0, 0, 0
    for person in people:
        person.send()
    for _ in range(STOPS):
        stalling = Stalling(timely.installation.port, f"/answers/{timely.round}")
        answers = {person: answering(timely, person) for person in people}
        others = [signing_in(timely) for _ in range(UNDER_WAY - len(people))]
        requests = [*answers.values(), *others]
        timely.installation.wait_until(
            lambda: (waiting := bytes_waiting()) and all(request.is_read(waiting) for request in requests), "the halves to be read")
        started = time.monotonic()
        timely.installation.process.send_signal(signal.SIGTERM)
        # From here on the signal is known to have come before what finishes the requests.
        timely.installation.wait_until(lambda: hears_nobody(timely.installation.port), "the server to take the signal")
        for request in requests:
            request.finish()
        for person, request in answers.items():
            if (status := request.reply()) == 200:
                person.acknowledged, person.pending = person.pending, None
                acknowledged += 1
            assert status, "an answer under way got no reply"
            refused += status != 200
        for request in others:
            status = request.reply()
            assert status, "a form under way got no reply"
            finished += status == 303
            refused += status != 303
        status = timely.installation.process.wait(timeout=60)
        waits.append(time.monotonic() - started)
        stalling.close()
        assert status == 0, timely.installation.log.read_text()
        timely.installation.start()
        for person in people:
            assert person.stands()
            if person.pending:
                person.send()
    timely.installation.stop()
    sound = timely.doctor()
    assert "ok       database" in sound.stdout, sound.stdout
    row("SIGTERM with 20 requests under way, 5 stalled and 5 dripping bodies, 50 idle sockets",
        f"{STOPS} stops, each with {UNDER_WAY} requests read by half: {acknowledged} answers acknowledged, 0 lost, {finished} sign-ins "
        f"taken, {refused} refused, 0 without a reply; exit 0 after {max(waits):.1f} s at most", timely=max(waits) < WITHIN)
