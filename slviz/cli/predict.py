"""`predict`: scores of a finished run for pairs of genes, as a table on standard output."""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from slviz.baselines import TrainingGraph
from slviz.cli.synthetic import SYNTHETIC
from slviz.cli.terminal import beneath
from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.errors import DataError, MalformedData, MissingDataFile, RunError, UnknownGene, nearest
from slviz.formulas import guarded
from slviz.runs.data_of import data_of
from slviz.runs.run import Run
from slviz.runs.store import RunStore
from slviz.scoring import needs_graph, scorer_of
from slviz.splits.negatives import pair_keys

SHOWN = 20
COLUMNS = ("gene_a", "gene_b", "score", "known", "max_degree")
LEFT_OUT = "left out"


def add_predict_command(commands: argparse._SubParsersAction) -> None:
    """Add `predict` to the command line."""
    command = commands.add_parser(
        "predict",
        help="score pairs of genes with a finished run",
        description="Print a table, with tabs between its columns, of every pair of a file, in its order: gene_a, "
        "gene_b; score; known, the part of the run that a listed pair was in (train, validation, test; left out "
        "where it was in none), empty where nobody lists the pair; max_degree, how many training partners the "
        "better known of the two has, a baseline that needs no model. Genes may be given by symbol, alias or "
        "identifier. The score of a link run lies between 0 and 1 and is not a probability; the score of a "
        "confidence run is on the scale of the data set.",
        allow_abbrev=False,
    )
    command.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
    command.add_argument(
        "--pairs",
        metavar="FILE",
        required=True,
        help="two genes a line, by tab, comma or space; - reads standard input",
    )
    command.set_defaults(action=_predict)


def _predict(asked: argparse.Namespace) -> int:
    run = RunStore.default().open(asked.run)
    if not run.decoder:
        raise RunError(f"Run {run.run_id} is of the task '{run.spec.task.name}', which scores no pairs.")
    named = read_pairs(asked.pairs)
    pairs = _numbers(run, named)
    graph = _data_at_hand(run)
    score = scorer_of(graph, run).score(pairs)
    known, max_degree = _what_is_known(run, pairs, graph)
    rows = "".join(
        f"{guarded(run.genes[a])}\t{guarded(run.genes[b])}\t{value:.6g}\t{part}\t{partners}\n"
        for (a, b), value, part, partners in zip(pairs.tolist(), score, known, max_degree, strict=True)
    )
    if run.spec.synthetic:
        print(f"slviz: {SYNTHETIC}", file=sys.stderr, flush=True)
    beneath(sys.stdout).write("\t".join(COLUMNS) + "\n" + rows)
    sys.stdout.flush()
    return 0


class NamedPair(NamedTuple):
    """Two names, and the line that they stand on."""

    line: int
    one: str
    other: str


def read_pairs(source: str) -> list[NamedPair]:
    """Two names a line from a file or, for "-", standard input; a line that begins with gene_a is a header.

    Raises `MissingDataFile`, or `MalformedData` naming the lines that hold no pair.
    """
    lines = [(number, _cells(line)) for number, line in enumerate(_text(source).splitlines(), start=1) if line.strip()]
    if lines and lines[0][1][0].casefold() == "gene_a":
        lines = lines[1:]
    where = "Standard input" if source == "-" else source
    if not lines:
        raise MalformedData(f"{where} lists no pairs. Write two genes on each line, with a tab between them.")
    wrong = [str(number) for number, cells in lines if len(cells) < 2 or not cells[0] or not cells[1]]
    itself = [
        f"{cells[0]} (line {number})" for number, cells in lines if str(number) not in wrong and cells[0] == cells[1]
    ]
    problems = [f"has lines that are not two genes: {_some(wrong)}"] if wrong else []
    problems += [f"pairs a gene with itself: {_some(itself)}"] if itself else []
    if problems:
        raise MalformedData(f"{where} {'; it '.join(problems)}. Nothing was scored.")
    return [NamedPair(number, cells[0], cells[1]) for number, cells in lines]


def _text(source: str) -> str:
    try:
        if source == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        content = Path(source).read_bytes()
        return (gzip.decompress(content) if source.endswith(".gz") else content).decode("utf-8-sig")
    except OSError as error:
        raise MissingDataFile(f"There is no file of pairs at {source} ({error.strerror or error}).") from error
    except (UnicodeDecodeError, EOFError) as error:
        raise MalformedData(f"{source} is not text in UTF-8 ({error}). Save it as plain text.") from error


def _cells(line: str) -> list[str]:
    if "\t" in line:
        return [cell.strip() for cell in line.split("\t")]
    return [cell.strip() for cell in next(csv.reader([line]))] if "," in line else line.split()


def _data_at_hand(run: Run) -> GeneGraph | None:
    """The run's data set; None, with a word on standard error, where it is not there and the scores do not need it."""
    try:
        return data_of(run.spec)
    except DataError as error:
        if needs_graph(run):
            raise
        print(f"slviz: Only pairs of the run itself are marked as known. {error}", file=sys.stderr, flush=True)
        return None


def _what_is_known(run: Run, pairs: np.ndarray, data: GeneGraph | None) -> tuple[list[str], list[int]]:
    """Of each pair the part that it was in as a known one, and the baseline max degree on the training pairs."""
    listed = run.predictions.query("against == 'known'")
    of_run = pd.Index(run.genes).get_indexer
    ends = np.column_stack([of_run(listed[end].to_numpy()) for end in ("gene_a", "gene_b")])
    part = dict(zip(pair_keys(ends, len(run.genes)).tolist(), listed["part"], strict=True))
    # Pairs in no part of the run are known to the data set alone.
    elsewhere = set() if data is None else set(pair_keys(data.pairs, len(run.genes)).tolist())
    known = [part.get(key, LEFT_OUT if key in elsewhere else "") for key in pair_keys(pairs, len(run.genes)).tolist()]
    graph = TrainingGraph(ends[np.asarray(listed["part"] == "train")], len(run.genes))
    return known, graph.without_itself(pairs).max(axis=1).tolist()


def _numbers(run: Run, named: Sequence[NamedPair]) -> np.ndarray:
    """Gene numbers int64 [N, 2] in the run's order; raises `UnknownGene` listing all that are not there."""
    first_line = {name: pair.line for pair in reversed(named) for name in (pair.other, pair.one)}
    names = list(dict.fromkeys(name for pair in named for name in (pair.one, pair.other)))
    number = {gene: at for at, gene in enumerate(run.genes)}
    unknown = [name for name in names if name not in number]
    number |= _by_alias(run, unknown)
    lost = [name for name in unknown if name not in number]
    if lost:
        hints = [f"'{name}' (line {first_line[name]}){nearest(name, run.genes, limit=1)}" for name in lost[:SHOWN]]
        more = f" And {len(lost) - SHOWN} more." if len(lost) > SHOWN else ""
        raise UnknownGene(f"Run {run.run_id} does not know {len(lost)} of the genes: {'; '.join(hints)}{more}")
    pairs = np.array([[number[pair.one], number[pair.other]] for pair in named], dtype=np.int64)
    same = np.flatnonzero(pairs[:, 0] == pairs[:, 1])
    if len(same):
        twice = [f"{named[row].one} and {named[row].other} (line {named[row].line})" for row in same.tolist()]
        raise MalformedData(f"Two names of one gene make no pair: {_some(twice)}.")
    return pairs


def _by_alias(run: Run, names: list[str]) -> dict[str, int]:
    """Numbers of those names that the run's data set knows as an alias or identifier, where it is at hand."""
    if not names:
        return {}
    from slviz.datasets.gene_index import GeneIndex

    try:
        graph = open_dataset(run.spec.data_source)
    except DataError:
        return {}
    if graph.genes != run.genes:
        return {}
    index, found = GeneIndex(graph), {}
    for name in names:
        try:
            found[name] = index.find(name)
        except UnknownGene:
            continue
    return found


def _some(items: list[str]) -> str:
    return ", ".join(items[:SHOWN]) + (f" and {len(items) - SHOWN} more" if len(items) > SHOWN else "")
