"""The TSV pair of TensorBoard's Embedding Projector, and one TSV of everything."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pandas as pd

from slviz.export.annotated import Annotated
from slviz.export.tables import clean_cells, to_tsv
from slviz.text import utf8

CONFIGURATION = """embeddings {
  tensor_name: "embedding"
  tensor_path: "vectors.tsv"
  metadata_path: "metadata.tsv"
}
"""


def to_projector(content: Annotated) -> bytes:
    """A ZIP of `vectors.tsv` and `metadata.tsv`, which projector.tensorflow.org and TensorBoard load.

    Neither format has room for a comment, so `provenance.txt` lies beside them; `projector_config.pbtxt`
    lets `tensorboard --logdir FOLDER` open the folder as it is.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vectors.tsv", _numbers(content.vectors))
        archive.writestr("metadata.tsv", utf8(_metadata(content)))
        archive.writestr("projector_config.pbtxt", CONFIGURATION)
        archive.writestr("provenance.txt", utf8(content.provenance + "\n"))
    return packed.getvalue()


def to_embedding_tsv(content: Annotated) -> bytes:
    """One row a point: its name, its columns, its place on every map, its vector."""
    named = _names(content)
    places = {
        f"{name}_{axis + 1}": projection.coordinates[:, axis]
        for name, projection in content.maps.items()
        for axis in range(projection.coordinates.shape[1])
    }
    vectors = {f"embedding_{axis + 1}": content.vectors[:, axis] for axis in range(content.vectors.shape[1])}
    columns = content.columns.reset_index(drop=True)
    ours = {content.noun, *places, *vectors}
    columns.columns = [f"{title}_column" if title in ours else title for title in columns.columns]
    whole = pd.concat([named, columns, pd.DataFrame(places), pd.DataFrame(vectors)], axis=1)
    return to_tsv(whole, provenance=content.provenance)


def _names(content: Annotated) -> pd.DataFrame:
    return pd.DataFrame({content.noun: np.array(content.names, dtype=object)})


def _numbers(vectors: np.ndarray) -> str:
    text = pd.DataFrame(vectors).to_csv(sep="\t", header=False, index=False, lineterminator="\n")
    return str(text)


def _metadata(content: Annotated) -> str:
    """One line a point; a heading only where there are several columns, as the Projector wants it."""
    table = content.columns.reset_index(drop=True)
    named = _names(content).join(table.rename(columns={content.noun: f"{content.noun}_column"}))
    cleaned = clean_cells(named)
    several = len(cleaned.columns) > 1
    return str(cleaned.to_csv(sep="\t", header=several, index=False, lineterminator="\n", quoting=3))
