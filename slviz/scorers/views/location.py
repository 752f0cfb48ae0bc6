"""The view `location`: genes of the same chromosome band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from jaxtyping import Int64

from slviz.datasets import GeneGraph
from slviz.scorers.views.relations import UNKNOWN, numbered, together
from slviz.scorers.views.seen_graph import SeenGraph
from slviz.scorers.views.view import View, supported


@dataclass(frozen=True, eq=False)
class Places:
    """The other genes of each gene's band, rows that sum to 1; and the number of its chromosome [G], -1 unknown."""

    bands: sp.csr_array
    chromosome: Int64[np.ndarray, " genes"]


@dataclass(frozen=True)
class Location(View):
    """Bands and chromosomes of both genes."""

    name: str = "location"
    title: str = "Place on the chromosome"
    help: str = "Look at chromosome bands. Pairs inferred from copy number share them; that need not be biology."
    is_later: bool = False

    def read(self, graph: GeneGraph) -> Places | None:
        info = graph.gene_info
        if info is None or not {"chromosome", "cytoband"} <= set(info.columns):
            return None
        chromosome = numbered(info["chromosome"].fillna("").to_numpy(dtype=str))
        band = numbered(info["cytoband"].fillna("").to_numpy(dtype=str))
        bands = together(np.where((chromosome < 0) | (band < 0), UNKNOWN, chromosome * (band.max() + 2) + band))
        return Places(bands, chromosome) if bands.nnz else None

    def relation(self, content: Places) -> sp.csr_array:
        return content.bands

    def gene_features(self, content: Places, seen: SeenGraph) -> list[tuple[str, np.ndarray]]:
        return [("partners of genes in its band", content.bands @ seen.full_degree)]

    @property
    def pair_names(self) -> tuple[str, ...]:
        return ("partners in band", "bands paired", "same band", "same chromosome")

    def pair_features(self, content: Places, seen: SeenGraph, of: np.ndarray, own: np.ndarray) -> list[Any]:
        same = (content.chromosome[of][:, None] == content.chromosome) & (content.chromosome >= 0)
        in_band = (content.bands[of].toarray() > 0).astype(np.float32)
        return [*supported(seen, content.bands, of, own), in_band, same.astype(np.float32)]
