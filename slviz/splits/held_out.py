"""A user's own file of test pairs, with or without a file of negatives to compare them with."""

from __future__ import annotations

import hashlib
import itertools
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
from slviz.splits.hidden_genes import ALL_SEEN, Shares, count_unseen, shares_of
from slviz.splits.like_the_file import LikeTheFile
from slviz.splits.pair_split import PairSplit
from slviz.splits.popularity import Popularity
from slviz.splits.split import Split, with_negatives

FROM_FILES = ("test_pairs", "test_negatives", "validation_pairs", "train_negatives")
"""Settings that say which files a run was made with."""
HIDE_HELP = (
    "Where genes of the file's pairs have no known pair elsewhere: hide genes from validation and from what the models "
    "ask themselves meanwhile, in the same shares of pairs with none, one and two such genes. Off: train as if all "
    "genes were known."
)


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Pairs that a user holds out, and where given what to tell them from, to validate with and to learn from.

    Attributes:
        pairs: int64 [N, 2], smaller gene number first, each once; known to the data set or not.
        score: float32 [N], the file's third column, else the data set's score, else NaN.
        negatives: int64 [M, 2] likewise, or None: then they are drawn.
        test_pairs: SHA-256 of the pairs by name and score, whatever the order in the file.
        test_negatives: likewise of the negatives; "" when there are none.
        remarks, negative_remarks: sentences on what of either file was left out or not read.
        validation: int64 [V, 2] likewise, the real pairs that validate, or None: then they are taken from training.
        validation_score: float32 [V], as `score`.
        learnt_negatives: int64 [L, 2] likewise, the negatives that are learnt from, or None: then they are drawn.
        validation_pairs, train_negatives: SHA-256 of either; "" when there is none.
        validation_remarks, train_negative_remarks: sentences on these files.
    """

    pairs: Int64[np.ndarray, "pairs 2"]
    score: Float32[np.ndarray, " pairs"]
    negatives: Int64[np.ndarray, "negatives 2"] | None
    test_pairs: str
    test_negatives: str
    remarks: tuple[str, ...] = ()
    negative_remarks: tuple[str, ...] = ()
    validation: Int64[np.ndarray, "validation 2"] | None = None
    validation_score: Float32[np.ndarray, " validation"] | None = None
    learnt_negatives: Int64[np.ndarray, "learnt 2"] | None = None
    validation_pairs: str = ""
    train_negatives: str = ""
    validation_remarks: tuple[str, ...] = ()
    train_negative_remarks: tuple[str, ...] = ()

    @classmethod
    def read(
        cls,
        graph: GeneGraph,
        pairs: Path,
        *,
        negatives: Path | None = None,
        validation: Path | None = None,
        train_negatives: Path | None = None,
    ) -> HeldOut:
        """Read tables of two genes a line, a score after them if wanted; see `read_pair_list`.

        What cannot be used is left out and told in `remarks`: unknown genes, a gene with itself, a pair listed twice.

        Raises:
            MissingDataFile: a file is not there.
            UnknownGene: no gene of a file is in the data set; the first such genes, with the nearest names.
            MalformedData: a file is no text or lists no pair that can be used, or a pair is in two files.
        """
        genes = GeneLookup.of(graph)
        files = {
            "test": pairs,
            "test negatives": negatives,
            "validation": validation,
            "train negatives": train_negatives,
        }
        lists = {part: _read(genes, path) for part, path in files.items() if path is not None}
        for (part, listed), (other, others) in itertools.combinations(lists.items(), 2):
            _refuse_both(graph, listed, others, files=(files[part], files[other]), why=_why_not_both(part, other))
        numbers = {part: np.sort(listed.pairs, axis=1) for part, listed in lists.items()}
        score = {part: _score(graph, lists[part], numbers[part]) for part in ("test", "validation") if part in lists}
        digests = {part: _content_hash(graph, numbers[part], score.get(part)) for part in lists}
        remarks = {part: listed.remarks for part, listed in lists.items()}
        return cls(
            pairs=numbers["test"],
            score=score["test"],
            negatives=numbers.get("test negatives"),
            test_pairs=digests["test"],
            test_negatives=digests.get("test negatives", ""),
            remarks=remarks["test"],
            negative_remarks=remarks.get("test negatives", ()),
            validation=numbers.get("validation"),
            validation_score=score.get("validation"),
            learnt_negatives=numbers.get("train negatives"),
            validation_pairs=digests.get("validation", ""),
            train_negatives=digests.get("train negatives", ""),
            validation_remarks=remarks.get("validation", ()),
            train_negative_remarks=remarks.get("train negatives", ()),
        )

    @property
    def digests(self) -> dict[str, str]:
        """The settings of a `FileSplit` that these files decide."""
        return {name: getattr(self, name) for name in FROM_FILES}

    def split(self, **settings: int | float) -> FileSplit:
        """The split that holds these pairs out and no others."""
        return FileSplit(**self.digests, **settings)  # type: ignore[arg-type]

    @property
    def further(self) -> Int64[np.ndarray, "further 2"]:
        """Pairs of the files for validation and training."""
        listed = (self.validation, self.learnt_negatives)
        return np.concatenate([self.pairs[:0], *(pairs for pairs in listed if pairs is not None)])

    @property
    def withheld(self) -> Int64[np.ndarray, "withheld 2"]:
        """Pairs that are no known training pairs, whatever the data set lists."""
        negatives = self.pairs[:0] if self.negatives is None else self.negatives
        return np.concatenate([self.pairs, negatives, self.further])


@dataclass(frozen=True)
class FileSplit(Split):
    """The pairs of a file are held out: your own question, or a newer release."""

    name: ClassVar[str] = "file"
    title: ClassVar[str] = "my own file"
    asks: ClassVar[str] = "Your own question, such as a new screen or a newer release of the data."
    short: ClassVar[str | None] = "own test pairs"
    test_pairs: str = setting("", "SHA-256 of the pairs held out; follows from the file.", advanced=True)
    test_negatives: str = setting("", "SHA-256 of the negatives that came with them.", advanced=True)
    validation_pairs: str = setting("", "SHA-256 of the pairs that validate.", advanced=True, omit_default=True)
    train_negatives: str = setting("", "SHA-256 of the negatives to learn from.", advanced=True, omit_default=True)
    hide_genes: bool = setting(True, HIDE_HELP, label="Hide genes as the file does", advanced=True, omit_default=True)

    def held_out(self) -> str:
        return "the pairs of a file"

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """The file's pairs are tested; all other known pairs are learnt from, a share of them validates.

        A pair of the file is never learnt from, even when the data set lists it. Where genes of the file's pairs have
        no known pair elsewhere, genes are hidden from training so that validation pairs have none, one and two such
        genes in the same shares; see `hide_genes`. Negatives of validation join genes as its pairs do. The test
        part is the same either way but for its popularity-matched negatives: random ones are pairs of any genes.
        """
        self._refuse_other_files(held_out)
        assert held_out is not None
        kept = ~_rows_among(graph.pairs, held_out.withheld, genes=len(graph))
        training = self._generator(0).permutation(np.flatnonzero(kept))
        part = np.full(len(graph.pairs), "train", dtype=object)
        part[self._validation_of(training)] = "validation"
        whole = with_negatives(
            np.concatenate([graph.pairs[kept], held_out.pairs]),
            part=np.concatenate([part[kept], np.full(len(held_out.pairs), "test", dtype=object)]),
            score=np.concatenate([graph.score[kept], held_out.score]),
            gene_part=self._parts_of_genes(len(graph), fold=0, folds=5),
            random=self._generator(1),
            brought=held_out.negatives,
            ratio=self.ratio,
            left_out=np.concatenate([graph.pairs[~kept], held_out.further]),
            popularity=Popularity.of(graph),
        )
        shares = shares_of(count_unseen(held_out.pairs, graph.pairs[kept], genes=len(graph)))
        hides = self.hide_genes and shares != ALL_SEEN
        if held_out.validation is None and held_out.learnt_negatives is None and not hides:
            return whole
        return LikeTheFile(
            graph=graph,
            held_out=held_out,
            known=np.flatnonzero(kept),
            shares=shares if hides else ALL_SEEN,
            share=self.validation_share,
            ratio=self.ratio,
            random=self._generator(3),
        ).divide(whole)

    def remarks(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> tuple[str, ...]:
        """How many of the file's pairs have unseen genes, and what follows from it."""
        if held_out is None:
            return ()
        kept = ~_rows_among(graph.pairs, held_out.withheld, genes=len(graph))
        unseen = np.bincount(count_unseen(held_out.pairs, graph.pairs[kept], genes=len(graph)), minlength=3)
        if not unseen[1:].any():
            return ()
        said = (
            f"Of {len(held_out.pairs):,} test pairs {unseen[0]:,} join two genes with a known pair elsewhere, "
            f"{unseen[1]:,} have one gene without, {unseen[2]:,} have two. "
        )
        if not self.hide_genes:
            return (said + "As asked (hide_genes=false), training is as if all genes were known.",)
        return (said + "Genes are hidden from validation and from inner folds in the same shares.",)

    def unseen_shares(self, split: PairSplit) -> Shares | None:
        if not self.hide_genes:
            return None
        validation = split.pairs[split.rows("validation")]
        shares = shares_of(count_unseen(validation, split.training_pairs, genes=len(split.gene_part)))
        return None if shares == ALL_SEEN else shares

    def _refuse_other_files(self, held_out: HeldOut | None) -> None:
        if held_out is None:
            raise InvalidSetting("The split 'file' needs its file of test pairs: give it with --test-pairs FILE.")
        if any(getattr(self, name) != digest for name, digest in held_out.digests.items()):
            raise InvalidSetting(
                "The file of test pairs has other content than when this run was described. "
                "Give the original file, or start a new run with this one."
            )


def _rows_among(pairs: np.ndarray, others: np.ndarray, *, genes: int) -> np.ndarray:
    return np.isin(pair_keys(pairs, genes), pair_keys(others, genes))


def _read(genes: GeneLookup, path: Path) -> PairList:
    return read_pair_list(bytes_of_pairs(path), str(path), genes, once=True)


def _why_not_both(part: str, other: str) -> str:
    if ("negatives" in part) != ("negatives" in other):
        return "a pair is either real or not"
    return "what is tested is neither learnt from nor validated with"


def _refuse_both(
    graph: GeneGraph, pairs: PairList, others: PairList, *, files: tuple[Path | None, Path | None], why: str
) -> None:
    """`MalformedData` with the first pair that both files list."""
    keys, other_keys = (pair_keys(listed.pairs, len(graph)) for listed in (pairs, others))
    both = np.flatnonzero(np.isin(other_keys, keys))
    if len(both):
        row = int(both[0])
        first = int(pairs.lines[np.flatnonzero(keys == other_keys[row])[0]])
        a, b = (graph.genes[end] for end in others.pairs[row])
        more = f", and {len(both) - 1:,} more" if len(both) > 1 else ""
        raise MalformedData(
            f"{files[1]} lists a pair that {files[0]} lists too; {why}: "
            f"{shown(a)} and {shown(b)} (lines {others.lines[row]:,} and {first:,}{more})."
        )


def _score(graph: GeneGraph, listed: PairList, pairs: np.ndarray) -> Float32[np.ndarray, " pairs"]:
    return np.where(np.isnan(listed.score), _listed_score(graph, pairs), listed.score).astype(np.float32)


def _listed_score(graph: GeneGraph, pairs: np.ndarray) -> np.ndarray:
    """The data set's score of each pair, NaN where it does not list it."""
    row = graph.adjacency[pairs[:, 0], pairs[:, 1]]
    row = np.asarray(row.todense() if hasattr(row, "todense") else row).ravel()
    return np.where(row > 0, np.append(graph.score, np.nan)[row - 1], np.nan)


def _content_hash(graph: GeneGraph, pairs: np.ndarray, score: np.ndarray | None = None) -> str:
    values = np.full(len(pairs), np.nan) if score is None else score
    written = [f"{graph.genes[a]}\t{graph.genes[b]}\t{value:.6g}" for (a, b), value in zip(pairs, values, strict=True)]
    return hashlib.sha256("\n".join(sorted(written)).encode()).hexdigest()
