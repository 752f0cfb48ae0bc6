"""Which file of a data folder has which role: told by `dataset.toml`, or by well-known names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from slviz.datasets.content import Content, read_bytes, read_text
from slviz.datasets.nouns import PICTURE, Nouns
from slviz.datasets.report import Report
from slviz.errors import nearest
from slviz.files.toml import UnreadableToml, parse_toml

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
    "screens": ("screens.tsv", "screens.csv"),
    "gene_columns": ("gene_columns.tsv", "gene_columns.csv"),
    "public_split": ("public_split.tsv", "public_split.csv"),
    "pictures": (
        "pictures.npz",
        "images.npz",
        "images-idx3-ubyte",
        "train-images-idx3-ubyte",
        "t10k-images-idx3-ubyte",
    ),
    "labels": ("labels-idx1-ubyte", "train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"),
}
PICTURE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".ppm", ".pgm"})
MOST_PICTURE_FILES = 100_000
"""Files of pictures in a folder; many more are better kept in one `.npz`."""
FEATURE_FILE = re.compile(r"feature_([A-Za-z][A-Za-z0-9-]*)_\d+\.(?:txt|tsv|csv)(?:\.gz)?")
FEATURE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
RELATION_FILE = re.compile(r"(paralogs|families|relation_[A-Za-z][A-Za-z0-9-]*)\.(?:txt|tsv|csv)(?:\.gz)?")
GENE_SET_FILE = re.compile(r"(sets_[A-Za-z][A-Za-z0-9-]*)\.gmt(?:\.gz)?")
MOST_NAMED = 100
"""Files under one heading of `dataset.toml`."""
NOUN = re.compile(r"[A-Za-z][A-Za-z0-9 '-]{0,39}")
TABLES = ("files", "features", "relations", "gene_sets")
TEXTS = ("title", "citation", "licence", "license", "remark", "organism", "thing", "pair", "missing")
REFUSE, MEAN, MEDIAN, ZERO = "refuse", "mean", "median", "zero"
MISSING = (REFUSE, MEAN, MEDIAN, ZERO)
"""What is done about missing values in feature files."""
KNOWN_KEYS = (*TEXTS, "synthetic", *TABLES)


@dataclass
class Layout:
    """The files of a folder by role, and what `dataset.toml` says for a person.

    Attributes:
        files: role → file name inside the folder; roles are those of `WELL_KNOWN`.
        features: feature name → file name.
        relations: name of a relation between genes, such as "paralogs" → file name.
        gene_sets: name of a collection of gene sets, such as "pfam" → file name.
        picture_files: files of one picture each, where the folder has no table of genes and no file of pictures.
        nouns: the organism, and what things and pairs are called.
        missing: what is done about missing values in feature files, of `MISSING`.
        title, citation, licence, remark, synthetic: as in `GeneGraph`.
    """

    files: dict[str, str] = field(default_factory=dict)
    features: dict[str, str] = field(default_factory=dict)
    relations: dict[str, str] = field(default_factory=dict)
    gene_sets: dict[str, str] = field(default_factory=dict)
    picture_files: tuple[str, ...] = ()
    nouns: Nouns = field(default_factory=Nouns)
    missing: str = REFUSE
    title: str = ""
    citation: str = ""
    licence: str = ""
    remark: str = ""
    synthetic: bool = False

    def names(self) -> list[str]:
        """All files, each once, in reading order."""
        return list(dict.fromkeys(self.roles().values()))

    def roles(self) -> dict[str, str]:
        """File name by what the file is: a role, or "feature NAME", "relation NAME", "gene set NAME"."""
        named = {"feature": self.features, "relation": self.relations, "gene set": self.gene_sets}
        further = {f"{kind} {name}": file for kind, files in named.items() for name, file in files.items()}
        pictures = {f"picture {number}": file for number, file in enumerate(self.picture_files)}
        return {**self.files, **further, **pictures}

    @property
    def has_pictures(self) -> bool:
        """Whether the folder is one of pictures, which need neither a list of genes nor pairs."""
        return "pictures" in self.files or bool(self.picture_files)


def find_layout(folder: Path, report: Report) -> tuple[Layout, list[Content]]:
    """The layout of a folder, with the bytes of `dataset.toml` where there is one; problems go to the report."""
    layout, settings = Layout(), []
    if _is_there(folder / SETTINGS):
        content = read_bytes(folder, SETTINGS, report)
        if content is not None:
            settings.append(content)
            _read_settings(content, folder, layout, report)
    _add_well_known(folder, layout, report)
    if not layout.has_pictures and not any(role in layout.files for role in REQUIRED):
        arrays = sorted(path.name for path in folder.glob("*.npz"))
        if len(arrays) == 1:
            layout.files["pictures"] = arrays[0]
    if not layout.has_pictures and not any(role in layout.files for role in REQUIRED):
        layout.picture_files = _picture_files(folder, report)
    if layout.has_pictures:
        layout.nouns = _of_pictures(layout.nouns)
        return layout, settings
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
    except UnreadableToml as error:
        line = error.line
        value = text.split("\n")[line - 1].strip() if line and line <= text.count("\n") + 1 else ""
        report.add(
            SETTINGS,
            f"is not valid TOML ({error.reason})",
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
    for table, what, files in (
        ("features", "a feature", layout.features),
        ("relations", "a relation", layout.relations),
        ("gene_sets", "a collection of gene sets", layout.gene_sets),
    ):
        for key, name in _named_files(settings, table, folder, report):
            if FEATURE_NAME.fullmatch(key):
                files[key] = name
            else:
                remedy = "Use up to 40 letters, digits, '-' and '_', beginning with a letter."
                report.add(SETTINGS, f"cannot be the name of {what}", remedy, value=key)
    layout.nouns = _nouns(settings, report)
    layout.missing = _text(settings, "missing", report).strip() or REFUSE
    if layout.missing not in MISSING:
        remedy = f"Write one of: {', '.join(MISSING)}.{nearest(layout.missing, MISSING)}"
        report.add(SETTINGS, "is no rule for missing values in features", remedy, value=layout.missing)


def _nouns(settings: Mapping[str, Any], report: Report) -> Nouns:
    """The words of a data set, each of few letters, since they stand in sentences and headings."""
    said = {key: " ".join(_text(settings, key, report).split()) for key in ("organism", "thing", "pair")}
    for key, word in said.items():
        if word and not NOUN.fullmatch(word):
            remedy = f'Write a word or two for {key}, in letters, digits, blanks, "-" and "\'", up to 40 of them.'
            report.add(SETTINGS, f"cannot be what {key} is called", remedy, value=word)
            said[key] = ""
    return Nouns(**{key: word for key, word in said.items() if word})


def _of_pictures(nouns: Nouns) -> Nouns:
    """The words of a data set of pictures, where it says no others."""
    thing = PICTURE if nouns.are_genes else nouns.thing
    return Nouns(organism=nouns.organism, thing=thing, pair="pair" if nouns.are_lethal else nouns.pair)


def _picture_files(folder: Path, report: Report) -> tuple[str, ...]:
    """Files of pictures in a folder and in its folders, which are classes; in the order of their names."""
    places = [folder, *sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))]
    files = [
        path.relative_to(folder).as_posix()
        for place in places
        for path in sorted(place.iterdir())
        if path.suffix.lower() in PICTURE_ENDINGS and not path.name.startswith(".")
    ]
    if len(files) > MOST_PICTURE_FILES:
        what = f"holds {len(files):,} files of pictures, more than the {MOST_PICTURE_FILES:,} that are read"
        report.add("", what, "Keep them in one .npz, or take a sample.")
        return ()
    return tuple(files)


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
    if len(entries) > MOST_NAMED:
        what = f"names {len(entries):,} files under [{table}], more than the {MOST_NAMED} that are read"
        report.add(SETTINGS, what, "Name only those that are needed.")
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
        there = [file_name for name in names for file_name in (name, f"{name}.gz") if _is_there(folder / file_name)]
        if role in layout.files or not there:
            continue
        layout.files[role] = there[0]
        for other in there[1:]:
            remedy = f'Remove one of the two, or say {role} = "FILE" under [files] in {SETTINGS}.'
            report.add(other, f"was not read, since '{there[0]}' has the same role", remedy, fatal=False)
    for files, pattern, prefix, what, table in (
        (layout.features, FEATURE_FILE, "", "feature", "features"),
        (layout.relations, RELATION_FILE, "relation_", "relation", "relations"),
        (layout.gene_sets, GENE_SET_FILE, "sets_", "the gene sets", "gene_sets"),
    ):
        if not files:
            _add_by_pattern(files, folder, pattern, prefix=prefix, what=what, table=table, report=report)


def _add_by_pattern(
    files: dict[str, str], folder: Path, pattern: re.Pattern[str], *, prefix: str, what: str, table: str, report: Report
) -> None:
    """Adds the files of a folder whose names say what they are."""
    for path in sorted(folder.iterdir()):
        match = pattern.fullmatch(path.name)
        if not match:
            continue
        name = match.group(1).removeprefix(prefix)
        if name in files:
            remedy = f"Remove one of the two, or name the one to use under [{table}] in {SETTINGS}."
            report.add(path.name, f"is a second file for {what} '{name}', beside '{files[name]}'", remedy)
        else:
            files[name] = path.name
