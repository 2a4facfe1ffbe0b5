"""The same form as one would write it by hand, to compare with: no roll, no signature, nothing sealed, an INSERT for each form.

    plain_server.py PORT FILE threads    Python's own HTTP server, a thread for each connection, a commit for each form
    plain_server.py PORT FILE alone      HTTP read by hand in one loop, a commit for each form
    plain_server.py PORT FILE shared     the same, one commit for all that wait at that moment

What is acknowledged outlives a power cut, as with Rapport.
"""

import http.server
import select
import socket
import sqlite3
import sys
import threading
import urllib.parse

FIELDS = ["code", *[f"item-{number}" for number in range(1, 16)], "comment"]
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nThanks"
lock = threading.Lock()


def main(port, file, way):
    database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE answer (id INTEGER PRIMARY KEY, " + ", ".join(f'"{name}"' for name in FIELDS) + ")")
    if way == "threads":
        Handler.database = database
        Threads(("127.0.0.1", port), Handler).serve_forever()
    else:
        loop(socket.create_server(("127.0.0.1", port), backlog=128), database, way == "shared")


def keep(database, body):
    form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
    database.execute(f"INSERT INTO answer VALUES (NULL{', ?' * len(FIELDS)})", [form.get(name) for name in FIELDS])


def loop(listener, database, is_shared):
    connections, received, poll = {listener.fileno(): listener}, {}, select.epoll()
    poll.register(listener, select.EPOLLIN)
    while True:
        whole = []
        for descriptor, _ in poll.poll():
            connection = connections[descriptor]
            if connection is listener:
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connections[connection.fileno()], received[connection.fileno()] = connection, b""
                poll.register(connection, select.EPOLLIN)
                continue
            piece = connection.recv(1 << 16)
            received[descriptor] += piece
            if not piece:
                del connections[descriptor], received[descriptor]
                connection.close()
            elif (body := body_of(received[descriptor])) is not None:
                received[descriptor] = b""
                whole.append((connection, body))
        if is_shared:
            database.execute("BEGIN")
        for connection, body in whole:
            if body:
                keep(database, body)
            if not is_shared:
                connection.send(REPLY)
        if is_shared:
            database.execute("COMMIT")
            for connection, _ in whole:
                connection.send(REPLY)


def body_of(request):
    """None while it is not whole; empty for a GET."""
    head, end, body = request.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
    return body if end and len(body) >= length else None


class Threads(http.server.ThreadingHTTPServer):
    # As many as connect at once; with five, some would wait for a second.
    request_queue_size = 128


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One packet for the whole reply.
    wbufsize = -1

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with lock:
            keep(self.database, body)
        self.do_GET()

    def do_GET(self):
        self.wfile.write(REPLY)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
