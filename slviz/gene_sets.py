"""Named selections of genes: kept beside the runs, one file each, and read from and written as GMT.

    <models>/.gene-sets/<start of the data set's fingerprint>/<SHA-256 of the name>.json

A selection belongs to a data set, whatever run it was drawn on. Symbols are stored, never gene numbers.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import pandas as pd
from jaxtyping import Int64

from slviz.datasets import GeneGraph, Terms
from slviz.datasets.content import without_file
from slviz.datasets.gene_columns import as_key
from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.read_terms import read_terms
from slviz.datasets.report import Report, shown
from slviz.disk.left_over import LeftOver, folders_in, half_written
from slviz.errors import (
    DamagedRun,
    DamagedSelection,
    InvalidSetting,
    MalformedData,
    SelectionExists,
    UnknownSelection,
    nearest,
)
from slviz.files.table_limits import TableTooLarge, unpack_table
from slviz.formulas import guarded
from slviz.runs.damage import LATER, readable
from slviz.runs.files import saving, write_atomically
from slviz.runs.folder import holding
from slviz.runs.manifest import refuse_format
from slviz.runs.parsing import parse_json
from slviz.runs.plain_files import read_if_there
from slviz.runs.schemas import FormatOnly, Integer, Line, Stored, Text
from slviz.tables import UnreadableText, read_text
from slviz.text import escaped, on_one_line, spelt_out, utf8

GENE_SETS = ".gene-sets"
FORMAT = 1
LOCK = ".lock"
LONGEST_NAME = 80
BLANKS = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
"""The usual blank, and every other that Unicode calls a space."""
BUSY = "Somebody else is keeping a selection right now. Try again in a moment."


@dataclass(frozen=True)
class GeneSet:
    """A selection with a name.

    Attributes:
        name: what a person calls it; unique within a data set.
        genes: symbols as the data set writes them, each once, in the data set's order.
        note: how it came about, such as "lasso on the t-SNE map of gat-both-link-3f9c2a81".
        made: when, in UTC, such as "2026-11-22 14:03".
    """

    name: str
    genes: tuple[str, ...]
    note: str = ""
    made: str = ""

    @classmethod
    def of(cls, name: str, graph: GeneGraph, numbers: Iterable[int], *, note: str = "") -> GeneSet:
        """The selection of these genes, made now; raises `InvalidSetting` for a name or a selection that cannot be."""
        chosen = sorted({int(number) for number in numbers})
        if not chosen:
            raise InvalidSetting("No gene is selected, so there is nothing to keep. Select some genes first.")
        made = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M")
        return cls(checked_name(name), tuple(graph.genes[number] for number in chosen), on_one_line(note), made)

    def numbers(self, graph: GeneGraph) -> Int64[np.ndarray, " genes"]:
        """Gene numbers, ascending; a symbol that the data set does not have is left out."""
        known = [graph.number_of[gene] for gene in self.genes if gene in graph.number_of]
        return np.array(sorted(known), dtype=np.int64)


def checked_name(name: str) -> str:
    """A name that can be kept, one blank between its words; raises `InvalidSetting`.

    Blanks of every kind, no-break ones among them, become one usual blank, and letters are composed (NFC), so that
    two names which look alike are one. A tab, a line break and any mark that nobody sees, such as a zero-width or a
    bidirectional one, are refused.
    """
    name = name_as_kept(name)
    if not name:
        raise InvalidSetting("A selection needs a name, such as 'DNA repair lasso'.")
    if len(name) > LONGEST_NAME:
        raise InvalidSetting(f"A name has at most {LONGEST_NAME} letters; this has {len(name):,}. Shorten it.")
    if (seen := spelt_out(name)) != name:
        raise InvalidSetting(
            f"The name '{shown(name)}' holds a tab, a line break or another mark that nobody can see "
            f"({_first_difference(name, seen)}). Type the name anew without it."
        )
    return name


def name_as_kept(name: str) -> str:
    """The name with letters composed and one usual blank between its words."""
    return BLANKS.sub(" ", unicodedata.normalize("NFC", name)).strip(" ")


def fitting_name(name: str) -> str:
    """A name that can be kept, made of any text: unseen marks are spelt out, and what is too long ends in "…"."""
    seen = spelt_out(name_as_kept(on_one_line(name[: 4 * LONGEST_NAME])))
    return seen if len(seen) <= LONGEST_NAME else seen[: LONGEST_NAME - 1].rstrip() + "…"


def _first_difference(name: str, seen: str) -> str:
    """How the first unseen mark of a name is spelt out."""
    return next(escaped(letter) for letter, other in zip(name, seen, strict=False) if letter != other)


class GeneSets:
    """The kept selections of one data set; several people may write at once."""

    def __init__(self, root: Path, fingerprint: str) -> None:
        self.folder = root / GENE_SETS / fingerprint[:16]

    def all(self) -> list[GeneSet]:
        """Every selection, by name without regard to case; a damaged file is passed over: see `damaged`."""
        gene_sets = []
        for path in sorted(self.folder.glob("*.json")):
            with contextlib.suppress(DamagedSelection, FileNotFoundError):  # removed by somebody else a moment ago
                gene_sets.append(_read(path))
        return sorted(gene_sets, key=lambda gene_set: (gene_set.name.casefold(), gene_set.name))

    def damaged(self) -> list[str]:
        """A sentence for every file among the selections that cannot be read."""
        problems = []
        for path in sorted(self.folder.glob("*.json")):
            try:
                _read(path)
            except DamagedSelection as error:
                problems.append(str(error))
            except FileNotFoundError:
                continue
        return problems

    def open(self, name: str) -> GeneSet:
        """The selection of that name; raises `UnknownSelection`, or `DamagedSelection` naming the file."""
        try:
            return _read(self._path(name))
        except FileNotFoundError:
            known = [gene_set.name for gene_set in self.all()]
            listed = nearest(name, known) or (f" There are: {', '.join(known[:8])}." if known else " None is kept yet.")
            raise UnknownSelection(f"No selection of this data set is called '{shown(name)}'.{listed}") from None

    def keep(self, chosen: GeneSet, *, replace: bool = False) -> None:
        """Write a selection, whole or not at all.

        Raises `SelectionExists` where another selection has the name and `replace` is false, `RunNotSaved` where the
        disk refuses.
        """
        path = self._path(chosen.name)
        with holding(self.folder / LOCK, busy=BUSY, tidy=lambda: True, make_folder=True):
            known = self._as_it_is(path)
            if known is not None and not replace and known.genes != chosen.genes:
                raise SelectionExists(
                    f"A selection called '{chosen.name}' is kept already, with {len(known.genes):,} other genes "
                    f"({known.made}). Choose another name, or replace it."
                )
            write_atomically(path, utf8(json.dumps({"format": FORMAT, **asdict(chosen)}, ensure_ascii=False) + "\n"))

    def remove(self, name: str) -> None:
        """Forget a selection; nothing happens where it is gone already."""
        with saving(self.folder):
            self._path(name).unlink(missing_ok=True)

    def _as_it_is(self, path: Path) -> GeneSet | None:
        try:
            return _read(path)
        except (FileNotFoundError, DamagedSelection):  # what is damaged may be written again
            return None

    def _path(self, name: str) -> Path:
        """Of a name as it was kept; else of one that looks the same."""
        exact = self.folder / _file_name(name)
        return exact if exact.exists() else self.folder / _file_name(name_as_kept(name))


class StoredSelection(Stored):
    """The JSON of a kept selection."""

    format: Integer
    name: Text
    genes: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=10_000_000)]
    note: Text = ""
    made: Line = ""


def _read(path: Path) -> GeneSet:
    """Raises `FileNotFoundError`, or `DamagedSelection` naming the file."""
    try:
        content = read_if_there(path)
        if content is None:
            raise FileNotFoundError(path)
        refuse_format(parse_json(content, FormatOnly, path).format, FORMAT, path)
        stored = parse_json(content, StoredSelection, path)
    except DamagedRun as error:
        why = "was written by a later slviz" if LATER in str(error) else "is cut or altered"
        raise DamagedSelection(
            f"The kept selection in {readable(path.name)} {why}. Keep the selection again under its name, or remove "
            f"the file from {GENE_SETS}/{path.parent.name}."
        ) from error
    if path.name != _file_name(stored.name):
        raise DamagedSelection(
            f"The kept selection in {readable(path.name)} is another one, '{shown(stored.name)}'. Remove the file from "
            f"{GENE_SETS}/{path.parent.name}."
        )
    return GeneSet(name=stored.name, genes=stored.genes, note=stored.note, made=stored.made)


def _file_name(name: str) -> str:
    return f"{hashlib.sha256(name.strip().encode(errors='replace')).hexdigest()[:24]}.json"


def left_over_selections(root: Path) -> list[LeftOver]:
    """What was left by those who were killed while they kept a selection in the models folder `root`."""
    left_overs: list[LeftOver] = []
    for folder in folders_in(root / GENE_SETS):
        left_overs += half_written(folder)
        if (folder / LOCK).is_file():
            left_overs.append(LeftOver(folder / LOCK, "a lock", guard=folder / LOCK))
    return [left_over for left_over in left_overs if not left_over.is_in_use]


def to_gmt(sets: Iterable[GeneSet], *, provenance: str) -> bytes:
    """Selections as GMT: name, a note with the provenance, genes; tabs between. One a line.

    A cell that a spreadsheet would run as a formula gets a leading apostrophe, which `read_gmt` takes off.
    """
    lines = [
        "\t".join(map(_cell, [gene_set.name, "; ".join(filter(None, (gene_set.note, provenance))), *gene_set.genes]))
        for gene_set in sets
    ]
    return utf8("".join(f"{line}\n" for line in lines))


def _cell(text: str) -> str:
    return guarded(on_one_line(text))


def read_gmt(content: bytes, file: str, *, graph: GeneGraph, index: GeneIndex) -> tuple[Terms | None, Report]:
    """The sets of a GMT file, plain or packed with gzip, as terms over the genes of `graph`.

    A gene may be given by any of its names; one that no gene answers to is passed over and reported, as is a line
    that is no set. None, with the reason in the report, where nothing could be used.
    """
    report = Report(file)
    try:
        text = read_text(unpack_table(content, file), file)
    except (UnreadableText, TableTooLarge) as error:
        report.add(file, error.what, error.remedy, line=error.line, value=error.value)
        return None, report
    except MalformedData as error:  # damaged gzip
        report.add(file, *without_file(error, file))
        return None, report
    if text.first_guessed is not None:
        line, value = text.first_guessed
        what = f"holds letters beyond ASCII and was read as {text.encoding}, which is a guess"
        report.add(file, what, "Save the file as UTF-8 to be safe.", line=line, value=value, fatal=False)
    genes = pd.Index(graph.genes, dtype=str)
    return read_terms(text.text, file, genes, report, numbering=lambda names: _numbered(names, index)), report


def sets_of(terms: Terms, graph: GeneGraph, *, note: str) -> list[GeneSet]:
    """Each term as a selection of its genes, called by a name that can be kept; a term without genes is none."""
    columns = terms.membership.tocsc()
    spans = zip(columns.indptr[:-1].tolist(), columns.indptr[1:].tolist(), strict=True)
    return [
        GeneSet.of(fitting_name(name) or fitting_name(id), graph, columns.indices[start:stop].tolist(), note=note)
        for id, name, (start, stop) in zip(terms.ids, terms.names, spans, strict=True)
        if stop > start
    ]


def _numbered(names: Sequence[str], index: GeneIndex) -> Int64[np.ndarray, " names"]:
    """The number of the gene that each name means, by any of a gene's names; -1 where it means none or several."""
    key_of = {name: as_key(name, index) for name in dict.fromkeys(names)}
    how = index.map_many(key_of.values()).how
    number_of = dict(zip(how["text"], how["number"], strict=True))
    return np.array([number_of.get(key_of[name].strip(), -1) for name in names], dtype=np.int64)
