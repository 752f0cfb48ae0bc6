"""Network: what every entry of the table of networks has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from slviz.choices import Choice


@dataclass(frozen=True)
class Network(Choice):
    """Settings of an encoder that gives every gene an embedding."""

    name: ClassVar[str]
