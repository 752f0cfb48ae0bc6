"""Noise put through the network of a run: things with random inputs and random partners, which no gene hears."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from jaxtyping import Float32, Int64

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun, InvalidSetting
from slviz.networks import Network
from slviz.outliers.noise import NoiseKind, noise_like
from slviz.runs import Run
from slviz.runs.artifacts.noise import EmbeddedNoise
from slviz.splits import PairSplit
from slviz.training.devices import find_device, repeatable
from slviz.training.train import problem_of, rebuilt
from slviz.training.trained_network import LIKE_STORED

if TYPE_CHECKING:
    from torch import Tensor, nn

    from slviz.training.train import AnyProblem


@dataclass(frozen=True, eq=False)
class NoiseInputs:
    """What noise things have that a network reads. N noise things.

    Attributes:
        features: float32 [N, F], on the network's own scale.
        like: int64 [N], the gene whose number of partners, and what is told of it, each has.
        edges: int64 [2, E], gene → noise thing, whose numbers follow those of the genes.
    """

    features: Float32[np.ndarray, "noise columns"]
    like: Int64[np.ndarray, " noise"]
    edges: Int64[np.ndarray, "2 edges"]


def refuse_noise(run: Run) -> None:
    """Raises `InvalidSetting` for a run whose network new things cannot be put through."""
    network = run.spec.network
    if not network.learns_in_epochs:
        raise InvalidSetting(
            f"Nothing can be put through '{network.name}', which is no network. Noise can be mixed into its embedding."
        )
    if cast(Network, network).uses_similarity:
        raise InvalidSetting(
            f"'{network.name}' hears of interactions, terms and places on chromosomes, which noise has not, so noise "
            "cannot be put through it. It can be mixed into its embedding."
        )


def embedded_noise(
    graph: GeneGraph,
    run: Run,
    split: PairSplit,
    *,
    weights: Mapping[str, np.ndarray],
    like: Int64[np.ndarray, " compared"],
    count: int,
    kind: NoiseKind = "permuted",
    seed: int = 0,
) -> EmbeddedNoise:
    """What the trained and the untrained network of a run make of `count` noise things; without a joint map.

    A noise thing has random features (`slviz.outliers.noise_like`), in each column like the data's. It has as many
    partners as one of `like`, drawn at random among all that have partners, and is told what this one is told of its
    partners. Numbers that are learnt for each gene are drawn from those learnt, column by column. Messages run from
    genes to noise and never back, so the embedding of every gene stays as it is.

    Raises `InvalidSetting` as `refuse_noise` does, `DamagedRun` where the weights do not give the run's embedding.
    """
    refuse_noise(run)
    where = find_device("cpu")
    with repeatable(where):
        trained = rebuilt(graph, run.spec, split, weights=weights)
        inputs = _inputs(trained, like, count, kind, seed)
        genes, noise, _, noise_share = _through(trained, inputs, kind, seed)
        if np.abs(genes - run.embedding).max() > LIKE_STORED * (1 + np.abs(run.embedding).max()):
            raise DamagedRun(f"The weights of run {run.run_id} do not give its embedding. Train it again.")
        untrained = problem_of(graph, run.spec, split, where)
        control, before, control_share, before_share = _through(untrained, inputs, kind, seed)
    return EmbeddedNoise(
        trained=noise,
        untrained=before,
        control=control,
        trained_share=noise_share,
        untrained_share=before_share,
        control_share=control_share,
        joint_map=np.empty((0, 2), dtype=np.float32),
    )


def _inputs(problem: AnyProblem, like: np.ndarray, count: int, kind: NoiseKind, seed: int) -> NoiseInputs:
    random = np.random.default_rng([seed, 17])
    features = problem.features.cpu().numpy()
    edges = problem.whole.edges.cpu().numpy()
    genes = len(features)
    chosen = like[random.integers(len(like), size=count)]
    partners = np.bincount(edges[1], minlength=genes)
    of_noise = [_partners(random, edges[0], int(partners[gene])) for gene in chosen]
    targets = np.repeat(genes + np.arange(count), [len(those) for those in of_noise])
    sources = np.concatenate(of_noise) if of_noise else np.empty(0, dtype=np.int64)
    return NoiseInputs(noise_like(features, count, kind=kind, seed=seed), chosen, np.stack([sources, targets]))


def _partners(random: np.random.Generator, sources: np.ndarray, count: int) -> np.ndarray:
    """`count` different genes, each as likely as it has partners."""
    drawn = np.unique(random.choice(sources, size=2 * count)) if count else np.empty(0, dtype=np.int64)
    return random.permutation(drawn)[:count].astype(np.int64)


def _through(
    problem: AnyProblem, inputs: NoiseInputs, kind: NoiseKind, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Embeddings of the genes and of the noise in one pass, and the share of the most likely class of each."""
    import torch

    whole, genes = problem.whole, len(problem.features)
    features = torch.cat([problem.features, torch.as_tensor(inputs.features)])
    structure = torch.cat([whole.structure, whole.structure[torch.as_tensor(inputs.like)]])
    edges = torch.cat([whole.edges, torch.as_tensor(inputs.edges)], dim=1)
    model: Any = copy.deepcopy(problem.model).eval()
    with torch.no_grad():
        _extend_vectors(model.encoder, len(inputs.like), kind, seed)
        embedding = model.encoder(features, structure, edges)
        shares = _shares(model, embedding, edges)
    rows = embedding.numpy().astype(np.float32)
    return rows[:genes].copy(), rows[genes:].copy(), shares[:genes].copy(), shares[genes:].copy()


def _extend_vectors(encoder: nn.Module, count: int, kind: NoiseKind, seed: int) -> None:
    """Give noise things numbers of their own where the encoder has learnt some for each gene."""
    import torch

    learnt = getattr(encoder, "vectors", None)
    if learnt is not None:
        added = noise_like(learnt.weight.numpy(), count, kind=kind, seed=seed + 1)
        encoder.vectors = torch.nn.Embedding.from_pretrained(torch.cat([learnt.weight, torch.as_tensor(added)]))


def _shares(model: Any, embedding: Tensor, edges: Tensor) -> np.ndarray:
    """The share of the most likely class [G + N]; empty where no classes are given."""
    import torch

    if not hasattr(model, "head"):
        return np.empty(0, dtype=np.float32)
    return torch.softmax(model.head(embedding, edges), dim=1).amax(dim=1).numpy().astype(np.float32)
