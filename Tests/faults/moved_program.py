"""The program runs from any folder with its resources beside it, even when the folder it was built in is gone."""
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.request

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "browser"))
from installation import PROGRAM, ROOT, Installation


@pytest.fixture
def moved(tmp_path):
    """A copy of the program, with the build folder out of sight."""
    place = tmp_path / "opt"
    place.mkdir()
    for resources in PROGRAM.parent.glob("*.resources"):
        shutil.copytree(resources, place / resources.name)
    shutil.copy(PROGRAM, place / "rapport")
    hidden = ROOT / ".build-out-of-sight"
    os.rename(ROOT / ".build", hidden)
    try:
        yield place / "rapport"
    finally:
        os.rename(hidden, ROOT / ".build")


def test_a_moved_program_serves_pages_and_styles_without_its_build_folder(moved, tmp_path):
    installation = Installation(tmp_path, program=moved).start()
    try:
        page = urllib.request.urlopen(installation.setup_link(), timeout=10).read().decode()
        style = page.split('rel="stylesheet" href="')[1].split('"')[0]
        assert urllib.request.urlopen(installation.url + style, timeout=10).status == 200
    finally:
        installation.stop()


def test_a_program_without_its_resources_says_which_folder_is_missing(moved, tmp_path):
    shutil.rmtree(moved.parent / "rapport_Rapport.resources")
    done = subprocess.run(
        [moved, "serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 78
    assert "rapport_Rapport.resources is missing" in done.stderr
    assert len(done.stderr.splitlines()) == 1
