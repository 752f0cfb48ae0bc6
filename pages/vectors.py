"""Vectors: embeddings of other things, brought in and opened on the Embedding page."""

from slviz.ui import frame
from slviz.ui.embedding import vector_library

frame.show(vector_library.page)
