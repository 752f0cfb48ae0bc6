"""A user's own file of test pairs, with or without a file of negatives to compare them with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from jaxtyping import Float32, Int64

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.datasets.gene_lookup import GeneLookup
from slviz.datasets.pair_keys import pair_keys
from slviz.datasets.pair_list import PairList, bytes_of_pairs, read_pair_list
from slviz.datasets.report import shown
from slviz.errors import InvalidSetting, MalformedData
from slviz.splits.pair_split import PairSplit
from slviz.splits.popularity import Popularity
from slviz.splits.split import Split, with_negatives


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Pairs that a user holds out, and where given the negatives to tell them from.

    Attributes:
        pairs: int64 [N, 2], smaller gene number first, each once; known to the data set or not.
        score: float32 [N], the file's third column, else the data set's score, else NaN.
        negatives: int64 [M, 2] likewise, or None: then they are drawn.
        test_pairs: SHA-256 of the pairs by name and score, whatever the order in the file.
        test_negatives: likewise of the negatives; "" when there are none.
        remarks, negative_remarks: sentences on what of either file was left out or not read.
    """

    pairs: Int64[np.ndarray, "pairs 2"]
    score: Float32[np.ndarray, " pairs"]
    negatives: Int64[np.ndarray, "negatives 2"] | None
    test_pairs: str
    test_negatives: str
    remarks: tuple[str, ...] = ()
    negative_remarks: tuple[str, ...] = ()

    @classmethod
    def read(cls, graph: GeneGraph, pairs: Path, *, negatives: Path | None = None) -> HeldOut:
        """Read tables of two genes a line, a score after them if wanted; see `read_pair_list`.

        What cannot be used is left out and told in `remarks`: unknown genes, a gene with itself, a pair listed twice.

        Raises:
            MissingDataFile: a file is not there.
            UnknownGene: no gene of a file is in the data set; the first such genes, with the nearest names.
            MalformedData: a file is no text or lists no pair that can be used, or a pair is in both files.
        """
        genes = GeneLookup.of(graph)
        told = _read(genes, pairs)
        found = np.sort(told.pairs, axis=1)
        score = np.where(np.isnan(told.score), _listed_score(graph, found), told.score).astype(np.float32)
        others = None if negatives is None else _read(genes, negatives)
        if others is not None:
            _refuse_both(graph, told, others, files=(pairs, negatives))
        drawn = None if others is None else np.sort(others.pairs, axis=1)
        return cls(
            pairs=found,
            score=score,
            negatives=drawn,
            test_pairs=_content_hash(graph, found, score),
            test_negatives="" if drawn is None else _content_hash(graph, drawn),
            remarks=told.remarks,
            negative_remarks=() if others is None else others.remarks,
        )

    def split(self, **settings: int | float) -> FileSplit:
        """The split that holds these pairs out and no others."""
        return FileSplit(test_pairs=self.test_pairs, test_negatives=self.test_negatives, **settings)  # type: ignore[arg-type]


@dataclass(frozen=True)
class FileSplit(Split):
    """The pairs of a file are held out: your own question, or a newer release."""

    name: ClassVar[str] = "file"
    title: ClassVar[str] = "my own file"
    asks: ClassVar[str] = "Your own question, such as a new screen or a newer release of the data."
    short: ClassVar[str | None] = "own test pairs"
    test_pairs: str = setting("", "SHA-256 of the pairs held out; follows from the file.", advanced=True)
    test_negatives: str = setting("", "SHA-256 of the negatives that came with them.", advanced=True)

    def held_out(self) -> str:
        return "the pairs of a file"

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
            popularity=Popularity.of(graph),
            left_out=graph.pairs[~kept],
        )

    @staticmethod
    def _withheld(held_out: HeldOut) -> np.ndarray:
        """Pairs that may not be learnt from; a pair that the user calls a negative pair is one of them."""
        return held_out.pairs if held_out.negatives is None else np.concatenate([held_out.pairs, held_out.negatives])


def _rows_among(pairs: np.ndarray, others: np.ndarray, *, genes: int) -> np.ndarray:
    return np.isin(pair_keys(pairs, genes), pair_keys(others, genes))


def _read(genes: GeneLookup, path: Path) -> PairList:
    return read_pair_list(bytes_of_pairs(path), str(path), genes, once=True)


def _refuse_both(graph: GeneGraph, pairs: PairList, negatives: PairList, *, files: tuple[Path, Path | None]) -> None:
    """`MalformedData` with the first pair that both files list."""
    keys, others = (pair_keys(each.pairs, len(graph)) for each in (pairs, negatives))
    both = np.flatnonzero(np.isin(others, keys))
    if len(both):
        row = int(both[0])
        first = int(pairs.lines[np.flatnonzero(keys == others[row])[0]])
        a, b = (graph.genes[end] for end in negatives.pairs[row])
        more = f", and {len(both) - 1:,} more" if len(both) > 1 else ""
        raise MalformedData(
            f"{files[1]} lists a pair that {files[0]} lists too; a pair is either real or not: "
            f"{shown(a)} and {shown(b)} (lines {negatives.lines[row]:,} and {first:,}{more})."
        )


def _listed_score(graph: GeneGraph, pairs: np.ndarray) -> np.ndarray:
    """The data set's score of each pair, NaN where it does not list it."""
    row = graph.adjacency[pairs[:, 0], pairs[:, 1]]
    row = np.asarray(row.todense() if hasattr(row, "todense") else row).ravel()
    return np.where(row > 0, np.append(graph.score, np.nan)[row - 1], np.nan)


def _content_hash(graph: GeneGraph, pairs: np.ndarray, score: np.ndarray | None = None) -> str:
    values = np.full(len(pairs), np.nan) if score is None else score
    written = [f"{graph.genes[a]}\t{graph.genes[b]}\t{value:.6g}" for (a, b), value in zip(pairs, values, strict=True)]
    return hashlib.sha256("\n".join(sorted(written)).encode()).hexdigest()
