"""On the demo, training moves the genes whose planted route the features hide."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from run_folders import CHECKOUT
from scipy.stats import hypergeom

from slviz.datasets.sources import open_dataset
from slviz.features.scaling import scaled_columns
from slviz.projections.embedding_similarity import neighbour_change
from slviz.runs.store import RunStore

FIRST = 100


def hidden_by(features: np.ndarray, route: np.ndarray) -> np.ndarray:
    """Whether the mean of another route is nearer to a gene than that of its own, the gene left out of it."""
    routes, label = np.unique(route, return_inverse=True)
    total = np.stack([features[label == number].sum(axis=0) for number in range(len(routes))])
    size = np.bincount(label).astype(float)
    distance = np.linalg.norm(features[:, None] - (total / size[:, None])[None], axis=2)
    own = (total[label] - features) / (size[label] - 1)[:, None]
    distance[np.arange(len(label)), label] = np.linalg.norm(features - own, axis=1)
    return distance.argmin(axis=1) != label


@pytest.mark.parametrize(("sources", "fold"), [(("ppi", "go"), 3.0), (("ppi",), 4.0), (("go",), 1.6)])
def test_genes_that_changed_most_are_those_whose_route_the_features_hide(sources: tuple[str, ...], fold: float) -> None:
    demo = open_dataset("demo")
    run = RunStore(CHECKOUT / "models").open("gat-both-link-3ec14a25")
    truth = pd.read_csv(CHECKOUT / "data" / "demo" / "truth_genes.tsv", sep="\t").set_index("gene")
    route = truth["pathway"].reindex(list(demo.genes)).fillna("").to_numpy(dtype=str)
    planted = np.flatnonzero(route != "")
    features = np.concatenate([scaled_columns(demo.features[name]) for name in sources], axis=1)
    is_hidden = hidden_by(features[planted], route[planted])
    change = neighbour_change(features, run.embedding, count=10)
    most = change.order[np.isin(change.order, planted)][:FIRST]
    hidden = int(is_hidden[np.searchsorted(planted, most)].sum())
    expected = FIRST * is_hidden.mean()
    assert hidden > fold * expected
    assert hypergeom.sf(hidden - 1, len(planted), is_hidden.sum(), FIRST) < 0.01
