"""Agreement: how many of a gene's nearest neighbours stay the same from one embedding to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int64

PERMUTATIONS = 20


@dataclass(frozen=True, eq=False)
class Null:
    """What chance gives: the same figure with the genes' names permuted in one of the embeddings.

    Attributes:
        mean: over the permutations.
        spread: its standard deviation over them.
        highest: the highest of them.
        permutations: how many there were.
    """

    mean: float
    spread: float
    highest: float
    permutations: int

    @classmethod
    def of(cls, values: Float[np.ndarray, " permutations"]) -> Null:
        return cls(float(values.mean()), float(values.std(ddof=1)), float(values.max()), len(values))


@dataclass(frozen=True, eq=False)
class Agreement:
    """How alike two embeddings of the same genes are. G genes.

    Attributes:
        shared: float32 [G], share (0 to 1) of each gene's nearest that are its nearest in both.
        neighbours: how many nearest genes are compared.
        null: the mean of `shared` where names are permuted.
    """

    shared: Float32[np.ndarray, " genes"]
    neighbours: int
    null: Null

    @property
    def mean(self) -> float:
        """Share of nearest neighbours that are the same, over all genes."""
        return float(self.shared.mean())


def neighbour_agreement(
    one: Int64[np.ndarray, "compared count"],
    other: Int64[np.ndarray, "compared count"],
    *,
    genes: Int64[np.ndarray, " compared"] | None = None,
    of: int | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> Agreement:
    """How many of each gene's nearest are the same in `one` and in `other`, lists of gene numbers [C, k].

    The null keeps both embeddings as they are and permutes which gene is which in the other one, so that
    genes that are everybody's neighbour stay so.

    Args:
        one, other: nearest genes, a row a gene.
        genes: whose rows these are, ascending, where they are a sample; its names are then permuted among themselves,
            and so are those of all others.
        of: how many genes there are; as many as rows when left out.
        permutations: of the null.
        seed: of the permutations.
    """
    shared = _shared(one, other)
    every = len(one) if of is None else of
    rows = np.arange(len(one)) if genes is None else genes
    orders = permuted_names(every, permutations, seed=seed) if len(rows) == every else []
    draws = [_shared(one, renamed(other, order)).mean() for order in orders]
    if not orders:
        random = np.random.default_rng(seed)
        draws = [_shared(one, _renamed_sample(other, rows, every, random)).mean() for _ in range(permutations)]
    return Agreement(shared.astype(np.float32), one.shape[1], Null.of(np.array(draws)))


def _renamed_sample(nearest: np.ndarray, genes: np.ndarray, every: int, random: np.random.Generator) -> np.ndarray:
    """The lists of a sample [C, k] under new names, those of the sample permuted and those of all others permuted."""
    order = np.empty(every, dtype=np.int64)
    rest = np.setdiff1d(np.arange(every), genes)
    places = random.permutation(len(genes))
    order[genes], order[rest] = genes[places], random.permutation(rest)
    named = np.empty_like(nearest)
    named[places] = order[nearest]
    return named


def renamed(
    nearest: Int64[np.ndarray, "genes count"], order: Int64[np.ndarray, " genes"]
) -> Int64[np.ndarray, "genes count"]:
    """The same lists when gene g is called `order[g]`: row `order[g]` holds the new names of g's nearest."""
    named = np.empty_like(nearest)
    named[order] = order[nearest]
    return named


def permuted_names(genes: int, permutations: int, *, seed: int) -> list[Int64[np.ndarray, " genes"]]:
    """So many permutations of the genes' numbers, by chance."""
    random = np.random.default_rng(seed)
    return [random.permutation(genes) for _ in range(permutations)]


def _shared(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """[G] share of each row of `one` that is in the same row of `other`."""
    row = np.arange(len(one))[:, None] * (1 + max(int(one.max(initial=0)), int(other.max(initial=0))))
    return np.isin(one + row, other + row).mean(axis=1)  # a gene's numbers never meet another gene's
