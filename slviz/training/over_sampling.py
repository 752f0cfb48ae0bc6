"""SMOTE: genes made up for rare classes, for training alone. Imports torch: import it late."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from slviz.errors import InvalidSetting
from slviz.networks import Network
from slviz.splits.class_parts import SAMPLED_NEIGHBOURS
from slviz.training.inputs import MessageGraph


@dataclass(frozen=True, eq=False)
class LearntFrom:
    """What a step of training reads. G genes, S made-up ones behind them.

    Attributes:
        features: [G + S, F].
        graph: edges among the genes, and the structure [G + S, …] of all.
        target: int64 [G + S], the class of each; −1 for none.
        rows: int64 [N], those that the loss is over.
    """

    features: Tensor
    graph: MessageGraph
    target: Tensor
    rows: Tensor


def refuse_over_sampling(network: Network) -> None:
    """Raises `InvalidSetting` for a network that reads more of a gene than a made-up one has."""
    if network.uses_similarity:
        raise InvalidSetting(
            f"over_sampling=smote cannot be had with '{network.name}', which hears of interactions, terms and "
            "locations: a made-up gene has none. Take another network, or over_sampling=none."
        )


def over_sampled(learnt: LearntFrom, *, seed: int) -> LearntFrom:
    """The same with made-up genes, until every class has as many as the largest to learn from.

    Each lies at a random place between a training gene and one of its nearest of the same class, in the features as
    the network reads them (Chawla 2002, by imbalanced-learn). It has no partners, so its structure is 0. Nothing that
    is held out is read.
    """
    from imblearn.over_sampling import SMOTE

    rows = learnt.rows.cpu().numpy()
    features, target = learnt.features.cpu().numpy()[rows], learnt.target.cpu().numpy()[rows]
    every, classes, *_ = SMOTE(k_neighbors=SAMPLED_NEIGHBOURS, random_state=seed).fit_resample(features, target)
    made_up = torch.as_tensor(every[len(rows) :], dtype=learnt.features.dtype, device=learnt.features.device)
    its_class = torch.as_tensor(classes[len(rows) :], dtype=learnt.target.dtype, device=learnt.target.device)
    genes, added = len(learnt.features), len(made_up)
    nothing = learnt.graph.structure.new_zeros((added, learnt.graph.structure.shape[1]))
    places = torch.arange(genes, genes + added, device=learnt.rows.device)
    return LearntFrom(
        features=torch.cat([learnt.features, made_up]),
        graph=MessageGraph(learnt.graph.edges, torch.cat([learnt.graph.structure, nothing])),
        target=torch.cat([learnt.target, its_class]),
        rows=torch.cat([learnt.rows, places]),
    )
