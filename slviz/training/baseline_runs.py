"""Baselines trained as runs: a formula or trees, brought to the scale of a score on validation pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp
from jaxtyping import Float32

from slviz.baselines.structural import TrainingGraph
from slviz.datasets import GeneGraph
from slviz.networks.baselines import Baseline
from slviz.runs import RunSpec
from slviz.runs.spec_validation import refuse_network
from slviz.scoring import FormulaScorer, PairScorer, formula_arrays
from slviz.splits import PairSplit
from slviz.structure import SeenPairs
from slviz.structure.low_rank import leading_pairs
from slviz.tasks import PairTask
from slviz.training.blending import fit_blend, with_head

HISTORY = ("epoch", "train_loss", "validation_loss", "seconds")


def fit_baseline(
    graph: GeneGraph, spec: RunSpec, split: PairSplit
) -> tuple[PairScorer, dict[str, np.ndarray], Float32[np.ndarray, "genes width"]]:
    """What scores pairs, the arrays that a run stores for it, and the truncated SVD as its embedding.

    Raises `InvalidSetting` for a task that is not about pairs, and where the data set lacks what is read.
    """
    assert isinstance(spec.network, Baseline)
    refuse_network(spec, graph)
    assert isinstance(spec.task, PairTask)
    embedding = _embedding(split, spec.network.width)
    if not spec.network.formula:
        scorer, arrays = with_head(graph, spec, split, decoder={}, embedding=embedding)
        return scorer, arrays, embedding
    seen = SeenPairs.of_training(graph, split)
    bounds = np.empty(0, dtype=np.float32)
    if not spec.task.contrasts:
        bounds = np.array([seen.score.min(), seen.score.max()], dtype=np.float32)
    plain = FormulaScorer.of(graph, spec.network.formula, seen.pairs, blend=np.array([0.0, 1.0]), bounds=bounds)
    blend = fit_blend(split, spec.task.contrasts, [plain.raw(split.pairs)])
    scorer = FormulaScorer.of(graph, spec.network.formula, seen.pairs, blend=blend, bounds=bounds)
    return scorer, formula_arrays(scorer, seen), embedding


def no_epochs() -> pd.DataFrame:
    """The record of a training that has no epochs."""
    return pd.DataFrame({name: pd.Series(dtype="int64" if name == "epoch" else "float64") for name in HISTORY})


def _embedding(split: PairSplit, width: int) -> Float32[np.ndarray, "genes width"]:
    """Leading eigenvectors of the training pairs, times the roots of their eigenvalues' sizes; padded with zeros."""
    genes = len(split.gene_part)
    adjacency = TrainingGraph(split.training_pairs, genes).adjacency
    values, vectors = leading_pairs(sp.csr_array(adjacency, dtype=np.float32), min(width, genes))
    found = np.zeros((genes, width), dtype=np.float32)
    found[:, : len(values)] = vectors * np.sqrt(np.abs(values))
    return found
