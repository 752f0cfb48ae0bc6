"""What a run is and how it lies on disk."""

from slviz.networks.attention import Attention
from slviz.runs.run import CLASS_COLUMNS, GENE_COLUMNS, METRIC_COLUMNS, NETWORK, PAIR_COLUMNS, PARTS, Run
from slviz.runs.spec import RunSpec

__all__ = [
    "CLASS_COLUMNS",
    "GENE_COLUMNS",
    "METRIC_COLUMNS",
    "NETWORK",
    "PAIR_COLUMNS",
    "PARTS",
    "Attention",
    "Run",
    "RunSpec",
]
