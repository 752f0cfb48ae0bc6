"""GeneGraph: the genes, their pairs and all that is known of them, checked once when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import scipy.sparse as sp
from jaxtyping import Float32, Int64

from slviz.datasets.digests import ContentDigest
from slviz.datasets.gene_values import GeneColumns
from slviz.datasets.nouns import Nouns
from slviz.datasets.picture_shape import PictureShape
from slviz.datasets.relations import Relation
from slviz.datasets.screens import ScreenTable
from slviz.errors import MalformedData

EVIDENCE_COLUMNS = ("pair", "interaction", "evidence", "pubmed", "context", "score")
GENE_INFO_COLUMNS = (
    "current_symbol",
    "entrez_id",
    "name",
    "gene_type",
    "chromosome",
    "cytoband",
    "ensembl_id",
    "uniprot_id",
    "aliases",
)


@dataclass(frozen=True, eq=False)
class Terms:
    """Named sets of genes, such as Gene Ontology terms.

    Attributes:
        ids: what identifies a term, such as "GO:0006281"; unique.
        names: what a person reads, such as "DNA repair"; as long as `ids`.
        groups: the ontology or collection of each term, such as "BP"; as long as `ids`.
        membership: bool [G, T], true where the gene belongs to the term.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    membership: sp.csr_array

    def __post_init__(self) -> None:
        widths = {len(self.ids), len(self.names), len(self.groups), self.membership.shape[1]}
        if len(widths) != 1:
            raise MalformedData(f"The parts of the term table disagree on the number of terms: {sorted(widths)}.")

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the ids and the members."""
        digest = ContentDigest()
        add_terms(digest, self)
        return digest.hexdigest()


def add_terms(digest: ContentDigest, terms: Terms) -> None:
    """Adds the ids and the members of terms to a digest."""
    membership = terms.membership.tocsr()
    digest.add_texts("terms", terms.ids)
    digest.add_numbers("membership", membership.indptr, kind="<i8")
    digest.add_numbers("membership", membership.indices, kind="<i8")


@dataclass(frozen=True, eq=False)
class GeneGraph:
    """Genes, known pairs and what is known of both. G genes, P pairs, E interactions.

    Attributes:
        name: short name of the data set, such as "demo" or "synlethdb".
        genes: symbols exactly as the data set writes them, unique; a gene's position is its number.
        pairs: int64 [P, 2], gene numbers with `pairs[:, 0] < pairs[:, 1]`; no pair twice.
        score: float32 [P], confidence of each pair as the data set gives it.
        features: by name (such as "ppi"), float32 [G, F], all finite.
        filled_features: names of those whose missing values a rule filled, over all genes.
        interactions: int64 [2, E], undirected, each once with the smaller number first; or None.
        terms: named sets of genes, or None.
        gene_info: one row a gene in the order of `genes`, columns `GENE_INFO_COLUMNS`, all text,
            "" where unknown, aliases joined by "|"; or None.
        classes: by name of a set of classes, text [G]: the class of each gene, "" where it has none.
        evidence: one row a record, columns `EVIDENCE_COLUMNS`; `pair` is a row of `pairs`,
            `evidence` kinds are joined by ";"; or None. A pair may have none or several.
        screens: pairs that were tested in cells, hits and non-hits; or None.
        relations: by name, further pairs of genes with what is told of each, such as "paralogs".
        gene_sets: by name, further named sets of genes, such as "pfam".
        gene_columns: numbers and words over genes, such as essentiality; or None.
        public_split: text [G], the part of each gene in the split of the literature: "train", "validation", "test" or
            "" for none of them; or None.
        pictures: the shape of the pictures whose pixels are the feature `PictureShape.feature`; None where the things
            are no pictures.
        nouns: the organism, and what things and pairs are called.
        title, citation, licence, remark: for a person, from `dataset.toml`; the remark says what pages should not hide.
        synthetic: true where no measurement stands behind the data.
        fingerprint: SHA-256 over genes, pairs, scores, features, interactions, terms, classes and evidence; computed
            when left out. Screens, relations, gene sets, gene columns, the public split and the shape of pictures
            have digests of their own (`digests`), so that a folder keeps its fingerprint, and its runs, when it
            brings more of them.
    """

    name: str
    genes: tuple[str, ...]
    pairs: Int64[np.ndarray, "pairs 2"]
    score: Float32[np.ndarray, " pairs"]
    features: Mapping[str, Float32[np.ndarray, "genes width"]] = field(default_factory=dict)
    interactions: Int64[np.ndarray, "2 interactions"] | None = None
    terms: Terms | None = None
    gene_info: pd.DataFrame | None = None
    evidence: pd.DataFrame | None = None
    classes: Mapping[str, np.ndarray] = field(default_factory=dict)
    screens: ScreenTable | None = None
    relations: Mapping[str, Relation] = field(default_factory=dict)
    gene_sets: Mapping[str, Terms] = field(default_factory=dict)
    gene_columns: GeneColumns | None = None
    public_split: np.ndarray | None = None
    pictures: PictureShape | None = None
    nouns: Nouns = field(default_factory=Nouns)
    title: str = ""
    citation: str = ""
    licence: str = ""
    remark: str = ""
    filled_features: frozenset[str] = frozenset()
    synthetic: bool = False
    fingerprint: str = ""

    def __post_init__(self) -> None:
        for problem in _contradictions(self):
            raise MalformedData(f"The data set '{self.name}' contradicts itself: {problem}.")
        for array in (
            self.pairs,
            self.score,
            self.interactions,
            *self.features.values(),
            *self.classes.values(),
            self.public_split,
        ):
            if array is not None:
                array.setflags(write=False)
        if not self.fingerprint:
            object.__setattr__(self, "fingerprint", _fingerprint(self))

    def __len__(self) -> int:
        return len(self.genes)

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each part that the fingerprint leaves out, by name, such as "screens" or "relation paralogs"."""
        parts = {
            "screens": self.screens,
            **{f"relation {name}": relation for name, relation in self.relations.items()},
            **{f"gene set {name}": sets for name, sets in self.gene_sets.items()},
            "gene columns": self.gene_columns,
            "pictures": self.pictures,
        }
        digests = {name: part.digest for name, part in parts.items() if part is not None}
        if self.public_split is not None:
            of_split = ContentDigest()
            of_split.add_texts("public split", self.public_split.tolist())
            digests["public split"] = of_split.hexdigest()
        return digests

    @cached_property
    def number_of(self) -> dict[str, int]:
        """Gene number by symbol, exactly as written."""
        return {gene: number for number, gene in enumerate(self.genes)}

    @cached_property
    def degree(self) -> Int64[np.ndarray, " genes"]:
        """Number of known partners of each gene, held-out ones included: for display, never for training."""
        return np.bincount(self.pairs.ravel(), minlength=len(self))

    @cached_property
    def adjacency(self) -> sp.csr_array:
        """Symmetric [G, G]; the value is 1 + the row of `pairs`, so 0 still means "no known pair"."""
        a, b = self.pairs.T
        rows = np.arange(1, len(self.pairs) + 1)
        shape = (len(self), len(self))
        return sp.csr_array((np.r_[rows, rows], (np.r_[a, b], np.r_[b, a])), shape=shape)

    def partners(self, gene: int) -> Int64[np.ndarray, " partners"]:
        """Numbers of the known partners of a gene, ascending."""
        row = self.adjacency[[gene]].tocoo()
        return np.sort(row.coords[1]).astype(np.int64)

    @cached_property
    def pair_evidence(self) -> np.ndarray:
        """Evidence kinds of each pair as text [P], such as "Daisy" or "GenomeRNAi;Text Mining"; "" where none."""
        kinds = np.full(len(self.pairs), "", dtype=object)
        if self.evidence is not None and len(self.evidence):
            by_pair = self.evidence.groupby("pair")["evidence"].agg(_union_of_kinds)
            kinds[by_pair.index.to_numpy()] = by_pair.to_numpy(dtype=object)
        return kinds


def _union_of_kinds(cells: pd.Series) -> str:
    return ";".join(sorted({kind for cell in cells for kind in cell.split(";") if kind}))


def _contradictions(graph: GeneGraph) -> list[str]:
    """What would make later code wrong; a reader reports such things earlier and in more words."""
    count = len(graph.genes)
    contradictions = []
    if len(set(graph.genes)) != count:
        contradictions.append("a gene is listed twice")
    if graph.pairs.shape != (len(graph.score), 2):
        contradictions.append(f"{graph.pairs.shape} pairs with {graph.score.shape} scores")
    elif len(graph.pairs):
        a, b = graph.pairs.T
        if a.min() < 0 or b.max() >= count:
            contradictions.append("a pair names a gene number that does not exist")
        if not (a < b).all():
            contradictions.append("a pair is not written with the smaller gene number first")
        if len(np.unique(a * count + b)) != len(a):
            contradictions.append("a pair is listed twice")
        if not np.isfinite(graph.score).all():
            contradictions.append("a score is not finite")
    for name, matrix in graph.features.items():
        if matrix.ndim != 2 or len(matrix) != count:
            contradictions.append(f"feature '{name}' has shape {matrix.shape} for {count} genes")
        elif not np.isfinite(matrix).all():
            contradictions.append(f"feature '{name}' holds a value that is not finite")
    if graph.interactions is not None and graph.interactions.size:
        if graph.interactions.min() < 0 or graph.interactions.max() >= count:
            contradictions.append("an interaction names a gene number that does not exist")
        if not (graph.interactions[0] < graph.interactions[1]).all():
            contradictions.append("an interaction is not written with the smaller gene number first")
    if graph.terms is not None and graph.terms.membership.shape[0] != count:
        contradictions.append(f"terms over {graph.terms.membership.shape[0]} genes for {count} genes")
    if graph.public_split is not None and graph.public_split.shape != (count,):
        contradictions.append(f"the public split has shape {graph.public_split.shape} for {count} genes")
    if graph.pictures is not None:
        pixels = graph.features.get(PictureShape.feature)
        if pixels is None or pixels.shape[1:] != (graph.pictures.size,):
            contradictions.append(f"no feature '{PictureShape.feature}' holds pictures of {graph.pictures}")
    for name, values in graph.classes.items():
        if values.shape != (count,):
            contradictions.append(f"classes '{name}' have shape {values.shape} for {count} genes")
    related = {
        "a screen": graph.screens,
        **{f"relation '{name}'": relation for name, relation in graph.relations.items()},
    }
    for name, part in related.items():
        if part is not None and len(part) and part.pairs.max() >= count:
            contradictions.append(f"{name} names a gene number that does not exist")
    for name, sets in graph.gene_sets.items():
        if sets.membership.shape[0] != count:
            contradictions.append(f"gene sets '{name}' are over {sets.membership.shape[0]} genes for {count} genes")
    for name, column in (graph.gene_columns.columns if graph.gene_columns is not None else {}).items():
        if column.shape != (count,):
            contradictions.append(f"the column over genes '{name}' has shape {column.shape} for {count} genes")
    if graph.gene_info is not None and (
        len(graph.gene_info) != count or list(graph.gene_info.columns) != list(GENE_INFO_COLUMNS)
    ):
        contradictions.append("gene_info does not have one row a gene and the standard columns")
    if graph.evidence is not None:
        if list(graph.evidence.columns) != list(EVIDENCE_COLUMNS):
            contradictions.append("evidence does not have the standard columns")
        elif len(graph.evidence) and not graph.evidence["pair"].between(0, len(graph.pairs) - 1).all():
            contradictions.append("evidence names a pair that does not exist")
    return contradictions


def _fingerprint(graph: GeneGraph) -> str:
    digest = ContentDigest()
    digest.add_texts("genes", graph.genes)
    digest.add_numbers("pairs", graph.pairs, kind="<i8")
    digest.add_numbers("score", graph.score, kind="<f4")
    for name in sorted(graph.features):
        digest.add_numbers(f"feature {name}", graph.features[name], kind="<f4")
    if graph.interactions is not None:
        digest.add_numbers("interactions", graph.interactions, kind="<i8")
    if graph.terms is not None:
        add_terms(digest, graph.terms)
    for name in sorted(graph.classes):
        digest.add_texts(f"classes {name}", graph.classes[name].tolist())
    if graph.evidence is not None:
        digest.add("evidence", graph.evidence.to_csv(index=False).encode())
    return digest.hexdigest()
