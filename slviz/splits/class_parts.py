"""Which genes of a split classes are learnt from and evaluated on, and whether there are enough."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int64

from slviz.datasets.classes import GeneClasses
from slviz.errors import DataError
from slviz.splits.pair_split import PairSplit

SAMPLED_NEIGHBOURS = 5
"""Of a gene, between which and itself SMOTE makes genes up, as in its paper."""
ADVICE = "Choose larger classes, another fold or split_seed, or a larger validation_share."


def genes_of(classes: GeneClasses, split: PairSplit, part: str) -> Int64[np.ndarray, " genes"]:
    """Numbers of the genes of a part that have a class."""
    return np.flatnonzero(classes.labelled & (split.gene_part == part))


def refuse_poor_parts(classes: GeneClasses, split: PairSplit) -> None:
    """Raises `DataError` where training lacks a class, or validation or test has genes of fewer than two."""
    learnt = np.unique(classes.label[genes_of(classes, split, "train")])
    absent = [name for number, name in enumerate(classes.names) if number not in learnt]
    if absent:
        raise DataError(f"No gene of class '{absent[0]}' is left to learn from in this fold. {ADVICE}")
    for part in ("validation", "test"):
        present = np.unique(classes.label[genes_of(classes, split, part)])
        if len(present) < 2:
            alone = [f"genes of '{classes.names[number]}' alone" for number in present]
            only = alone[0] if alone else "no gene with a class"
            raise DataError(f"The {part} part of this split has {only}, so nothing can be told apart. {ADVICE}")


def refuse_few_to_sample(classes: GeneClasses, split: PairSplit) -> None:
    """Raises `DataError` where a class has too few genes in training for each to have `SAMPLED_NEIGHBOURS` others."""
    count = np.bincount(classes.label[genes_of(classes, split, "train")], minlength=len(classes.names))
    few = int(count.argmin())
    if count[few] <= SAMPLED_NEIGHBOURS:
        raise DataError(
            f"over_sampling=smote takes each gene's {SAMPLED_NEIGHBOURS} nearest of its class, so a class needs "
            f"{SAMPLED_NEIGHBOURS + 1} genes to learn from; '{classes.names[few]}' has {count[few]}. Take "
            "over_sampling=none, which weighs the errors on rare classes by class_weights, or larger classes."
        )
