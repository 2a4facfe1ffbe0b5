"""Somebody with a credential of their own, made from docs/protocol.md without any of Rapport's code."""
import base64
import hashlib
import http.cookiejar
import json
import math
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pss(message, bits):
    """EMSA-PSS with SHA-384 and a salt of 48 bytes. [RFC 8017 §9.1.1]"""
    size, salt = (bits + 7) // 8, secrets.token_bytes(48)
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(size - 48 - 48 - 2) + b"\x01" + salt
    mask = b"".join(hashlib.sha384(digest + place.to_bytes(4, "big")).digest() for place in range(size // 48 + 1))
    masked = bytearray(left ^ right for left, right in zip(block, mask))
    masked[0] &= 0xFF >> (8 * size - bits)
    return int.from_bytes(bytes(masked) + digest + b"\xbc", "big")


class Respondent:
    def __init__(self, url, link, round, chance):
        """Comes by a personal link and collects a credential."""
        self.url, self.round, self.chance = url, round, chance
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.serial = secrets.token_bytes(32)
        self.receipt = "".join(secrets.choice(LETTERS) for _ in range(16))
        self.number, self.acknowledged, self.pending = 0, None, None
        token = re.search(r'name="form-token" value="([^"]*)"', self.text(link))[1]
        page = self.text(link, urllib.parse.urlencode({"form-token": token}).encode())
        self.collect(re.search(r'data-token="([^"]+)"', page)[1], re.search(r'data-segment="([^"]+)"', page)[1])

    def text(self, address, form=None):
        return self.browser.open(address, form, timeout=20).read().decode()

    def collect(self, token, segment):
        keys = {part["name"]: part["key"] for part in json.loads(self.text(f"{self.url}/rounds/{self.round}/opening"))["segments"]}
        n, e = (int.from_bytes(decoded(keys[segment][part]), "big") for part in "ne")
        blind = next(r for r in iter(lambda: secrets.randbelow(n), None) if r > 1 and math.gcd(r, n) == 1)
        blinded = pss(self.serial, n.bit_length() - 1) * pow(blind, e, n) % n
        body = {"segment": segment, "blinded": encoded(blinded.to_bytes(256, "big"))}
        request = urllib.request.Request(
            f"{self.url}/rounds/{self.round}/credential", json.dumps(body).encode(),
            {"Content-Type": "application/json", "Accept": "application/json", "X-Form-Token": token})
        signed = json.load(self.browser.open(request, timeout=20))["signature"]
        signature = int.from_bytes(decoded(signed), "big") * pow(blind, -1, n) % n
        self.segment, self.signature = segment, signature.to_bytes(256, "big")

    def send(self, comment=""):
        """A new answer, or the one that was not acknowledged, again."""
        if self.pending is None:
            self.number += 1
            self.pending = [self.chance.randint(1, 5) for _ in range(15)]
        self.post(self.number, self.pending, comment)
        self.acknowledged, self.pending = self.pending, None

    def stands(self):
        """Whether the server has what it acknowledged last, or what was sent since: that may have arrived all the same."""
        # Asking would store an answer where none was acknowledged, in the way of the one that is to be sent again.
        return self.acknowledged is None or self.standing() in (
            {self.number} if self.pending is None else {self.number - 1, self.number})

    def standing(self):
        """The number of the answer that the server has, learned by trying the first once more with other ratings; 0 if it has
        none, and then it has that one: nothing can be learned of this person afterwards."""
        try:
            self.post(1, [None] * 15)
            return 0
        except urllib.error.HTTPError as refused:
            return json.load(refused)["error"]["send"]

    def post(self, number, ratings, comment=""):
        request = urllib.request.Request(
            f"{self.url}/answers/{self.round}", self.body(number, ratings, comment), {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request, timeout=20))

    def body(self, number, ratings, comment=""):
        return json.dumps({
            "segment": self.segment, "serial": encoded(self.serial), "signature": encoded(self.signature), "send": number,
            "receipt": self.receipt, "ratings": ratings, "comment": comment}).encode()
