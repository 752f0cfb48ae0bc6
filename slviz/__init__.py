"""slviz: explore gene embeddings learnt on a graph of synthetic-lethal gene pairs."""

__version__ = "0.2.0"
