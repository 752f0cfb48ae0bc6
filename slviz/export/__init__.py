"""Downloads: networks, embeddings, tables and figures as files that say where they come from."""

from slviz.export.annotated import Annotated, of_run, of_stored_run, of_stored_vectors, of_vectors
from slviz.export.appearance import FONTS, Appearance
from slviz.export.formats import FORMATS, Format
from slviz.export.network import NETWORK_FORMATS, NetworkFormat, to_cytoscape, to_gexf, to_graphml, to_sif
from slviz.export.pictures import (
    BROWSERS,
    JOURNAL_WIDTHS_MM,
    NARROW_PIXELS,
    WIDE_PIXELS,
    figure_to_html,
    figure_to_image,
    for_print,
)
from slviz.export.projector import to_embedding_tsv, to_projector
from slviz.export.provenance import (
    data_provenance,
    provenance,
    provenance_of_runs,
    spec_provenance,
    vectors_provenance,
)
from slviz.export.tables import to_tsv

__all__ = [
    "BROWSERS",
    "FONTS",
    "FORMATS",
    "JOURNAL_WIDTHS_MM",
    "NARROW_PIXELS",
    "NETWORK_FORMATS",
    "WIDE_PIXELS",
    "Annotated",
    "Appearance",
    "Format",
    "NetworkFormat",
    "data_provenance",
    "figure_to_html",
    "figure_to_image",
    "for_print",
    "of_run",
    "of_stored_run",
    "of_stored_vectors",
    "of_vectors",
    "provenance",
    "provenance_of_runs",
    "spec_provenance",
    "to_cytoscape",
    "to_embedding_tsv",
    "to_gexf",
    "to_graphml",
    "to_projector",
    "to_sif",
    "to_tsv",
    "vectors_provenance",
]
