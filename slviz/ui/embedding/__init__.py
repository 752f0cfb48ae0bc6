"""The Embedding page, of genes and of any other vectors: maps, colours, controls, map quality and selections."""
