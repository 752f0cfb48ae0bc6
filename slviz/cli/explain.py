"""`explain`: why a run scores a pair as it does, and whether that holds when edges are removed."""

from __future__ import annotations

import argparse
import itertools

import numpy as np
import pandas as pd

from slviz.datasets import GeneGraph
from slviz.datasets.gene_index import GeneIndex
from slviz.errors import RunCancelled, RunError
from slviz.evaluation.pair_verdict import pair_verdict
from slviz.evaluation.rank_agreement import rank_agreement
from slviz.pipeline.explanation import pair_explanation
from slviz.runs import Run
from slviz.runs.artifacts.explanations import VALUES, PairExplanation
from slviz.runs.artifacts.pair_faithfulness import unit_of
from slviz.runs.data_of import data_of_run
from slviz.runs.store import RunStore
from slviz.scorers import ExplainedScorer

ROWS = 15


def add_explain_command(commands: argparse._SubParsersAction) -> None:
    """Add `explain` to the command line."""
    command = commands.add_parser(
        "explain",
        help="why a run scores a pair as it does, and whether that holds",
        description="Say what each side of the data, or each block of what a network is told, adds to the score of a "
        "pair, and which partners it rests on by attention, gradients, integrated gradients and GNNExplainer. Each of "
        "these is checked: the edges that it puts first are removed, beside as many random ones. Kept with the run.",
        allow_abbrev=False,
    )
    command.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
    command.add_argument("gene_a", metavar="GENE_A", help="a gene, by symbol, alias or identifier")
    command.add_argument("gene_b", metavar="GENE_B", help="the other gene")
    command.set_defaults(action=_explain)


def _explain(options: argparse.Namespace) -> int:
    store = RunStore.default()
    run = store.open(options.run)
    graph = data_of_run(run)
    index = GeneIndex.of(graph)
    pair = (index.find(options.gene_a), index.find(options.gene_b))
    if not run.decoder:
        raise RunError(f"Run {run.run_id} is of the task '{run.spec.task.name}', which scores no pairs.")
    explanation = None
    try:
        if run.spec.network.learns_in_epochs:
            explanation = pair_explanation(store, run, graph, pair=pair)
    except RunCancelled as stopped:
        print(stopped, flush=True)
        return 0
    _tell_score(run, graph, pair)
    if explanation is not None:
        _tell_blocks(explanation)
        _tell_partners(explanation, run)
        _tell_check(explanation, run)
    return 0


def _tell_score(run: Run, graph: GeneGraph, pair: tuple[int, int]) -> None:
    """The score, and what each side of the data adds to it where the model can tell its sides apart."""
    scorer = run.scorer(graph)
    pairs = np.array([pair])
    print(f"{run.genes[pair[0]]} – {run.genes[pair[1]]}: score {float(scorer.score(pairs)[0]):.4f}")
    if isinstance(scorer, ExplainedScorer):
        for view, adds in sorted(scorer.by_view(pairs).items(), key=lambda side: -float(side[1][0])):
            without = float(scorer.without(view, pairs)[0])
            print(f"  {view.replace('_', ' ')}: adds {float(adds[0]):+.3f}, score without it {without:.4f}")


def _tell_blocks(explanation: PairExplanation) -> None:
    for _, row in explanation.blocks.iterrows():
        print(f"  {row['block']}: adds {row['adds']:+.3f}, {row['without']:.3f} without it")


def _tell_partners(explanation: PairExplanation, run: Run) -> None:
    table = explanation.neighbours(run.genes)
    if len(table):
        shown = table.head(ROWS).rename(columns=lambda name: str(name).replace("_", " "))
        print(f"\nMessages from partners ({min(ROWS, len(table))} of {len(table)}):")
        with pd.option_context("display.width", 200, "display.float_format", "{:.4f}".format):
            print(shown.to_string(index=False))


def _tell_check(explanation: PairExplanation, run: Run) -> None:
    print("\nDo these explanations hold when edges are removed?")
    target = explanation.edges[1]
    for name in VALUES[:-1]:
        if name not in explanation.values:
            continue
        verdict = pair_verdict(
            explanation.curves,
            explanation.values,
            explanation.randomised,
            target=target,
            tested=unit_of(run.spec.task),
            order=name,
            title=name.replace("_", " ").capitalize().replace("Gnn e", "GNNE"),
        )
        print(" ".join([verdict.sentence, *verdict.remarks]))
    names = [name for name in explanation.values if name in VALUES[:-1]]
    for one, other in itertools.pairwise(names):
        agreement = rank_agreement(explanation.values[one], explanation.values[other], target=target)
        if agreement.spearman == agreement.spearman:
            print(
                f"{one.replace('_', ' ')} and {other.replace('_', ' ')} order partners alike by "
                f"ρ {agreement.spearman:.2f}, τ {agreement.kendall:.2f}."
            )
