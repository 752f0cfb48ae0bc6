"""The formats in which an embedding can be downloaded, in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from slviz.errors import UnknownChoice, nearest
from slviz.export.annotated import Annotated
from slviz.export.projector import to_embedding_tsv, to_projector


@dataclass(frozen=True)
class Format:
    """One way to write an embedding.

    Attributes:
        label: what a menu calls it.
        ending: of the file's name.
        about: what is in the file and who reads it, in one line.
        write: makes the file's content.
    """

    label: str
    ending: str
    about: str
    write: Callable[[Annotated], bytes]


def _h5ad(content: Annotated) -> bytes:
    from slviz.export.h5ad import to_h5ad  # h5py takes a moment, which nobody should wait for before the click

    return to_h5ad(content)


FORMATS = {
    "h5ad": Format(
        "scanpy (.h5ad)",
        "h5ad",
        "for scanpy and anndata: obs, obsm (embedding and maps), obsp (known pairs, attention)",
        _h5ad,
    ),
    "tsv": Format(
        "Embedding and maps (TSV)",
        "embedding.tsv",
        "one row a gene: what is known of it, its place on each map, its vector",
        to_embedding_tsv,
    ),
    "projector": Format(
        "TensorBoard Projector (ZIP)",
        "projector.zip",
        "vectors.tsv and metadata.tsv in a ZIP, for TensorBoard's Embedding Projector",
        to_projector,
    ),
}


def about_formats() -> str:
    """One line for each format, for the help of a command."""
    width = max(map(len, FORMATS))
    return "formats:\n" + "\n".join(
        f"  {name:<{width}}  {export_format.about}" for name, export_format in FORMATS.items()
    )


def format_called(name: str) -> Format:
    """The format of that name; raises `UnknownChoice` that lists them."""
    if name not in FORMATS:
        raise UnknownChoice(f"No format is called '{name}'.{nearest(name, FORMATS)} There are: {', '.join(FORMATS)}.")
    return FORMATS[name]
