"""GMT files: one named set of genes a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import scipy.sparse as sp
from jaxtyping import Int64

from slviz.datasets.gmt_lines import SetLine, are_id_first, groups_of, set_lines
from slviz.datasets.graph import Terms
from slviz.datasets.read_genes import nearest_phrase
from slviz.datasets.report import SHOWN, Report
from slviz.tables import is_missing

NAME_AND_ID = re.compile(r"(.*\S)\s*\(([^()\s]+:[^()\s]+)\)")  # "DNA repair (GO:0006281)"
Numbering = Callable[[Sequence[str]], Int64[np.ndarray, " members"]]
"""The number of the gene that each name means, -1 where it means none or several."""


def read_terms(
    text: str,
    file: str,
    genes: pd.Index,
    report: Report,
    *,
    numbering: Numbering | None = None,
    counted_as: str = "terms",
) -> Terms | None:
    """The sets of a GMT file: name (with its id in parentheses), description, genes; tabs between.

    A description that several sets share is their group; one that follows an identifier is the set's name
    (`slviz.datasets.gmt_lines`). Genes that are not in the list are counted and left out; so are terms that then
    have no gene, and missing marks. `numbering` finds genes by more than their symbol; `counted_as` is what the
    report calls the sets. None, with a fatal problem in
    the report, where no set has a gene of the list.
    """
    sets = set_lines(text, file, report)
    if not sets and report.fatal:
        return None
    id_first = are_id_first(sets)
    sets = _without_repeats(sets, file, report)
    member = np.array([cell for gene_set in sets for cell in gene_set.members], dtype=object)
    term = np.repeat(np.arange(len(sets)), [len(gene_set.members) for gene_set in sets])
    lines = np.array([gene_set.line for gene_set in sets], dtype=np.int64)
    number = numbering or _by_symbol(genes)
    gene = number(member.tolist())
    _report_genes_as_descriptions(sets, number, file, report)
    inside = gene >= 0
    _report_strangers(member[~inside], lines[term[~inside]], file, genes, report)
    kept: list[int] = np.unique(term[inside]).tolist()
    if not kept:
        report.add(
            file, "holds no term with a gene of the list", "Check that it is a GMT file with the list's symbols."
        )
        return None
    report.skip(file, len(sets) - len(kept))
    table = sp.csr_array(
        (np.ones(inside.sum(), dtype=bool), (gene[inside], np.searchsorted(kept, term[inside]))),
        shape=(len(genes), len(kept)),
    )
    table.sum_duplicates()
    table.data[:] = True
    report.read[counted_as] = len(kept)
    groups = [""] * len(sets) if id_first else groups_of(sets)
    titles = [_name_and_id(sets[number]) for number in kept]
    return Terms(
        ids=tuple(identifier for _, identifier in titles),
        names=tuple(
            sets[number].second or name if id_first and not sets[number].ours else name
            for number, (name, _) in zip(kept, titles, strict=True)
        ),
        groups=tuple(groups[number] for number in kept),
        membership=table,
    )


def _report_genes_as_descriptions(sets: Sequence[SetLine], number: Numbering, file: str, report: Report) -> None:
    """Says so where genes stand in the second column of every set: then the file may have no descriptions."""
    foreign = [line for line in sets if not line.ours]
    if foreign and (number([line.second for line in foreign]) >= 0).all():
        what = f"has genes in the second column, such as '{foreign[0].second}', which is read as a description"
        remedy = "Write a description, or na, between the name of a set and its genes if the genes begin there."
        report.add(file, what, remedy, line=foreign[0].line, fatal=False)


def _by_symbol(genes: pd.Index) -> Numbering:
    """Genes by their symbol alone, letter by letter; then without the quotation marks around it."""

    def numbered(names: Sequence[str]) -> Int64[np.ndarray, " members"]:
        numbers = genes.get_indexer(pd.Index(names, dtype=object)).astype(np.int64)
        for row in np.flatnonzero(numbers < 0).tolist():
            name = names[row]
            if name[:1] == name[-1:] == '"' and len(name) > 2:
                numbers[row] = genes.get_indexer(pd.Index([name[1:-1].strip()], dtype=object))[0]
        return numbers

    return numbered


def _name_and_id(gene_set: SetLine) -> tuple[str, str]:
    """Name and identifier of a term; a title without an id in parentheses serves as both."""
    match = None if gene_set.ours else NAME_AND_ID.fullmatch(gene_set.title)
    return (gene_set.title, gene_set.title) if match is None else (match.group(1), match.group(2))


def _without_repeats(sets: Sequence[SetLine], file: str, report: Report) -> list[SetLine]:
    first: dict[str, int] = {}
    identifier = {gene_set.line: _name_and_id(gene_set)[1] for gene_set in sets}
    again = [
        gene_set.line
        for gene_set in sets
        if first.setdefault(identifier[gene_set.line], gene_set.line) != gene_set.line
    ]
    report.add_rows(
        file,
        "is a term that was there before; the first one is used",
        "Give every term an identifier of its own.",
        lines=again,
        values=[identifier[line] for line in again[:SHOWN]],
    )
    report.skip(file, len(again))
    dropped = set(again)
    return [gene_set for gene_set in sets if gene_set.line not in dropped]


def _report_strangers(names: np.ndarray, lines: np.ndarray, file: str, genes: pd.Index, report: Report) -> None:
    """Notes genes of terms that are not in the list, and missing marks: each once."""
    once = ~np.asarray(pd.Series(names, dtype=object).duplicated(), dtype=bool)
    names, lines = names[once], lines[once]
    marks = np.array([is_missing(name) for name in names], dtype=bool)
    report.add_rows(
        file,
        "is a missing mark and no gene, and was passed over",
        "Nothing needs to be done.",
        lines=lines[marks],
        values=names[marks][:SHOWN].tolist(),
    )
    listed = names[~marks][:SHOWN].tolist()
    report.add_rows(
        file,
        "is in a term and not in the gene list, and was passed over",
        "Nothing needs to be done if the terms are of a larger set of genes.",
        lines=lines[~marks],
        values=listed,
        details=[nearest_phrase(name, genes) for name in listed],
    )
