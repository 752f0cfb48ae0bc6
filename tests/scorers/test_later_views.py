"""The views of families, domains, essentiality and co-essential modules: there where the data set tells of them."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from builders import tiny_graph
from sklearn.metrics.pairwise import cosine_similarity

from slviz.datasets import GeneColumns, Relation, Terms
from slviz.errors import InvalidSetting
from slviz.networks import NETWORKS
from slviz.scorers.similarity import Similarity
from slviz.scorers.views import VIEWS
from slviz.scorers.views.relations import NEAREST, nearest_by_sets
from slviz.tasks import TASKS

LATER = ("families", "domains", "essentiality", "coessential")


def sets(membership: np.ndarray) -> Terms:
    names = tuple(f"S{number}" for number in range(membership.shape[1]))
    return Terms(ids=names, names=names, groups=("",) * len(names), membership=sp.csr_array(membership))


@pytest.fixture(scope="module")
def told():
    """The tiny graph with all that the later views read."""
    genes = len(tiny_graph())
    membership = np.random.default_rng(0).random((genes, 6)) < 0.3
    essential = np.zeros(genes)
    essential[[0, 1]] = 1
    return tiny_graph(
        relations={"paralogs": Relation(np.array([[0, 1], [0, 2]]), {}), "families": Relation(np.array([[2, 3]]), {})},
        gene_sets={"pfam": sets(membership), "coessential": sets(membership[:, ::-1])},
        gene_columns=GeneColumns({"core_essential": essential, "mean_expression": np.full(genes, np.nan)}),
    )


def test_genes_that_share_sets_are_nearest_by_the_cosine_of_weighted_sets():
    membership = np.random.default_rng(1).random((60, 9)) < 0.25
    weight = -np.log(np.maximum(membership.sum(axis=0), 1) / len(membership))
    alike = cosine_similarity(membership * weight)
    np.fill_diagonal(alike, 0)
    near = nearest_by_sets(sp.csr_array(membership)).toarray()
    for gene in range(len(membership)):
        kept = np.flatnonzero(near[gene])
        assert len(kept) == min(NEAREST, (alike[gene] > 1e-6).sum())
        assert not len(kept) or alike[gene, kept].min() >= np.delete(alike[gene], kept).max() - 1e-6
        np.testing.assert_allclose(near[gene, kept], alike[gene, kept] / max(alike[gene, kept].sum(), 1e-12), atol=1e-5)


@pytest.mark.parametrize("name", LATER)
def test_a_later_view_is_read_where_it_is_told_and_refused_where_not(told, name):
    network = NETWORKS.make("multiview", **{name: True})
    network.refuse(TASKS.make("link"), told)
    assert name in Similarity.of(told).content
    assert set(network.reads(told)) == set(VIEWS[name].parts(told)) != set()
    bare = tiny_graph()
    assert name not in Similarity.of(bare).content
    with pytest.raises(InvalidSetting, match=f"{name}=true looks at"):
        network.refuse(TASKS.make("link"), bare)
    assert NETWORKS.make("multiview").reads(told) == ()
    assert name not in NETWORKS.make("multiview").to_json()


def test_paralogs_and_families_are_one_relation_and_essential_genes_of_a_pair_are_counted(told):
    similarity = Similarity.of(told)
    np.testing.assert_allclose(similarity.relations_of(LATER)["families"].toarray()[0, :4], [0, 0.5, 0.5, 0])
    numbers = similarity.content["essentiality"]
    assert numbers["essential"][:3].tolist() == [1, 1, 0]
    assert not numbers["expression"].any()  # not known counts as 0
