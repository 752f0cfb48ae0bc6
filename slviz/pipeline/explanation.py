"""Why a finished run scores a pair as it does, and whether its attention holds over many: made and kept beside it."""

from __future__ import annotations

import contextlib

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun
from slviz.runs import Run
from slviz.runs.artifacts.explanations import PairExplanation
from slviz.runs.artifacts.pair_faithfulness import PairFaithfulness
from slviz.runs.store import RunStore
from slviz.splits import PairSplit


def pair_explanation(store: RunStore, run: Run, graph: GeneGraph, *, pair: tuple[int, int]) -> PairExplanation:
    """The explanation of a pair, made and kept when it is not there yet.

    One process makes it at a time. Raises `RunAlreadyRunning` while another does, `RunCancelled` when somebody asked to
    stop, `InvalidSetting` for a run without a network about pairs, and for a gene with itself.
    """
    from slviz.training.explaining.explain import explain, refuse_unexplained

    refuse_unexplained(run, pair)
    artifacts = store.artifacts(run.run_id)
    with contextlib.suppress(DamagedRun):  # a damaged one is made again
        known = artifacts.open_explanation(pair)
        if known is not None:
            return known
    busy = f"Another process is at this explanation of run {run.run_id}."
    with artifacts.explanation_artifact(pair).making(busy=busy) as tell:
        tell(0.0, "starting")
        split = PairSplit.from_frame(store.open_split(run.run_id), graph.genes)
        weights = store.open_weights(run.run_id)
        explanation = explain(graph, run, split, weights=weights, pair=pair, on_step=tell)
        artifacts.save_explanation(explanation)
    return explanation


def run_faithfulness(store: RunStore, run: Run, graph: GeneGraph, *, count: int | None = None) -> PairFaithfulness:
    """Whether the attention of a run holds over `count` of its pairs, measured and kept when it was not yet.

    Errors as of `pair_explanation`; `InvalidSetting` also for a run without attention.
    """
    from slviz.training.explaining.pair_faithfulness import PAIRS, pair_faithfulness, sampled_pairs

    artifacts = store.artifacts(run.run_id)
    with contextlib.suppress(DamagedRun):
        known = artifacts.open_faithfulness()
        if known is not None and (count is None or len(known.pairs) == count):
            return known
    busy = f"Another process is measuring the faithfulness of run {run.run_id}."
    with artifacts.faithfulness_artifact().making(busy=busy) as tell:
        tell(0.0, "starting")

        def on_pair(done: int, pairs: int) -> None:
            tell(done / pairs, f"pair {min(done + 1, pairs)} of {pairs}")

        split = PairSplit.from_frame(store.open_split(run.run_id), graph.genes)
        pairs = sampled_pairs(run, split, count=count or PAIRS)
        weights = store.open_weights(run.run_id)
        measured = pair_faithfulness(graph, run, split, weights=weights, pairs=pairs, on_pair=on_pair)
        artifacts.save_faithfulness(measured)
    return measured
