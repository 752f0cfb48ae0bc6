"""Vectors: embeddings of other things, brought in and opened on the Embedding page."""

from slviz.ui import layout
from slviz.ui.embedding import vector_library

layout.show(vector_library.page)
