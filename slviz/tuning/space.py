"""What a search may try: settings as lists (`width=32,64`) and ranges (`dropout=0.0..0.6`, `…:log`)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slviz.choices import Setting
from slviz.errors import InvalidSetting
from slviz.runs.settings_parser import owner
from slviz.runs.spec import TABLES

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

RANGE, LIST, LOG = "..", ",", ":log"
USUAL = (
    "learning_rate=0.001..0.02:log",
    "width=32,64,128",
    "layers=1..3",
    "heads=1,2,4,8",
    "dropout=0.0..0.6",
    "weight_decay=1e-05..0.01:log",
)
"""What is tried when nobody says; each where the chosen network has such a setting."""
MOST_IN_GRID = 10_000
DIGITS = 3
"""Significant ones, of a number drawn from a range."""


@dataclass(frozen=True)
class Tried:
    """One setting that a search varies.

    Attributes:
        key: as it was typed: `width` or `network.width`.
        values: the values of a list; () for a range.
        low, high: the ends of a range, both included.
        log: whether a range is tried evenly in its logarithm.
    """

    key: str
    values: tuple[Any, ...] = ()
    low: Any = None
    high: Any = None
    log: bool = False

    def distribution(self) -> BaseDistribution:
        """What Optuna calls it."""
        from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

        if self.values:
            return CategoricalDistribution(self.values)
        kind = IntDistribution if isinstance(self.low, int) else FloatDistribution
        return kind(self.low, self.high, log=self.log)

    def used(self, value: Any) -> Any:
        """What is trained for a value that was drawn: from a range, three digits, which name a run and can be typed."""
        if self.values or not isinstance(value, float):
            return value
        return shortened(value, self.low, self.high)

    def grid(self) -> tuple[Any, ...]:
        """Every value; raises `InvalidSetting` for a range of numbers with a point."""
        if self.values:
            return self.values
        if not isinstance(self.low, int):
            raise InvalidSetting(
                f"A grid needs a list of {self.key}, such as {self.key}={self.low:g},{self.high:g}; a range has no end."
            )
        return tuple(range(self.low, self.high + 1))

    def __str__(self) -> str:
        if self.values:
            return f"{self.key}={LIST.join(_text(value) for value in self.values)}"
        return f"{self.key}={_text(self.low)}{RANGE}{_text(self.high)}{LOG if self.log else ''}"


def shortened(value: float, low: float, high: float) -> float:
    """The nearest number of three digits that lies between the ends of a range."""
    return min(max(float(f"{value:.{DIGITS}g}"), low), high)


def split_words(names: Mapping[str, str], words: Sequence[str]) -> tuple[list[str], list[Tried]]:
    """The `key=value` words that hold still, and what is varied; `USUAL` where nothing is.

    Raises `InvalidSetting` for a value outside its setting's range, an empty range, a setting that nothing has.
    """
    settings = {part: {setting.key: setting for setting in TABLES[part][names[part]].settings()} for part in TABLES}
    fixed: list[str] = []
    tried: list[Tried] = []
    for word in words:
        key, _, text = word.partition("=")
        if RANGE in text or LIST in text:
            tried.append(_tried(key.strip(), text, owner(key.strip(), settings, names)[1]))
        else:
            fixed.append(word)
    if tried:
        return fixed, tried
    held = {word.partition("=")[0].rpartition(".")[2] for word in fixed}
    known = {key for of_part in settings.values() for key in of_part}
    for word in USUAL:
        key, _, text = word.partition("=")
        if key in known and key not in held:
            tried.append(_tried(key, text, owner(key, settings, names)[1]))
    if not tried:
        raise InvalidSetting(
            "Nothing is left to vary. Give a list or a range, such as width=32,64 or dropout=0.0..0.6."
        )
    return fixed, tried


def grid_of(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """Every combination, the last setting varying fastest; raises `InvalidSetting` for too many."""
    values = [axis.grid() for axis in tried]
    count = 1
    for axis_values in values:
        count *= len(axis_values)
    if count > MOST_IN_GRID:
        raise InvalidSetting(f"This grid has {count:,} combinations; give shorter lists, or take --sampler tpe.")
    return [
        dict(zip((axis.key for axis in tried), combination, strict=True)) for combination in itertools.product(*values)
    ]


def words_for(values: Mapping[str, Any]) -> list[str]:
    """Values that were tried, as `key=value`."""
    return [f"{key}={_text(value)}" for key, value in values.items()]


def _tried(key: str, text: str, setting: Setting) -> Tried:
    if LIST in text:
        values = tuple(dict.fromkeys(setting.check(setting.parse(word)) for word in text.split(LIST)))
        return Tried(key, values=values)
    if setting.kind not in (int, float):
        raise InvalidSetting(f"{key}={text}: only a number has a range. Give a list, such as {key}=a{LIST}b.")
    log = text.endswith(LOG)
    low, _, high = text.removesuffix(LOG).partition(RANGE)
    ends = [setting.check(setting.parse(end)) for end in (low, high)]
    if ends[0] >= ends[1]:
        raise InvalidSetting(f"{key}={text}: the first number of a range is the smaller one.")
    if log and ends[0] <= 0:
        raise InvalidSetting(f"{key}={text}: a range with {LOG} begins above 0.")
    return Tried(key, low=ends[0], high=ends[1], log=log)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, float) else str(value)
