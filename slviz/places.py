"""Where things lie: the program's own files, and what a person makes with it.

In a checkout both are the checkout. Installed, the program's files (entry script, pages, demo, finished runs) come with
the package, and runs and data live in the platform's folder for a user's data.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).resolve().parent
CARRIED = PACKAGE / "program"
"""What a wheel carries beside the library; in a checkout there is no such folder."""


def importable() -> Path:
    """The folder from which Python imports slviz."""
    return PACKAGE.parent


def program() -> Path:
    """The folder of app.py, pages, the demo and the finished runs that come with slviz."""
    return CARRIED if CARRIED.is_dir() else PACKAGE.parent


def own() -> Path:
    """The folder below which a person's runs (`models`) and data sets (`data`) are kept unless told otherwise."""
    return Path(platformdirs.user_data_dir("slviz", appauthor=False)) if CARRIED.is_dir() else PACKAGE.parent


def app() -> Path:
    """The entry script of the dashboard."""
    return program() / "app.py"


def pages() -> Path:
    """The folder of the pages."""
    return program() / "pages"


def shipped_runs() -> Path:
    """The folder of the finished runs that come with slviz."""
    return program() / "models"


def models() -> Path:
    """Where runs are written: `SLVIZ_MODELS`, else `models` in a person's own folder."""
    named = os.environ.get("SLVIZ_MODELS")
    return Path(named).expanduser() if named else own() / "models"


def carried_data() -> Path:
    """The folder of the data sets that come with slviz."""
    return program() / "data"


def own_data() -> Path:
    """Where data sets that are fetched or made are written."""
    return own() / "data"
