"""Named selections of genes: kept beside the runs, one file each, and read from and written as GMT.

    <models>/.gene-sets/<start of the data set's fingerprint>/<SHA-256 of the name>.json

A selection belongs to a data set, whatever run it was drawn on. Symbols are stored, never gene numbers.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Int64

from slviz.datasets import GeneGraph, Terms
from slviz.datasets.content import Content, read_text
from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.read_terms import read_terms
from slviz.datasets.report import Report, shown
from slviz.disk.left_over import LeftOver, folders_in, half_written
from slviz.errors import DamagedSelection, InvalidSetting, SelectionExists, UnknownSelection, nearest
from slviz.runs.files import saving, write_atomically
from slviz.runs.folder import holding

GENE_SETS = ".gene-sets"
LOCK = ".lock"
LONGEST_NAME = 80
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
        return cls(checked_name(name), tuple(graph.genes[number] for number in chosen), _one_line(note), made)

    def numbers(self, graph: GeneGraph) -> Int64[np.ndarray, " genes"]:
        """Gene numbers, ascending; a symbol that the data set does not have is left out."""
        known = [graph.number_of[gene] for gene in self.genes if gene in graph.number_of]
        return np.array(sorted(known), dtype=np.int64)


def checked_name(name: str) -> str:
    """A name that can be kept, without blanks around it; raises `InvalidSetting`."""
    name = name.strip()
    if not name:
        raise InvalidSetting("A selection needs a name, such as 'DNA repair lasso'.")
    if len(name) > LONGEST_NAME:
        raise InvalidSetting(f"A name has at most {LONGEST_NAME} letters; this has {len(name)}.")
    if not name.isprintable():
        raise InvalidSetting(f"The name '{shown(name)}' holds a tab, a line break or the like.")
    return name


class GeneSets:
    """The kept selections of one data set; several people may write at once."""

    def __init__(self, root: Path, fingerprint: str) -> None:
        self.folder = root / GENE_SETS / fingerprint[:16]

    def all(self) -> list[GeneSet]:
        """Every selection, by name without regard to case; a damaged file is passed over."""
        found = []
        for path in sorted(self.folder.glob("*.json")):
            try:
                found.append(_read(path))
            except (DamagedSelection, FileNotFoundError):  # removed by somebody else a moment ago
                continue
        return sorted(found, key=lambda each: (each.name.casefold(), each.name))

    def open(self, name: str) -> GeneSet:
        """The selection of that name; raises `UnknownSelection`, or `DamagedSelection` naming the file."""
        try:
            return _read(self._path(name))
        except FileNotFoundError:
            known = [each.name for each in self.all()]
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
            write_atomically(path, (json.dumps({"format": 1, **asdict(chosen)}, ensure_ascii=False) + "\n").encode())

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
        return self.folder / f"{hashlib.sha256(name.strip().encode()).hexdigest()[:24]}.json"


def _read(path: Path) -> GeneSet:
    """Raises `FileNotFoundError`, or `DamagedSelection` naming the file."""
    try:
        content = json.loads(path.read_bytes())
        texts = [content[key] for key in ("name", "note", "made")]
        if not all(isinstance(each, str) for each in (*texts, *content["genes"])):
            raise TypeError("a value is no text")
        return GeneSet(name=texts[0], genes=tuple(content["genes"]), note=texts[1], made=texts[2])
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedSelection(
            f"The kept selection in {path.name} is cut or altered. Keep the selection again under its name."
        ) from error


def left_over_selections(root: Path) -> list[LeftOver]:
    """What was left by those who were killed while they kept a selection in the models folder `root`."""
    found: list[LeftOver] = []
    for folder in folders_in(root / GENE_SETS):
        found += half_written(folder)
        if (folder / LOCK).is_file():
            found.append(LeftOver(folder / LOCK, "a lock", guard=folder / LOCK))
    return [each for each in found if not each.is_in_use]


def to_gmt(sets: Iterable[GeneSet], *, provenance: str) -> bytes:
    """Selections as GMT: name, a note with the provenance, genes; tabs between. One a line."""
    lines = [
        "\t".join([each.name, "; ".join(filter(None, (each.note, _one_line(provenance)))), *each.genes])
        for each in sets
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def read_gmt(content: bytes, file: str, *, graph: GeneGraph, index: GeneIndex) -> tuple[Terms | None, Report]:
    """The sets of a GMT file, plain or packed with gzip, as terms over the genes of `graph`.

    A gene may be given by any of its names; one that no gene answers to is passed over and reported, as is a line
    that is no set. None, with the reason in the report, where nothing could be used.
    """
    report = Report(file)
    text = read_text(Content(file, content), report)
    if text is None:
        return None, report
    return read_terms(_in_symbols(text, index), file, pd.Index(graph.genes, dtype=str), report), report


def sets_of(terms: Terms, graph: GeneGraph, *, note: str) -> list[GeneSet]:
    """Each term as a selection of its genes."""
    columns = terms.membership.tocsc()
    spans = zip(columns.indptr[:-1].tolist(), columns.indptr[1:].tolist(), strict=True)
    return [
        GeneSet.of(name[:LONGEST_NAME], graph, columns.indices[start:stop].tolist(), note=note)
        for name, (start, stop) in zip(terms.names, spans, strict=True)
    ]


def _in_symbols(text: str, index: GeneIndex) -> str:
    """The text with each gene's symbol in place of its alias or identifier; what is unknown stays as it is."""
    rows = [line.split("\t") for line in text.split("\n")]
    named = dict.fromkeys(cell.strip() for row in rows for cell in row[2:])
    how = index.map_many(named).how
    symbol_of = dict(zip(how["text"], how["gene"], strict=True))
    return "\n".join("\t".join([*row[:2], *(symbol_of.get(cell.strip(), cell) for cell in row[2:])]) for row in rows)


def _one_line(text: str) -> str:
    return " ".join(text.split())
