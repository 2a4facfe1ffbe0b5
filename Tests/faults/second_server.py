"""A second server, or a restore, on a folder that is in use: refused at once, with nothing written."""
import subprocess
import time

from extent import times
from installation import PROGRAM

WITHIN = 1


def state(folder):
    return {
        file.relative_to(folder): (file.stat().st_size, file.stat().st_mtime_ns, file.read_bytes())
        for file in folder.rglob("*") if file.is_file()}


def test_a_folder_in_use_is_refused_at_once(opened, tmp_path, row):
    data = opened.installation.data
    opened.installation.command("backup", "--data", data, "--to", tmp_path / "one.backup")
    commands = {
        "serve": ["serve", "--data", data, "--listen", "127.0.0.1:0"],
        "restore": ["restore", "--from", tmp_path / "one.backup", "--data", data],
        "demo": ["demo", "--data", data],
        "copy": ["copy", "--from", f"sqlite:{data}", "--to", "postgres://127.0.0.1:1/nowhere"]}
    # Nothing is under way: what the folder holds can change only by these.
    before, waits = state(data), []
    for _ in range(times(2, 20)):
        for name, words in commands.items():
            started = time.monotonic()
            done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=30)
            waits.append(time.monotonic() - started)
            assert done.returncode in (73, 75), (name, done.returncode, done.stderr)
            assert len(done.stderr.splitlines()) == 1 and str(data) in done.stderr, (name, done.stderr)
    assert state(data) == before
    assert opened.lead().get(opened.report(opened.closed)).status == 200
    row("second server, restore, demo or copy on a folder in use",
        f"{len(waits)} refused, the slowest after {max(waits):.2f} s, 0 bytes written", timely=max(waits) < WITHIN)
