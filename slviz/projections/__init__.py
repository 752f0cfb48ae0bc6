"""Maps of an embedding, how dense it is, and which clusters it has."""

from slviz.choices import Choices
from slviz.projections.alignment import Spread, spread_over
from slviz.projections.clusters import CLUSTERINGS, Clustering, Clusters
from slviz.projections.density import DENSITIES, Crowding, Density, DensityEstimate, crowding
from slviz.projections.method import ProjectionMethod
from slviz.projections.pacmap import PaCMAP
from slviz.projections.pca import PCA
from slviz.projections.projection import Projection
from slviz.projections.trust import Trust, measure_trust
from slviz.projections.tsne import TSNE
from slviz.projections.umap import UMAP

PROJECTIONS: Choices[ProjectionMethod] = Choices("projection", PCA, TSNE, UMAP, PaCMAP)

__all__ = [
    "CLUSTERINGS",
    "DENSITIES",
    "PCA",
    "PROJECTIONS",
    "TSNE",
    "UMAP",
    "Clustering",
    "Clusters",
    "Crowding",
    "Density",
    "DensityEstimate",
    "PaCMAP",
    "Projection",
    "ProjectionMethod",
    "Spread",
    "Trust",
    "crowding",
    "measure_trust",
    "spread_over",
]
