"""A choice: a named, frozen dataclass of settings; a table of them: `Choices`.

A network, a feature set, a projection, a task and a split are each such a choice. Its fields are
written once and serve the form in the browser, the command line's `key=value`, the JSON in a run
and the hash in the run's name.

    @dataclass(frozen=True)
    class GCN(Choice):
        '''Graph convolution (Kipf & Welling 2017).'''
        name: ClassVar[str] = "gcn"
        layers: int = setting(2, "Message-passing steps", low=1, high=3)

    NETWORKS = Choices("network", MLP, GCN, GAT)
    NETWORKS.make("gcn", layers=3)
"""

from __future__ import annotations

import dataclasses
import functools
import math
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar

from slviz import former_names
from slviz.errors import InvalidSetting, UnknownChoice, nearest

LONGEST_VALUE = 80
"""Letters of a value that a sentence repeats."""


def setting(
    default: Any,
    help: str,
    *,
    label: str | None = None,
    low: float | None = None,
    high: float | None = None,
    options: tuple[Any, ...] | None = None,
    advanced: bool = False,
    omit_default: bool = False,
    omit: Any = None,
) -> Any:
    """A field of a choice, with all that a form, a command line and a check need to know.

    Args:
        default: value when nothing is said; its type is the setting's type.
        help: one sentence that a biologist understands; the form shows it as help text.
        label: what the form calls it; the field's name with spaces when left out.
        low, high: inclusive bounds of a number, which needs both unless it has `options`.
        options: the only values allowed.
        advanced: folded away in the form until asked for.
        omit_default: left out of the JSON while it has its default. A setting that is added to a choice of an earlier
            version needs this: what was stored without it keeps its JSON, and so runs keep their names and maps
            their files.
        omit: the value that the JSON leaves out, and means by leaving it out, where that is not the default: what
            earlier versions did, where a setting comes with a better default.

    Raises `TypeError` for a number without bounds, when the choice is defined.
    """
    if type(default) in (int, float) and options is None and None in (low, high):
        raise TypeError(f"A setting that is a number ({default}) needs low and high: forms and addresses rest on them.")
    metadata = {
        "help": help,
        "label": label,
        "low": low,
        "high": high,
        "options": options,
        "advanced": advanced,
        "omitted": default if omit_default else omit,
    }
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Setting:
    """One setting of a choice, as a form or a command line shows it."""

    key: str
    kind: type
    default: Any
    label: str
    help: str
    low: float | None
    high: float | None
    options: tuple[Any, ...] | None
    advanced: bool
    omitted: Any

    def parse(self, text: str) -> Any:
        """The value that a person typed; raises `InvalidSetting` when it is no such thing."""
        if self.kind is bool:
            words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
            if text.strip().casefold() in words:
                return words[text.strip().casefold()]
        elif self.kind in (int, float):
            try:
                return self.kind(text.strip())
            except ValueError:
                pass
        else:
            return text
        noun = {bool: "true or false", int: "a whole number", float: "a number"}[self.kind]
        raise InvalidSetting(f"{self.key}={_brief(text)} is not {noun}.")

    def check(self, value: Any) -> Any:
        """`value` in the setting's type when it is allowed; raises `InvalidSetting` when not."""
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
            value = float(value)
        if type(value) is not self.kind:
            raise InvalidSetting(
                f"{self.key}={_brief(value)} is a {type(value).__name__}; it should be a {self.kind.__name__}."
            )
        if self.kind is float and not math.isfinite(value):
            raise InvalidSetting(f"{self.key}={value} is not a finite number.")
        if self.options is not None and value not in self.options:
            listed = ", ".join(str(option) for option in self.options)
            raise InvalidSetting(f"{self.key}={_brief(value)} is not one of: {listed}.")
        too_low = self.low is not None and value < self.low
        too_high = self.high is not None and value > self.high
        if too_low or too_high:
            raise InvalidSetting(f"{self.key}={_brief(value)} is outside {self._range()}.")
        return value

    def _range(self) -> str:
        low = "any" if self.low is None else f"{self.low:g}"
        high = "any" if self.high is None else f"{self.high:g}"
        return f"the range {low} to {high}"


def _brief(value: Any) -> str:
    """A value as Python writes it, cut where it is long; a number of thousands of digits cannot be written at all."""
    if isinstance(value, int) and abs(value) >= 10**60:
        return "a number of more than 60 digits"
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


@dataclass(frozen=True)
class Choice:
    """Base of every choice: a name, settings that are checked when it is made, and JSON."""

    name: ClassVar[str]

    def __post_init__(self) -> None:
        for entry in self.settings():
            object.__setattr__(self, entry.key, entry.check(getattr(self, entry.key)))

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """The settings in the order in which a form shows them."""
        return _settings_of(cls)

    @classmethod
    def summary(cls) -> str:
        """The first line of the docstring: one sentence on what this choice is."""
        return (cls.__doc__ or cls.name).strip().splitlines()[0]

    def to_json(self) -> dict[str, Any]:
        """`{"name": …, setting: value, …}`: defaults included, but for values that a setting omits (`setting`)."""
        values = {entry.key: getattr(self, entry.key) for entry in self.settings()}
        omitted = {setting.key: setting.omitted for setting in self.settings() if setting.omitted is not None}
        return {
            "name": self.name,
            **{key: value for key, value in values.items() if key not in omitted or value != omitted[key]},
        }

    def reads(self, graph: Any) -> tuple[str, ...]:
        """Names of the parts of a data set that the choice reads and its fingerprint leaves out (`GeneGraph.digests`).

        What is named here is part of a run's spec: a run on other screens, relations or gene columns is another run.
        """
        return ()

    def replace(self, **settings: Any) -> Self:
        """The same choice with some settings changed."""
        return dataclasses.replace(self, **settings)


@functools.cache  # reading the type hints anew took half the time of listing runs
def _settings_of(choice: type[Choice]) -> tuple[Setting, ...]:
    kinds = typing.get_type_hints(choice)
    return tuple(
        Setting(
            key=field.name,
            kind=kinds[field.name],
            default=field.default,
            label=field.metadata["label"] or field.name.replace("_", " ").capitalize(),
            help=field.metadata["help"],
            low=field.metadata["low"],
            high=field.metadata["high"],
            options=field.metadata["options"],
            advanced=field.metadata["advanced"],
            omitted=field.metadata["omitted"],
        )
        for field in dataclasses.fields(choice)
    )


C = TypeVar("C", bound=Choice)


class Choices(Mapping[str, type[C]], Generic[C]):
    """A literal table of choices of one kind, by name, in the order given.

    A former name (`slviz.former_names`) finds its choice too; what lists the table lists the names of today.
    """

    def __init__(self, kind: str, *classes: type[C]) -> None:
        self.kind = kind
        self._classes = {choice.name: choice for choice in classes}

    def __getitem__(self, name: str) -> type[C]:
        try:
            return self._classes[former_names.choice(self.kind, name)]
        except KeyError:
            raise UnknownChoice(
                f"No {self.kind} is called '{name}'.{nearest(str(name), self._classes)} "
                f"There are: {', '.join(self._classes)}."
            ) from None

    def __contains__(self, name: object) -> bool:
        return former_names.choice(self.kind, name) in self._classes

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)

    def make(self, name: str, **settings: Any) -> C:
        """The choice of that name with these settings; the rest keep their defaults."""
        cls = self[name]
        known = {entry.key for entry in cls.settings()}
        settings = {former_names.setting(cls.name, key): value for key, value in settings.items()}
        for key in settings:
            if key not in known:
                has = ", ".join(sorted(known)) or "no settings"
                raise InvalidSetting(
                    f"The {self.kind} '{name}' has no setting '{key}'.{nearest(key, known)} It has: {has}."
                )
        return cls(**settings)

    def from_json(self, stored: Mapping[str, Any]) -> C:
        """The choice that `Choice.to_json` wrote."""
        if not isinstance(stored, Mapping) or not isinstance(stored.get("name"), str):
            raise InvalidSetting(f"A {self.kind} is stored as an object with a name; found {stored!r}.")
        settings = {key: value for key, value in stored.items() if key != "name"}
        choice = self[stored["name"]]
        omitted = {setting.key: setting.omitted for setting in choice.settings() if setting.omitted is not None}
        named = {former_names.setting(choice.name, key): value for key, value in settings.items()}
        return self.make(choice.name, **(omitted | named))
