"""What the processes that serve pages are started with."""

from __future__ import annotations

import os

from slviz import places

LITTLE_MEMORY = {"MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Each visitor's page runs in a thread of its own. By itself glibc sets memory aside for every thread, and pyarrow
keeps what it once had; `benchmarks/session_memory.py` measures what that takes."""


def server_environment(**own: str) -> dict[str, str]:
    """The environment of a process that serves pages: `own` and `LITTLE_MEMORY` where nothing else is set already."""
    path = os.pathsep.join(filter(None, [str(places.importable()), os.environ.get("PYTHONPATH")]))
    return {**LITTLE_MEMORY, **own, **os.environ, "PYTHONPATH": path}
