"""Networks: what goes in, what comes out, and whose attention is whose."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from slviz.errors import InvalidSetting
from slviz.networks import NETWORKS, GraphNetwork
from slviz.networks.encoders import ByteDropout

GENES, FEATURES, STRUCTURE = 12, 5, 3
LEARNING = [
    name
    for name, network in NETWORKS.items()
    if network.learns_in_epochs and not network.reads_pictures  # see test_picture_decoder.py for those
]
GRAPH_NETWORKS = [name for name, network in NETWORKS.items() if issubclass(network, GraphNetwork)]
COURSEWORK = ["coursework_gat", "coursework_multihead"]
WITH_ATTENTION = ["gat", "gatv2", "multihead_gat", "transformer", *COURSEWORK]


@pytest.fixture
def inputs():
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(GENES, FEATURES, generator=generator)
    structure = torch.randn(GENES, STRUCTURE, generator=generator)
    a, b = torch.triu_indices(GENES, GENES, offset=1)[:, ::4]
    return features, structure, torch.cat([torch.stack([a, b]), torch.stack([b, a])], dim=1)


def built(name, *, seed=0, genes=GENES, **settings):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return NETWORKS.make(name, **settings).build(FEATURES, genes=genes, structure=STRUCTURE).eval()


@pytest.mark.parametrize("heads", [1, 3, 8])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize(("name", "settings"), [*((name, {}) for name in WITH_ATTENTION), ("gat", {"v2": True})])
def test_attention_into_each_gene_sums_to_one_in_every_layer_and_head(inputs, name, settings, heads, layers):
    features, structure, edges = inputs
    edges = edges[:, (edges != 3).all(dim=0)]  # gene 3 has no partners
    encoder = built(name, heads=heads, layers=layers, width=24, **settings)
    found = encoder.attention(features, structure, edges)
    assert len(found) == layers
    for edges, weight in found:
        assert weight.shape == (edges.shape[1], heads)
        into = torch.zeros(GENES, heads).index_add(0, edges[1], weight)
        assert torch.allclose(into, torch.ones(GENES, heads), atol=1e-5)


@pytest.mark.parametrize("name", WITH_ATTENTION)
def test_attention_lies_on_the_edges_given_and_one_self_loop_a_gene(inputs, name):
    for edges, _ in built(name).attention(*inputs):
        found = sorted(map(tuple, edges.T.tolist()))
        assert found == sorted([*map(tuple, inputs[2].T.tolist()), *((gene, gene) for gene in range(GENES))])


def test_attention_is_what_the_layer_really_weighs_with():
    """One layer, one head: the messages summed with the reported weights are the layer's own result."""
    layer = NETWORKS.make("gat", heads=1).layer(4, 6)
    genes, edges = torch.randn(5, 4), torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]])
    result, used, weight = layer.with_attention(genes, edges)
    messages = layer.convolution.lin(genes)[used[0]] * weight
    by_hand = torch.zeros(5, 6).index_add(0, used[1], messages) + layer.convolution.bias
    assert torch.allclose(layer.mix(by_hand), result, atol=1e-5)
    assert torch.allclose(layer(genes, edges), result, atol=1e-6)


def test_each_head_of_multihead_gat_is_a_whole_attention_of_its_own():
    """The layer is a linear map of what separate one-head layers give, whose weights lie side by side."""
    layer = NETWORKS.make("multihead_gat", heads=3).layer(4, 6)
    genes, edges = torch.randn(5, 4), torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]])
    result, used, weight = layer.with_attention(genes, edges)
    alone = [each(genes, edges, return_attention_weights=True) for each in layer.convolution.convolutions]
    assert [of_head.shape for of_head, _ in alone] == [(5, 6)] * 3
    assert torch.allclose(layer.mix(torch.cat([of_head for of_head, _ in alone], dim=1)), result, atol=1e-6)
    for head, (_, (edges_of_head, of_head)) in enumerate(alone):
        assert torch.equal(edges_of_head, used)
        assert torch.equal(of_head[:, 0], weight[:, head])
    assert not torch.allclose(weight[:, 0], weight[:, 1])
    assert torch.allclose(layer(genes, edges), result, atol=1e-6)


def test_transformer_attention_is_the_softmax_of_queries_against_keys():
    layer = NETWORKS.make("transformer", heads=1).layer(4, 6)
    genes, edges = torch.randn(4, 4), torch.tensor([[1, 2, 0], [0, 0, 1]])
    result, used, weight = layer.with_attention(genes, edges)
    convolution = layer.convolution
    query, key = convolution.lin_query(genes), convolution.lin_key(genes)
    into_first = used[1] == 0
    expected = torch.softmax(key[used[0][into_first]] @ query[0] / 6**0.5, dim=0)
    assert sorted(used[0][into_first].tolist()) == [0, 1, 2]
    assert torch.allclose(weight[into_first, 0], expected, atol=1e-6)
    messages = torch.zeros(4, 6).index_add(0, used[1], convolution.lin_value(genes)[used[0]] * weight)
    assert torch.allclose(layer.mix(messages + convolution.lin_skip(genes)), result, atol=1e-5)
    assert torch.allclose(layer(genes, edges), result, atol=1e-6)


@pytest.mark.parametrize("name", WITH_ATTENTION)
def test_attention_of_a_deeper_layer_is_that_of_the_pass_that_gives_the_embedding(inputs, name):
    """The second layer is called with the same genes in both passes."""
    replacing = {} if name in COURSEWORK else {"residual": False}
    encoder = built(name, layers=2, **replacing)
    seen = []
    encoder.layers[1].convolution.register_forward_pre_hook(lambda _, args: seen.append(args[0].detach().clone()))
    encoder(*inputs)
    encoder.attention(*inputs)
    assert torch.equal(*seen)


@pytest.mark.parametrize("name", [name for name in LEARNING if name not in WITH_ATTENTION])
def test_networks_without_attention_report_none(inputs, name):
    assert built(name).attention(*inputs) == []


def test_the_control_knows_neither_graph_nor_gene(inputs):
    features, structure, edges = inputs
    encoder = built("mlp")
    alone = encoder(features, torch.zeros_like(structure), edges[:, :0])
    assert torch.equal(encoder(features, structure, edges), alone)
    assert encoder.vectors is None
    twice = features.clone()
    twice[1] = twice[0]
    first, second = encoder(twice, structure, edges)[:2]
    assert torch.equal(first, second)


@pytest.mark.parametrize("name", [*GRAPH_NETWORKS, *COURSEWORK])
def test_graph_networks_listen_to_partners_as_far_as_they_have_layers(inputs, name):
    """On a path 0 → 1 → 2 → 3, gene 3 hears of gene 1 with two layers and of gene 0 not at all."""
    features, structure, _ = inputs
    path = torch.tensor([[0, 1, 2], [1, 2, 3]])
    encoder = built(name, layers=2)
    before = encoder(features, structure, path)
    for gene, is_heard in [(0, False), (1, True)]:
        changed = features.clone()
        changed[gene] += 1
        moved = not torch.allclose(encoder(changed, structure, path)[3], before[3], atol=1e-6)
        assert moved is is_heard


@pytest.mark.parametrize("name", GRAPH_NETWORKS)
def test_gene_vectors_can_be_left_out(name):
    assert built(name, gene_vectors=True).vectors.weight.shape[0] == GENES
    assert built(name, gene_vectors=False).vectors is None


@pytest.mark.parametrize("name", GRAPH_NETWORKS)
def test_a_layer_adds_to_what_a_gene_was_or_replaces_it(inputs, name):
    encoder = built(name, layers=2)
    replacing = built(name, layers=2, residual=False)
    start, *added = encoder.encode(*inputs).states
    _, replaced, _ = replacing.encode(*inputs).states
    assert torch.allclose(added[0], start + replaced, atol=1e-6)
    assert not torch.allclose(added[0], replaced, atol=1e-3)


@pytest.mark.parametrize("name", GRAPH_NETWORKS)
def test_layers_read_numbers_of_one_scale_unless_told_otherwise(inputs, name):
    """Features a thousand times as large are the same to a layer that normalises, and not to one that does not."""
    for normalise in (True, False):
        encoder = built(name, layers=1, normalise=normalise, gene_vectors=False, residual=False)
        encoder.features.bias.data.zero_()
        encoder.structure.bias.data.zero_()
        small, large = (encoder.encode(scale * inputs[0], 0 * inputs[1], inputs[2]).states[1] for scale in (1, 1000))
        assert torch.allclose(small, large, atol=0.05) is normalise


@pytest.mark.parametrize("name", GRAPH_NETWORKS)
def test_settings_of_later_versions_leave_the_names_of_earlier_runs_alone(name):
    assert not {"residual", "normalise"} & NETWORKS.make(name).to_json().keys()
    changed = NETWORKS.make(name, residual=False)
    assert changed.to_json()["residual"] is False
    assert NETWORKS.from_json(changed.to_json()) == changed


def test_different_seeds_start_differently(inputs):
    one, other = (built("gat", seed=seed)(*inputs).detach().numpy() for seed in (0, 1))
    assert not np.allclose(one, other)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_dropout_blanks_its_share_keeps_the_mean_and_does_nothing_when_not_learning(share):
    dropout = ByteDropout(share)
    with torch.random.fork_rng():
        torch.manual_seed(4)
        numbers = torch.ones(401, 997, requires_grad=True)  # no multiple of eight
        found = dropout(numbers)
    assert (found == 0).float().mean().item() == pytest.approx(share, abs=0.005)
    assert found.mean().item() == pytest.approx(1, abs=0.02)
    blanked = (found == 0).float()
    assert (blanked[:, 1:] * blanked[:, :-1]).mean().item() == pytest.approx(share**2, abs=0.01)  # independent
    found.sum().backward()
    assert torch.equal(numbers.grad, found)
    assert torch.equal(dropout.eval()(numbers), numbers)


@pytest.mark.parametrize("name", ["gat", "gatv2", "transformer"])
def test_heads_that_do_not_divide_the_width_are_refused_with_widths_that_fit(name):
    with pytest.raises(InvalidSetting, match=r"heads=3 does not divide width=64.*width=63 or 66"):
        NETWORKS.make(name, heads=3)
    with pytest.raises(InvalidSetting, match=r"heads=8 does not divide width=2.*Take width=8,"):
        NETWORKS.make(name, heads=8, width=2)
