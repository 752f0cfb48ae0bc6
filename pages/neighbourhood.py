"""Neighbourhood: a part of the Gene page by now, to which its addresses of before lead."""

from slviz.ui import layout
from slviz.ui.gene import gene_sections

layout.show(gene_sections.go_to_neighbourhood)
