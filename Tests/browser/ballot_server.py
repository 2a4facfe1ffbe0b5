"""A server of ballots written from docs/protocol.md alone: what the browser's modules are tested against."""

import base64
import hashlib
import hmac
import json
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE.parent.parent / "Sources/Rapport/Surveys/SurveyViews"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def derived(ballot_key, digest, purpose, length):
    """HKDF-SHA-256 of RFC 5869 with an empty salt."""
    secret = hmac.new(bytes(32), ballot_key, hashlib.sha256).digest()
    info, block, out = f"rapport ballot {purpose} ".encode() + digest, b"", b""
    for counter in range(1, length // 32 + 2):
        block = hmac.new(secret, block + info + bytes([counter]), hashlib.sha256).digest()
        out += block
    return out[:length]


def masked(seed, length):
    blocks = [hashlib.sha384(seed + counter.to_bytes(4, "big")).digest() for counter in range(length // 48 + 1)]
    return b"".join(blocks)[:length]


class Key:
    """An RSA key pair of 2,048 bits, by the book."""

    def __init__(self, seed=1):
        self.random = random.Random(seed)
        p, q = self._prime(), self._prime()
        self.n, self.e = p * q, 65537
        self.d = pow(self.e, -1, (p - 1) * (q - 1))

    def _prime(self):
        while True:
            candidate = self.random.getrandbits(1024) | 3 << 1022 | 1
            if candidate % 65537 != 1 and all(candidate % small for small in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31)):
                if all(self._witnesses(candidate) for _ in range(8)):
                    return candidate

    def _witnesses(self, candidate):
        odd, twos = candidate - 1, 0
        while odd % 2 == 0:
            odd, twos = odd // 2, twos + 1
        power = pow(self.random.randrange(2, candidate - 1), odd, candidate)
        for _ in range(twos):
            if power in (1, candidate - 1):
                return True
            power = power * power % candidate
            if power == 1:
                return False
        return False

    @property
    def jwk(self):
        return {"kty": "RSA", "n": encoded(self.n.to_bytes(256, "big")), "e": "AQAB"}

    def sign(self, blinded):
        return pow(int.from_bytes(blinded, "big"), self.d, self.n).to_bytes(256, "big")

    def is_valid(self, signature, message):
        """RSASSA-PSS-VERIFY of RFC 8017 with SHA-384 and a salt of 48 bytes."""
        block = pow(int.from_bytes(signature, "big"), self.e, self.n).to_bytes(256, "big")
        hidden, digest, trailer = block[:207], block[207:255], block[255:]
        opened = bytearray(a ^ b for a, b in zip(hidden, masked(digest, 207)))
        opened[0] &= 0x7F
        head, salt = bytes(opened[:159]), bytes(opened[159:])
        inner = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
        return trailer == b"\xbc" and head == bytes(158) + b"\x01" and inner == digest


class Round:
    """What the server of one open round knows, and what it saw."""

    def __init__(self, keys=(Key(),), names=("all",)):
        self.keys = dict(zip(names, keys))
        self.document = json.dumps(
            {"round": "r", "segments": [{"name": n, "key": k.jwk} for n, k in self.keys.items()]}).encode()
        self.collected, self.ballots, self.requests = {}, {}, []
        self.lose_replies_to = []
        self.sign = lambda key, blinded: key.sign(blinded)

    @property
    def page(self):
        return {"round": "r", "digest": hashlib.sha256(self.document).hexdigest(), "segment": "all", "token": "form-token",
                "opening": "/opening", "collect": "/collect", "answer": "/answer"}

    def paths(self):
        return [path for path, _, _ in self.requests]

    def collect(self, sent, person):
        if self.collected.setdefault(person, sent["blinded"]) != sent["blinded"]:
            return 409, {"error": {"code": "collected-with-another-key", "message": "A sentence."}}
        return 200, {"signature": encoded(self.sign(self.keys[sent["segment"]], decoded(sent["blinded"])))}

    def answer(self, sent):
        if not self.keys[sent["segment"]].is_valid(decoded(sent["signature"]), decoded(sent["serial"])):
            return 403, {"error": {"code": "not-signed", "message": "A sentence."}}
        content = {name: sent[name] for name in ("send", "ratings", "comment", "receipt")}
        before = self.ballots.get(sent["serial"])
        if before and before != content and before["send"] >= content["send"]:
            return 409, {"error": {"code": "older-send", "message": "A sentence.", "send": before["send"]}}
        self.ballots[sent["serial"]] = content
        return 200, {}


class Site:
    """Serves the modules as they are shipped, and the round of the moment."""

    def __init__(self):
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                if self.path == "/opening":
                    return self.reply(200, site.round.document, "application/json")
                folder, name = (MODULES, self.path[9:]) if self.path.startswith("/modules/") else (HERE / "crypto_page", self.path[1:])
                file = folder / (name or "index.html")
                if not file.is_file():
                    return self.reply(404, b"", "text/plain")
                self.reply(200, file.read_bytes(), "text/html" if file.suffix == ".html" else "text/javascript")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                site.round.requests.append((self.path, dict(self.headers), body))
                sent = json.loads(body)
                person = self.headers.get("Cookie")
                status, answer = site.round.collect(sent, person) if self.path == "/collect" else site.round.answer(sent)
                if self.path in site.round.lose_replies_to:
                    site.round.lose_replies_to.remove(self.path)
                    self.close_connection = True
                    return
                self.reply(status, json.dumps(answer).encode(), "application/json")

            def reply(self, status, body, kind):
                self.send_response(status)
                for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), ("Content-Security-Policy", POLICY)):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        self.round = Round()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
