"""One installation of Rapport for a test: its own folder, its own port, and a clock that the test moves on."""
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("RAPPORT", ROOT / ".build/debug/rapport"))
CLOCK = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


class Installation:
    def __init__(self, folder, program=PROGRAM):
        self.program = program
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.clock = self.folder / "clock"
        self.clock.write_text("+0\n")
        self.ahead = 0
        self.log = self.folder / "server.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.preloaded = [CLOCK]

    def start(self, *options, **settings):
        environment = dict(
            os.environ, **settings, LD_PRELOAD=" ".join(map(str, self.preloaded)), FAKETIME_TIMESTAMP_FILE=str(self.clock),
            FAKETIME_NO_CACHE="1", FAKETIME_DONT_FAKE_MONOTONIC="1")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                # The clock's library changes the environment as it loads, which hides the arguments from a Swift
                # program; done in the shell, it is over before the program starts.
                ["/bin/sh", "-c", 'exec "$@"', "sh", self.program, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}", *options],
                stdout=log, stderr=log, env=environment, cwd=self.folder)
        self.wait_until(self.answers, "the server to answer")
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError("the server stopped:\n" + self.log.read_text())
        try:
            with urllib.request.urlopen(self.url + "/survey", timeout=2):
                return True
        except OSError:
            return False

    def setup_link(self):
        self.wait_until(lambda: "/setup/" in self.log.read_text(), "the setup link")
        return re.findall(r"http\S+/setup/\S+", self.log.read_text())[-1]

    def command(self, *words, ok=True):
        done = subprocess.run([self.program, *words], capture_output=True, text=True, cwd=self.folder, timeout=120)
        assert not ok or done.returncode == 0, done.stderr
        return done

    def pass_time(self, seconds):
        """Lets the server's wall clock jump ahead."""
        self.ahead += seconds
        self.clock.write_text(f"+{self.ahead}\n")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=20)

    @staticmethod
    def wait_until(holds, what, seconds=30):
        """Asks again until it holds: there is no event to wait for across processes."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"waited {seconds} seconds for {what}"
            os.sched_yield()
