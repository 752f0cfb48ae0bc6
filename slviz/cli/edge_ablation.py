"""`edge-ablation`: the check of a run's attention, kept with the run."""

from __future__ import annotations

import argparse

import numpy as np

from slviz.datasets import GeneGraph
from slviz.datasets.gene_index import GeneIndex
from slviz.errors import InvalidSetting, RunCancelled
from slviz.pipeline.edge_ablation import edge_ablation
from slviz.pipeline.explanation import run_faithfulness
from slviz.runs import Run
from slviz.runs.artifacts.edge_ablations import EdgeAblation
from slviz.runs.data_of import data_of_run
from slviz.runs.store import RunStore


def add_edge_ablation_command(commands: argparse._SubParsersAction) -> None:
    """Add `edge-ablation` to the command line."""
    command = commands.add_parser(
        "edge-ablation",
        help="test whether a run's attention matters to its predictions",
        description="Remove the edges with most attention from message passing and see how far a gene's predictions "
        "fall, beside the fall without as many of its other edges. Kept with the run.",
        allow_abbrev=False,
    )
    command.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
    command.add_argument("--gene", metavar="GENE", help="this gene alone (default: a sample of genes)")
    command.add_argument("--genes", metavar="N", type=int, help="how many genes the sample has (default: 40)")
    command.add_argument(
        "--pairs",
        metavar="N",
        type=int,
        nargs="?",
        const=200,
        help="test this many known test pairs instead (200 without a number), and name the result in tables of results "
        "as faithfulness",
    )
    command.set_defaults(action=_edge_ablation)


def _edge_ablation(options: argparse.Namespace) -> int:
    if options.genes is not None and (options.gene is not None or options.genes < 1):
        raise InvalidSetting("--genes takes a whole number from 1 on, and stands without --gene.")
    if options.pairs is not None and (options.pairs < 1 or options.gene is not None or options.genes is not None):
        raise InvalidSetting("--pairs takes a whole number from 1 on, and stands without --gene and --genes.")
    store = RunStore.default()
    run = store.open(options.run)
    graph = data_of_run(run)
    if options.pairs is not None:
        return _pairs(store, run, graph, count=options.pairs)
    gene = None if options.gene is None else GeneIndex.of(graph).find(options.gene)
    try:
        _tell(edge_ablation(store, run, graph, gene=gene, count=options.genes), run.genes)
    except RunCancelled as stopped:
        print(stopped, flush=True)
    return 0


def _pairs(store: RunStore, run: Run, graph: GeneGraph, *, count: int) -> int:
    try:
        measured = run_faithfulness(store, run, graph, count=count)
    except RunCancelled as stopped:
        print(stopped, flush=True)
        return 0
    verdict = measured.verdict(run.spec.task)
    for name, change in measured.change.items():
        print(f"{name.replace('_', ' ')}: mean change {change.mean():.4f}, random {measured.random.mean():.4f}")
    print(f"{verdict.sentence} Faithfulness {verdict.beaten:.3f} (0.5 by chance).")
    return 0


def _tell(test: EdgeAblation, genes: tuple[str, ...]) -> None:
    from slviz.evaluation.faithfulness import faithfulness

    for row, gene in enumerate(test.genes.tolist()):
        low, high = np.quantile(test.fall_random[row], [0.05, 0.95])
        print(
            f"{genes[gene]}: without its {test.removed[row]} most attended of {test.edges[row]} edges the score falls "
            f"by {test.fall_top[row]:.4f}, without others by {test.fall_random[row].mean():.4f} "
            f"({low:.4f} to {high:.4f})."
        )
    print(faithfulness(test.fall_top, test.fall_random).sentence)
