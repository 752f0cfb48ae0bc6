"""What a network reads: the genes' features and a message graph, as tensors. Imports torch: import it late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, Int64
from torch import Tensor

from slviz.datasets import GeneGraph
from slviz.features import FeatureSet
from slviz.features.scaling import scaled_columns
from slviz.networks import Network
from slviz.training.structure import structure_of


@dataclass(frozen=True, eq=False)
class MessageGraph:
    """The pairs along which one step passes messages.

    Attributes:
        edges: int64 [2, 2E]; every pair in both directions, from source to target.
        structure: float32 [G, S], what these pairs say about each gene.
    """

    edges: Tensor
    structure: Tensor

    @classmethod
    def of(
        cls,
        pairs: Int64[np.ndarray, "pairs 2"],
        score: Float32[np.ndarray, " pairs"],
        *,
        genes: int,
        bounds: tuple[float, float],
        device: torch.device,
    ) -> MessageGraph:
        """The graph of `pairs` and nothing else."""
        a, b = pairs.T
        edges = np.stack([np.concatenate([a, b]), np.concatenate([b, a])])
        structure = structure_of(pairs, score, genes=genes, bounds=bounds)
        return cls(torch.as_tensor(edges, device=device), torch.as_tensor(structure, device=device))


def in_batches(genes: Tensor, most: int) -> tuple[Tensor, ...]:
    """Numbers of genes in batches of `most`, in an order by torch's current seed."""
    return genes[torch.randperm(len(genes)).to(genes.device)].split(most)


def network_features(matrix: Float32[np.ndarray, "genes width"], *, as_they_are: bool, device: torch.device) -> Tensor:
    """What a network is told about each gene: the features as they are, or brought to one scale."""
    return torch.as_tensor(matrix.copy(), device=device) if as_they_are else feature_tensor(matrix, device)


def reads_as_they_are(network: Network, features: FeatureSet, graph: GeneGraph) -> bool:
    """Whether a network reads these features neither centred nor scaled."""
    return network.raw_features or features.has_own_scale(graph)


def feature_tensor(features: Float32[np.ndarray, "genes width"], device: torch.device) -> Tensor:
    """The features with mean 0 and spread 1 in each column; a constant column becomes ones."""
    return torch.as_tensor(scaled_columns(features), device=device)
