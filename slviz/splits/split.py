"""Split: what every protocol has in common, and how negatives are added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from jaxtyping import Float32, Int64

from slviz.choices import Choice, setting
from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.errors import DataError, InvalidSetting
from slviz.splits.apart import Negatives, kept_apart
from slviz.splits.hidden_genes import Shares
from slviz.splits.negatives import (
    Pool,
    degree_matched_across,
    degree_matched_negatives,
    random_negatives,
    random_negatives_across,
)
from slviz.splits.pair_split import POPULARITY_MATCHED, PairSplit
from slviz.splits.popularity import Popularity, popularity_matched_negatives

if TYPE_CHECKING:
    from slviz.splits.held_out import HeldOut

VALIDATION_HELP = (
    "Share of the training pairs that is set aside to pick the best epoch and the threshold; "
    "the test pairs are never looked at for that."
)
RATIO_HELP = (
    "How many unlisted pairs of each kind each validation and test pair is compared with. "
    "More are nearer to a real search; the metrics fall, the ranking of models may change."
)
EVALUATED = ("validation", "test")


@dataclass(frozen=True)
class Split(Choice):
    """Which pairs are held out."""

    name: ClassVar[str]
    title: ClassVar[str]
    """What is held out, as a form and a figure say it, such as "random pairs"."""
    asks: ClassVar[str] = ""
    """The question that this protocol asks of a model, for people; the class's summary where it is empty."""
    short: ClassVar[str | None] = None
    """The title in the name of a run; the title itself where it is None, nothing where it is empty."""
    unseen_genes_per_pair: ClassVar[int] = 0
    """How many genes of a test pair have no training pair."""
    new_publication: ClassVar[bool] = False
    """Whether test pairs come from publications that no training pair is in."""
    holds_out_pairs: ClassVar[bool] = True
    """Whether any pair is held out, and not genes alone."""
    takes_published: ClassVar[bool] = False
    """Whether a network takes the settings of its paper where nothing else is said (`Model.published`)."""
    unasked: ClassVar[tuple[str, ...]] = ()
    """Settings of all splits that mean nothing here, and stay as they are."""
    split_seed: int = setting(
        0, "Seed of the split and of the negatives that are drawn for it.", low=0, high=2**31 - 1, advanced=True
    )
    validation_share: float = setting(0.1, VALIDATION_HELP, low=0.01, high=0.5, advanced=True)
    ratio: int = setting(1, RATIO_HELP, label="Negatives per pair", low=1, high=50, advanced=True, omit_default=True)

    def held_out(self) -> str:
        """What these settings hold out, in words, such as "random pairs (fold 0 of 5)"."""
        fold, folds = getattr(self, "fold", None), getattr(self, "folds", None)
        return self.title if fold is None else f"{self.title} (fold {fold} of {folds})"

    @property
    def holds_out_each_screen(self) -> bool:
        """Whether the screens are held out one after the other, each by a fit of its own."""
        return False

    def screens_in_turn(self, graph: GeneGraph) -> tuple[str, ...]:
        """The screens whose tested pairs measure a model; none where the test part is one of pairs."""
        return ()

    def without_screen(self, name: str) -> Split:
        """The same settings with the screen `name` held out, and no other."""
        raise NotImplementedError

    def remarks(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> tuple[str, ...]:
        """Sentences on what these settings mean for this data set, such as what is left out; nothing here."""
        return ()

    def unseen_shares(self, split: PairSplit) -> Shares | None:
        """In which shares models hide genes while they learn, where that is not `unseen_genes_per_pair` for all pairs.

        Read off the validation part, which imitates the test part; None: as `unseen_genes_per_pair` says.
        """
        return None

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """Divide the pairs of `graph`; the same settings give the same split."""
        raise NotImplementedError

    def _generator(self, purpose: int) -> np.random.Generator:
        return np.random.default_rng([self.split_seed, purpose])

    def _validation_of(self, training: np.ndarray) -> np.ndarray:
        """Those of the shuffled `training` numbers that are set aside: at least one, never all."""
        if len(training) < 2:
            raise DataError(
                f"Only {len(training)} known pairs are left to learn from; training needs two or more. "
                "Use a data set with more pairs, or hold out fewer."
            )
        return training[: min(max(1, round(len(training) * self.validation_share)), len(training) - 1)]

    def _parts_of_genes(self, genes: int, *, fold: int, folds: int) -> np.ndarray:
        """Text [G]: the part of each gene, for tasks about genes; each gene is tested in one fold."""
        numbers = np.array_split(self._generator(2).permutation(genes), folds)
        others = np.concatenate([fold_genes for number, fold_genes in enumerate(numbers) if number != fold])
        part = np.full(genes, "train", dtype=object)
        part[numbers[fold]] = "test"
        part[others[: max(1, round(len(others) * self.validation_share))]] = "validation"
        return part

    def _refuse_file(self, held_out: HeldOut | None) -> None:
        if held_out is not None:
            raise InvalidSetting(f"The split '{self.name}' holds out its own pairs; a file of test pairs needs 'file'.")

    def _refuse_unasked(self, what: str) -> None:
        """`InvalidSetting` where a setting of all splits that means nothing here is not at its default."""
        for entry in self.settings():
            if entry.key in self.unasked and getattr(self, entry.key) != entry.default:
                raise InvalidSetting(
                    f"The split '{self.name}' {what}; {entry.key} changes nothing of it. Leave it out, or take the "
                    "split 'pairs'."
                )

    def _refuse_empty(self, part: np.ndarray, *, advice: str) -> None:
        """`DataError` when a part of the known pairs is empty, or training has only one pair."""
        for name, needed, task in (("test", 1, "test"), ("train", 2, "learn from"), ("validation", 1, "validate with")):
            left = int((part == name).sum())
            if left < needed:
                raise DataError(f"The split '{self.name}' leaves {left or 'no'} known pairs to {task}. {advice}")


def with_negatives(
    known: Int64[np.ndarray, "known 2"],
    *,
    part: np.ndarray,
    score: Float32[np.ndarray, " known"],
    gene_part: np.ndarray,
    random: np.random.Generator,
    brought: Int64[np.ndarray, "brought 2"] | None = None,
    ratio: int = 1,
    left_out: Int64[np.ndarray, "left 2"] | None = None,
    pools: Mapping[str, Pool] | None = None,
    popularity: Popularity | None = None,
) -> PairSplit:
    """The whole split: known pairs first, then the negatives that each part is compared with.

    Negatives are in no known pair of any part, and those of one part are not those of another (`kept_apart`). Every
    part gets random ones; validation and test get degree-matched ones too, and popularity-matched ones where
    `popularity` is given. These are drawn last and stand in the last rows: all others are the same without them.

    Args:
        known: the known pairs of all parts.
        part: text [N], the part of each.
        score: their confidence.
        gene_part: text [G], for tasks about genes.
        random: where chance comes from.
        brought: the user's own negatives for the test part.
        ratio: negatives of each kind for each pair of validation and test; training has one for each.
        left_out: known pairs that are in no part; they are no negatives either.
        pools: by part, the genes that its pairs join; a part without has pairs of any genes.
        popularity: of the genes, `Popularity.of(graph)`.
    """
    genes = len(gene_part)
    listed = known if left_out is None else np.concatenate([known, left_out])
    avoid = np.unique(pair_keys(listed, genes))
    like = {name: known[part == name] for name in ("train", *EVALUATED)}
    drawn = {
        name: _negatives_of(
            random,
            pairs,
            genes=genes,
            avoid=avoid,
            ratio=ratio if name in EVALUATED else 1,
            kinds=("random", "degree-matched") if name in EVALUATED else ("random",),
            pool=None if pools is None else pools.get(name),
        )
        for name, pairs in like.items()
    }
    apart = kept_apart(drawn, like=like, brought=brought, random=random, genes=genes, avoid=avoid, pools=pools)
    if brought is not None:
        apart["test"]["file"] = brought
    blocks = [(known, part, "known")]
    for name in like:
        blocks += [
            (pairs, np.full(len(pairs), name, dtype=object), negative_kind)
            for negative_kind, pairs in apart[name].items()
        ]
    if popularity is not None:
        matched = _popularity_matched(
            random, apart, like=like, popularity=popularity, avoid=avoid, ratio=ratio, pools=pools
        )
        blocks += [
            (pairs, np.full(len(pairs), name, dtype=object), POPULARITY_MATCHED) for name, pairs in matched.items()
        ]
    rows = sum(len(pairs) for pairs, _, _ in blocks)
    scores = np.full(rows, np.nan, dtype=np.float32)
    scores[: len(known)] = score
    return PairSplit(
        pairs=np.concatenate([pairs for pairs, _, _ in blocks]),
        part=np.concatenate([parts for _, parts, _ in blocks]),
        negative_kind=np.concatenate(
            [np.full(len(pairs), negative_kind, dtype=object) for pairs, _, negative_kind in blocks]
        ),
        actual=(np.arange(rows) < len(known)).astype(np.float32),
        score=scores,
        gene_part=gene_part,
    )


def _popularity_matched(
    random: np.random.Generator,
    drawn: Mapping[str, Negatives],
    *,
    like: Mapping[str, Int64[np.ndarray, "pairs 2"]],
    popularity: Popularity,
    avoid: Int64[np.ndarray, " keys"],
    ratio: int,
    pools: Mapping[str, Pool] | None,
) -> Negatives:
    """By part, the popularity-matched negatives: none is a negative of another part, of whatever kind."""
    genes = len(popularity.log_counts)
    matched: Negatives = {}
    for part in reversed(EVALUATED):  # the test part first, as of the other kinds
        others = [pairs for other, of_part in drawn.items() if other != part for pairs in of_part.values()]
        taken = np.concatenate([avoid, *(pair_keys(pairs, genes) for pairs in (*others, *matched.values()))])
        matched[part] = popularity_matched_negatives(
            random,
            np.tile(like[part], (ratio, 1)),
            popularity=popularity,
            avoid=np.unique(taken),
            pool=None if pools is None else pools.get(part),
        )
    return {part: matched[part] for part in EVALUATED}


def _negatives_of(
    random: np.random.Generator,
    like: Int64[np.ndarray, "pairs 2"],
    *,
    genes: int,
    avoid: Int64[np.ndarray, " keys"],
    ratio: int,
    kinds: tuple[str, ...],
    pool: Pool | None,
) -> dict[str, Int64[np.ndarray, "drawn 2"]]:
    """`ratio` negatives of each kind for each pair of `like`."""
    where: dict[str, Any] = {"genes": genes, "avoid": avoid}
    many = np.tile(like, (ratio, 1))
    if pool is None:
        drawn = {"random": random_negatives(random, len(many), **where)}
        if "degree-matched" in kinds:
            drawn["degree-matched"] = degree_matched_negatives(random, many, **where)
    else:
        drawn = {"random": random_negatives_across(random, len(many), pool=pool, **where)}
        if "degree-matched" in kinds:
            drawn["degree-matched"] = degree_matched_across(random, many, pool=pool, **where)
    return drawn
