"""Embeddings of other things: any set of vectors with names, labels and, where they have them, pictures."""

from slviz.vectors.mapping import Given, given_map, kept, make_map, nearest_to
from slviz.vectors.reading import ENDINGS, read_vectors, vector_choices
from slviz.vectors.reference import REFERENCES, reference
from slviz.vectors.store import VectorStore, VectorSummary
from slviz.vectors.vector_set import VectorSet

__all__ = [
    "ENDINGS",
    "REFERENCES",
    "Given",
    "VectorSet",
    "VectorStore",
    "VectorSummary",
    "given_map",
    "kept",
    "make_map",
    "nearest_to",
    "read_vectors",
    "reference",
    "vector_choices",
]
