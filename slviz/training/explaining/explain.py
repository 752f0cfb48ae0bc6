"""explain: a finished run's network and a pair → why it is scored so, and whether that holds."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from jaxtyping import Float32

from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.evaluation.removal import DRAWS, RemovalCurves, removal_curves
from slviz.runs import Run
from slviz.runs.artifacts.explanations import (
    ATTENTION,
    EXPLAINER,
    GRADIENT,
    INTEGRATED,
    PARTNERS,
    PairExplanation,
    blocks_frame,
)
from slviz.scorers import BlendScorer
from slviz.scorers.experiment_scorer import of_model
from slviz.splits import PairSplit
from slviz.training.devices import find_device, repeatable
from slviz.training.trained_network import TrainedNetwork, weights_of_edges

if TYPE_CHECKING:
    from slviz.training.explaining.pair_messages import PairMessages
    from slviz.training.pair_problem import PairProblem

OTHER_SEED = 7919
"""Added to the seed of the run for the random weights, which are to be none that it began with."""
OnStep = Callable[[float, str], None]


def refuse_unexplained(run: Run, pair: tuple[int, int]) -> None:
    """Raises `InvalidSetting` for a run without a network about pairs, and for a gene with itself."""
    if not run.decoder:
        raise InvalidSetting(
            f"Run {run.run_id} is of the task '{run.spec.task.name}', which scores no pairs: there is none to explain."
        )
    if not run.spec.network.learns_in_epochs:
        raise InvalidSetting(
            f"The model of run {run.run_id} ({run.spec.network.name}) is no network: it passes no messages. "
            "What each side of the data adds to its scores is shown without this."
        )
    if pair[0] == pair[1]:
        raise InvalidSetting(f"{run.genes[pair[0]]} with itself is no pair. Name two different genes.")


def explain(
    graph: GeneGraph,
    run: Run,
    split: PairSplit,
    *,
    weights: Mapping[str, np.ndarray],
    pair: tuple[int, int],
    draws: int = DRAWS,
    seed: int = 0,
    on_step: OnStep = lambda share, doing: None,
) -> PairExplanation:
    """Explain the score of a pair of genes by a finished run, on the processor.

    Args:
        graph: the data set that the run was trained on.
        run: the finished run.
        split: its own, as it is stored.
        weights: its parameters.
        pair: two different genes, in either order.
        draws: how many random orders the explanations are compared with.
        seed: of these, of GNNExplainer and of the random weights.
        on_step: told the share that is done, and what is being done; what it raises ends the work.

    Raises `InvalidSetting` as `refuse_unexplained` does, `DamagedRun` where the weights give another embedding.
    """
    refuse_unexplained(run, pair)
    pair = (min(pair), max(pair))
    with repeatable(find_device("cpu")):
        on_step(0.0, "opening the network")
        network = TrainedNetwork.of(graph, run, split, weights)
        return explain_pair(network, graph, run, pair=pair, draws=draws, seed=seed, on_step=on_step)


def explain_pair(
    network: TrainedNetwork,
    graph: GeneGraph,
    run: Run,
    *,
    pair: tuple[int, int],
    draws: int,
    seed: int,
    on_step: OnStep,
) -> PairExplanation:
    """The same for a network that is open, inside `repeatable`."""
    from slviz.training.explaining.edge_values import gnn_explainer, integrated_gradients
    from slviz.training.explaining.pair_messages import PairMessages
    from slviz.training.explaining.view_attention import view_attention

    weight = weight_of_network(run, graph)
    messages = PairMessages(network.problem, pair, weight=weight)
    on_step(0.1, "asking the explanations")
    attention = attention_to(network.problem, messages)
    values = attention_and_gradients(messages, attention)
    values |= {INTEGRATED: integrated_gradients(messages), EXPLAINER: gnn_explainer(messages, seed=seed)}
    values[PARTNERS] = partners_of_sources(network, messages)
    on_step(0.4, "taking edges away")
    curves = check(messages, values, draws=draws, seed=seed)
    on_step(0.7, "random weights")
    randomised = randomised_values(network.problem, run, pair=pair, weight=weight, seed=seed)
    on_step(0.8, "what the network is told")
    views = view_attention(network.problem, pair)
    return PairExplanation(
        pair=pair,
        edges=messages.edges,
        attention=attention,
        values=values,
        randomised=randomised,
        curves=curves,
        blocks=_blocks(network.problem, messages, graph, run),
        views=views.names,
        view_weight=views.weight,
        view_edges=views.edges,
        view_of_edge=views.view,
        view_share=views.share,
    )


def weight_of_network(run: Run, graph: GeneGraph) -> float:
    """What the raw number of the embedding counts in the run's score; 1 where nothing stands beside it."""
    scorer, slope = of_model(run.scorer(graph))
    return slope * (scorer.blend.embedding if isinstance(scorer, BlendScorer) else 1.0)


def attention_to(problem: PairProblem, messages: PairMessages) -> Float32[np.ndarray, "layers heads edges"]:
    """Weights of the edges into the pair, by layer and head; without layers where the network has no attention.

    The layers of `multiview` weigh views; a partner's weight is its share of the view of partners.
    """
    from slviz.networks.view_encoder import PARTNERS as VIEW_OF_PARTNERS
    from slviz.networks.view_encoder import ViewEncoder
    from slviz.training.explaining.pair_messages import of_trained

    encoder, inputs = problem.model.encoder, (problem.features, problem.whole.structure, problem.whole.edges)
    if isinstance(encoder, ViewEncoder):
        target, partners = messages.edges[1], np.bincount(problem.whole.edges[1].numpy(), minlength=problem.genes)
        weights = of_trained(problem, "view weights", lambda: encoder.view_weights(*inputs))
        of_layers = [
            weight[:, names.index(VIEW_OF_PARTNERS)].numpy()[target] / partners[target]
            for names, weight in weights
            if VIEW_OF_PARTNERS in names
        ]
        return np.stack(of_layers)[:, None].astype(np.float32) if of_layers else _no_attention(messages)
    layers = of_trained(problem, "attention", lambda: encoder.attention(*inputs))  # type: ignore[operator]
    if not layers:
        return _no_attention(messages)
    listed = layers[0][0].numpy()
    weight = np.stack([of_layer.numpy().T for _, of_layer in layers])  # [A, heads] each -> [layers, heads, A]
    return weights_of_edges(weight, listed, messages.edges, genes=problem.genes)


def _no_attention(messages: PairMessages) -> Float32[np.ndarray, "layers heads edges"]:
    return np.zeros((0, 1, messages.edges.shape[1]), dtype=np.float32)


def attention_and_gradients(
    messages: PairMessages, attention: Float32[np.ndarray, "layers heads edges"]
) -> dict[str, Float32[np.ndarray, " edges"]]:
    """Attention, where there is any, as the mean over layers and heads, and gradients of the edges into a pair."""
    from slviz.training.explaining.edge_values import gradients

    of_attention = {ATTENTION: attention.mean(axis=(0, 1))} if len(attention) else {}
    return of_attention | {GRADIENT: gradients(messages)}


def partners_of_sources(network: TrainedNetwork, messages: PairMessages) -> Float32[np.ndarray, " edges"]:
    """How many training partners the neighbour of each edge has."""
    partners = np.bincount(network.edges[1], minlength=len(network.embedding))
    return partners[messages.edges[0]].astype(np.float32)


def check(
    messages: PairMessages,
    values: Mapping[str, Float32[np.ndarray, " edges"]],
    *,
    draws: int,
    seed: int,
    insertion: bool = True,
) -> RemovalCurves:
    """Removal curves of the orders; signed values are ordered by how far they move the score the way that all do."""
    every = np.ones(messages.edges.shape[1], dtype=bool)
    sign = -1.0 if messages.raw(every) < messages.raw(~every) else 1.0
    signed = (GRADIENT, INTEGRATED)
    orders = {name: value * (sign if name in signed else 1.0) for name, value in values.items()}
    draws = draws if every.any() else 0
    return removal_curves(messages.raw, orders, target=messages.edges[1], draws=draws, seed=seed, insertion=insertion)


def randomised_values(
    problem: PairProblem, run: Run, *, pair: tuple[int, int], weight: float, seed: int
) -> dict[str, Float32[np.ndarray, " edges"]]:
    """What the same explanations say where weights are random: the sanity check of Adebayo 2018 (arXiv:1810.03292)."""
    import torch

    from slviz.training.explaining.edge_values import integrated_gradients
    from slviz.training.explaining.pair_messages import PairMessages

    torch.manual_seed(run.spec.seed + OTHER_SEED + seed)
    random = copy.copy(problem)
    random.model = problem.fresh_model()
    messages = PairMessages(random, pair, weight=weight or 1.0)
    values = attention_and_gradients(messages, attention_to(random, messages))
    return values | {INTEGRATED: integrated_gradients(messages)}


def _blocks(problem: PairProblem, messages: PairMessages, graph: GeneGraph, run: Run) -> pd.DataFrame:
    """What the network is told; nothing for a network that stands beside trees, whose sides are told apart already."""
    from slviz.training.explaining.told_blocks import block_values

    if isinstance(of_model(run.scorer(graph))[0], BlendScorer):
        return blocks_frame((), (), ())
    adds, without = block_values(messages, problem, features=run.spec.features, graph=graph)
    table = blocks_frame(tuple(adds), tuple(adds.values()), tuple(without.values()))
    return table.sort_values("adds", ascending=False, kind="stable", ignore_index=True)
