"""The edge ablation of a finished run: whether its attention matters, made and kept beside it."""

from __future__ import annotations

import contextlib

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun
from slviz.runs import Run
from slviz.runs.deletions import DeletionTest
from slviz.runs.store import RunStore
from slviz.splits import PairSplit


def edge_ablation(
    store: RunStore, run: Run, graph: GeneGraph, *, gene: int | None = None, count: int | None = None
) -> DeletionTest:
    """The deletion test of one gene, or of a sample of `count` genes, made and kept when it is not there yet."""
    from slviz.training.deletion import GENES, deletion_test, sampled_genes

    files = store.deletions(run.run_id, gene)
    with contextlib.suppress(DamagedRun):  # a damaged one is made again
        known = files.read()
        if known is not None and count in (None, len(known.genes)):
            return known
    with files.working():
        files.tell(0, 1)
        genes = sampled_genes(run, count=count or GENES) if gene is None else [gene]
        split = PairSplit.from_frame(store.open_split(run.run_id), graph.genes)
        weights = store.open_weights(run.run_id)
        test = deletion_test(graph, run, split, weights=weights, genes=genes, on_gene=files.tell)
        files.save(test)
    return test
