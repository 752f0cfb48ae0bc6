"""An entry of a docstring that several parameters share (`low, high: inclusive bounds`) is read as one for each."""

from __future__ import annotations

import re
from typing import Any

import griffe

SHARED = re.compile(r"^(?P<margin> +)(?P<names>\w+(?:, \w+)+): ")


class SharedParameters(griffe.Extension):
    """Repeats an entry that several parameters share, once for each."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called by griffe for every object that it has read."""
        if obj.docstring is not None:
            obj.docstring.value = separated(obj.docstring.value)


def separated(docstring: str) -> str:
    """The docstring with an entry for each parameter."""
    lines, separate = docstring.splitlines(), []
    while lines:
        shared = SHARED.match(lines[0])
        if shared is None:
            separate.append(lines.pop(0))
            continue
        entry = [lines.pop(0)]
        while lines and lines[0].startswith(shared["margin"] + " "):
            entry.append(lines.pop(0))
        for name in shared["names"].split(", "):
            separate += [entry[0].replace(shared["names"], name, 1), *entry[1:]]
    return "\n".join(separate)
