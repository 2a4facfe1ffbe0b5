"""Copies of the program that know fewer or more steps of the schema."""
import shutil
import subprocess

from installation import PROGRAM

RESOURCES = "rapport_Database.resources/Migrations"


def copied(folder, change):
    """The program in a folder of its own; `change` gets the folder of its migrations."""
    folder.mkdir(parents=True)
    shutil.copy(PROGRAM, folder / "rapport")
    for resources in PROGRAM.resolve().parent.glob("rapport_*.resources"):
        shutil.copytree(resources, folder / resources.name)
    change(folder / RESOURCES)
    return folder / "rapport"


def older(folder, steps):
    """Knows the first so many steps only."""
    def forget(migrations):
        for file in sorted(migrations.glob("*.sql"))[steps:]:
            file.unlink()
    return copied(folder, forget)


def folder_of(folder, steps):
    """A data folder with a schema of so many steps. The program that made it may miss later tables then, and stop by itself."""
    data = folder / "data"
    serving = subprocess.Popen(
        [older(folder / "older", steps), "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL)
    serving.stdout.readline()
    serving.terminate()
    serving.communicate(timeout=30)
    return data


def steps():
    return len(list((PROGRAM.resolve().parent / RESOURCES).glob("*.sql")))
