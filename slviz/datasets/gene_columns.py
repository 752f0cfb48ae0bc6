"""Which column of a foreign table names the genes of its rows, and whether its heading does so instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from slviz.datasets.gene_index import GeneIndex
from slviz.tables import Table, finite_numbers, is_missing, is_number, unguarded

FIRST = 30
"""So many cells tell whether a column is one of numbers."""
LOOKED_AT = 4000
"""So many different cells, spread over a column, tell whether it names genes."""
FEWEST = 0.1
"""A column with a smaller share of names of genes needs many of them, or a title that promises genes."""
MANY = 20
HALF = 0.5
SURELY = 20
"""So many titles that are genes are no chance, however many other genes a genome-wide heading has."""
PROMISES = re.compile(
    r"(?:^|[\W_])(?:genes?|symbols?|entrez|ensembl|ncbi|hgnc|uniprot|locus|proteins?|ids?|names?)(?:$|[\W_]|id|name)",
    re.IGNORECASE,
)
ENTREZ = re.compile(r"entrez|ncbi|locuslink", re.IGNORECASE)
COUNTS = re.compile(r"(?:^|[\W_])(?:n|no|nr|num|number|count|counts|size|length|rank)(?:$|[\W_])", re.IGNORECASE)


@dataclass(frozen=True)
class GeneColumn:
    """A column whose cells name genes.

    Attributes:
        name: of the column.
        genes: how many different genes of the data set it names.
        numbers: whether its cells are numbers, which may be Entrez ids.
    """

    name: str
    genes: int
    numbers: bool


def gene_columns(table: Table, index: GeneIndex) -> list[GeneColumn]:
    """The columns that name genes, the one that names most of them first.

    A column of numbers counts only where no column of text names genes, and where its numbers differ, are no mere
    numbering of the rows, and its title does not speak of counts.
    """
    columns = [_told(table, name, index) for name in table.names]
    there = [column for column in columns if column is not None]
    return sorted(there, key=_place)


def _place(column: GeneColumn) -> tuple[bool, int, bool]:
    """Columns of text first, but for Entrez ids that are called so; then those with most genes."""
    mere_numbers = column.numbers and not ENTREZ.search(column.name)
    return mere_numbers, -column.genes, not _promises(column.name)


def genes_in_heading(table: Table, index: GeneIndex) -> int:
    """How many genes the titles of the columns name, where that is more than chance makes them; else 0."""
    if table.heading is None:
        return 0
    titles = [name for name in table.names if not is_number(name)]
    genes = len(index.map_many(titles).genes)
    return genes if genes >= min(max(2, FEWEST * len(titles)), SURELY) else 0


def as_key(cell: str, index: GeneIndex) -> str:
    """A cell as the name of a gene: without the apostrophe that slviz puts before what a spreadsheet would run."""
    return bare if (bare := unguarded(cell)) != cell and index.is_exact(bare) else cell


def _told(table: Table, name: str, index: GeneIndex) -> GeneColumn | None:
    some = [cell for cell in table.cells[name][:FIRST].tolist() if not is_missing(cell)]
    numbers = sum(is_number(cell) and not index.is_symbol(cell) for cell in some) > HALF * len(some)
    if numbers and not _may_be_ids(table, name):
        return None
    cells = _sample(table.cells[name])
    if not cells:
        return None
    mapped = index.map_many(cells)
    genes = len(mapped.genes)
    if len(mapped.ambiguous) > genes:
        return None  # lists of genes, such as those of a term
    enough = genes >= FEWEST * len(cells) or genes >= MANY or (genes > 0 and _promises(name) and not numbers)
    return GeneColumn(name, genes, numbers) if enough and genes else None


def _sample(column: np.ndarray) -> list[str]:
    """Different cells of a column that are not missing, spread evenly over it."""
    cells = [cell for cell in dict.fromkeys(column.tolist()) if not is_missing(cell) or cell.isalpha()]
    step = max(len(cells) // LOOKED_AT, 1)
    return cells[::step]


def _may_be_ids(table: Table, name: str) -> bool:
    """Whether a column of numbers may hold Entrez ids: whole ones that differ, and neither counts nor a numbering."""
    titled = table.heading is not None and not (table.row_names and name == table.names[0])
    if COUNTS.search(name) or not (_promises(name) if titled else name == table.names[0]):
        return False
    values = finite_numbers(table.cells[name])
    there = values[np.isfinite(values)]
    if not len(there) or (there != np.floor(there)).any() or there.min() < 1:
        return False
    if len(np.unique(there)) < HALF * len(there):
        return False  # a count repeats
    return len(there) < 3 or not bool((np.diff(there) == 1).all())


def _promises(title: str) -> bool:
    return PROMISES.search(title) is not None
