"""`report`: a gene, a pair or a plan as one HTML page."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from slviz.datasets import GeneGraph
from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.gene_lookup import GeneLookup
from slviz.datasets.pair_list import bytes_of_pairs, read_pair_list
from slviz.datasets.sources import open_dataset
from slviz.errors import InvalidSetting, RunNotFound
from slviz.files.names import safe_file_name
from slviz.pipeline.survey import open_ranker, with_survey
from slviz.ranking import Candidate, Ranker, propose_plan, runs_of_question
from slviz.runs.data_of import data_of_run
from slviz.runs.files import write_atomically
from slviz.runs.store import RunStore

QUESTION = "database"


def add_report_command(commands: argparse._SubParsersAction) -> None:
    """Add `report` to the command line."""
    command = commands.add_parser(
        "report",
        help="write a page about a gene, a pair or a plan",
        description="Write one HTML page that works offline and prints, with live figures and its provenance: the "
        "ranked partners of a gene with reason and doubt; the place of a pair in both lists and what its score is made "
        "of; or which pairs of a file to test, in which order, with controls and the hits to expect.",
        allow_abbrev=False,
    )
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--gene", metavar="GENE", help="a gene: symbol, alias or identifier")
    what.add_argument("--pair", metavar="GENE", nargs=2, help="two genes")
    what.add_argument(
        "--plan", metavar="FILE", help="a table of two genes a line, the gene that is asked about and its partner"
    )
    command.add_argument("--run", metavar="RUN", help="name of a run (default: the best finished one of the data set)")
    command.add_argument(
        "--data",
        metavar="SOURCE",
        help="without --run: demo, synlethdb or a folder (default: SLVIZ_DATA, else demo)",
    )
    command.add_argument("--budget", metavar="N", type=int, help="with --plan: how many pairs to test (default: all)")
    command.add_argument("--out", metavar="FILE", type=Path, help="where to write it (default: named by what it shows)")
    command.set_defaults(action=_report)


def _report(options: argparse.Namespace) -> int:
    from slviz.reports import gene_report, pair_report, plan_report

    if options.budget is not None and options.plan is None:
        raise InvalidSetting("--budget says how many pairs of a plan to test: give it with --plan.")
    store = RunStore.default()
    ranker = _ranker(store, options)
    index = GeneIndex.of(ranker.graph)
    if options.gene is not None:
        gene = index.find(options.gene)
        name, content = ranker.graph.genes[gene], gene_report(ranker, gene)
    elif options.pair is not None:
        gene, partner = map(index.find, options.pair)
        name = f"{ranker.graph.genes[gene]}-{ranker.graph.genes[partner]}"
        content = pair_report(ranker, gene, partner)
    else:
        name, content = "plan", plan_report(ranker, _plan(ranker, options))
    path = options.out or Path(safe_file_name(f"{name}-report.html"))
    write_atomically(path, content)
    print(f"Wrote {path} by run {ranker.run.run_id}.", flush=True)
    return 0


def _ranker(store: RunStore, options: argparse.Namespace) -> Ranker:
    """The ranker of the run that was named, else of the best one; with a survey where that takes no longer."""
    if options.run is not None:
        run_id = options.run
        graph: GeneGraph = data_of_run(store.open(run_id))
    else:
        graph = open_dataset(options.data or os.environ.get("SLVIZ_DATA") or "demo")
        runs = runs_of_question(store.summaries(), QUESTION, fingerprint=graph.fingerprint)
        if not runs:
            raise RunNotFound(f"No finished run on '{graph.name}' ranks pairs. Train one, or name a run with --run.")
        run_id = runs[0].run_id
    return with_survey(store, open_ranker(store, run_id, graph))


def _plan(ranker: Ranker, options: argparse.Namespace):
    listed = read_pair_list(bytes_of_pairs(options.plan), options.plan, GeneLookup.of(ranker.graph), once=True)
    for remark in listed.remarks:
        print(f"slviz: {options.plan}: {remark}", flush=True)
    candidates = [Candidate(gene, partner) for gene, partner in listed.pairs.tolist()]
    return propose_plan(ranker, candidates, budget=len(candidates) if options.budget is None else options.budget)
