"""Colouring: what the colour of each gene on a map means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from slviz.datasets import GeneGraph
from slviz.datasets.evidence_kinds import all_in_words
from slviz.figures.written import written
from slviz.projections import Clusters, Density, DensityDistortion, Projection, Spread
from slviz.runs import PARTS, Run

Kind = Literal["categorical", "continuous", "signed"]
SEVERAL = "several kinds"
NO_EVIDENCE = "none recorded"
OTHERS = "other genes"
OTHER = "other"
RIGHT, WRONG = "right", "wrong"
LAST = ("", "none", NO_EVIDENCE, OTHERS)
"""Categories that say that there is nothing to tell; they come last and are grey."""
CHROMOSOMES = (*(str(number) for number in range(1, 23)), "X", "Y", "MT")
NO_PAIR = "none"


@dataclass(frozen=True, eq=False)
class Colouring:
    """One value a gene and how to paint it. G genes.

    Attributes:
        title: what the colour means, such as "Known partners"; heads the legend.
        kind: "categorical" (text), "continuous" (low to high) or "signed" (around zero).
        values: [G], text where categorical ("" where missing), else numbers (NaN where missing).
        unit: stands under the title, such as "genes within 0.42".
        logarithmic: colours run over the logarithm of the values, which are all positive or NaN.
        order: the categories from first to last in the legend; by falling size when left out.
        clusters: what the categories are where they are clusters, which a map names where they lie.
    """

    title: str
    kind: Kind
    values: np.ndarray
    unit: str = ""
    logarithmic: bool = False
    order: Sequence[str] = ()
    clusters: Clusters | None = None

    @property
    def heading(self) -> str:
        """Title and unit as written, for a legend."""
        title, unit = written(self.title), written(self.unit)
        return f"{title}<br><sub>{unit}</sub>" if unit else title

    @property
    def texts(self) -> np.ndarray:
        """[G] text: the value of each gene, for its hover."""
        if self.kind == "categorical":
            return np.where(self.values == "", "unknown", self.values.astype(object))
        shown = np.array([_written(float(value)) for value in self.values], dtype=object)
        return np.where(np.isfinite(self.values.astype(float)), shown, "unknown")

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories that occur, in the legend's order; missing ones ("", "none") last."""
        names, size = np.unique(self.values.astype(str), return_counts=True)
        ordered = names[np.lexsort((names, -size))].tolist()
        if self.order:
            ordered.sort(key=list(self.order).index)
        return tuple(sorted(ordered, key=lambda name: name in LAST))


def _written(value: float) -> str:
    """Three digits; a whole number with all of its own."""
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.3g}"


def by_degree(graph: GeneGraph) -> Colouring:
    """Number of known partners, on a logarithmic scale; genes without any are missing."""
    degree = np.where(graph.degree > 0, graph.degree, np.nan).astype(np.float32)
    return Colouring("Known partners", "continuous", degree, unit="genes, log scale", logarithmic=True)


def by_evidence(graph: GeneGraph) -> Colouring:
    """The kind of evidence behind most of a gene's known pairs; "several kinds" where two tie."""
    kinds, known = np.unique(np.array(all_in_words(graph.pair_evidence), dtype=str), return_inverse=True)
    count = np.zeros((len(graph), len(kinds)), dtype=np.int64)
    np.add.at(count, (graph.pairs[:, 0], known), 1)
    np.add.at(count, (graph.pairs[:, 1], known), 1)
    most = count.max(axis=1)
    tied = (count == most[:, None]).sum(axis=1) > 1
    named = np.array([kind or NO_EVIDENCE for kind in kinds], dtype=object)[count.argmax(axis=1)]
    values = np.where(most == 0, NO_EVIDENCE, np.where(tied, SEVERAL, named))
    return Colouring("Evidence of most pairs", "categorical", fewer(values))


def by_density(density: Density, *, of: str = "gene") -> Colouring:
    """The density around each point (`of` says what one is), on a logarithmic scale; lone ones are missing."""
    value = np.where(density.value > 0, density.value, np.nan)
    unit = density.unit.replace("gene", of)
    return Colouring("Local density", "continuous", value, unit=f"{unit}, log scale", logarithmic=True)


def by_cluster(clusters: Clusters) -> Colouring:
    """The cluster of each gene; grey where it has none."""
    order = (*clusters.names, "none")
    return Colouring("Cluster", "categorical", clusters.name_of_each, order=order, clusters=clusters)


def by_chromosome(graph: GeneGraph) -> Colouring:
    """The chromosome of each gene, 1 to 22, X, Y, MT; missing where the data set does not say."""
    values = _about(graph, "chromosome")
    order = [*CHROMOSOMES, *sorted(set(values.tolist()) - set(CHROMOSOMES))]
    return Colouring("Chromosome", "categorical", values, order=order)


def by_gene_type(graph: GeneGraph) -> Colouring:
    """The kind of each gene, such as "protein-coding"; missing where the data set does not say."""
    return Colouring("Gene type", "categorical", fewer(_about(graph, "gene_type")))


def by_members(chosen: np.ndarray, genes: int, *, title: str, called: str) -> Colouring:
    """Genes `chosen` (numbers) stand out as `called`; the other `genes` are grey."""
    values = np.full(genes, OTHERS, dtype=object)
    values[chosen] = called
    return Colouring(title, "categorical", values, order=(called, OTHERS))


def by_part(graph: GeneGraph, run: Run) -> Colouring:
    """Which parts a gene's known pairs are in: train, validation, test, or several of them; for genes, their part."""
    table = run.predictions
    if "gene" in table:
        values = np.full(len(graph), "", dtype=object)
        values[_numbers(graph, table["gene"])] = table["part"].to_numpy(dtype=object)
        return Colouring("Part of the gene", "categorical", values, order=("train", "validation", "test", ""))
    known = table.loc[table["negative_kind"] == "known"]
    code = sum(2**bit * (_touched(graph, known.loc[known["part"] == part]) > 0) for bit, part in enumerate(PARTS))
    names = np.array([_parts_in(number) for number in range(2 ** len(PARTS))], dtype=object)
    values = names[np.asarray(code, dtype=np.int64)]
    return Colouring("Known pairs of the gene", "categorical", values, order=tuple(names[[1, 3, 5, 7, 2, 4, 6, 0]]))


def _parts_in(code: int) -> str:
    """The parts whose bits are set, such as "train + test"."""
    return " + ".join(part for bit, part in enumerate(PARTS) if code & 2**bit) or NO_PAIR


def by_error(graph: GeneGraph, run: Run) -> Colouring:
    """How wrong the run is about a gene: mean |actual − predicted| over the test pairs that it is in.

    Where genes are predicted, the root mean squared error of the gene's features; where classes are, whether the
    class of a test gene is right. A gene without any is missing.
    """
    table = run.predictions
    if "gene" in table and "actual" in table:
        tested = table.loc[(table["part"] == "test") & (table["actual"] != "")]
        values = np.full(len(graph), "", dtype=object)
        values[_numbers(graph, tested["gene"])] = np.where(tested["actual"] == tested["prediction"], RIGHT, WRONG)
        return Colouring("Class of test genes", "categorical", values, order=(RIGHT, WRONG, ""))
    error = np.full(len(graph), np.nan)
    if "gene" in table:
        error[_numbers(graph, table["gene"])] = table["prediction"].to_numpy(dtype=np.float64)
        return Colouring("Prediction error", "continuous", error, unit="root mean square over the gene's features")
    tested = table.loc[table["part"] == "test"]
    count = _touched(graph, tested)
    off = np.abs(tested["actual"].to_numpy(dtype=np.float64) - tested["prediction"].to_numpy(dtype=np.float64))
    total = _touched(graph, tested, weight=off)
    error[count > 0] = total[count > 0] / count[count > 0]
    return Colouring("Prediction error", "continuous", error, unit="mean |actual − predicted| of its test pairs")


def _about(graph: GeneGraph, column: str) -> np.ndarray:
    if graph.gene_info is None:
        return np.full(len(graph), "", dtype=object)
    return graph.gene_info[column].to_numpy(dtype=object)


def _numbers(graph: GeneGraph, genes: Any) -> np.ndarray:
    return pd.Index(graph.genes).get_indexer(pd.Index(genes))


def _touched(graph: GeneGraph, pairs: pd.DataFrame, *, weight: np.ndarray | None = None) -> np.ndarray:
    """[G]: how many of the pairs each gene is in, or the sum of their weights."""
    ends = np.concatenate([_numbers(graph, pairs[end]) for end in ("gene_a", "gene_b")])
    twice = None if weight is None else np.concatenate([weight, weight])
    return np.bincount(ends, weights=twice, minlength=len(graph))


def by_class(values: np.ndarray, names: Sequence[str], *, title: str) -> Colouring:
    """The class [G] of each gene, grey ("none") where it is ""; a class has the same colour whether actual or given."""
    return Colouring(title, "categorical", np.where(values == "", "none", values), order=(*names, "none"))


def by_preservation(projection: Projection) -> Colouring:
    """How well the map keeps each gene's neighbours: 0 none, 1 all."""
    return Colouring("Neighbourhood preservation", "continuous", projection.kept, unit="share of 15")


def by_map_quality(value: np.ndarray, by_chance: float, *, measure: str = "lower of both") -> Colouring:
    """How faithful the map is at each gene: 1 is best, `by_chance` what chance gives; NaN not measured."""
    unit = f"{measure}; 1 is best, {by_chance:.2g} is chance"
    return Colouring("Map quality", "continuous", np.asarray(value, dtype=np.float32), unit=unit)


def by_spread(spread: Spread, seeds: int) -> Colouring:
    """How far each gene moves from seed to seed, in percent of the map's radius."""
    return Colouring(
        "Moves between seeds", "continuous", 100 * spread.value, unit=f"% of the map's radius, {seeds} seeds"
    )


def by_density_distortion(distortion: DensityDistortion) -> Colouring:
    """Where the map is denser (above 0) or emptier than the embedding."""
    return Colouring(
        "Density distortion", "signed", distortion.value, unit="rank on the map less rank in the embedding"
    )


def by_shared(shared: np.ndarray, words: str) -> Colouring:
    """Share (0 to 1) of each gene's nearest neighbours that are the same in two embeddings, which `words` name."""
    return Colouring("Neighbours that stay", "continuous", np.asarray(shared, dtype=np.float32), unit=words)


def by_partner_score(scores: np.ndarray, symbol: str, *, gene: int | None = None) -> Colouring:
    """Predicted partner scores [G] of a gene, as `PairDecoder.score_with` gives them; the gene itself is missing."""
    values = np.array(scores, dtype=np.float32)
    if gene is not None:
        values[gene] = np.nan
    return Colouring(f"Score with {symbol}", "continuous", values, unit="predicted")


def fewer(values: np.ndarray, *, most: int = 10) -> np.ndarray:
    """The `most` commonest texts; the rest become "other", missing ones ("") stay."""
    names, code, size = np.unique(values.astype(str), return_inverse=True, return_counts=True)
    rank = np.argsort(np.argsort(np.where(names == "", 1, -size), kind="stable"), kind="stable")
    kept = np.where(rank < most, names, OTHER).astype(object)
    kept[names == ""] = ""
    return kept[code]
