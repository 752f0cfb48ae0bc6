"""How alike the embeddings of two runs are, on disk beside the first of them.

comparisons/<other run>-<k>-<mark>.safetensors     nearest neighbours of all genes that both have

The mark follows from the genes and their vectors, so what is kept of a run that was trained anew is not read again.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from slviz.errors import DamagedRun
from slviz.projections.agreement import Agreement, Null
from slviz.projections.embedding_similarity import EmbeddingSimilarity, NeighbourChange
from slviz.runs.checks import in_range, require
from slviz.runs.damage import later, readable
from slviz.runs.files import make_folder, pack_checksummed, read_whole, saving, unpack_checksummed, write_atomically
from slviz.runs.plain_files import is_plain
from slviz.runs.schemas import AboutComparison

COMPARISONS = "comparisons"
OF_GENES = ("nearest_one", "nearest_other", "place_in_other", "place_in_one", "shared")
NULLS = ("cka_null", "shared_null")
NULL_NUMBERS = 4


def comparison_path(folder: Path, other_id: str, count: int, mark: str) -> Path:
    """Where the comparison of a run's embedding with another's lies.

    Args:
        folder: of the run.
        other_id: of the other run.
        count: how many nearest genes are compared.
        mark: `SharedGenes.mark` of both.
    """
    return folder / COMPARISONS / f"{other_id}-{count}-{mark}.safetensors"


def save_comparison(path: Path, similarity: EmbeddingSimilarity) -> None:
    """Write a comparison of all genes to `path` in the run's folder; raises `RunNotSaved`."""
    folder = path.parent.parent
    with saving(path):
        make_folder(path.parent, within=folder)
    write_atomically(path, pack_checksummed(_arrays(similarity), {"run_id": folder.name}))


def read_comparison(path: Path, *, genes: int) -> EmbeddingSimilarity | None:
    """The comparison of so many genes at `path`, checked; None where it was never made.

    Raises `DamagedRun` naming the file.
    """
    if not is_plain(path):
        return None
    folder = path.parent.parent
    arrays, about = unpack_checksummed(read_whole(path), path, AboutComparison)
    if about.run_id != folder.name:
        raise DamagedRun(
            f"{path.name} in run {readable(folder.name)} belongs to {about.run_id}. "
            f"Remove it from {COMPARISONS}/ and compare again."
        )
    return _checked(arrays, genes, path)


def _arrays(similarity: EmbeddingSimilarity) -> dict[str, np.ndarray]:
    change, cka_null, null = similarity.change, similarity.cka_null, similarity.change.agreement.null
    return {
        "nearest_one": change.nearest_one.astype(np.int32),
        "nearest_other": change.nearest_other.astype(np.int32),
        "place_in_other": change.place_in_other,
        "place_in_one": change.place_in_one,
        "shared": change.shared,
        "cka": np.array([similarity.cka]),
        "cka_null": np.array([cka_null.mean, cka_null.spread, cka_null.highest, cka_null.permutations], np.float64),
        "shared_null": np.array([null.mean, null.spread, null.highest, null.permutations], np.float64),
    }


def _checked(arrays: dict[str, np.ndarray], genes: int, path: Path) -> EmbeddingSimilarity:
    """The comparison in these arrays; raises `DamagedRun` where they do not go together."""
    if set(arrays) - {*OF_GENES, *NULLS, "cka"}:
        raise later(path, "holds more than this version knows of a comparison")
    count = require(arrays, "nearest_one", path, kind="iu", shape=[genes, None]).shape[1]
    require(arrays, "nearest_other", path, kind="iu", shape=[genes, count])
    for name in OF_GENES[:2]:
        in_range(arrays[name], genes, name, path)
    for name in OF_GENES[2:]:
        require(arrays, name, path, kind="f", shape=[genes])
    cka = float(require(arrays, "cka", path, kind="f", shape=[1])[0])
    cka_null, null = (_null(require(arrays, name, path, kind="f", shape=[NULL_NUMBERS])) for name in NULLS)
    change = NeighbourChange(
        genes=np.arange(genes),
        nearest_one=arrays["nearest_one"].astype(np.int64),
        nearest_other=arrays["nearest_other"].astype(np.int64),
        place_in_other=arrays["place_in_other"],
        place_in_one=arrays["place_in_one"],
        agreement=Agreement(arrays["shared"], count, null),
    )
    return EmbeddingSimilarity(cka, cka_null, change)


def _null(stored: np.ndarray) -> Null:
    mean, spread, highest, permutations = stored.tolist()
    return Null(mean, spread, highest, int(permutations))
