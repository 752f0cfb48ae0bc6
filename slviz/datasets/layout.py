"""Which file of a data folder has which role: told by `dataset.toml`, or by well-known names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from slviz.datasets.content import Content, read_bytes, read_text
from slviz.datasets.report import Report
from slviz.errors import nearest
from slviz.files.toml import NotToml, parse_toml

SETTINGS = "dataset.toml"
REQUIRED = ("genes", "pairs")
WELL_KNOWN = {
    "genes": ("genes.txt", "genes.tsv", "genes.csv", "List_Proteins_in_SL.txt"),
    "pairs": ("pairs.tsv", "pairs.csv", "pairs.txt", "SL_Human_FinalCheck.txt"),
    "evidence": ("evidence.tsv", "evidence.csv", "SL_evidence.tsv"),
    "interactions": ("interactions.tsv", "interactions.csv", "interactions.txt", "ppi_edges.tsv"),
    "terms": ("terms.gmt", "go.gmt"),
    "gene_info": ("gene_info.tsv", "gene_info.csv"),
    "classes": ("classes.tsv", "classes.csv"),
}
FEATURE_FILE = re.compile(r"feature_([A-Za-z][A-Za-z0-9-]*)_\d+\.(?:txt|tsv|csv)(?:\.gz)?")
FEATURE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
KNOWN_KEYS = ("title", "citation", "licence", "license", "remark", "synthetic", "files", "features")


@dataclass
class Layout:
    """The files of a folder by role, and what `dataset.toml` says for a person.

    Attributes:
        files: role → file name inside the folder; roles are those of `WELL_KNOWN`.
        features: feature name → file name.
        title, citation, licence, remark, synthetic: as in `GeneGraph`.
    """

    files: dict[str, str] = field(default_factory=dict)
    features: dict[str, str] = field(default_factory=dict)
    title: str = ""
    citation: str = ""
    licence: str = ""
    remark: str = ""
    synthetic: bool = False

    def names(self) -> list[str]:
        """All files, each once, in reading order."""
        return list(dict.fromkeys([*self.files.values(), *self.features.values()]))


def find_layout(folder: Path, report: Report) -> tuple[Layout, list[Content]]:
    """The layout of a folder, with the bytes of `dataset.toml` where there is one; problems go to the report."""
    layout, settings = Layout(), []
    if _is_there(folder / SETTINGS):
        content = read_bytes(folder, SETTINGS, report)
        if content is not None:
            settings.append(content)
            _read_settings(content, folder, layout, report)
    _add_well_known(folder, layout, report)
    for role in REQUIRED:
        if role not in layout.files and not any(problem.file == SETTINGS for problem in report.fatal):
            names = " or ".join(f"'{name}'" for name in WELL_KNOWN[role])
            report.add(
                "", f"holds no file of {role}", f'Name it {names}, or say {role} = "FILE" under [files] in {SETTINGS}.'
            )
    return layout, settings


def _read_settings(content: Content, folder: Path, layout: Layout, report: Report) -> None:
    text = read_text(content, report)
    if text is None:
        return
    try:
        settings = parse_toml(text)
    except NotToml as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else None
        value = text.split("\n")[line - 1].strip() if line and line <= text.count("\n") + 1 else ""
        reason = str(error).split(" (at ")[0]
        report.add(
            SETTINGS,
            f"is not valid TOML ({reason})",
            'Write lines such as title = "My screen".',
            line=line,
            value=value,
        )
        return
    for key in settings.keys() - set(KNOWN_KEYS):
        remedy = f"It is not used.{nearest(key, KNOWN_KEYS)} Keys are: {', '.join(KNOWN_KEYS)}."
        report.add(SETTINGS, "is no key that is known here", remedy, value=key, fatal=False)
    layout.title = _text(settings, "title", report)
    layout.citation = _text(settings, "citation", report)
    layout.licence = _text(settings, "licence", report) or _text(settings, "license", report)
    layout.remark = _text(settings, "remark", report)
    synthetic = settings.get("synthetic", False)
    if not isinstance(synthetic, bool):
        report.add(
            SETTINGS, "is not true or false", "Write synthetic = true or synthetic = false.", value=str(synthetic)
        )
    layout.synthetic = synthetic is True
    for role, name in _named_files(settings, "files", folder, report):
        if role in WELL_KNOWN:
            layout.files[role] = name
        else:
            remedy = f"Take it out.{nearest(role, WELL_KNOWN)} Roles are: {', '.join(WELL_KNOWN)}."
            report.add(SETTINGS, "under [files] is no role of a file", remedy, value=role)
    for feature, name in _named_files(settings, "features", folder, report):
        if FEATURE_NAME.fullmatch(feature):
            layout.features[feature] = name
        else:
            remedy = "Use up to 40 letters, digits, '-' and '_', beginning with a letter."
            report.add(SETTINGS, "cannot be the name of a feature", remedy, value=feature)


def _text(settings: Mapping[str, Any], key: str, report: Report) -> str:
    value = settings.get(key, "")
    if isinstance(value, str):
        return value
    report.add(SETTINGS, f"is not text, as {key} should be", f'Write {key} = "…".', value=str(value))
    return ""


def _named_files(settings: Mapping[str, Any], table: str, folder: Path, report: Report) -> Iterator[tuple[str, str]]:
    """Key and file name of each line of a table that names a file inside the folder."""
    entries = settings.get(table, {})
    if not isinstance(entries, Mapping):
        report.add(SETTINGS, f"is not a table, as {table} should be", f"Write [{table}] on a line.", value=str(entries))
        return
    for key, name in entries.items():
        if not isinstance(name, str) or not name.strip():
            report.add(
                SETTINGS, f"under [{table}] is not a file name", f'Write {key} = "FILE".', value=f"{key} = {name}"
            )
        elif _leaves(name):
            remedy = "Name a file inside the folder, without '..' and without a path from the root."
            report.add(SETTINGS, f"({key}) lies outside the data folder and was not read", remedy, value=name)
        elif not _is_there(folder / name):
            have = sorted(path.name for path in folder.iterdir())
            remedy = f"Put the file there, or correct {key} under [{table}].{nearest(name, have)}"
            report.add(SETTINGS, f"({key}) is not in the folder", remedy, value=name)
        else:
            yield key, name


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # such as a name that is too long for the file system
        return False


def _leaves(name: str) -> bool:
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    absolute = posix.is_absolute() or bool(windows.drive or windows.root)
    return absolute or ".." in posix.parts or ".." in windows.parts or "\0" in name


def _add_well_known(folder: Path, layout: Layout, report: Report) -> None:
    """Fills roles that `dataset.toml` leaves open; what it says about features stands alone."""
    for role, names in WELL_KNOWN.items():
        there = [each for name in names for each in (name, f"{name}.gz") if _is_there(folder / each)]
        if role in layout.files or not there:
            continue
        layout.files[role] = there[0]
        for other in there[1:]:
            remedy = f'Remove one of the two, or say {role} = "FILE" under [files] in {SETTINGS}.'
            report.add(other, f"was not read, since '{there[0]}' has the same role", remedy, fatal=False)
    if layout.features:
        return
    for path in sorted(folder.iterdir()):
        found = FEATURE_FILE.fullmatch(path.name)
        if not found:
            continue
        name = found.group(1)
        if name in layout.features:
            remedy = f"Remove one of the two, or name the one to use under [features] in {SETTINGS}."
            report.add(path.name, f"is a second file for feature '{name}', beside '{layout.features[name]}'", remedy)
        else:
            layout.features[name] = path.name
