"""Builds recorder.c, and reads what it recorded: the disk as a power cut at any moment would have left it."""
import pathlib
import struct
import subprocess

import pytest

SOURCE = pathlib.Path(__file__).with_name("recorder.c")
HEAD = struct.Struct("=IIIIQ")
WRITTEN, SYNCED, CUT, REMOVED = 1, 2, 3, 4
DATABASE, LOG = "rapport.sqlite", "rapport.sqlite-wal"


@pytest.fixture(scope="session")
def recorder(tmp_path_factory):
    library = tmp_path_factory.mktemp("recorder") / "recorder.so"
    subprocess.run(["clang", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, SOURCE, "-ldl"], check=True)
    return library


class Record:
    """Every write and sync of the database's files, in order, and where in the record each stands."""

    def __init__(self, path):
        content, at, self.all, self.ends = path.read_bytes(), 0, [], []
        while at + HEAD.size <= len(content):
            kind, name, size, _, place = HEAD.unpack_from(content, at)
            at += HEAD.size
            file, at = content[at:at + name].decode(), at + name
            self.all.append((kind, file, content[at:at + size], place))
            at += size
            self.ends.append(at)

    def without_syncs_at_commit(self):
        """As if with synchronous=NORMAL: the log is synced before a checkpoint writes into the database, and at no commit."""
        kept = Record.__new__(Record)
        pairs = list(zip(self.all, self.all[1:] + [None], self.ends))
        pairs = [
            (one, end) for one, after, end in pairs
            if not (one[0] == SYNCED and one[1] == LOG and not (after and after[0] == WRITTEN and after[1] == DATABASE))]
        kept.all, kept.ends = [one for one, _ in pairs], [end for _, end in pairs]
        return kept

    def disk(self, before, cut, chance):
        """The files after a power cut behind so many entries: what was not synced is there in part, or not at all."""
        files = {name: Drive(content) for name, content in before.items()}
        for kind, name, content, place in self.all[:cut]:
            drive = files.setdefault(name, Drive(b""))
            if kind == SYNCED:
                drive.sync()
            else:
                drive.pending.append((kind, content, place))
        share = chance.choice([0, 0, 0.5, 0.9])
        return {name: drive.after_cut(share, chance) for name, drive in files.items()}


class Drive:
    """One file: what is safe, and what only waits to be written."""

    def __init__(self, content):
        self.safe, self.pending = bytearray(content), []

    def sync(self):
        for entry in self.pending:
            self.apply(*entry)
        self.pending = []

    def apply(self, kind, content, place):
        if kind == WRITTEN:
            self.safe.extend(bytes(max(0, place + len(content) - len(self.safe))))
            self.safe[place:place + len(content)] = content
        elif kind == CUT:
            del self.safe[place:]
            self.safe.extend(bytes(place - len(self.safe)))
        else:
            self.safe.clear()

    def after_cut(self, share, chance):
        for kind, content, place in self.pending:
            if chance.random() < share:
                # A disk writes whole sectors; a write may be torn between them.
                whole = len(content) if chance.random() < 0.8 else chance.randrange(0, len(content) + 1, 512)
                self.apply(kind, content[:whole], place)
        return bytes(self.safe)
