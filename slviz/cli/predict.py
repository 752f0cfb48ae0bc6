"""`predict`: scores of a finished run for pairs of genes, as a table on standard output."""

from __future__ import annotations

import argparse
import sys

import numpy as np
import pandas as pd

from slviz.cli.terminal import beneath
from slviz.datasets import GeneGraph
from slviz.datasets.gene_lookup import GeneLookup
from slviz.datasets.pair_keys import pair_keys
from slviz.datasets.pair_list import PairList, bytes_of_pairs, read_pair_list
from slviz.datasets.sources import open_dataset
from slviz.errors import DataError, RunError
from slviz.formulas import guarded
from slviz.pipeline.synthetic import SYNTHETIC
from slviz.runs.data_of import data_of_run
from slviz.runs.run import Run
from slviz.runs.store import RunStore
from slviz.scorers import PairScorer, ScreenScorer, TrainingGraph
from slviz.scorers.conformal import OUTSIDE
from slviz.splits.pair_split import HIT

COLUMNS = ("gene_a", "gene_b", "score", "known", "max_degree")
LEFT_OUT = "left out"
EXPERIMENT = (
    "These are experiment scores, learnt from tested hits and non-hits: how likely a pair is a hit when it is tested, "
    "beside others. They say nothing of what a database lists."
)


def add_predict_command(commands: argparse._SubParsersAction) -> None:
    """Add `predict` to the command line."""
    command = commands.add_parser(
        "predict",
        help="score pairs of genes with a finished run",
        description="Print a table, with tabs between its columns, of the pairs of a file, in its order: gene_a, "
        "gene_b; score; known, the part of the run that a listed pair was in (train, validation, test; left out "
        "where it was in none), empty where nobody lists the pair; max_degree, how many training partners the "
        "better known of the two has, a baseline that needs no model. Genes may be given by symbol, alias or "
        "identifier; rows that name no two genes are left out and told on standard error. The score of a link run "
        "lies between 0 and 1 and is not a probability; the score of a confidence run is on the scale of the data set. "
        "The score of a run of the task screen is an experiment score, which says nothing of databases. Such a run "
        "adds the columns answer (hit, no hit, cannot say, or outside its range, where there is no score), "
        "earlier_hits and earlier_tests: in how many screens that it learnt from the very pair was a hit, and tested.",
        allow_abbrev=False,
    )
    command.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
    command.add_argument(
        "--pairs",
        metavar="FILE",
        required=True,
        help="a table of two genes a line, further columns apart, plain or .gz; - reads standard input",
    )
    command.set_defaults(action=_predict)


def _predict(options: argparse.Namespace) -> int:
    run = RunStore.default().open(options.run)
    if not run.decoder:
        raise RunError(f"Run {run.run_id} is of the task '{run.spec.task.name}', which scores no pairs.")
    listed = _read_pairs(run, options.pairs)
    pairs = listed.pairs
    graph = _data_at_hand(run)
    scorer = run.scorer(graph)
    answers = _answers(scorer, pairs)
    outside = answers.get("answer", np.full(len(pairs), "")) == OUTSIDE
    score = np.where(outside, "", [f"{value:.6g}" for value in scorer.score(pairs)])
    known, max_degree = _what_is_known(run, pairs, graph)
    table = {"score": score, "known": known, "max_degree": max_degree, **answers}
    rows = "".join(
        "\t".join([guarded(run.genes[a]), guarded(run.genes[b]), *map(str, cells)]) + "\n"
        for (a, b), *cells in zip(pairs.tolist(), *table.values(), strict=True)
    )
    for remark in listed.remarks:
        print(f"slviz: {_called(options.pairs)}: {remark}", file=sys.stderr, flush=True)
    if run.spec.task.positives == HIT:
        print(f"slviz: {EXPERIMENT}", file=sys.stderr, flush=True)
    if run.spec.synthetic:
        print(f"slviz: {SYNTHETIC}", file=sys.stderr, flush=True)
    beneath(sys.stdout).write("\t".join([*COLUMNS, *answers]) + "\n" + rows)
    sys.stdout.flush()
    return 0


def _answers(scorer: PairScorer, pairs: np.ndarray) -> dict[str, np.ndarray]:
    """The columns that a scorer of experiments adds, by title; none for another."""
    if not isinstance(scorer, ScreenScorer):
        return {}
    hits, others = scorer.earlier(pairs)
    return {"answer": scorer.answers(pairs), "earlier_hits": hits, "earlier_tests": hits + others}


def _called(source: str) -> str:
    return "Standard input" if source == "-" else source


def _read_pairs(run: Run, source: str) -> PairList:
    """The pairs of a file or, for "-", of standard input, in their order; one that is listed twice is there twice.

    Raises as `read_pair_list` does, and `MissingDataFile`.
    """
    raw = sys.stdin.buffer.read() if source == "-" else bytes_of_pairs(source)
    genes = GeneLookup(run.genes, data=f"run {run.run_id}", graph=lambda: _data_of_names(run))
    return read_pair_list(raw, _called(source), genes, once=False)


def _data_of_names(run: Run) -> GeneGraph | None:
    """The run's data set for its aliases and identifiers; None where it is not at hand or has other genes by now."""
    try:
        graph = open_dataset(run.spec.data_source)
    except DataError:
        return None
    return graph if graph.genes == run.genes else None


def _data_at_hand(run: Run) -> GeneGraph | None:
    """The run's data set; None, with a word on standard error, where it is not there and the scores do not need it."""
    try:
        return data_of_run(run)
    except DataError as error:
        if run.needs_data:
            raise
        print(f"slviz: Only pairs of the run itself are marked as known. {error}", file=sys.stderr, flush=True)
        return None


def _what_is_known(run: Run, pairs: np.ndarray, data: GeneGraph | None) -> tuple[list[str], list[int]]:
    """Of each pair the part that it was in as a known one, and the baseline max degree on the training pairs."""
    listed = run.predictions.query("negative_kind == 'known'")
    of_run = pd.Index(run.genes).get_indexer
    ends = np.column_stack([of_run(listed[end].to_numpy()) for end in ("gene_a", "gene_b")])
    part = dict(zip(pair_keys(ends, len(run.genes)).tolist(), listed["part"], strict=True))
    # Pairs in no part of the run are known to the data set alone.
    elsewhere = set() if data is None else set(pair_keys(data.pairs, len(run.genes)).tolist())
    known = [part.get(key, LEFT_OUT if key in elsewhere else "") for key in pair_keys(pairs, len(run.genes)).tolist()]
    graph = TrainingGraph(ends[np.asarray(listed["part"] == "train")], len(run.genes))
    return known, graph.without_itself(pairs).max(axis=1).tolist()
