"""Data → Plotly figure: pure functions; no streamlit, no torch, no files.

Every figure has a transparent background and leaves text colours to the theme, so that it reads in
light and in dark. Points carry `customdata`: `[gene number]` on maps, networks and degree plots,
`[row of run.predictions]` on prediction plots.
"""

from slviz.figures.colouring import (
    Colouring,
    by_chromosome,
    by_class,
    by_cluster,
    by_degree,
    by_density,
    by_density_distortion,
    by_error,
    by_evidence,
    by_gene_type,
    by_map_quality,
    by_members,
    by_part,
    by_partner_score,
    by_preservation,
    by_shared,
    by_spread,
)
from slviz.figures.controls import agreement_bars, homophily_bars
from slviz.figures.curves import NamedCurve, curves_of, precision_recall_curves, roc_curves
from slviz.figures.degrees import degree_distribution, degree_ranks
from slviz.figures.embedding import embedding_scatter
from slviz.figures.enrichment import compared_bars, enrichment_bars
from slviz.figures.map_3d import embedding_3d
from slviz.figures.network import network_figure
from slviz.figures.own_columns import by_column
from slviz.figures.predictions import predicted_vs_actual, residuals, score_distribution
from slviz.figures.publications import by_publication
from slviz.figures.scree import scree_plot
from slviz.figures.screens import by_screen, screen_dots
from slviz.figures.side_by_side import side_by_side
from slviz.figures.theme import marked_synthetic
from slviz.figures.training import training_curves

__all__ = [
    "Colouring",
    "NamedCurve",
    "agreement_bars",
    "by_chromosome",
    "by_class",
    "by_cluster",
    "by_column",
    "by_degree",
    "by_density",
    "by_density_distortion",
    "by_error",
    "by_evidence",
    "by_gene_type",
    "by_map_quality",
    "by_members",
    "by_part",
    "by_partner_score",
    "by_preservation",
    "by_publication",
    "by_screen",
    "by_shared",
    "by_spread",
    "compared_bars",
    "curves_of",
    "degree_distribution",
    "degree_ranks",
    "embedding_3d",
    "embedding_scatter",
    "enrichment_bars",
    "homophily_bars",
    "marked_synthetic",
    "network_figure",
    "precision_recall_curves",
    "predicted_vs_actual",
    "residuals",
    "roc_curves",
    "score_distribution",
    "scree_plot",
    "screen_dots",
    "side_by_side",
    "training_curves",
]
