"""Reading a sweep from a file: one line of options an entry, or TOML with a table `[[runs]]` for each."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from slviz.errors import InvalidSetting
from slviz.files.toml import UnreadableToml, parse_toml
from slviz.runs.damage import readable
from slviz.sweeps.plan import AXES, Refused, SweepEntry

LARGEST_BYTES = 16 << 20
LARGEST_TOML_BYTES = 1 << 20
SETTINGS = "settings"
RUNS = "runs"


def read_entries(path: Path, *, beside: SweepEntry) -> tuple[list[SweepEntry], list[Refused]]:
    """The entries of a file, and its lines that cannot be understood.

    What a line does not say is taken from `beside`, the options of the command line; its settings are
    added to each line's own. Raises `InvalidSetting` where the file cannot be read at all.
    """
    text = _text_of(path)
    read = _toml if path.suffix == ".toml" else _lines
    entries, refused = read(text, path.name)
    if not entries and not refused:
        raise InvalidSetting(f"{path.name} names no runs. A line looks like: --network gat gcn --fold 0 1 2")
    return [_joined(entry, beside) for entry in entries], refused


def _text_of(path: Path) -> str:
    """The text of the file, which may be a pipe of the shell."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            raise InvalidSetting(f"{readable(path.name)} is larger than {LARGEST_BYTES >> 20} MiB; a sweep is a list.")
        return content.decode("utf-8-sig")
    except FileNotFoundError as error:
        where = readable(str(path))
        raise InvalidSetting(f"There is no file {where} with runs for the sweep. Give the path of one.") from error
    except (OSError, ValueError) as error:
        raise InvalidSetting(
            f"The file {readable(path.name)} with the runs of the sweep cannot be read: {readable(str(error))}."
        ) from error


def words_to_entry(words: Sequence[str], *, where: str = "") -> SweepEntry:
    """The entry that options like `--network gat gcn epochs=50` describe; raises `InvalidSetting`."""
    axes: dict[str, list[str]] = {}
    settings: list[str] = []
    axis = ""
    for word in words:
        if word.startswith("--"):
            axis = word.removeprefix("--")
            if axis not in AXES:
                raise InvalidSetting(f"'{readable(word)}' is not a list of a sweep. There are: --{', --'.join(AXES)}.")
            axes.setdefault(axis, [])
        elif "=" in word:
            settings.append(word)
        elif axis:
            axes[axis].append(word)
        else:
            raise InvalidSetting(f"'{readable(word)}' stands before the first option, such as --network.")
    for name, values in axes.items():
        if not values:
            raise InvalidSetting(f"--{name} is followed by nothing.")
    return SweepEntry(axes, settings, where)


def _joined(entry: SweepEntry, beside: SweepEntry) -> SweepEntry:
    said = {word.partition("=")[0] for word in entry.settings}
    others = [word for word in beside.settings if word.partition("=")[0] not in said]
    return SweepEntry({**beside.axes, **entry.axes}, [*others, *entry.settings], entry.where)


def _lines(text: str, name: str) -> tuple[list[SweepEntry], list[Refused]]:
    entries, refused = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        where = f"line {number} of {name}"
        try:
            words = shlex.split(line, comments=True)
            if words:
                entries.append(words_to_entry(words, where=where))
        except (ValueError, InvalidSetting) as error:
            refused.append(Refused((), str(error), where))
    return entries, refused


def _toml(text: str, name: str) -> tuple[list[SweepEntry], list[Refused]]:
    try:
        content = parse_toml(text, most_bytes=LARGEST_TOML_BYTES)
    except UnreadableToml as error:
        raise InvalidSetting(f"{readable(name)} is no TOML that can be read: {readable(str(error))}.") from error
    tables = content.pop(RUNS, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InvalidSetting(f"{name}: write each group of runs under [[{RUNS}]].")
    entries, refused = [], []
    for number, table in enumerate(tables or [content], start=1):
        where = f"group {number} of {name}" if tables else name
        try:
            own = {**content, **table} if tables else content
            settings = {**_settings_in(content), **_settings_in(table)}
            entries.append(_table(own, settings, where))
        except InvalidSetting as error:
            refused.append(Refused((), str(error), where))
    return entries, refused


def _settings_in(table: Mapping[str, Any]) -> Mapping[str, Any]:
    settings = table.get(SETTINGS, {})
    if not isinstance(settings, dict) or any(isinstance(value, list | dict) for value in settings.values()):
        raise InvalidSetting(f"'{SETTINGS}' is a table of single values, such as {{ epochs = 50 }}.")
    return settings


def _table(table: Mapping[str, Any], settings: Mapping[str, Any], where: str) -> SweepEntry:
    axes = {}
    for axis, values in table.items():
        if axis == SETTINGS:
            continue
        if axis not in AXES:
            raise InvalidSetting(
                f"'{readable(axis)}' is not a list of a sweep. There are: {', '.join(AXES)}, {SETTINGS}."
            )
        if isinstance(values, dict) or (
            isinstance(values, list) and any(isinstance(value, list | dict) for value in values)
        ):
            raise InvalidSetting(f"'{axis}' is a list of names or numbers, such as [0, 1].")
        axes[axis] = [str(value) for value in (values if isinstance(values, list) else [values])]
    return SweepEntry(axes, [f"{key}={_text(value)}" for key, value in settings.items()], where)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
