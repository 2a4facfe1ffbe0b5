"""The sealed values of a round, opened as docs/protocol.md says, without any of Rapport's code: what a thief could do who
has a copy of the database and, or so these tests pretend, its sealing key."""
import hashlib
import sqlite3
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PAYLOAD = {"collected": 32, "ratings": 4 + 1 + 32, "comments": 2 + 1_000, "receipts": 0, "slips": 1 + 32}
ROOM = 64


def opened(database, round, key):
    """The entries of each kind by their hash, of the pages that this key opens; then how many it does not open."""
    found, shut = {kind: {} for kind in PAYLOAD}, 0
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT kind, segment, bucket, page, value FROM sealed_value WHERE round_id = ?", [round]).fetchall()
    for kind, segment, bucket, page, value in rows:
        place = b"".join(part.encode() + b"\0" for part in ("rapport sealed value", round, kind))
        place += struct.pack(">qqq", segment, bucket, page)
        try:
            text = AESGCM(key).decrypt(value[:12], value[12:], place)
        except InvalidTag:
            shut += 1
            continue
        if kind != "keys":
            found[kind] |= entries(text, PAYLOAD[kind], page)
    return found, shut


def entries(text, payload, page):
    here = min(ROOM, int.from_bytes(text[:4], "big") - page * ROOM)
    size = 32 + payload
    places = [4 + size * place for place in range(here)]
    return {text[at:at + 32]: text[at + 32:at + size] for at in places}


def ballots(found):
    """Send and ratings of every ballot, by the hash of its serial."""
    return {
        hash: (int.from_bytes(record[:4], "big"), [rating or None for rating in record[5:5 + record[4]]])
        for hash, record in found["ratings"].items()}


def comments(found):
    return [record[2:2 + int.from_bytes(record[:2], "big")].decode() for record in found["comments"].values()]


def hash_of(value):
    return hashlib.sha256(value if isinstance(value, bytes) else value.encode()).digest()
