"""How it came about: the formula behind an embedding, an attention weight, a score and a map, with this gene's numbers.

Everything is computed anew from what the run stored, without torch, and set beside what it stored.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.networks import GAT, GCN, Adversarial
from slviz.networks.network_parts import counts_by_part
from slviz.networks.sizes import parameters_of
from slviz.projections import TSNE, Projection
from slviz.projections.nearest_genes import nearest_genes
from slviz.projections.tsne_by_hand import Similarities, similarities
from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.scorers import PairDecoder
from slviz.scorers.pair_decoder import NAMES
from slviz.training.by_hand import LayerPass, NetworkPass, pass_by_hand, why_not_by_hand
from slviz.training.structure import WIDTH
from slviz.ui import address, cache, downloads, errors
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

EMBEDDING, ATTENTION, SCORE, MAP, SIZES = "embedding", "attention", "score", "map", "networks"
TITLES = {
    EMBEDDING: "Embedding",
    ATTENTION: "Attention",
    SCORE: "Score of a pair",
    MAP: "Place on the map",
    SIZES: "Networks side by side",
}
GCN_FORMULA = r"z_v = b + \sum_{u \in N(v) \cup \{v\}} \frac{1}{\sqrt{d_u\, d_v}}\; W h_u"
GAT_FORMULA = r"z_v = b + \sum_{u \in N(v) \cup \{v\}} \alpha_{uv}\; W h_u"
SOFTMAX_FORMULA = (
    r"e_{uv} = \mathrm{LeakyReLU}\left(a_s \cdot W h_u + a_t \cdot W h_v\right) \qquad "
    r"\alpha_{uv} = \frac{\exp e_{uv}}{\sum_{k} \exp e_{kv}}"
)
SCORE_FORMULA = (
    r"\mathrm{raw} = a^\top B b + u^\top (a + b) + r^\top \mathrm{relu}(S(a+b) + P(a \odot b) + Q|a-b| + c) + d"
)
MAP_FORMULA = (
    r"p_{j|i} = \frac{\exp(-\|x_i - x_j\|^2 / 2\sigma_i^2)}{\sum_k \exp(-\|x_i - x_k\|^2 / 2\sigma_i^2)} \qquad "
    r"p_{ij} = \frac{p_{j|i} + p_{i|j}}{2n}"
)
ON_MAP_FORMULA = r"q_{ij} = \frac{(1 + \|y_i - y_j\|^2)^{-1}}{\sum_{k \ne l} (1 + \|y_k - y_l\|^2)^{-1}}"
COUNTED = "Each d counts a gene's partners in training and itself. "
MOST_FOR_MAP = 20_000
SHOWN_UNITS = 6
OWN_LOOP = "itself"


def show(summary: RunSummary, graph: GeneGraph, run: Run, gene: int, *, projection: Projection | None = None) -> None:
    """A folded part with one of the formulas at a time; made when it is opened."""
    part = address.folded("How it came about", key="came-about", icon=":material/function:")
    if not part.open:
        return
    with part:
        missing = {MAP} if projection is None else set()
        if not len(graph.pairs):
            missing |= {ATTENTION, SCORE}
        there = {key: title for key, title in TITLES.items() if key not in missing}
        chosen = address.choice(st.segmented_control, "Formula of", there, key="came")
        with errors.as_sentences():
            if chosen == SCORE:
                _score(graph, run, gene)
            elif chosen == MAP and projection is not None:
                _map(graph, run, gene, projection)
            elif chosen == SIZES:
                _sizes(graph, run)
            else:
                _layer_sum(summary, graph, run, gene, attention=chosen == ATTENTION)


# --- the sum of a layer, and its weights ----------------------------------------------------------------------


def _layer_sum(summary: RunSummary, graph: GeneGraph, run: Run, gene: int, *, attention: bool) -> None:
    reason = why_not_by_hand(run)
    if attention and not reason and run.attention is None:
        reason = f"'{run.spec.network.name}' has no attention: its weights follow from numbers of partners alone."
    if reason:
        st.info(escape_markdown(reason), icon=":material/info:")
        return
    computed = _pass(run.run_id, cache.run_stamp(run.run_id), graph.fingerprint, summary, graph, run)
    layer, number, head, column = _choose(computed, attention=attention)
    symbol = escape_markdown(graph.genes[gene])
    if attention:
        st.latex(SOFTMAX_FORMULA)
        table = attention_table(graph, run, layer, gene, number, head)
        st.dataframe(table, hide_index=True, height=min(38 + 35 * len(table), 320))
        stored = table["stored α"].to_numpy()
        st.caption(
            in_words(
                f"v is {symbol}, u a gene that it hears; layer {number + 1}, head {head + 1}. The weights sum to "
                f"{table['α'].sum():.6f}. From the weights that the run stored; they differ from the attention that it "
                f"stored by {np.abs(table['α'].to_numpy() - stored).max():.1e} at most."
            )
        )
    else:
        st.latex(GAT_FORMULA if layer.raw is not None else GCN_FORMULA)
        table = sum_table(graph, layer, gene, head, column)
        st.dataframe(table, hide_index=True, height=min(38 + 35 * len(table), 320))
        total, bias = float(layer.summed[gene, head, column]), float(layer.bias[head, column])
        heads = f", head {head + 1}" if layer.values.shape[1] > 1 else ""
        st.caption(
            "A layer passes messages in three steps. **Message**: what u sends, (W h) of u, times its weight, the "
            "*product*. **Aggregate**: their sum over all rows. **Update**: b is added, and then comes the activation."
        )
        st.markdown(
            f"**{total - bias:.5f}** (sum) {'−' if bias < 0 else '+'} {abs(bias):.5f} (b) = **{total:.5f}**, number "
            f"{column + 1} of {symbol} after layer {number + 1}{heads}, before the activation."
        )
        st.caption(
            in_words(
                f"{'' if layer.raw is not None else COUNTED}Done for all {len(computed.layers)} layers and numbers, "
                f"this gives the embedding; it differs from the one that the run stored by {computed.off:.1e} at most, "
                "rounding in single precision."
            )
        )
    name = f"{run.run_id}-{graph.genes[gene]}-layer-{number + 1}"
    downloads.table_button(name, lambda: table, source=downloads.provenance(graph, run))


def _choose(computed: NetworkPass, *, attention: bool) -> tuple[LayerPass, int, int, int]:
    """The layer, head and number of the address."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = int(_one_of("Layer", "came-layer", len(computed.layers))) - 1
        layer = computed.layers[number]
        head = int(_one_of("Head", "came-head", layer.values.shape[1])) - 1
        column = 0
        if not attention:
            most = layer.values.shape[2]
            column = int(address.entry("Number", key="came-number", low=1, high=most, default=1, step=1)) - 1
    return layer, number, head, column


def _one_of(label: str, key: str, count: int) -> str:
    options = [str(number) for number in range(1, count + 1)]
    return options[0] if count == 1 else address.one_of(st.segmented_control, label, options, key=key)


def sum_table(graph: GeneGraph, layer: LayerPass, gene: int, head: int, column: int) -> pd.DataFrame:
    """One row a gene that is heard, the largest part of the sum first: its weight, what it sends, their product."""
    edges = layer.into(gene)
    source = layer.edges[0, edges]
    weight, value = layer.weight[edges, head], layer.values[source, head, column]
    names = np.where(source == gene, OWN_LOOP, np.asarray(graph.genes, dtype=object)[source])
    columns: dict[str, object] = {"u": names}
    if layer.raw is None:
        degree = np.bincount(layer.edges[1], minlength=len(layer.values))
        columns |= {"d of u": degree[source], "d of v": degree[gene]}
    columns |= {"weight": weight, "(W h) of u": value, "product": weight * value}
    table = pd.DataFrame(columns)
    return table.sort_values("product", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def attention_table(graph: GeneGraph, run: Run, layer: LayerPass, gene: int, number: int, head: int) -> pd.DataFrame:
    """One row a gene that is heard: raw score, its exponential, its share, and the share that the run stored."""
    assert layer.raw is not None
    assert run.attention is not None
    edges = layer.into(gene)
    source, raw = layer.edges[0, edges], layer.raw[edges, head]
    stored_into = np.flatnonzero(run.attention.edges[1] == gene)
    order = np.argsort(run.attention.edges[0, stored_into])
    place = order[np.searchsorted(run.attention.edges[0, stored_into], source, sorter=order)]
    table = pd.DataFrame(
        {
            "u": np.where(source == gene, OWN_LOOP, np.asarray(graph.genes, dtype=object)[source]),
            "e (raw)": raw,
            "exp e": np.exp(raw),
            "α": layer.weight[edges, head],
            "stored α": run.attention.weight[number, head, stored_into[place]].astype(np.float64),
        }
    )
    return table.sort_values("α", ascending=False, kind="stable", ignore_index=True)


@st.cache_resource(max_entries=2, show_spinner="Computing the layers anew …")
def _pass(run_id: str, stamp: int, fingerprint: str, _summary: RunSummary, _graph: GeneGraph, _run: Run) -> NetworkPass:
    return pass_by_hand(_graph, _run, cache.split(_summary, _graph), cache.store().open_weights(run_id))


# --- the score of a pair ---------------------------------------------------------------------------------------


def _score(graph: GeneGraph, run: Run, gene: int) -> None:
    if any(name not in run.decoder for name in NAMES):
        does = "scores no pairs" if not run.decoder else "scores pairs by more than a formula of two embeddings"
        st.info(in_words(f"This run {does}, so there is no sum to show."), icon=":material/info:")
        return
    partners = graph.partners(gene)
    first = int(partners[0]) if len(partners) else (gene + 1) % len(graph)
    other = _partner(graph, gene, first)
    decoder = PairDecoder(run.decoder)
    terms = decoder.terms(run.embedding, (gene, other))
    st.latex(SCORE_FORMULA)
    table = pd.DataFrame(
        {
            "term": ["a' B b", "u'(a + b)", "r' relu(…)", "d", "raw"],
            "value": [terms.bilinear, terms.linear, float(terms.units.sum()), terms.bias, terms.raw],
        }
    )
    st.dataframe(table, hide_index=True)
    given = float(decoder.score(run.embedding, np.array([[gene, other]]))[0])
    on = int((terms.units != 0).sum())
    largest = np.argsort(-np.abs(terms.units), kind="stable")[:SHOWN_UNITS]
    listed = ", ".join(f"{number + 1}: {terms.units[number]:+.3f}" for number in largest.tolist())
    last = f"clipped to {terms.bounds[0]:.2f} … {terms.bounds[1]:.2f}" if terms.bounds else "its logistic"
    pair = escape_markdown(f"{graph.genes[gene]} – {graph.genes[other]}")
    st.markdown(f"raw = {terms.raw:.5f}; {last} is **{terms.score:.6f}**. The run gives {pair} **{given:.6f}**.")
    st.caption(f"{on} of {len(terms.units)} hidden units are on; those that add most: {listed}.")


def _partner(graph: GeneGraph, gene: int, first: int) -> int:
    """The other gene of the pair: that of the address, else a known partner."""
    wanted = address.value("came-partner")
    place = {symbol: number for number, symbol in enumerate(graph.genes)}
    other = place.get(wanted or "", first)
    key = "came partner box"
    st.session_state[key] = graph.genes[first if other == gene else other]

    def changed() -> None:
        address.put(**{"came-partner": st.session_state[key]})

    st.selectbox(
        in_words("Other gene"), [name for name in graph.genes if name != graph.genes[gene]], key=key, on_change=changed
    )
    return place[st.session_state[key]]


# --- the place on a map ----------------------------------------------------------------------------------------


def _map(graph: GeneGraph, run: Run, gene: int, projection: Projection) -> None:
    if projection.method.name != TSNE.name:
        st.info(f"{projection.method.title} has no p and q. Choose t-SNE as the map.", icon=":material/info:")
        return
    if len(graph) > MOST_FOR_MAP:
        st.info(in_words(f"q needs all pairs of the map; that is done for up to {MOST_FOR_MAP:,} genes."))
        return
    points = three_points(run, projection, gene)
    perplexity = cast(TSNE, projection.method).used_perplexity(len(graph))
    mark = f"{projection.method} {projection.seed}"
    of_three = _similarities(run.run_id, cache.run_stamp(run.run_id), mark, tuple(points.tolist()), run, projection)
    st.latex(MAP_FORMULA)
    st.latex(ON_MAP_FORMULA)
    small = {name: st.column_config.NumberColumn(format="%.2e") for name in ("p", "q")}
    st.dataframe(map_table(graph, run, projection, of_three), hide_index=True, column_config=small)
    widths = ", ".join(
        f"{escape_markdown(graph.genes[point])} {sigma:.3g}"
        for point, sigma in zip(points.tolist(), of_three.sigma, strict=True)
    )
    st.caption(
        in_words(
            "The gene, its nearest in the embedding, and its nearest on the map beyond that. σ, so that each has "
            f"about {perplexity:g} neighbours (perplexity): {widths}. n = {len(graph):,}; p is 0 beyond the "
            f"{min(len(graph) - 1, int(3 * perplexity))} nearest. Where p is larger than q the map pulls two together."
        )
    )


def three_points(run: Run, projection: Projection, gene: int) -> np.ndarray:
    """The gene, its nearest in the embedding, and its nearest on the map that is another one."""
    near = int(nearest_genes(run.embedding, gene, count=1, measure="euclidean")[0][0])
    on_map = nearest_genes(projection.coordinates, gene, count=2, measure="euclidean")[0]
    other = next(number for number in on_map.tolist() if number != near)
    return np.array([gene, near, other])


def map_table(graph: GeneGraph, run: Run, projection: Projection, of_three: Similarities) -> pd.DataFrame:
    """One row for each two of three points: distances in the embedding and on the map, p and q."""
    rows = []
    for one, other in ((0, 1), (0, 2), (1, 2)):
        i, j = of_three.points[[one, other]].tolist()
        rows.append(
            {
                "i": graph.genes[i],
                "j": graph.genes[j],
                "‖x_i − x_j‖": float(np.linalg.norm(run.embedding[i] - run.embedding[j])),
                "p of j given i": of_three.conditional[one, other],
                "p of i given j": of_three.conditional[other, one],
                "p": of_three.joint[one, other],
                "‖y_i − y_j‖": float(np.linalg.norm(projection.coordinates[i] - projection.coordinates[j])),
                "q": of_three.on_map[one, other],
                "map": "pulls" if of_three.joint[one, other] > of_three.on_map[one, other] else "pushes",
            }
        )
    return pd.DataFrame(rows)


@st.cache_resource(max_entries=16, show_spinner="Computing p and q …")
def _similarities(
    run_id: str, stamp: int, mark: str, points: tuple[int, ...], _run: Run, _projection: Projection
) -> Similarities:
    perplexity = cast(TSNE, _projection.method).used_perplexity(len(_run.embedding))
    return similarities(_run.embedding, _projection.coordinates, np.array(points), perplexity=perplexity)


# --- three networks side by side --------------------------------------------------------------------------------


def _sizes(graph: GeneGraph, run: Run) -> None:
    table = size_table(graph, run)
    st.dataframe(table, hide_index=True)
    own = counts_by_part(cache.store().open_weights(run.run_id)) if run.spec.network.learns_in_epochs else {}
    st.caption(
        in_words(
            "For the features and genes of this run, with the usual settings of each network. This run's own network "
            f"has {sum(own.values()):,} parameters with its decoder."
        )
    )
    downloads.table_button(f"{run.run_id}-networks", lambda: table, source=downloads.provenance(graph, run))


def size_table(graph: GeneGraph, run: Run) -> pd.DataFrame:
    """One row for input, output and each part; a column for GCN, GAT and the adversarial network."""
    columns = run.spec.features.matrix(graph).shape[1]
    about_pairs = run.spec.task.scores_pairs
    genes = len(graph) if about_pairs or (run.spec.task.about == "classes" and not run.spec.features.sources) else 0
    networks = {"GCN": GCN(), "GAT": GAT(), "adversarial": Adversarial()}
    counts = {
        title: parameters_of(network, columns=columns, genes=genes, structure=WIDTH)
        for title, network in networks.items()
    }
    parts = list(dict.fromkeys(part for of_network in counts.values() for part in of_network))
    rows = [
        {"part": "input", **{title: f"{len(graph):,} × {columns}" for title in networks}},
        {"part": "output (embedding)", **{title: f"{len(graph):,} × {net.width}" for title, net in networks.items()}},
        {
            "part": "weights of messages",
            "GCN": "1 / √(d d), not learnt",
            "GAT": f"softmax, learnt, {GAT().heads} heads",
            "adversarial": "1 / √(d d), not learnt",
        },
    ]
    rows += [
        {"part": part, **{title: f"{of_network.get(part, 0):,}" for title, of_network in counts.items()}}
        for part in parts
    ]
    rows.append({"part": "parameters", **{title: f"{sum(of.values()):,}" for title, of in counts.items()}})
    return pd.DataFrame(rows)
