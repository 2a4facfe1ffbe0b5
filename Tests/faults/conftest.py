"""What the fault tests share: the installation that they start from, and the table that they end with."""
import os
import pathlib
import random
import secrets
import sys
import typing

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
from alliance import Alliance


class Row(typing.NamedTuple):
    item: str
    fault: str
    number: str
    state: str


ROWS = []


@pytest.fixture(scope="session")
def chance():
    """Printed, so that SEED repeats a run."""
    seed = int(os.environ.get("SEED", secrets.randbelow(10**6)))
    print(f"\nSEED={seed}")
    return random.Random(seed)


@pytest.fixture(scope="session")
def alliance(chance, tmp_path_factory):
    """A closed round that twelve people have answered, and an open one that nobody has answered; tests take copies."""
    return Alliance.found(tmp_path_factory.mktemp("alliance"), chance)


@pytest.fixture
def opened(alliance, tmp_path):
    """A copy that runs."""
    made = alliance.copy(tmp_path)
    made.start()
    yield made
    made.installation.stop()


@pytest.fixture
def row(request):
    """Notes one row of the table: what was done, and the number that came of it."""
    def note(fault, number, held=True, timely=True):
        """timely: no test fails for a busy machine's sake, but the table says it."""
        ROWS.append(Row(request.node.nodeid, fault, number, "NOT HELD" if not held else "held" if timely else "too slow"))
        print(f"\n{fault}: {number}")
        assert held, fault
    return note


def pytest_runtest_makereport(item, call):
    """A row for each test that did not come to note how it ended."""
    if not call.excinfo:
        return
    if call.excinfo.errisinstance(pytest.skip.Exception):
        number, state = str(call.excinfo.value), "not tried"
    elif call.when == "call":
        number, state = "see above", "NOT HELD"
    else:
        number, state = f"see above, in its {call.when}", "error"
    if not any(row.item == item.nodeid and row.state == state for row in ROWS):
        ROWS.append(Row(item.nodeid, item.name.removeprefix("test_").replace("_", " "), number, state))


def pytest_terminal_summary(terminalreporter):
    if not ROWS:
        return
    terminalreporter.section("nothing lost")
    wide = max(len(row.fault) for row in ROWS)
    for row in ROWS:
        terminalreporter.write_line(f"{row.state:9}  {row.fault:{wide}}  {row.number}")
