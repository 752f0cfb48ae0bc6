"""`rank`: the partners of a gene, or all pairs, ranked by a finished run, as a table on standard output."""

from __future__ import annotations

import argparse
import sys

import numpy as np
import pandas as pd

from slviz.cli.terminal import beneath
from slviz.datasets.gene_index import GeneIndex
from slviz.errors import InvalidSetting
from slviz.formulas import guarded
from slviz.pipeline.survey import open_ranker, surveyed, with_survey
from slviz.pipeline.synthetic import SYNTHETIC
from slviz.ranking import FLAGS, LISTED, Ranker, question_of
from slviz.ranking.survey import MOST_TOP, TOP
from slviz.ranking.top_pairs import top_pairs
from slviz.runs.data_of import data_of_run
from slviz.runs.store import RunStore
from slviz.text import unbroken

COLUMNS = ("gene_a", "gene_b", "rank", "score", "known", *FLAGS)
OF_A_GENE = ("percentile", "hub_adjusted_rank", "status", "reason")
"""Further columns of the partners of one gene."""
ROWS_AT_ONCE = 10_000
DEFAULT_TOP = {"gene": 50, "all": 10_000}


def add_rank_command(commands: argparse._SubParsersAction) -> None:
    """Add `rank` to the command line."""
    command = commands.add_parser(
        "rank",
        help="rank the partners of a gene, or all pairs, by a finished run",
        description="Print a table, with tabs between its columns, the best first: gene_a, gene_b; rank, over all "
        "other genes or all pairs, level ones sharing the smallest; score; known, the part of the run that a listed "
        "pair was in (train, validation, test; left out where it was in none), empty where nobody lists the pair; "
        "then, 1 or 0, what to know before believing it: core_essential, hub, near_duplicate (a near-duplicate of one "
        "gene is a training partner of the other), popularity (the partner stands as high for most genes), same_band "
        "(of a chromosome), same_publication. With --gene they are said of the partner, and percentile, "
        "hub_adjusted_rank (by how far the score stands above what the partner has with any gene), status and reason "
        "follow; else of either gene. All pairs "
        f"are surveyed once a run, which is kept beside it; of more than {TOP:,} rows they are surveyed each time.",
        allow_abbrev=False,
    )
    command.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
    command.add_argument(
        "--gene",
        metavar="GENE",
        help="rank the partners of this gene: symbol, alias or identifier (default: all pairs)",
    )
    command.add_argument(
        "--top",
        metavar="N",
        type=int,
        help=f"how many rows, {MOST_TOP:,} at most (default: {DEFAULT_TOP['gene']} with --gene, else "
        f"{DEFAULT_TOP['all']:,})",
    )
    command.add_argument(
        "--unreported", action="store_true", help="leave out the pairs that the data set lists; ranks stay as they are"
    )
    command.add_argument(
        "--hub-adjusted", action="store_true", help="with --gene: in the order of the hub-adjusted rank"
    )
    command.set_defaults(action=_rank)


def _rank(options: argparse.Namespace) -> int:
    _refuse(options)
    store = RunStore.default()
    run = store.open(options.run)
    ranker = open_ranker(store, run.run_id, data_of_run(run))
    top = options.top or DEFAULT_TOP["all" if options.gene is None else "gene"]
    if options.gene is None:
        table = top_pairs(ranker, surveyed(store, ranker, top=top), count=top, unreported=options.unreported)
    else:
        gene = GeneIndex.of(ranker.graph).find(options.gene)
        table = _partners(
            _with_survey(store, ranker), gene, unreported=options.unreported, adjusted=options.hub_adjusted
        )
    _print(table.head(top), more=() if options.gene is None else OF_A_GENE)
    if question_of(run.spec) == "experiment":
        print("slviz: These are experiment scores: they rank pairs by how likely a hit is; no probability.",
              file=sys.stderr, flush=True)  # fmt: skip
    if run.spec.synthetic:
        print(f"slviz: {SYNTHETIC}", file=sys.stderr, flush=True)
    return 0


def _refuse(options: argparse.Namespace) -> None:
    if options.top is not None and options.top < 1:
        raise InvalidSetting(f"--top takes a whole number from 1 on, not {options.top}.")
    if options.top is not None and options.top > MOST_TOP:
        raise InvalidSetting(f"--top takes {MOST_TOP:,} rows at most, not {options.top:,}.")
    if options.hub_adjusted and options.gene is None:
        raise InvalidSetting("--hub-adjusted orders the partners of one gene: give it with --gene.")


def _with_survey(store: RunStore, ranker: Ranker) -> Ranker:
    """The ranker with a survey where there is one, or where it takes a second or two; else a word on it."""
    ranker = with_survey(store, ranker)
    if ranker.survey is None:
        print(
            f"slviz: hub_adjusted_rank and popularity are empty: they read a survey of all pairs, which "
            f"`slviz rank {ranker.run.run_id}` makes.",
            file=sys.stderr, flush=True,
        )  # fmt: skip
    return ranker


def _partners(ranker: Ranker, gene: int, *, unreported: bool, adjusted: bool) -> pd.DataFrame:
    table = ranker.partners(gene, baselines=False)
    partner = table["number"].to_numpy()
    pairs = np.stack([np.full_like(partner, gene), partner], axis=1)
    table = table.rename(columns={"gene": "gene_b"}).assign(
        gene_a=ranker.graph.genes[gene], known=ranker.known.parts_of_pairs(pairs)
    )
    if ranker.survey is None:
        table["popularity"] = np.nan
    if unreported:
        table = table.loc[~table["status"].isin(LISTED)]
    return table.sort_values("hub_adjusted_rank", kind="stable") if adjusted else pd.DataFrame(table)


def _print(table: pd.DataFrame, *, more: tuple[str, ...]) -> None:
    """The table as tab-separated text; what a spreadsheet would run stands behind an apostrophe."""
    columns = [*COLUMNS, *more]
    out = beneath(sys.stdout)
    out.write("\t".join(columns) + "\n")
    for start in range(0, len(table), ROWS_AT_ONCE):
        block = table.iloc[start : start + ROWS_AT_ONCE]
        cells = zip(*(_texts(pd.Series(block[name])) for name in columns), strict=True)
        out.write("".join("\t".join(row) + "\n" for row in cells))
    sys.stdout.flush()


def _texts(column: pd.Series) -> list[str]:
    """Cells as text: yes and no as 1 and 0, numbers with six digits, a missing one empty."""
    if column.dtype == "boolean":
        return ["" if cell is pd.NA else str(int(cell)) for cell in column.tolist()]
    if column.dtype == bool:
        return column.astype(int).astype(str).tolist()
    if column.dtype.kind == "f":
        return ["" if np.isnan(value) else f"{value:.6g}" for value in column.tolist()]
    return [guarded(unbroken(str(value))) for value in column.tolist()]
