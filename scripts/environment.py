"""The virtual environments that the other scripts use: made once, renewed when requirements change."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDER = CHECKOUT / ".venv"
BINARY = "Scripts/python.exe" if os.name == "nt" else "bin/python"
PYTHON = FOLDER / BINARY
ANNDATA = CHECKOUT / ".venv-anndata"


def ensure(requirements: str) -> Path:
    """The environment's Python, with everything in the requirements file installed.

    A stamp in the environment remembers what was installed, so a second call costs nothing.
    Ends the program with a sentence when Python is too old or pip fails.
    """
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        sys.exit(f"slviz needs Python 3.11 to 3.13; this is {sys.version.split()[0]}. Run it with another python3.")
    stamp = FOLDER / f"{requirements}.installed"
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(CHECKOUT.glob("requirements*.txt"))))
    if PYTHON.is_file() and stamp.is_file() and stamp.read_text() == wanted.hexdigest():
        return PYTHON
    print(f"Installing {requirements} into .venv: about 2 GB, a few minutes, once.", flush=True)
    if not PYTHON.is_file():
        _make_environment(FOLDER)
    if _install(PYTHON, requirements):
        sys.exit("pip could not install the requirements; what it says above names the package. Then run this again.")
    stamp.write_text(wanted.hexdigest())
    return PYTHON


def ensure_anndata() -> None:
    """An environment of its own for anndata, which wants an older pandas; without it a test is skipped."""
    requirements = CHECKOUT / "requirements-anndata.txt"
    python, stamp = ANNDATA / BINARY, ANNDATA / f"{requirements.name}.installed"
    if python.is_file() and stamp.is_file() and stamp.read_text() == requirements.read_text():
        return
    print(f"Installing {requirements.name} into {ANNDATA.name}: about 400 MB, a minute, once.", flush=True)
    if not python.is_file():
        _make_environment(ANNDATA)
    if _install(python, requirements.name):
        print("pip could not install it; the test that opens .h5ad files with anndata is skipped.", flush=True)
    else:
        stamp.write_text(requirements.read_text())


def _install(python: Path, requirements: str) -> int:
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-q", "-r", requirements]
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode


def _make_environment(folder: Path) -> None:
    try:
        venv.create(folder, with_pip=True, clear=folder.exists())
    except subprocess.CalledProcessError:
        sys.exit("Python could not make a virtual environment; on Debian or Ubuntu, install python3-venv first.")


def run(python: Path, *arguments: str) -> int:
    """The exit code of `python arguments…`, run in the checkout."""
    try:
        return subprocess.run([str(python), *arguments], cwd=CHECKOUT, check=False).returncode
    except KeyboardInterrupt:
        return 130
