"""SIGTERM in the middle of everything: what was acknowledged is kept, and nobody who stalls holds the server back."""
import socket
import signal
import threading
import time
import urllib.error

import pytest

from extent import times

STOPS = times(1, 10)
WITHIN = 15


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
        self.dripper = threading.Thread(target=self.drip)
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


def test_a_signal_ends_the_server_and_loses_nothing_acknowledged(timely, chance, row):
    people, waits, acknowledged = timely.respondents(chance), [], 0
    for _ in range(STOPS):
        # The last twenty requests are on their way when the signal comes: twelve answers and eight pages.
        lead, flying, counted = timely.lead(), threading.Barrier(21), []

        def answering(person):
            person.send()
            counted.append(person)
            flying.wait()
            while True:
                try:
                    person.send()
                    counted.append(person)
                except (OSError, ValueError, urllib.error.HTTPError):
                    return

        def reading():
            flying.wait()
            try:
                while True:
                    lead.fetch(timely.report(timely.closed))
            except (OSError, ValueError):
                return

        stalling = Stalling(timely.installation.port, f"/answers/{timely.round}")
        threads = [threading.Thread(target=answering, args=[person]) for person in people]
        threads += [threading.Thread(target=reading) for _ in range(8)]
        for thread in threads:
            thread.start()
        flying.wait()
        started = time.monotonic()
        timely.installation.process.send_signal(signal.SIGTERM)
        status = timely.installation.process.wait(timeout=60)
        waits.append(time.monotonic() - started)
        for thread in threads:
            thread.join()
        stalling.close()
        assert status == 0, timely.installation.log.read_text()
        acknowledged += len(counted)
        timely.installation.start()
        for person in people:
            # On its way at the signal, an answer may stand without its acknowledgement.
            assert person.standing() in ({person.number} if person.pending is None else {person.number - 1, person.number})
    timely.installation.stop()
    sound = timely.doctor()
    assert "ok       database" in sound.stdout, sound.stdout
    row("SIGTERM with 20 requests, 5 stalled and 5 dripping bodies, 50 idle sockets",
        f"{STOPS} stops, {acknowledged} acknowledged, 0 lost, exit 0 after {max(waits):.1f} s at most", timely=max(waits) < WITHIN)
