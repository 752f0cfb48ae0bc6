"""The child of `run_limited`: bounds itself, runs one function, and writes what came of it to standard output."""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import traceback
from typing import Any

from slviz.errors import SlvizError
from slviz.files.limited import DEFECT, ERROR, MEMORY, VALUE

GRACE_SECONDS = 2


def main() -> None:
    """Read function and arguments from standard input; write a kind and a content, pickled."""
    memory, seconds = (int(word) for word in sys.argv[1:3])
    answer = os.dup(1)
    os.dup2(2, 1)  # what the function prints is no answer
    _bound("RLIMIT_CORE", 0)
    _bound("RLIMIT_CPU", seconds, hard=seconds + GRACE_SECONDS)
    function, arguments, more = pickle.load(sys.stdin.buffer)
    _bound("RLIMIT_DATA", _data_bytes() + memory)
    content = _answer(function, arguments, more)
    with os.fdopen(answer, "wb") as out:
        out.write(content)
    os._exit(0)  # nothing is left to tidy, and freeing much memory takes time


def _answer(function: Any, arguments: Any, more: Any) -> bytes:
    try:
        return pickle.dumps((VALUE, function(*arguments, **more)), protocol=5)
    except SlvizError as error:
        error.__cause__ = error.__context__ = None
        return pickle.dumps((ERROR, error))
    except MemoryError:
        return pickle.dumps((MEMORY, None))
    except Exception:  # a defect of ours or of a library: the server writes it into its log
        return pickle.dumps((DEFECT, traceback.format_exc()))


def _bound(kind: str, soft: int, *, hard: int | None = None) -> None:
    """Bound this process, where the system can."""
    with contextlib.suppress(ImportError, AttributeError, ValueError, OSError):
        import resource  # not on Windows

        number = getattr(resource, kind)
        most = resource.getrlimit(number)[1]
        wanted = soft if hard is None else hard
        ceiling = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(number, (min(soft, ceiling), ceiling))


def _data_bytes() -> int:
    """Memory that this process has set aside for data so far; 0 where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError), open("/proc/self/status", "rb") as status:  # noqa: PTH123
        return next(int(line.split()[1]) << 10 for line in status if line.startswith(b"VmData"))
    return 0


if __name__ == "__main__":
    main()
