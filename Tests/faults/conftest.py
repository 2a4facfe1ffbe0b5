"""What the fault tests share: the installation that they start from, and the table that they end with."""
import os
import pathlib
import random
import secrets
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
from alliance import Alliance

ROWS = []


@pytest.fixture(scope="session")
def chance():
    """Printed, so that SEED repeats a run."""
    seed = int(os.environ.get("SEED", secrets.randbelow(10**6)))
    print(f"\nSEED={seed}")
    return random.Random(seed)


@pytest.fixture(scope="session")
def alliance(chance, tmp_path_factory):
    """A closed round of fourteen people, and an open one that nobody has answered; tests take copies."""
    return Alliance.found(tmp_path_factory.mktemp("alliance"), chance)


@pytest.fixture
def opened(alliance, tmp_path):
    """A copy that runs."""
    made = alliance.copy(tmp_path)
    made.start()
    yield made
    made.installation.stop()


@pytest.fixture
def row():
    """Notes one row of the table: what was done, and the number that came of it."""
    def note(fault, number, held=True, timely=True):
        """timely: no test fails for a busy machine's sake, but the table says it."""
        ROWS.append((fault, number, "NOT HELD" if not held else "held" if timely else "too slow"))
        print(f"\n{fault}: {number}")
        assert held, fault
    return note


def pytest_runtest_makereport(item, call):
    if call.when == "call" and call.excinfo and not call.excinfo.errisinstance(pytest.skip.Exception):
        if not ROWS or ROWS[-1][2] != "NOT HELD":
            ROWS.append((item.name.removeprefix("test_").replace("_", " "), "see above", "NOT HELD"))


def pytest_terminal_summary(terminalreporter):
    if not ROWS:
        return
    terminalreporter.section("nothing lost")
    wide = max(len(fault) for fault, _, _ in ROWS)
    for fault, number, held in ROWS:
        terminalreporter.write_line(f"{held:8}  {fault:{wide}}  {number}")
