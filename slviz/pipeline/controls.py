"""Controls of a finished run: the embeddings that its own is told from, made and kept beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun, InvalidSetting
from slviz.features.scaling import mapped_columns
from slviz.projections.method import OnProgress
from slviz.runs.artifacts.controls import FEATURES, LAYERS, SHUFFLED, UNTRAINED, Control, is_stored, layer_number
from slviz.runs.artifacts.maps import TRAINED
from slviz.runs.run import METRIC_COLUMNS, Run
from slviz.runs.store import RunStore
from slviz.splits import PairSplit


def control_vectors(store: RunStore, run: Run, graph: GeneGraph, kind: str, *, device: str = "auto") -> np.ndarray:
    """The vectors [G, D] of one kind, made and kept when they are not there yet."""
    if kind == TRAINED:
        return run.embedding
    if kind == FEATURES:
        return mapped_columns(run.spec.features.matrix(graph), are_pixels=graph.pictures is not None)
    try:
        known = store.artifacts(run.run_id).open_control(kind)
    except DamagedRun:
        known = None  # a damaged one is made again
    return (known or _make(store, run, graph, kind, device=device)).embedding


def _make(store: RunStore, run: Run, graph: GeneGraph, kind: str, *, device: str) -> Control:
    assert is_stored(kind)
    if not run.spec.network.learns_in_epochs:
        raise InvalidSetting(
            f"Run {run.run_id} has no control '{kind}': '{run.spec.network.name}' is a baseline, which trains no "
            f"network. Ask for --of {FEATURES}."
        )
    if kind == SHUFFLED and not len(graph.pairs):
        raise InvalidSetting(
            f"Run {run.run_id} has no control '{kind}': the data set '{graph.name}' has no pairs to shuffle. Ask for "
            f"--of {FEATURES} or {UNTRAINED}."
        )
    split = PairSplit.from_frame(store.open_split(run.run_id), graph.genes)
    busy = f"Another process is making the control '{kind}' of run {run.run_id}."
    with store.artifacts(run.run_id).control_artifact(kind).making(busy=busy) as tell:
        if kind in LAYERS:
            control = _layer(store, run, graph, split, kind)
        elif kind == UNTRAINED:
            control = _untrained(run, graph, split)
        else:
            control = _shuffled(run, graph, split, tell, device)
        store.artifacts(run.run_id).save_control(control)
        return control


def _untrained(run: Run, graph: GeneGraph, split: PairSplit) -> Control:
    from slviz.training.controls import untrained_embedding

    nothing = pd.DataFrame(columns=list(METRIC_COLUMNS))
    return Control(UNTRAINED, untrained_embedding(graph, run.spec, split), nothing)


def _layer(store: RunStore, run: Run, graph: GeneGraph, split: PairSplit, kind: str) -> Control:
    from slviz.training.controls import layer_of

    weights = store.open_weights(run.run_id)
    given = layer_of(graph, run.spec, split, number=layer_number(kind), weights=weights)
    return Control(kind, given, pd.DataFrame(columns=list(METRIC_COLUMNS)))


def _shuffled(run: Run, graph: GeneGraph, split: PairSplit, tell: OnProgress, device: str) -> Control:
    from slviz.training import Epoch
    from slviz.training.controls import train_on_shuffled_pairs

    def on_epoch(epoch: Epoch) -> None:
        tell(epoch.epoch / epoch.epochs, f"training on shuffled pairs, epoch {epoch.epoch} of {epoch.epochs}")

    tell(0.0, "starting to train on shuffled pairs")
    embedding, metrics = train_on_shuffled_pairs(graph, run.spec, split, device=device, on_epoch=on_epoch)
    return Control(SHUFFLED, embedding, metrics)
