"""The edge ablation of a finished run: whether its attention matters, made and kept beside it."""

from __future__ import annotations

import contextlib

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun
from slviz.runs import Run
from slviz.runs.artifacts.edge_ablations import EdgeAblation
from slviz.runs.store import RunStore
from slviz.splits import PairSplit


def edge_ablation(
    store: RunStore, run: Run, graph: GeneGraph, *, gene: int | None = None, count: int | None = None
) -> EdgeAblation:
    """The edge ablation of one gene, or of a sample of `count` genes, made and kept when it is not there yet.

    One process makes it at a time. Raises `RunAlreadyRunning` while another does, `RunCancelled` when somebody asked to
    stop, `InvalidSetting` for a gene or a run that cannot be tested.
    """
    from slviz.training.edge_ablation import GENES, ablate_edges, sampled_genes

    artifacts = store.artifacts(run.run_id)
    with contextlib.suppress(DamagedRun):  # a damaged one is made again
        known = artifacts.open_ablation(gene)
        if known is not None and count in (None, len(known.genes)):
            return known
    busy = f"Another process is at this edge ablation of run {run.run_id}."
    with artifacts.ablation_artifact(gene).making(busy=busy) as tell:

        def on_gene(done: int, genes: int) -> None:
            tell(done / genes, f"gene {min(done + 1, genes)} of {genes}")

        tell(0.0, "starting")
        genes = sampled_genes(run, count=count or GENES) if gene is None else [gene]
        split = PairSplit.from_frame(store.open_split(run.run_id), graph.genes)
        weights = store.open_weights(run.run_id)
        ablation = ablate_edges(graph, run, split, weights=weights, genes=genes, on_gene=on_gene)
        artifacts.save_ablation(ablation, gene)
    return ablation
