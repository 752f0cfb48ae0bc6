"""The formats in which an embedding can be taken away, in one table."""

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
        write: makes the file's content.
    """

    label: str
    ending: str
    write: Callable[[Annotated], bytes]


def _h5ad(content: Annotated) -> bytes:
    from slviz.export.h5ad import to_h5ad  # h5py takes a moment, which nobody should wait for before the click

    return to_h5ad(content)


FORMATS = {
    "h5ad": Format("scanpy (.h5ad)", "h5ad", _h5ad),
    "tsv": Format("Embedding and maps (TSV)", "embedding.tsv", to_embedding_tsv),
    "projector": Format("TensorBoard Projector (ZIP)", "projector.zip", to_projector),
}


def format_called(name: str) -> Format:
    """The format of that name; raises `UnknownChoice` that lists them."""
    if name not in FORMATS:
        raise UnknownChoice(f"No format is called '{name}'.{nearest(name, FORMATS)} There are: {', '.join(FORMATS)}.")
    return FORMATS[name]
