"""Passes written out in NumPy give what torch gave: embeddings and attention of runs, p of t-SNE, parameter counts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.sparse as sp
from builders import tiny_graph, tiny_run, tiny_spec

from slviz.errors import DamagedRun, InvalidSetting
from slviz.networks import GAT, GCN, Adversarial
from slviz.networks.network_parts import counts_by_part
from slviz.networks.sizes import parameters_of
from slviz.optimisers import Adam
from slviz.projections.tsne_by_hand import similarities
from slviz.training import train
from slviz.training.by_hand import pass_by_hand, why_not_by_hand
from slviz.training.structure import WIDTH

NETWORKS = {
    "gcn": (GCN(width=8, layers=2, activation="gelu"), "link"),
    "gcn, batch": (GCN(width=8, layers=2, normalisation="batch", residual=False), "confidence"),
    "gat": (GAT(width=8, heads=2, layers=2), "link"),
    "gat, not normalised": (GAT(width=8, heads=4, layers=1, normalise=False, activation="leaky_relu"), "reconstruct"),
    "gat, bare": (GAT(width=8, heads=4, layers=2, bare=True), "classify"),
    "adversarial": (Adversarial(width=8, layers=2, variational=True), "link"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_sums_are_those_of_the_run(name: str) -> None:
    network, task = NETWORKS[name]
    graph = tiny_graph()
    spec = dataclasses.replace(tiny_spec(graph, task=task), network=network, optimiser=Adam(epochs=3))
    split = spec.split.divide(graph)
    run = train(graph, spec, split, device="cpu")
    assert run.weights is not None
    computed = pass_by_hand(graph, run, split, run.weights)
    np.testing.assert_allclose(computed.embedding, run.embedding, atol=2e-5 * (1 + np.abs(run.embedding).max()))
    for number, layer in enumerate(computed.layers):
        into = layer.into(3)
        by_hand = (layer.weight[into, :, None] * layer.values[layer.edges[0, into]]).sum(axis=0) + layer.bias
        np.testing.assert_allclose(by_hand, layer.summed[3], atol=1e-12)
        if run.attention is not None:
            place = {edge: at for at, edge in enumerate(map(tuple, run.attention.edges.T.tolist()))}
            order = [place[edge] for edge in map(tuple, layer.edges.T.tolist())]
            np.testing.assert_allclose(layer.weight.T, run.attention.weight[number][:, order], atol=1e-5)
            assert layer.raw is not None
    spoilt = {key: value + 1 for key, value in run.weights.items()}
    with pytest.raises(DamagedRun, match="do not give its embedding"):
        pass_by_hand(graph, run, split, spoilt)
    with pytest.raises(DamagedRun, match="are not those of run"):
        pass_by_hand(graph, run, split, {"head.weight": np.ones(3)})
    if not getattr(network, "bare", False) and network.normalisation == "layer":
        genes = 0 if task in ("classify", "reconstruct") else len(graph)
        sizes = parameters_of(network, columns=spec.features.matrix(graph).shape[1], genes=genes, structure=WIDTH)
        stored = counts_by_part(run.weights)
        assert {part: count for part, count in stored.items() if part != "decoder"} == sizes


def test_what_is_not_written_out_is_said() -> None:
    graph = tiny_graph()
    for network in ("mlp", "gatv2", "svd", "multiview"):
        run = dataclasses.replace(tiny_run(graph), spec=tiny_spec(graph, network=network))
        assert f"The sums of '{network}' with these settings are not written out" in why_not_by_hand(run)
        with pytest.raises(InvalidSetting):
            pass_by_hand(graph, run, run.spec.split.divide(graph), {})


def test_p_is_that_of_opentsne_and_q_sums_to_one() -> None:
    from openTSNE.affinity import PerplexityBasedNN

    from slviz.projections.neighbours import nearest_neighbours

    random = np.random.default_rng(0)
    vectors, places = random.normal(size=(60, 5)), random.normal(size=(60, 2))
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    number, distance = nearest_neighbours(vectors, count=30)
    affinity = PerplexityBasedNN(perplexity=10, knn_index=PrecomputedNeighbors(number, distance), n_jobs=1)  # type: ignore[arg-type]
    points = np.array([0, int(number[0, 0]), 41])
    by_hand = similarities(vectors, places, points, perplexity=10)
    expected = sp.csr_array(affinity.P).toarray()[np.ix_(points, points)]
    np.testing.assert_allclose(by_hand.joint, expected, atol=1e-6)
    everyone = similarities(vectors, places, np.arange(60), perplexity=10)
    assert everyone.on_map.sum() == pytest.approx(1)
    assert everyone.joint.sum() == pytest.approx(1)
    share = np.maximum(everyone.conditional, 1e-300)
    np.testing.assert_allclose(np.exp(-(share * np.log(share)).sum(axis=1)), 10, rtol=1e-6)
