"""How often a test repeats what it does: script/test takes the short form, script/faults the long one."""
import os

LONG = bool(os.environ.get("LONG"))


def times(short, long):
    return long if LONG else short
