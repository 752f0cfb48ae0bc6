"""Feature sets: what a network is told about each gene before it sees the graph.

Every feature of a data folder (`feature_<name>_<n>.txt`, or an entry of `[features]`) and every numeric column of its
`gene_columns.tsv` is a set of its own by its name, and any of them may be joined: `ppi+expression`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float32, Float64

from slviz.choices import Choice, Choices
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting, UnknownChoice, nearest

__all__ = [
    "FEATURE_SETS",
    "Both",
    "FeatureSet",
    "FeatureSets",
    "Go",
    "Joint",
    "NamedFeatures",
    "NoFeatures",
    "Ppi",
    "TermsAsTheyAre",
    "own_features",
    "richest",
]

JOIN = "+"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
"""What a feature may be called, as in a data folder (`slviz.datasets.layout`)."""
MOST_JOINED = 12
MOST_TERM_CELLS = 100_000_000
"""Of the matrix of genes by terms; 400 MB."""


@dataclass(frozen=True)
class FeatureSet(Choice):
    """Columns of numbers for every gene, joined from named features of the data set."""

    name: ClassVar[str]
    title: ClassVar[str]
    """What a page calls it."""
    sources: ClassVar[tuple[str, ...]]

    def matrix(self, graph: GeneGraph) -> Float32[np.ndarray, "genes width"]:
        """Float32 [G, F]: the named features side by side; a column of ones where there are none.

        Raises `InvalidSetting` when the data set lacks one of them.
        """
        missing = [source for source in self.sources if _matrix_of(source, graph) is None]
        if missing:
            raise InvalidSetting(self._refusal(missing[0], graph))
        if not self.sources:
            return np.ones((len(graph), 1), dtype=np.float32)
        matrices = (_matrix_of(source, graph) for source in self.sources)
        return np.concatenate([matrix for matrix in matrices if matrix is not None], axis=1)

    def columns(self, graph: GeneGraph) -> dict[str, slice]:
        """Which columns of `matrix` each source gives; a column that is the same for all genes belongs to none."""
        widths = {source: _width_of(source, graph) for source in self.sources}
        start = self.matrix(graph).shape[1] - sum(widths.values())
        ends = start + np.cumsum([0, *widths.values()])
        return {source: slice(int(ends[at]), int(ends[at + 1])) for at, source in enumerate(widths)}

    def reads(self, graph: GeneGraph) -> tuple[str, ...]:
        """What is read beyond the data set's fingerprint: the gene columns, where a feature is one of them."""
        numbers = {} if graph.gene_columns is None else graph.gene_columns.numbers
        of_columns = any(source not in graph.features and source in numbers for source in self.sources)
        return ("gene columns",) if of_columns else ()

    def filled(self, graph: GeneGraph) -> tuple[str, ...]:
        """Which of the sources hold values that were missing and are filled: by a rule, or by a column's mean."""
        numbers = {} if graph.gene_columns is None else graph.gene_columns.numbers
        gaps = {name for name, column in numbers.items() if name not in graph.features and np.isnan(column).any()}
        return tuple(source for source in self.sources if source in graph.filled_features | gaps)

    def has_own_scale(self, graph: GeneGraph) -> bool:
        """Whether networks read the rows as they are, and not each column brought to mean 0 and spread 1."""
        return False

    def _refusal(self, missing: str, graph: GeneGraph) -> str:
        has = ", ".join(sorted(graph.features)) or "none"
        return (
            f"Feature set '{self.name}' needs the feature '{missing}', and the data set '{graph.name}' has: {has}. "
            "Choose 'none', or build the features with `python -m slviz data features FOLDER`."
        )


def _matrix_of(source: str, graph: GeneGraph) -> Float32[np.ndarray, "genes width"] | None:
    """A feature of the data set, or one of its numeric columns; None where it has neither of that name."""
    if source in graph.features:
        return graph.features[source]
    numbers = {} if graph.gene_columns is None else graph.gene_columns.numbers
    if source in numbers:
        return _of_column(numbers[source])
    return _of_terms(graph) if source == TermsAsTheyAre.name else None


def _width_of(source: str, graph: GeneGraph) -> int:
    matrix = _matrix_of(source, graph)
    return 0 if matrix is None else matrix.shape[1]


def _of_terms(graph: GeneGraph) -> Float32[np.ndarray, "genes terms"] | None:
    """One column a term: 1 over the number of the gene's terms where it has the term, else 0."""
    if graph.terms is None:
        return None
    cells = len(graph) * len(graph.terms.ids)
    if cells > MOST_TERM_CELLS:
        raise InvalidSetting(
            f"The terms of '{graph.name}' as they are make {len(graph):,} rows of {len(graph.terms.ids):,} numbers, "
            f"more than the {MOST_TERM_CELLS:,} that are read. Take their leading directions: the feature set 'go'."
        )
    member = graph.terms.membership.toarray().astype(np.float32)
    return member / np.maximum(member.sum(axis=1, keepdims=True), 1)


def _of_column(numbers: Float64[np.ndarray, " genes"]) -> Float32[np.ndarray, "genes width"]:
    """A column of numbers, its mean where nothing is told, and beside it which genes that are, where there are any."""
    missing = np.isnan(numbers)
    mean = float(np.mean(numbers[~missing])) if not missing.all() else 0.0
    filled = np.where(missing, mean, numbers)
    columns = [filled, missing.astype(np.float64)] if missing.any() else [filled]
    return np.stack(columns, axis=1).astype(np.float32)


@dataclass(frozen=True)
class NoFeatures(FeatureSet):
    """A constant column: the network knows the graph alone."""

    name: ClassVar[str] = "none"
    title: ClassVar[str] = "no features"
    sources: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True)
class Ppi(FeatureSet):
    """Protein-protein interactions: leading directions of the interaction graph."""

    name: ClassVar[str] = "ppi"
    title: ClassVar[str] = "PPI"
    sources: ClassVar[tuple[str, ...]] = ("ppi",)


@dataclass(frozen=True)
class Go(FeatureSet):
    """Gene Ontology: leading directions of the gene-by-term table."""

    name: ClassVar[str] = "go"
    title: ClassVar[str] = "GO"
    sources: ClassVar[tuple[str, ...]] = ("go",)


@dataclass(frozen=True)
class Both(FeatureSet):
    """Interactions and Gene Ontology side by side."""

    name: ClassVar[str] = "both"
    title: ClassVar[str] = "GO + PPI"
    sources: ClassVar[tuple[str, ...]] = ("ppi", "go")


@dataclass(frozen=True)
class Joint(FeatureSet):
    """A column of ones, interactions and Gene Ontology side by side, as the coursework joined them."""

    name: ClassVar[str] = "joint"
    title: ClassVar[str] = "1 + PPI + GO"
    sources: ClassVar[tuple[str, ...]] = ("ppi", "go")

    def matrix(self, graph: GeneGraph) -> Float32[np.ndarray, "genes width"]:
        features = super().matrix(graph)
        return np.concatenate([np.ones((len(graph), 1), dtype=np.float32), features], axis=1)


@dataclass(frozen=True)
class TermsAsTheyAre(FeatureSet):
    """The terms themselves, such as the words of a paper: a column a term, each row scaled to sum 1."""

    name: ClassVar[str] = "terms"
    title: ClassVar[str] = "terms as they are"
    sources: ClassVar[tuple[str, ...]] = ("terms",)

    def has_own_scale(self, graph: GeneGraph) -> bool:
        return self.name not in graph.features  # a feature file may have the same name

    def _refusal(self, missing: str, graph: GeneGraph) -> str:
        return (
            f"Feature set '{self.name}' reads terms, and the data set '{graph.name}' has none. Add terms.gmt to the "
            "folder, or choose 'none'."
        )


@dataclass(frozen=True, eq=False)
class NamedFeatures(FeatureSet):
    """Features of the data set by their names, side by side."""

    @classmethod
    def settings(cls) -> tuple[()]:
        """None: kept out of the cache of settings, since anybody may ask for any name."""
        return ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedFeatures) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __reduce__(self) -> tuple[Any, ...]:
        return FEATURE_SETS.make, (self.name,)  # the class is made where it is asked for

    def _refusal(self, missing: str, graph: GeneGraph) -> str:
        names = [*FEATURE_SETS, *own_features(graph)]
        return (
            f"No feature set is called '{self.name}': the data set '{graph.name}' has no feature "
            f"'{missing}'.{nearest(missing, names)} There are: {', '.join(names)}; join features by '{JOIN}'."
        )


class FeatureSets(Choices[FeatureSet]):
    """The sets that every data set may have, by name; and any features of one by their names, joined by "+"."""

    def __getitem__(self, name: str) -> type[FeatureSet]:
        if super().__contains__(name) or not isinstance(name, str) or not _is_name_of_features(name):
            return super().__getitem__(name)
        return _named_features(self._joined(name))

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and _is_name_of_features(name))

    def _joined(self, name: str) -> str:
        """The one way of writing a join: `ppi` and `go` first, then by name, each once; `both` is both of them."""
        parts = name.split(JOIN)
        apart = [part for part in parts if len(parts) > 1 and part in ("none", "joint")]
        if apart:
            raise UnknownChoice(f"'{apart[0]}' cannot be joined to other features. Join features of the data set.")
        sources = {source for part in parts for source in (Both.sources if part == Both.name else (part,))}
        if len(sources) > MOST_JOINED:
            raise UnknownChoice(f"'{name[:60]}…' joins {len(sources)} features, more than the {MOST_JOINED} allowed.")
        return JOIN.join(sorted(sources, key=lambda source: (*(source != first for first in Both.sources), source)))


def _is_name_of_features(name: str) -> bool:
    return all(NAME.fullmatch(part) for part in name.split(JOIN))


@lru_cache(maxsize=512)
def _named_features(name: str) -> type[FeatureSet]:
    """The set with these features; one of the table where it has the same ones."""
    sources = tuple(name.split(JOIN))
    for known in (Ppi, Go, Both, TermsAsTheyAre):
        if known.sources == sources:
            return known
    meaning = f"Of the data set: {', '.join(sources)}."
    return type(
        "NamedFeatures",
        (NamedFeatures,),
        {"name": name, "title": " + ".join(sources), "sources": sources, "__doc__": meaning},
    )


FEATURE_SETS: Choices[FeatureSet] = FeatureSets("feature set", NoFeatures, Ppi, Go, Both, Joint, TermsAsTheyAre)
ALL_NAMES = frozenset(FEATURE_SETS)


def own_features(graph: GeneGraph) -> tuple[str, ...]:
    """The features of a data set that no set of the table names: further files, then numeric columns over genes."""
    files = [name for name in sorted(graph.features) if name not in ALL_NAMES]
    columns = [] if graph.gene_columns is None else list(graph.gene_columns.numbers)
    return tuple(dict.fromkeys([*files, *(name for name in columns if NAME.fullmatch(name) and name not in ALL_NAMES)]))


def richest(graph: GeneGraph) -> FeatureSet:
    """The feature set that tells most of what a data set knows of its genes; of pictures, their pixels."""
    if graph.pictures is not None:
        return FEATURE_SETS.make(graph.pictures.feature)
    fitting = [feature_set for feature_set in FEATURE_SETS.values() if set(feature_set.sources) <= set(graph.features)]
    return max(fitting, key=lambda feature_set: len(feature_set.sources))()
