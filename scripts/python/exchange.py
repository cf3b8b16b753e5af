"""What the checks of exported and imported networks share."""

import importlib.util
import os
import subprocess
import sys


class Failed(Exception):
    """A case could not be compared; says why."""


def call(folder, *words, python=sys.executable):
    """Standard output of a command; scripts use the Python. Raises Failed with its sentence."""
    done = subprocess.run([*map(str, words)], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", check=False, env=os.environ | {"PYTHON": str(python)})
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise Failed(f"{words[1]}: {next((line for line in said if line.startswith('error:')), said[-1])}")
    return done.stdout


def module(folder):
    """The exported networks.py, by its path alone."""
    spec = importlib.util.spec_from_file_location("networks_of_an_export", folder / "networks.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made
