"""Maps of an embedding, how dense it is, and which clusters it has."""

from slviz.choices import Choices
from slviz.projections.alignment import Spread, spread_over
from slviz.projections.clusters import CLUSTERINGS, Clustering, Clusters
from slviz.projections.columns import Columns
from slviz.projections.density import DENSITIES, Density, DensityDistortion, DensityEstimate, density_distortion
from slviz.projections.ica import ICA
from slviz.projections.lda import LDA
from slviz.projections.map_quality import MapQuality, measure_map_quality
from slviz.projections.method import ProjectionMethod
from slviz.projections.pacmap import PaCMAP
from slviz.projections.pca import PCA
from slviz.projections.projection import Projection
from slviz.projections.tsne import TSNE
from slviz.projections.umap import UMAP

PROJECTIONS: Choices[ProjectionMethod] = Choices("projection", PCA, TSNE, UMAP, PaCMAP, ICA, LDA, Columns)

__all__ = [
    "CLUSTERINGS",
    "DENSITIES",
    "ICA",
    "LDA",
    "PCA",
    "PROJECTIONS",
    "TSNE",
    "UMAP",
    "Clustering",
    "Clusters",
    "Columns",
    "Density",
    "DensityDistortion",
    "DensityEstimate",
    "MapQuality",
    "PaCMAP",
    "Projection",
    "ProjectionMethod",
    "Spread",
    "density_distortion",
    "measure_map_quality",
    "spread_over",
]
