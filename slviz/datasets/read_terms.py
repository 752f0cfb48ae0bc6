"""GMT files: one named set of genes a line."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import scipy.sparse as sp

from slviz.datasets.graph import Terms
from slviz.datasets.read_genes import nearest_phrase
from slviz.datasets.report import SHOWN, Report

NAME_AND_ID = re.compile(r"(.+?)\s*\(([^()\s]+:[^()\s]+)\)")  # "DNA repair (GO:0006281)"


def read_terms(text: str, file: str, genes: pd.Index, report: Report) -> Terms | None:
    """The sets of a GMT file: name (with its id in parentheses), group or description, genes; tabs between.

    Genes that are not in the list are counted and left out; so are terms that then have no gene.
    """
    lines = text.split("\n")
    split = [line.rstrip().split("\t") for line in lines]
    whole = [number for number, cells in enumerate(split) if len(cells) >= 3 and cells[0].strip()]
    short = [number for number, cells in enumerate(split) if lines[number].strip()]
    short = sorted(set(short) - set(whole))
    report.add_rows(
        file,
        "is not a term with its genes",
        "Write: name, tab, group, tab, genes with tabs between them.",
        lines=[number + 1 for number in short],
        values=[lines[number] for number in short[:SHOWN]],
    )
    report.skip(file, len(short))
    whole = _without_repeats(whole, split, file, report)
    size = np.array([len(split[number]) - 2 for number in whole], dtype=np.int64)
    member = np.array([cell.strip() for number in whole for cell in split[number][2:]], dtype=object)
    term = np.repeat(np.arange(len(whole)), size)
    gene = genes.get_indexer(pd.Index(member, dtype=genes.dtype))
    inside = gene >= 0
    stranger = ~inside & (member != "")
    _report_strangers(member[stranger], np.array(whole, dtype=np.int64)[term[stranger]], file, genes, report)
    kept = np.unique(term[inside])
    if not len(kept):
        report.add(
            file, "holds no term with a gene of the list", "Check that it is a GMT file with the list's symbols."
        )
        return None
    report.skip(file, len(whole) - len(kept))
    titles = [_name_and_id(split[whole[number]][0].strip()) for number in kept]
    table = sp.csr_array(
        (np.ones(inside.sum(), dtype=bool), (gene[inside], np.searchsorted(kept, term[inside]))),
        shape=(len(genes), len(kept)),
    )
    table.sum_duplicates()
    table.data[:] = True
    report.read["terms"] = len(kept)
    return Terms(
        ids=tuple(identifier for _, identifier in titles),
        names=tuple(name for name, _ in titles),
        groups=tuple(split[whole[number]][1].strip() for number in kept),
        membership=table,
    )


def _name_and_id(title: str) -> tuple[str, str]:
    """Name and identifier of a term; a title without an id in parentheses serves as both."""
    found = NAME_AND_ID.fullmatch(title)
    return (found.group(1), found.group(2)) if found else (title, title)


def _without_repeats(whole: list[int], split: list[list[str]], file: str, report: Report) -> list[int]:
    first: dict[str, int] = {}
    identifier = {number: _name_and_id(split[number][0].strip())[1] for number in whole}
    again = [number for number in whole if first.setdefault(identifier[number], number) != number]
    report.add_rows(
        file,
        "is a term that was there before; the first one is used",
        "Give every term an identifier of its own.",
        lines=[number + 1 for number in again],
        values=[identifier[number] for number in again[:SHOWN]],
    )
    report.skip(file, len(again))
    dropped = set(again)
    return [number for number in whole if number not in dropped]


def _report_strangers(names: np.ndarray, lines: np.ndarray, file: str, genes: pd.Index, report: Report) -> None:
    """Notes genes of terms that are not in the list: each name once."""
    once = ~np.asarray(pd.Series(names).duplicated())
    listed = names[once][:SHOWN].tolist()
    report.add_rows(
        file,
        "is in a term and not in the gene list, and was passed over",
        "Nothing needs to be done if the terms are of a larger set of genes.",
        lines=lines[once] + 1,
        values=listed,
        details=[nearest_phrase(name, genes) for name in listed],
    )
