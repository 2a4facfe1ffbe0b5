"""Whatever the server acknowledged survives kill -9, and counts once.

The people of the demonstration's open round who have not answered yet send again and again, each time under a higher number,
while the server is killed at random moments. KILLS says how often, SEED repeats a run.
"""
import base64
import hashlib
import http.cookiejar
import json
import math
import os
import pathlib
import random
import re
import secrets
import sqlite3
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
from installation import Installation

KILLS = int(os.environ.get("KILLS", "10"))
SEED = int(os.environ.get("SEED", secrets.randbelow(10**6)))
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
    """Somebody with a credential of their own, made without any of Rapport's code."""

    def __init__(self, url, email, round, chance):
        self.url, self.round, self.chance = url, round, chance
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        form = urllib.parse.urlencode({"email": email, "password": "demonstration only"}).encode()
        self.browser.open(url + "/sign-in", form, timeout=20).read()
        self.serial = secrets.token_bytes(32)
        self.receipt = "".join(secrets.choice(LETTERS) for _ in range(16))
        self.acknowledged, self.sent, self.pending = 0, 0, None

    def collect(self):
        document = json.load(self.browser.open(f"{self.url}/rounds/{self.round}/opening", timeout=20))
        token = re.search(r'name="form-token" value="([^"]+)"', self.browser.open(self.url + "/account").read().decode())[1]
        for segment in document["segments"]:
            if self.collect_in(segment, token):
                return self
        return None

    def collect_in(self, segment, token):
        n, e = (int.from_bytes(decoded(segment["key"][part]), "big") for part in "ne")
        blind = next(r for r in iter(lambda: secrets.randbelow(n), None) if r > 1 and math.gcd(r, n) == 1)
        blinded = pss(self.serial, n.bit_length() - 1) * pow(blind, e, n) % n
        body = {"segment": segment["name"], "blinded": encoded(blinded.to_bytes(256, "big"))}
        request = urllib.request.Request(
            f"{self.url}/rounds/{self.round}/credential", json.dumps(body).encode(),
            {"Content-Type": "application/json", "Accept": "application/json", "X-Form-Token": token})
        try:
            signed = json.load(self.browser.open(request, timeout=20))["signature"]
        except urllib.error.HTTPError:
            return False
        signature = int.from_bytes(decoded(signed), "big") * pow(blind, -1, n) % n
        self.segment, self.signature = segment["name"], signature.to_bytes(256, "big")
        return True

    def post(self, send, ratings):
        body = {
            "segment": self.segment, "serial": encoded(self.serial), "signature": encoded(self.signature), "send": send,
            "receipt": self.receipt, "ratings": ratings, "comment": ""}
        request = urllib.request.Request(
            f"{self.url}/answers/{self.round}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request, timeout=20))

    def send(self):
        """A new answer, or the one that was not acknowledged, again."""
        if self.pending is None:
            self.sent += 1
            self.pending = [self.chance.randint(1, 5) for _ in range(15)]
        self.post(self.sent, self.pending)
        self.acknowledged, self.pending = self.sent, None

    def standing(self):
        """The number of the answer that the server has, learned by trying the first once more."""
        try:
            self.post(1, [3] * 15)
            return 1
        except urllib.error.HTTPError as refused:
            return json.load(refused)["error"]["send"]


def send_until_killed(installation, people, after):
    """Everybody sends at once; the server is killed after so many acknowledgements."""
    count, lock = [0], threading.Lock()

    def keep_sending(person):
        while True:
            try:
                person.send()
            except (OSError, ValueError, EOFError):
                return
            except Exception as error:  # a reply that was cut short
                if "http.client" in type(error).__module__ or "HTTP" in type(error).__name__:
                    return
                raise
            with lock:
                count[0] += 1
                if count[0] == after:
                    installation.process.kill()

    threads = [threading.Thread(target=keep_sending, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    installation.process.wait()
    assert count[0] >= after, "an answer was refused"


def test_every_acknowledged_ballot_is_counted_once(tmp_path):
    print(f"SEED={SEED}")
    chance = random.Random(SEED)
    installation = Installation(tmp_path)
    installation.command("demo", "--data", installation.data)
    with sqlite3.connect(installation.data / "rapport.sqlite") as database:
        round, = database.execute("SELECT id FROM round WHERE state = 'open'").fetchone()
        emails = [email for email, in database.execute(
            "SELECT email FROM roll_entry JOIN person ON person.id = person_id WHERE round_id = ? ORDER BY email", [round])]
    database.close()
    installation.start()
    people = [person.collect() for person in (Respondent(installation.url, email, round, chance) for email in emails)]
    before, people = people.count(None), [person for person in people if person]
    assert len(people) >= 5
    try:
        for _ in range(KILLS):
            send_until_killed(installation, people, after=chance.randint(1, 60))
            installation.start()
            for person in people:
                if person.acknowledged > 1:
                    assert person.standing() >= person.acknowledged
        for person in people:
            person.send()
        installation.pass_time(12 * 86_400)
        installation.wait_until(lambda: closed(installation, round), "the round to close", seconds=60)
    finally:
        installation.stop()
    with sqlite3.connect(installation.data / "rapport.sqlite") as database:
        receipts, report = database.execute("SELECT receipts, report FROM round WHERE id = ?", [round]).fetchone()
    database.close()
    counted = [receipt.replace("-", "") for receipt in json.loads(receipts)]
    assert len(counted) == len(set(counted)) == before + len(people)
    assert all(counted.count(person.receipt) == 1 for person in people)


def closed(installation, round):
    """Asked of a page: a second program must not open the database of a running server."""
    person = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = urllib.parse.urlencode({"email": "jon.acker@meadow.example", "password": "demonstration only"}).encode()
    person.open(installation.url + "/sign-in", form, timeout=20).read()
    request = urllib.request.Request(f"{installation.url}/rounds/{round}/receipts", headers={"Accept": "application/json"})
    try:
        return person.open(request, timeout=20).status == 200
    except urllib.error.HTTPError:
        return False
