"""Baseline: what scores pairs without learning in epochs; its embedding is the truncated SVD of the training pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32

from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.networks.model import Fitted, Model, Training
from slviz.scorers.blend import fit_blend_scorer, fit_formula_scorer
from slviz.scorers.blend_scorer import BlendScorer
from slviz.scorers.formula_scorer import FormulaScorer
from slviz.scorers.formulas import FORMULAS
from slviz.scorers.similarity import Similarity
from slviz.scorers.training_graph import RANK, adjacency_of
from slviz.splits import PairSplit
from slviz.tasks import Task
from slviz.truncated_svd import leading_directions


@dataclass(frozen=True)
class Baseline(Model):
    """Scores pairs without a network and without settings."""

    @property
    def embedding_width(self) -> int:
        return RANK

    @property
    def needs_data(self) -> bool:
        return True

    def refuse(self, task: Task, graph: GeneGraph) -> None:
        if not task.scores_pairs:
            raise InvalidSetting(
                f"The baseline '{self.name}' scores pairs; the task '{task.name}' asks about genes. "
                "Take the task 'link' or 'confidence', or a network."
            )


@dataclass(frozen=True)
class FormulaBaseline(Baseline):
    """One row of the table of formulas as a run of its own.

    Class attributes:
        baseline: name of the formula in `slviz.scorers.formulas.FORMULAS`.
    """

    is_fitted: ClassVar[bool] = False

    def refuse(self, task: Task, graph: GeneGraph) -> None:
        super().refuse(task, graph)
        if FORMULAS[self.baseline].needs_interactions and graph.interactions is None:
            raise InvalidSetting(f"The baseline '{self.name}' needs interactions, which this data set does not have.")

    def fit(self, training: Training) -> Fitted:
        graph, split, negative_kinds = training.graph, training.split, training.task.negative_kinds
        scorer, arrays = fit_formula_scorer(graph, split, formula=self.baseline, negative_kinds=negative_kinds)
        return Fitted(svd_embedding(split), scorer, arrays)

    def scorer(
        self, arrays: Mapping[str, np.ndarray], *, embedding: np.ndarray, graph: GeneGraph | None
    ) -> FormulaScorer:
        interactions = None if graph is None else graph.interactions
        return FormulaScorer.from_arrays(arrays, formula=self.baseline, genes=len(embedding), interactions=interactions)


@dataclass(frozen=True)
class TreesBaseline(Baseline):
    """Boosted trees over features of each pair, fitted out of fold, without an embedding beside them.

    Class attributes:
        views: which sides of a pair the trees may look at.
    """

    views: ClassVar[tuple[str, ...]]

    def fit(self, training: Training) -> Fitted:
        embedding = svd_embedding(training.split)
        scorer, arrays = fit_blend_scorer(
            training.graph,
            training.split,
            negative_kinds=training.task.negative_kinds,
            protocol=training.protocol,
            seed=training.seed,
            embedding=embedding,
            views=self.views,
            negatives_per_pair=training.task.negatives_in_training,
        )
        return Fitted(embedding, scorer, arrays)

    def scorer(
        self, arrays: Mapping[str, np.ndarray], *, embedding: np.ndarray, graph: GeneGraph | None
    ) -> BlendScorer:
        return BlendScorer.from_arrays(arrays, embedding=embedding, similarity=similarity_of(graph))


def similarity_of(graph: GeneGraph | None) -> Similarity:
    """What a data set says of its genes beside their pairs, for scores that need it."""
    assert graph is not None, "these scores need the data set: see Model.needs_data"
    return Similarity.of(graph)


def svd_embedding(split: PairSplit) -> Float32[np.ndarray, "genes width"]:
    """Leading eigenvectors of the training pairs, times the roots of their eigenvalues' sizes; padded with zeros."""
    genes = len(split.gene_part)
    adjacency = sp.csr_array(adjacency_of(split.training_pairs, genes), dtype=np.float32)
    values, vectors = leading_directions(adjacency, min(RANK, genes), of="eigen", quick=True)
    embedding = np.zeros((genes, RANK), dtype=np.float32)
    embedding[:, : len(values)] = vectors * np.sqrt(np.abs(values))
    return embedding
