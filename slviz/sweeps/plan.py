"""What a sweep trains: lists of networks, feature sets, tasks, protocols, folds and seeds, turned into specs."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from slviz import former_names
from slviz.choices import Choices
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting, SlvizError, nearest
from slviz.runs.settings_parser import choices_from_words
from slviz.runs.spec import DEFAULTS as spec_defaults
from slviz.runs.spec import TABLES, RunSpec, default_names
from slviz.runs.spec_validation import SpecValidation
from slviz.splits import publications
from slviz.text import sentences

DEFAULTS = {
    **{part: (name,) for part, name in spec_defaults.items()},
    "fold": ("0",),
    "publication": ("",),
    "seed": ("0",),
}
"""What a sweep takes of an axis that nobody mentions."""
AXES = tuple(DEFAULTS)
ALL = "all"
LARGEST = "largest:"
MOST_RUNS = 5_000
"""Of one sweep, those that are refused included."""
MOST_SETTINGS = 200
"""Of one line of a sweep."""
MOST_DIGITS = 18
"""Of a number that is typed; Python turns no number of thousands of digits into an integer."""


@dataclass(frozen=True)
class SweepEntry:
    """One line of a sweep: every combination of these is wanted.

    Attributes:
        axes: for some of `AXES`, the values as they were typed.
        settings: `key=value`; each goes to the combinations that have such a setting.
        where: what to call this line in a message, such as "line 3 of runs.txt".
    """

    axes: Mapping[str, Sequence[str]]
    settings: Sequence[str] = ()
    where: str = ""

    def values(self, axis: str) -> Sequence[str]:
        """The values of an axis by their names of today, its default where nothing was said."""
        values = self.axes.get(axis) or DEFAULTS[axis]
        kind = TABLES[axis].kind if axis in TABLES else ""
        return [former_names.choice(kind, value) for value in values]


@dataclass(frozen=True)
class Refused:
    """Combinations that cannot be trained, and the sentence that says why."""

    what: tuple[str, ...]
    reason: str
    where: str = ""

    def __str__(self) -> str:
        named = ", ".join(self.what[:3]) + (f" and {len(self.what) - 3} more" if len(self.what) > 3 else "")
        place = f"{self.where}: " if self.where else ""
        return sentences(f"{place}{named}: {self.reason}" if named else f"{place}{self.reason}")


@dataclass(frozen=True)
class Plan:
    """The runs of a sweep, each once and in the order asked for, and what cannot be among them."""

    runs: tuple[RunSpec, ...]
    refused: tuple[Refused, ...] = field(default=())


def make_plan(graph: GeneGraph, entries: Sequence[SweepEntry], *, source: str) -> Plan:
    """Every combination of every entry on `graph` that can be trained, and why the others cannot.

    Args:
        graph: the data set.
        entries: what is wanted, a line each.
        source: where `graph` was opened from.
    """
    validation = SpecValidation(graph)
    runs: dict[str, RunSpec] = {}
    refused: dict[tuple[str, str], list[str]] = {}
    left = MOST_RUNS
    listed: Listed = functools.cache(lambda: tuple(publications(graph)))
    planned: set[str] = set()
    for entry in entries:
        try:
            _refuse_too_many(entry, left)
            combinations = list(itertools.islice(_combinations(listed, entry), left + 1))
            if len(combinations) > left:
                raise _too_many()
            left -= len(combinations)
        except SlvizError as error:
            refused.setdefault((entry.where, str(error)), [])
            if isinstance(error, _TooMany):
                break
            continue
        for names, words, seed in combinations:
            key = str((names, words, seed))
            if key in planned:
                continue
            try:
                spec = _spec(graph, names, words, seed=seed, source=source)
                validation.check(spec)
                runs.setdefault(spec.run_id, spec)
                planned.add(key)
            except SlvizError as error:
                refused.setdefault((entry.where, str(error)), []).append(_said(names, words, seed))
    left_out = (Refused(tuple(what), reason, where) for (where, reason), what in refused.items())
    return Plan(tuple(runs.values()), tuple(left_out))


def _refuse_too_many(entry: SweepEntry, left: int) -> None:
    """`InvalidSetting` where the lists of an entry alone make more runs than may still be added."""
    if len(entry.settings) > MOST_SETTINGS:
        raise InvalidSetting(f"{len(entry.settings):,} settings are more than the {MOST_SETTINGS} that are read.")
    held_out = max(1, min(len(entry.values("fold")), len(entry.values("publication"))))
    if math.prod(len(entry.values(axis)) for axis in (*TABLES, "seed")) * held_out > left:
        raise _too_many()


class _TooMany(InvalidSetting):
    """A sweep would have more runs than it may."""


def _too_many() -> InvalidSetting:
    return _TooMany(
        f"A sweep has at most {MOST_RUNS:,} runs, and with this there are more; it is left out, and what follows it. "
        "Shorten the lists, or make several sweeps one after the other."
    )


Combination = tuple[dict[str, str], list[str], str]
Listed = Callable[[], Sequence[str]]
"""The publications of the data set, the largest first; counted when they are first asked for."""


def _combinations(listed: Listed, entry: SweepEntry) -> Iterator[Combination]:
    """Names, settings and seed of each combination; raises where the line itself makes no sense."""
    unknown = set(entry.axes) - set(AXES)
    if unknown:
        name = sorted(unknown)[0]
        raise InvalidSetting(f"A sweep has no list called '{name}'.{nearest(name, AXES)} It has: {', '.join(AXES)}.")
    parts = {part: entry.values(part) for part in TABLES}
    parts["split"] = tuple(dict.fromkeys(split for task in parts["task"] for split in _splits_of(entry, task)))
    settings = _fitting(parts, entry.settings)
    for chosen in itertools.product(*parts.values(), entry.values("seed")):
        names, seed = dict(zip(parts, chosen[:-1], strict=True)), chosen[-1]
        if names["split"] not in _splits_of(entry, names["task"]):
            continue
        words = [word for word in entry.settings if settings[word] & set(names.items())]
        for held_out in _held_out(listed, names["split"], entry, words):
            yield names, [*words, *held_out], seed


def _splits_of(entry: SweepEntry, task: str) -> Sequence[str]:
    """The splits that were named; where none was, the one that this task is asked by, as `train` takes it."""
    if entry.axes.get("split"):
        return entry.values("split")
    return (default_names(TABLES["task"].get(task))["split"],)


def _fitting(parts: Mapping[str, Sequence[str]], words: Sequence[str]) -> dict[str, set[tuple[str, str]]]:
    """For each `key=value`, the (part, name) that have such a setting; raises where none has."""
    fitting: dict[str, set[tuple[str, str]]] = {}
    keys: set[str] = set()
    for word in words:
        typed, equals, _ = word.partition("=")
        if not equals:
            raise InvalidSetting(f"'{word}' is not a setting. Write key=value, such as epochs=200.")
        part, _, key = typed.strip().rpartition(".")
        fitting[word] = set()
        for table, names in parts.items():
            for name in names:
                has = _keys(TABLES[table], name)
                keys |= has
                today = former_names.setting(former_names.choice(TABLES[table].kind, name), key)
                if today in has and part in ("", table):
                    fitting[word].add((table, name))
        if not fitting[word] and all(name in TABLES[table] for table, names in parts.items() for name in names):
            raise InvalidSetting(f"Nothing chosen here has a setting '{typed.strip()}'.{nearest(key, keys)}")
    return fitting


def _keys(table: Choices, name: str) -> set[str]:
    return {setting.key for setting in table[name].settings()} if name in table else set()


def _held_out(listed: Listed, split: str, entry: SweepEntry, words: Sequence[str]) -> Iterator[list[str]]:
    """What a protocol holds out in turn: its folds, its publications, or the one thing that it can."""
    known = _keys(TABLES["split"], split)
    said = {word.partition("=")[0].rpartition(".")[2] for word in words}
    if "fold" in known and "fold" not in said:
        yield from ([f"split.fold={fold}"] for fold in _folds(entry.values("fold"), words))
    elif "publication" in known and "publication" not in said:
        yield from (
            [f"split.publication={publication}"] for publication in _publications(listed, entry.values("publication"))
        )
    elif split == "file":
        raise InvalidSetting("The split 'file' needs a file of test pairs: train it with `train --test-pairs FILE`.")
    else:
        yield []


def _folds(values: Sequence[str], words: Sequence[str]) -> list[str]:
    if list(values) != [ALL]:
        return list(values)
    said = [word.partition("=")[2] for word in words if word.partition("=")[0].rpartition(".")[2] == "folds"]
    count = (_number(said[0]) if said else None) or 5
    if count > MOST_RUNS:
        raise _too_many()
    return [str(fold) for fold in range(count)]


def _number(typed: str) -> int | None:
    """A whole number from 0 on; None where it is none, and where it is longer than any that is meant."""
    return int(typed) if typed.isdecimal() and len(typed) <= MOST_DIGITS else None


def _publications(listed: Listed, values: Sequence[str]) -> list[str]:
    """The publications by name; `largest:6` stands for the six with most pairs of their own."""
    named: list[str] = []
    for value in values:
        if not value.startswith(LARGEST):
            named.append(value)
        elif (count := _number(value.removeprefix(LARGEST))) is not None:
            named += listed()[:count]
        else:
            raise InvalidSetting(f"--publication {value}: write a number, such as {LARGEST}6.")
    return named


def _spec(graph: GeneGraph, names: Mapping[str, str], words: Sequence[str], *, seed: str, source: str) -> RunSpec:
    number = _number(seed.strip())
    if number is None:
        raise InvalidSetting(f"seed={seed!r} is not a whole number from 0 to 2147483647.")
    choices: dict[str, Any] = choices_from_words(names, words)
    return RunSpec.of(
        graph,
        source=source,
        seed=number,
        **choices,
    )


def _said(names: Mapping[str, str], words: Sequence[str], seed: str) -> str:
    """A combination in short, such as "gat both link one-new fold=2"."""
    parts = [names[part] for part in ("network", "features", "task", "split")]
    held_out = [word.removeprefix("split.") for word in words if word.startswith(("split.fold=", "split.publication="))]
    return " ".join([*parts, *held_out, *([f"seed={seed}"] if seed != "0" else [])])
