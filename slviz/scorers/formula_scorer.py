"""FormulaScorer: scores from one formula of the table, brought to the scale of a score on validation pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int64

from slviz.errors import DamagedRun
from slviz.scorers.all_pairs import decoder_end
from slviz.scorers.formulas import FORMULAS, Formula
from slviz.scorers.pair_scorer import with_every_gene
from slviz.scorers.stored_arrays import stored
from slviz.scorers.training_graph import TrainingGraph

ROWS_AT_ONCE = 256
CONSTANT, WEIGHT, OLD_BLEND = "blend.constant", "blend.formula", "blend"


@dataclass(frozen=True, eq=False)
class FormulaScorer:
    """Scores from one formula s over the training pairs.

        raw(a, b) = c + w arsinh(s(a, b))

    The area hyperbolic sine is a logarithm for large numbers, and orders pairs as s does.

    Attributes:
        formula: a row of `FORMULAS`.
        graph: of the training pairs.
        constant, weight: the numbers c and w, fitted on validation pairs.
        bounds: lowest and highest predicted confidence; empty where the score is the logistic of `raw`.
    """

    formula: Formula
    graph: TrainingGraph
    constant: float
    weight: float
    bounds: Float32[np.ndarray, " bounds"]

    def raw(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, " pairs"]:
        """Raw number of each pair; that of a training pair as if it were none."""
        return self.constant + self.weight * np.arcsinh(self.formula.score(self.graph, pairs).astype(np.float64))

    def score(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        return decoder_end(self.raw(pairs), self.bounds).astype(np.float32)

    def score_with(self, gene: int) -> Float32[np.ndarray, " genes"]:
        return self.score(with_every_gene(gene, self.graph.genes))

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        scores = self.formula.all_pairs(self.graph)
        for start in range(
            0, len(scores), ROWS_AT_ONCE
        ):  # in place: what is made on the way takes no more than a block
            block = scores[start : start + ROWS_AT_ONCE]
            raw = np.float32(self.constant) + np.float32(self.weight) * np.arcsinh(block)
            block[:] = decoder_end(raw, self.bounds)
        return scores

    def arrays(self) -> dict[str, np.ndarray]:
        """What `from_arrays` reads back, beside the name of the formula and the interactions of the data set."""
        return {
            CONSTANT: np.array([self.constant], dtype=np.float64),
            WEIGHT: np.array([self.weight], dtype=np.float64),
            "bounds": self.bounds,
            "seen.pairs": self.graph.pairs.astype(np.int32),
        }

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, np.ndarray],
        *,
        formula: str,
        genes: int,
        interactions: Int64[np.ndarray, "2 interactions"] | None,
    ) -> FormulaScorer:
        """The scorer of a stored run; raises `DamagedRun` where an array, or what the formula reads, is not there."""
        if FORMULAS[formula].needs_interactions and interactions is None:
            raise DamagedRun(f"'{formula}' needs interactions, which this data set does not have. Remove the run.")
        graph = TrainingGraph(stored(arrays, "seen.pairs").astype(np.int64), genes, interactions=interactions)
        constant, weight = _numbers(arrays)
        return cls(FORMULAS[formula], graph, constant, weight, stored(arrays, "bounds"))


def _numbers(arrays: Mapping[str, np.ndarray]) -> tuple[float, float]:
    """The numbers c and w. Runs until November 2026 hold both in one array, in this order."""
    if OLD_BLEND in arrays:
        constant, weight = arrays[OLD_BLEND].tolist()
        return constant, weight
    return float(stored(arrays, CONSTANT)[0]), float(stored(arrays, WEIGHT)[0])
