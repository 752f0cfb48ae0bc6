"""KnownPairs: what is known of any pair, as a run saw it: learnt from, held out, left out, tested, or unreported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import scipy.sparse as sp
from jaxtyping import Int64

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.runs.run import Run
from slviz.scorers import TrainingGraph

UNREPORTED, KNOWN, HELD_OUT, LEFT_OUT = "unreported", "known", "held out", "left out"
TESTED_HIT, TESTED_NON_HIT = "tested hit", "tested non-hit"
STATUSES: Mapping[str, str] = {
    UNREPORTED: "Nobody lists the pair, and no screen of the data set tested it.",
    KNOWN: "The pair is listed, and the run learnt from it.",
    HELD_OUT: "The pair is listed, and the run did not learn from it: it was kept for validation or test.",
    LEFT_OUT: "The pair is listed, and the run's split has it in no part.",
    TESTED_HIT: "Nobody lists the pair; a screen of the data set tested it and found a hit.",
    TESTED_NON_HIT: "Nobody lists the pair; screens of the data set tested it and found no hit.",
}
"""What a pair may be to a run, in the order of filters."""
ORDER = tuple(STATUSES)
LISTED = (KNOWN, HELD_OUT, LEFT_OUT)
"""What the pairs are that the data set lists."""


@dataclass(frozen=True, eq=False)
class KnownPairs:
    """Known and tested pairs of a data set, each with what it was to a run. G genes.

    Attributes:
        graph: the data set.
        training: the known pairs that the run learnt from, as a graph.
        part: text [P], the part of the run that each pair of `graph.pairs` was in, "" for none.
    """

    graph: GeneGraph
    training: TrainingGraph
    part: np.ndarray

    @classmethod
    def of(cls, graph: GeneGraph, run: Run) -> KnownPairs:
        """The pairs of `graph` with their part in `run`."""
        listed = run.predictions.query("negative_kind == 'known'")
        number = pd.Index(run.genes).get_indexer
        ends = np.column_stack([number(listed[end].to_numpy()) for end in ("gene_a", "gene_b")]).astype(np.int64)
        part_of = dict(zip(pair_keys(ends, len(graph)).tolist(), listed["part"].tolist(), strict=True))
        part = np.array([part_of.get(key, "") for key in pair_keys(graph.pairs, len(graph)).tolist()], dtype=object)
        learnt = ends[listed["part"].to_numpy() == "train"]
        return cls(graph, TrainingGraph(learnt, len(graph), interactions=graph.interactions), part)

    @cached_property
    def codes(self) -> sp.csr_array:
        """Symmetric int8 [G, G]: the place in `ORDER` of what each known or tested pair is; 0 elsewhere."""
        pairs, code = self._tested()
        of_part = {"train": KNOWN, "validation": HELD_OUT, "test": HELD_OUT, "": LEFT_OUT}
        known_code = np.array([ORDER.index(of_part[part]) for part in self.part.tolist()], dtype=np.int8)
        rest = ~np.isin(pair_keys(pairs, len(self.graph)), pair_keys(self.graph.pairs, len(self.graph)))
        (a, b), code = np.concatenate([self.graph.pairs, pairs[rest]]).T, np.r_[known_code, code[rest]]
        shape = (len(self.graph), len(self.graph))
        return sp.csr_array((np.r_[code, code], (np.r_[a, b], np.r_[b, a])), shape=shape)

    def of_gene(self, gene: int) -> np.ndarray:
        """What the pair of a gene with each gene is, text [G]."""
        return np.array(ORDER, dtype=object)[self.codes[[gene]].toarray().ravel()]

    def of_pairs(self, pairs: Int64[np.ndarray, "pairs 2"]) -> np.ndarray:
        """What each pair is, text [N]."""
        codes = np.asarray(sp.csr_matrix(self.codes)[pairs[:, 0], pairs[:, 1]]).ravel() if len(pairs) else []
        return np.array(ORDER, dtype=object)[np.asarray(codes, dtype=np.int64)]

    def parts_of_pairs(self, pairs: Int64[np.ndarray, "pairs 2"]) -> np.ndarray:
        """Of each pair the part that it was in as a known one, "left out" for none, "" where nobody lists it."""
        if not len(pairs):
            return np.empty(0, dtype=object)
        row = np.asarray(sp.csr_matrix(self.graph.adjacency)[pairs[:, 0], pairs[:, 1]]).ravel().astype(np.int64)
        named = np.where(self.part == "", LEFT_OUT, self.part)
        return np.where(row > 0, np.r_[np.array([""], dtype=object), named][row], "").astype(object)

    def _tested(self) -> tuple[Int64[np.ndarray, "tested 2"], np.ndarray]:
        """Pairs that screens tested, each once, and what they came to."""
        if self.graph.screens is None or not len(self.graph.screens):
            return np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.int8)
        tested = self.graph.screens.tested()
        code = np.where(tested.hit, ORDER.index(TESTED_HIT), ORDER.index(TESTED_NON_HIT))
        return tested.pairs, code.astype(np.int8)
