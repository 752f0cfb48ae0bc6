"""A user's own file of test pairs, with or without a file of non-pairs to compare them with."""

from __future__ import annotations

import csv
import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from jaxtyping import Float32, Int64

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting, MalformedData, MissingDataFile, UnknownGene, nearest
from slviz.files.gz import unpack_if_gzip
from slviz.files.regular import read_regular
from slviz.splits.negatives import pair_keys
from slviz.splits.pair_split import PairSplit
from slviz.splits.split import Split, with_negatives

SHOWN = 10
FEWEST_TO_JUDGE, LEAST_FITTING = 4, 0.5
"""A file of so many lines, of which less than this share names two genes, is taken for another kind of table."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Pairs that a user holds out, and where given the non-pairs to tell them from.

    Attributes:
        pairs: int64 [N, 2], smaller gene number first, each once; known to the data set or not.
        score: float32 [N], the file's third column, else the data set's score, else NaN.
        negatives: int64 [M, 2] likewise, or None: then they are drawn.
        test_pairs: SHA-256 of the pairs by name and score, whatever the order in the file.
        test_negatives: likewise of the non-pairs; "" when there are none.
    """

    pairs: Int64[np.ndarray, "pairs 2"]
    score: Float32[np.ndarray, " pairs"]
    negatives: Int64[np.ndarray, "negatives 2"] | None
    test_pairs: str
    test_negatives: str

    @classmethod
    def read(cls, graph: GeneGraph, pairs: Path, *, negatives: Path | None = None) -> HeldOut:
        """Read tab-, comma- or space-separated gene names, two a line, a score after them if wanted.

        A first line that begins with `gene_a` is a header. Files may end in `.gz`.

        Raises:
            MissingDataFile: a file is not there.
            UnknownGene: a gene is not in the data set; all such genes, with the nearest names.
            MalformedData: a line is no pair, a gene is paired with itself, a score is no number,
                the file is empty, or a pair is in both files.
        """
        found, score = _read_pairs(graph, pairs)
        score = np.where(np.isnan(score), _listed_score(graph, found), score).astype(np.float32)
        others = _read_pairs(graph, negatives)[0] if negatives is not None else None
        if others is not None and np.isin(pair_keys(others, len(graph)), pair_keys(found, len(graph))).any():
            raise MalformedData(f"{negatives} lists a pair that {pairs} lists too; a pair is either real or not.")
        return cls(
            pairs=found,
            score=score,
            negatives=others,
            test_pairs=_content_hash(graph, found, score),
            test_negatives="" if others is None else _content_hash(graph, others),
        )

    def split(self, **settings: int | float) -> FileSplit:
        """The split that holds these pairs out and no others."""
        return FileSplit(test_pairs=self.test_pairs, test_negatives=self.test_negatives, **settings)  # type: ignore[arg-type]


@dataclass(frozen=True)
class FileSplit(Split):
    """The pairs of a file are held out: your own question, or a newer release."""

    name: ClassVar[str] = "file"
    test_pairs: str = setting("", "SHA-256 of the pairs held out; follows from the file.", advanced=True)
    test_negatives: str = setting("", "SHA-256 of the non-pairs that came with them.", advanced=True)

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """The file's pairs are tested; all other known pairs are learnt from, a share of them validates.

        A pair of the file is never learnt from, even when the data set lists it.
        """
        if held_out is None:
            raise InvalidSetting("The split 'file' needs its file of test pairs: give it with --test-pairs FILE.")
        if (held_out.test_pairs, held_out.test_negatives) != (self.test_pairs, self.test_negatives):
            raise InvalidSetting(
                "The file of test pairs has other content than when this run was described. "
                "Give the original file, or start a new run with this one."
            )
        kept = ~_rows_among(graph.pairs, self._withheld(held_out), genes=len(graph))
        training = self._generator(0).permutation(np.flatnonzero(kept))
        part = np.full(len(graph.pairs), "train", dtype=object)
        part[self._validation_of(training)] = "validation"
        return with_negatives(
            np.concatenate([graph.pairs[kept], held_out.pairs]),
            part=np.concatenate([part[kept], np.full(len(held_out.pairs), "test", dtype=object)]),
            score=np.concatenate([graph.score[kept], held_out.score]),
            gene_part=self._parts_of_genes(len(graph), fold=0, folds=5),
            random=self._generator(1),
            brought=held_out.negatives,
            ratio=self.ratio,
        )

    @staticmethod
    def _withheld(held_out: HeldOut) -> np.ndarray:
        """Pairs that may not be learnt from; a pair that the user calls a non-pair is one of them."""
        return held_out.pairs if held_out.negatives is None else np.concatenate([held_out.pairs, held_out.negatives])


def _rows_among(pairs: np.ndarray, others: np.ndarray, *, genes: int) -> np.ndarray:
    return np.isin(pair_keys(pairs, genes), pair_keys(others, genes))


def _read_pairs(graph: GeneGraph, path: Path) -> tuple[Int64[np.ndarray, "pairs 2"], Float32[np.ndarray, " pairs"]]:
    lines = _lines(path)
    _refuse_another_table(graph, lines, path)
    _refuse_malformed(lines, path)
    _refuse_unknown(graph, lines, path)
    ends = [sorted((graph.number_of[cells[0]], graph.number_of[cells[1]])) for _, cells in lines]
    score = [float(cells[2]) if len(cells) > 2 else math.nan for _, cells in lines]
    pairs = np.array(ends, dtype=np.int64)
    _, first = np.unique(pair_keys(pairs, len(graph)), return_index=True)
    return pairs[np.sort(first)], np.array(score, dtype=np.float32)[np.sort(first)]


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """(line number from 1, cells) of every line that is not blank and no header."""
    if not path.is_file():
        raise MissingDataFile(f"There is no file of pairs at {path}.")
    try:
        text = unpack_if_gzip(read_regular(path), path.name).decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise MalformedData(f"{path} is not a text file in UTF-8 ({error}). Save it as plain text.") from error
    numbered = [(number, _cells(line)) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if numbered and numbered[0][1][0].casefold() == "gene_a":
        numbered = numbered[1:]
    if not numbered:
        raise MalformedData(f"{path} lists no pairs. Write two gene names on each line, with a tab between them.")
    return numbered


def _cells(line: str) -> list[str]:
    if "\t" in line or "," in line:
        return [cell.strip() for cell in next(csv.reader([line], delimiter="\t" if "\t" in line else ","))]
    return line.split()


def _refuse_malformed(lines: list[tuple[int, list[str]]], path: Path) -> None:
    wrong = [f"line {number}: {said}" for number, cells in lines if (said := _what_is_wrong(cells))]
    if wrong:
        raise MalformedData(f"{path} cannot be used: {_some(wrong)}.")


def _refuse_another_table(graph: GeneGraph, lines: list[tuple[int, list[str]]], path: Path) -> None:
    """One sentence where hardly a line can be a pair: suggestions for every name would help nobody."""
    fitting = sum(
        not _what_is_wrong(cells) and all(gene in graph.number_of for gene in cells[:2]) for _, cells in lines
    )
    unlike = [
        f"line {number} reads '{' '.join(cells)[:60]}'"
        for number, cells in lines
        if _what_is_wrong(cells) or not any(gene in graph.number_of for gene in cells[:2])
    ]
    if len(lines) >= FEWEST_TO_JUDGE and fitting < LEAST_FITTING * len(lines) and unlike:
        raise MalformedData(
            f"{path} does not look like a list of gene pairs of '{graph.name}': {fitting:,} of its {len(lines):,} "
            f"lines name two of its genes, and {unlike[0]}. Write two gene names on each line with a tab between "
            f"them, such as '{graph.genes[0]}' and '{graph.genes[1]}', and a score after them if you have one."
        )


def _what_is_wrong(cells: list[str]) -> str:
    if len(cells) < 2 or not cells[0] or not cells[1]:
        return f"'{' '.join(cells)}' is not two gene names"
    if cells[0] == cells[1]:
        return f"'{cells[0]}' is paired with itself"
    if len(cells) > 2:
        try:
            if math.isfinite(float(cells[2])):
                return ""
        except ValueError:
            pass
        return f"the score '{cells[2]}' is not a number"
    return ""


def _refuse_unknown(graph: GeneGraph, lines: list[tuple[int, list[str]]], path: Path) -> None:
    first_line: dict[str, int] = {}
    for number, cells in lines:
        for gene in cells[:2]:
            if gene not in graph.number_of:
                first_line.setdefault(gene, number)
    if first_line:
        shown = list(first_line.items())[:SHOWN]
        named = [f"'{gene}' (line {number}).{nearest(gene, graph.genes)}" for gene, number in shown]
        more = f" And {len(first_line) - SHOWN} more." if len(first_line) > SHOWN else ""
        raise UnknownGene(f"{path} names genes that '{graph.name}' does not have: {' '.join(named)}{more}")


def _some(items: list[str]) -> str:
    more = f"; and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return "; ".join(items[:SHOWN]) + more


def _listed_score(graph: GeneGraph, pairs: np.ndarray) -> np.ndarray:
    """The data set's score of each pair, NaN where it does not list it."""
    row = graph.adjacency[pairs[:, 0], pairs[:, 1]]
    row = np.asarray(row.todense() if hasattr(row, "todense") else row).ravel()
    return np.where(row > 0, np.append(graph.score, np.nan)[row - 1], np.nan)


def _content_hash(graph: GeneGraph, pairs: np.ndarray, score: np.ndarray | None = None) -> str:
    values = np.full(len(pairs), np.nan) if score is None else score
    written = [f"{graph.genes[a]}\t{graph.genes[b]}\t{value:.6g}" for (a, b), value in zip(pairs, values, strict=True)]
    return hashlib.sha256("\n".join(sorted(written)).encode()).hexdigest()
