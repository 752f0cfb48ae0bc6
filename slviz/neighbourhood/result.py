"""Neighbourhood: the genes around a gene, the edges between them, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float32, Int64

from slviz.neighbourhood.attention_index import Direction

# What the pair of a gene and the centre is.
CENTRE = "centre"
KNOWN = "known, in training"
HELD_OUT = "known, held out"
PREDICTED = "predicted"
OTHER = "edge, not a known pair"
FURTHER = "two hops away"
RELATIONS = (KNOWN, HELD_OUT, PREDICTED, OTHER, FURTHER)

# Where an edge lies.
SPOKE = "spoke"
OUTER = "outer"
AMONG = "among"


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """A gene, the genes around it and the edges between them. N genes, M edges.

    Attributes:
        run_id: of the run that it was read from.
        genes: int64 [N], gene numbers: the centre, its neighbours by falling attention, predicted
            partners by falling score, then genes two steps away.
        symbols, names: text [N].
        hops: int64 [N], 0 for the centre, 1 for neighbours and predicted partners, 2 beyond.
        relation: text [N], "centre" or one of `RELATIONS`: what the pair of gene and centre is.
        attention: float32 [N], weight of the edge between gene and centre in the direction asked
            for; NaN where there is none.
        attention_back: float32 [N], the same in the other direction.
        score: float32 [N], the network's score of the pair with the centre; NaN where there is none.
        dataset_score: float32 [N], the data set's score of a known pair; NaN where there is none.
        evidence, pubmed: text [N] of a known pair, joined by ";"; "" otherwise.
        degree: int64 [N], number of known partners, held-out ones included.
        edges: int64 [2, M], gene numbers, source → target; a predicted pair runs from the centre.
        weight: float32 [M], attention; NaN for a predicted pair and without attention.
        place: text [M]: "spoke" (between centre and neighbour), "outer" (to a gene two hops
            away), "predicted", or "among" (any other edge between genes shown).
        kind: text [M], what the pair of an edge is: one of `RELATIONS` but the last.
        self_weight: the centre's attention to itself, which is not drawn; NaN where there is none.
        hidden: how many neighbours of the centre are not shown.
        hidden_weight: their part of the attention; NaN where there is none.
        direction, layer, head: as asked for; None is the mean.
        statement: sentences that say what the weights are and what is not shown.
    """

    run_id: str
    genes: Int64[np.ndarray, " genes"]
    symbols: np.ndarray
    names: np.ndarray
    hops: Int64[np.ndarray, " genes"]
    relation: np.ndarray
    attention: Float32[np.ndarray, " genes"]
    attention_back: Float32[np.ndarray, " genes"]
    score: Float32[np.ndarray, " genes"]
    dataset_score: Float32[np.ndarray, " genes"]
    evidence: np.ndarray
    pubmed: np.ndarray
    degree: Int64[np.ndarray, " genes"]
    edges: Int64[np.ndarray, "2 edges"]
    weight: Float32[np.ndarray, " edges"]
    place: np.ndarray
    kind: np.ndarray
    self_weight: float
    hidden: int
    hidden_weight: float
    direction: Direction
    layer: int | None
    head: int | None
    statement: tuple[str, ...]

    @property
    def centre(self) -> int:
        """Number of the gene in the middle."""
        return int(self.genes[0])

    @property
    def weighted(self) -> bool:
        """Whether any edge carries attention."""
        return bool(np.isfinite(self.weight).any())

    @property
    def heaviest(self) -> float:
        """Largest attention of the centre's edges, or of all where it has none that is shown; 0 without attention.

        Edges among the others can carry far more: a gene with one partner gives it all of its attention.
        """
        if not self.weighted:
            return 0.0
        of_centre = self.weight[(self.place == SPOKE) & np.isfinite(self.weight)]
        return float(of_centre.max()) if of_centre.any() else float(np.nanmax(self.weight))

    def table(self) -> pd.DataFrame:
        """One row a gene shown, the centre left out, in the order of `genes`; names, never numbers."""
        columns = {
            "gene": self.symbols,
            "name": self.names,
            "relation": self.relation,
            "attention": self.attention,
            "attention_back": self.attention_back,
            "predicted_score": self.score,
            "evidence": self.evidence,
            "pubmed": self.pubmed,
            "dataset_score": self.dataset_score,
            "hops": self.hops,
            "known_partners": self.degree,
        }
        return pd.DataFrame({name: column[1:] for name, column in columns.items()})

    def edge_table(self) -> pd.DataFrame:
        """One row an edge: source and target symbol, attention, kind of pair, place in the picture."""
        symbol = dict(zip(self.genes.tolist(), self.symbols, strict=True))
        return pd.DataFrame(
            {
                "source": [symbol[gene] for gene in self.edges[0].tolist()],
                "target": [symbol[gene] for gene in self.edges[1].tolist()],
                "attention": self.weight,
                "kind": self.kind,
                "place": self.place,
            }
        )
