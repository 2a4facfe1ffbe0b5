"""A disk of a few megabytes that a test fills up and makes room on."""
import os
import subprocess

import pytest


class Disk:
    def __init__(self, path, kilobytes):
        self.path, self.ballast = path, path / "ballast"
        path.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", path], capture_output=True, text=True)
        if done.returncode:
            pytest.skip("this machine lets no test mount a small disk: " + done.stderr.strip())

    def fill(self, leaving=0):
        """Takes all the room but so many kilobytes."""
        free = os.statvfs(self.path)
        left = max(free.f_bavail * free.f_bsize - leaving * 1_024, 0)
        with open(self.ballast, "ab") as file:
            while left > 0:
                try:
                    left -= os.write(file.fileno(), bytes(min(left, 65_536)))
                except OSError:
                    break

    def make_room(self):
        self.ballast.unlink(missing_ok=True)

    def close(self):
        subprocess.run(["umount", "--lazy", self.path], check=True)


@pytest.fixture
def disk_of(tmp_path):
    """Mounts small disks, and takes them away again."""
    disks = []

    def mount(path, kilobytes):
        disks.append(Disk(path, kilobytes))
        return disks[-1]

    yield mount
    for disk in reversed(disks):
        disk.close()
