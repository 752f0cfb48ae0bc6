"""`outliers`: which genes are unlike what a run learnt from, and which measure tells noise from genes."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import numpy as np

from slviz.cli.project import progress_line
from slviz.errors import InvalidSetting, nearest
from slviz.outliers import MEASURES, NOISE_KINDS, Scores, scores_of
from slviz.outliers.measures import NEIGHBOURS
from slviz.outliers.noise import NoiseKind
from slviz.pipeline.noise import groups_of_run, noise_through, share_of
from slviz.runs.data_of import data_of_run
from slviz.runs.store import RunStore
from slviz.splits import PairSplit

ABOUT = """Put noise through the network of a finished run, keep it beside the run, and print for each measure of
outlierness how well it tells the noise from genes that the run did not learn from (AUC; 0.5 is chance), in the trained
network and in the same network with random weights; then the genes that are most unlike what was learnt from.

Noise are things that are none: their features are random, column by column like those of the genes, and so are their
partners. What is there already is not made again."""


def add_outliers_command(commands: argparse._SubParsersAction) -> None:
    """Add `outliers` to the command line."""
    command = commands.add_parser(
        "outliers",
        help="which genes are unlike what a run learnt from, checked with noise",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
    command.add_argument(
        "--noise",
        metavar="KIND",
        default=NOISE_KINDS[1],
        help="permuted: the numbers of each column in a random order (default); matched: drawn from a normal with each "
        "column's mean and spread",
    )
    command.add_argument("--top", metavar="N", type=int, default=10, help="how many genes are printed (default: 10)")
    command.add_argument(
        "--neighbours", metavar="K", type=int, default=NEIGHBOURS, help=f"nearest genes (default: {NEIGHBOURS})"
    )
    command.set_defaults(action=_outliers)


def _outliers(options: argparse.Namespace) -> int:
    kind = _known(options.noise)
    if options.top < 0 or options.neighbours < 1:
        raise InvalidSetting("--top takes a whole number from 0 on, and --neighbours one from 1 on.")
    store = RunStore.default()
    run = store.open(options.run)
    graph = data_of_run(run)
    noise = noise_through(store, run, graph, kind=kind, on_progress=progress_line())
    groups = groups_of_run(run, graph, PairSplit.from_frame(store.open_split(run.run_id), graph.genes))
    share, count = share_of(run, graph), options.neighbours
    trained = scores_of(
        run.embedding,
        groups,
        noise=noise.trained,
        share=share,
        noise_share=noise.trained_share if noise.has_shares else None,
        count=count,
    )
    untrained = scores_of(
        noise.control,
        groups,
        noise=noise.untrained,
        share=noise.control_share if noise.has_shares else None,
        noise_share=noise.untrained_share if noise.has_shares else None,
        count=count,
    )
    print(groups.sentence)
    print(f"{noise.count:,} {kind} noise things.")
    print("measure\tAUC\tAUC, random weights\tAUC by chance")
    for name, scores in trained.items():
        print(f"{name}\t{scores.telling().auc:.3f}\t{untrained[name].telling().auc:.3f}\t0.500")
    _tell_genes(trained, graph.genes, options.top)
    return 0


def _tell_genes(scores: Mapping[str, Scores], genes: tuple[str, ...], top: int) -> None:
    for name, measured in scores.items():
        order = np.argsort(-measured.real, kind="stable")[:top].tolist()
        if order:
            print(f"Most unlike by {MEASURES[name].title.lower()}: {', '.join(genes[gene] for gene in order)}")


def _known(kind: str) -> NoiseKind:
    if kind not in NOISE_KINDS:
        raise InvalidSetting(f"No noise is called '{kind}'.{nearest(kind, NOISE_KINDS)} There are: matched, permuted.")
    return "matched" if kind == "matched" else "permuted"
