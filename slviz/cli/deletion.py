"""`deletion`: the check of a run's attention, kept with the run."""

from __future__ import annotations

import argparse
import contextlib

import numpy as np

from slviz.cli.worker import graph_of
from slviz.datasets.gene_index import GeneIndex
from slviz.errors import DamagedRun, InvalidSetting, RunCancelled
from slviz.runs.deletions import DeletionTest
from slviz.runs.store import RunStore
from slviz.splits import PairSplit


def add_deletion_command(commands: argparse._SubParsersAction) -> None:
    """Add `deletion` to the command line."""
    command = commands.add_parser(
        "deletion",
        help="test whether a run's attention matters to its predictions",
        description="Remove the edges with most attention from message passing and see how far a gene's predictions "
        "fall, beside the fall without as many of its other edges. Kept with the run.",
        allow_abbrev=False,
    )
    command.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
    command.add_argument("--gene", metavar="GENE", help="this gene alone (default: a sample of genes)")
    command.add_argument("--genes", metavar="N", type=int, help="how many genes the sample has (default: 40)")
    command.set_defaults(action=_deletion)


def _deletion(asked: argparse.Namespace) -> int:
    from slviz.training.deletion import GENES, deletion_test, sampled_genes

    if asked.genes is not None and (asked.gene is not None or asked.genes < 1):
        raise InvalidSetting("--genes takes a whole number from 1 on, and stands without --gene.")
    store = RunStore.default()
    run = store.open(asked.run)
    graph = graph_of(run.spec)
    gene = None if asked.gene is None else GeneIndex(graph).find(asked.gene)
    files = store.deletions(asked.run, gene)
    with contextlib.suppress(DamagedRun):  # a damaged one is made again
        known = files.read()
        if known is not None and asked.genes in (None, len(known.genes)):
            return _tell(known, run.genes)
    with files.working():
        files.tell(0, 1)
        genes = sampled_genes(run, count=asked.genes or GENES) if gene is None else [gene]
        split = PairSplit.from_frame(store.open_split(asked.run), graph.genes)
        try:
            weights = store.open_weights(asked.run)
            test = deletion_test(graph, run, split, weights=weights, genes=genes, on_gene=files.tell)
        except RunCancelled as stopped:
            print(stopped, flush=True)
            return 0
        files.save(test)
    return _tell(test, run.genes)


def _tell(test: DeletionTest, genes: tuple[str, ...]) -> int:
    from slviz.evaluation.faithfulness import faithfulness

    for row, gene in enumerate(test.genes.tolist()):
        low, high = np.quantile(test.fall_random[row], [0.05, 0.95])
        print(
            f"{genes[gene]}: without its {test.removed[row]} most attended of {test.edges[row]} edges the score falls "
            f"by {test.fall_top[row]:.4f}, without others by {test.fall_random[row].mean():.4f} "
            f"({low:.4f} to {high:.4f})."
        )
    print(faithfulness(test.fall_top, test.fall_random).sentence)
    return 0
