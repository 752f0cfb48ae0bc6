"""Building the features `ppi` and `go` from interactions and terms, for folders that bring no feature files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from slviz.datasets.graph import GeneGraph
from slviz.datasets.layout import FEATURE_FILE, find_layout
from slviz.datasets.report import Report
from slviz.datasets.spectral import SMALLEST_GROUP, WIDTH, feature_text, go_features, ppi_features
from slviz.disk.whole_files import write_whole
from slviz.errors import DataError


@dataclass(frozen=True)
class Built:
    """A feature that was computed, and what a person should know about it.

    Attributes:
        name: "ppi" or "go".
        matrix: float32 [G, F]; rows have unit length, or are zero where nothing is known of the gene.
        note: a sentence, such as that fewer columns came out than were asked for; or "".
    """

    name: str
    matrix: Float32[np.ndarray, "genes width"]
    note: str


def build_features(graph: GeneGraph, *, width: int = WIDTH, seed: int = 0) -> list[Built]:
    """`ppi` and `go`, as far as the data set brings interactions and terms.

    Raises `DataError` when it brings neither, or too few to compute anything from.
    """
    built = []
    if graph.interactions is not None and graph.interactions.size:
        built.append(_finish("ppi", ppi_features(graph.interactions, len(graph), width=width, seed=seed), width))
    if graph.terms is not None and graph.terms.membership.nnz:
        built.append(_finish("go", go_features(graph.terms.membership, width=width, seed=seed), width))
    built = [matrix for matrix in built if matrix.matrix.shape[1]]
    if not built:
        raise DataError(
            f"The data set '{graph.name}' has neither terms nor interactions that connect {SMALLEST_GROUP} genes, so "
            "no features can be built. Add interactions.tsv or terms.gmt to the folder."
        )
    return built


def _finish(name: str, matrix: np.ndarray, width: int) -> Built:
    got = matrix.shape[1]
    note = ""
    if got < width:
        source = "genes with interactions" if name == "ppi" else "genes or terms"
        note = f"Feature '{name}' has {got} columns instead of {width}: there are only {got} {source}."
    return Built(name, matrix, note)


def write_feature(folder: Path, built: Built, *, decimals: int = 6, force: bool = False) -> Path:
    """Writes a feature file into `folder`, whole or not at all, and returns its path.

    It is called `feature_<name>_<columns>.txt`, or what `dataset.toml` calls this feature's file. With `force` it
    replaces what was there for this feature, whatever its number of columns. Raises `DataError` when the feature is
    there already and `force` is false, or when the disk refuses the write.
    """
    layout, settings = find_layout(folder, Report(folder.name))
    there = layout.features.get(built.name)
    if there is not None and not force:
        raise DataError(
            f"'{folder / there}' is there already and was left as it is. Add --force to replace it, or --out FOLDER "
            "to write elsewhere."
        )
    usual = f"feature_{built.name}_{built.matrix.shape[1]}.txt"
    path = folder / (there if there is not None and settings else usual)
    try:
        write_whole(path, feature_text(built.matrix, decimals=decimals).encode("ascii"))
        if not settings:
            for earlier in _files_of(folder, built.name):
                if force and earlier != path:  # also one that a killed writer had no time to remove
                    earlier.unlink()
    except OSError as error:
        raise DataError(f"'{path}' could not be written: {error.strerror}. Choose another place with --out.") from error
    return path


def _files_of(folder: Path, name: str) -> list[Path]:
    """The files of one feature by their usual names, whatever their number of columns."""
    named = ((FEATURE_FILE.fullmatch(path.name), path) for path in sorted(folder.glob(f"feature_{name}_*")))
    return [path for match, path in named if match and match[1] == name]
