"""A mail server that does what a test tells it to, and certificates to prove who it is."""
import asyncio
import contextlib
import email
import email.policy
import http.cookiejar
import queue
import re
import socket
import ssl
import subprocess
import threading
import urllib.parse
import urllib.request

from aiosmtpd.controller import Controller


def certificates(folder, name="localhost"):
    """A certificate authority of its own, and a certificate for one name."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=Test authority",
            "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", "server.key", "-out", "server.csr")
    (folder / "names").write_text(f"subjectAltName=DNS:{name}\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650",
            "-extfile", "names", "-out", "server.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """`answers` are given to the texts that arrive, in order; once they are used up, every text is taken.

    An answer is a line such as "451 later"; or "drop": the connection ends after the text, without a reply; or "hang":
    the text has come, and the reply never does.
    """

    def __init__(self, context=None, starttls=None, refuse=None, answers=()):
        self.answers, self.refused = list(answers), refuse or {}
        self.arrived, self.senders = queue.Queue(), []
        self.port = free_port()
        self.controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ssl_context=context, tls_context=starttls,
            require_starttls=starttls is not None, server_hostname="localhost")
        self.controller.start()

    def stop(self):
        self.controller.stop()

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.senders.append(address)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        mail.envelope, mail.was_encrypted = envelope, server.transport.get_extra_info("cipher") is not None
        answer = self.answers.pop(0) if self.answers else "250 taken"
        self.arrived.put((answer, mail))
        if answer == "drop":
            server.transport.abort()
            await asyncio.sleep(1)
        if answer == "hang":
            await asyncio.Event().wait()
        return answer

    def next(self, seconds=40):
        return self.arrived.get(timeout=seconds)


class CarelessServer:
    """Speaks without TLS and would take whatever comes; keeps what it heard in the clear."""

    def __init__(self, offers=(), starttls="454 not now"):
        self.heard, self.starttls, self.greeting = [], starttls, ["localhost", *offers]
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection = self.door.accept()[0]
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                self.talk(connection)

    def talk(self, connection):
        connection.sendall(b"220 localhost\r\n")
        for line in connection.makefile("rb"):
            self.heard.append(line)
            connection.sendall(self.reply(line.split()[0].upper() if line.split() else b""))

    def reply(self, verb):
        if verb == b"EHLO":
            last = len(self.greeting) - 1
            return "".join(f"250{' ' if place == last else '-'}{each}\r\n" for place, each in enumerate(self.greeting)).encode()
        return f"{self.starttls}\r\n".encode() if verb == b"STARTTLS" else b"250 OK\r\n"

    def verbs(self):
        return {line.split()[0] for line in self.heard if line.isascii() and line.split()}

    def stop(self):
        self.door.close()


class SilentServer:
    """Takes connections and never says a word."""

    def __init__(self):
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]

    def stop(self):
        self.door.close()


class Browser:
    """Fills in Rapport's forms without a browser."""

    def __init__(self, url):
        self.url, self.page = url, ""
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path):
        with self.opener.open(self.url + path.removeprefix(self.url), timeout=30) as response:
            self.page = response.read().decode()
        return self.page

    def post(self, path, **fields):
        token = re.search(r'name="form-token" value="([^"]*)"', self.page)
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        form = urllib.parse.urlencode(fields | ({"form-token": token.group(1)} if token else {})).encode()
        with self.opener.open(self.url + path.removeprefix(self.url), form, timeout=30) as response:
            self.page = response.read().decode()
        return self.page

    def set_up(self, link):
        self.get(link)
        self.post(link, space="North Coast", organisation="Harbour", name="Anna Winter", email="anna@example.org",
                  password="four quiet words here")
        return self

    def invite(self, name, email):
        self.get("/organisation")
        return self.post("/organisation/people", name=name, email=email)
