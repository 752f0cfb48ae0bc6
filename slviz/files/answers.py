"""What a child process answers, taken back without running anything that it names.

The child has read a file of a stranger's with libraries in C. Were it taken over, its answer must not be able to call
functions in the server: of what a pickle may name, only plain values, arrays, and slviz's own records and errors pass.
"""

from __future__ import annotations

import dataclasses
import io
import pickle
from typing import Any

from slviz.errors import SlvizError, as_it_was

OF_LIBRARIES = frozenset(
    {
        ("builtins", "bytearray"),
        ("builtins", "complex"),
        ("builtins", "frozenset"),
        ("builtins", "set"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"),
        ("numpy._core.numeric", "_frombuffer"),
        ("pathlib", "Path"),
        ("pathlib", "PosixPath"),
        ("pathlib", "WindowsPath"),
        ("scipy.sparse._csr", "csr_array"),
    }
)
"""What values of slviz's readers are made of."""


class ForeignAnswer(pickle.UnpicklingError):
    """An answer is no pickle of a kind and a content, or names something that no reader of slviz answers with."""


class _Answers(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if (module_name, global_name) in OF_LIBRARIES:
            return super().find_class(module_name, global_name)
        if module_name.partition(".")[0] == "slviz" and "." not in global_name:
            named = super().find_class(module_name, global_name)
            if named is as_it_was or _is_record(named):
                return named
        raise ForeignAnswer(f"an answer names {module_name}.{global_name}")


def _is_record(named: object) -> bool:
    return isinstance(named, type) and (issubclass(named, SlvizError) or dataclasses.is_dataclass(named))


def taken_back(answer: bytes) -> tuple[str, Any]:
    """The kind and content in an answer; raises `ForeignAnswer` for one that names anything else, or is none."""
    try:
        kind, content = _Answers(io.BytesIO(answer)).load()
    except ForeignAnswer:
        raise
    except Exception as error:  # bytes of a stranger make a pickle raise anything
        raise ForeignAnswer(f"an answer cannot be read: {type(error).__name__}") from error
    return str(kind), content
