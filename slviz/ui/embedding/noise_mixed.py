"""Noise mixed among the things of a run as a class of its own: how it is made, how much, and what tells it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.errors import SlvizError
from slviz.figures import embedding_3d, embedding_scatter
from slviz.figures.outliers import HELD_OUT, LEARNT, NOISE, OTHER, SET_ASIDE, auc_bars, by_group
from slviz.outliers import MEASURES, Groups, Scores, noise_like, scores_of
from slviz.pipeline import commands
from slviz.pipeline.noise import noise_count, share_of, why_no_noise
from slviz.projections import PROJECTIONS, Projection
from slviz.projections.neighbours import neighbourhood_preservation
from slviz.projections.pca import explained_variance
from slviz.runs import Run
from slviz.runs.artifacts.noise import EmbeddedNoise
from slviz.runs.spec import RunSpec
from slviz.runs.summary import RunSummary
from slviz.ui import address, cache, charts, downloads, job_panel, outliers
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

THROUGH, INSIDE = "through the network", "in the embedding"
FROM_IDS = {THROUGH: "network", INSIDE: "embedding"}
KIND_TITLES = {"permuted": "columns permuted", "matched": "normal, same mean and spread"}
MAPS = {"pca-2": "PCA, 2D", "pca-3": "PCA, 3D", "tsne": "t-SNE"}
MOST_SEEDS = 5
FEW = 20
"""An AUC from fewer things moves by a tenth and more by chance alone."""
Key = tuple[str, int, str, str, int]


@dataclass(frozen=True, eq=False)
class Mixed:
    """The noise that is mixed in.

    Attributes:
        count: how many noise things, 0 for none.
        vectors: all noise there is, [N, D]; the first `count` are mixed in.
        scores: by measure, of the genes and of all the noise.
        control: the same in the untrained network; None where the noise did not go through it.
        joint_map: of the genes and all the noise, [G + N, 2]; None where there is none.
        key: of what is kept of it.
        kind: of the noise.
        through: whether it went through the network.
    """

    count: int
    vectors: np.ndarray
    scores: dict[str, Scores]
    control: dict[str, Scores] | None
    joint_map: np.ndarray | None
    key: Key
    kind: str
    through: bool


def choose(summary: RunSummary, graph: GeneGraph, run: Run, groups: Groups) -> Mixed:
    """What noise is mixed in, and how much; offers to put it through the network where that was not done yet."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        most = noise_count(len(graph))
        count = int(
            address.number(
                "Noise mixed in",
                key="noise-count",
                low=0,
                high=most,
                default=most,
                help="So many things that are none.",
            )
        )
        kind = address.choice(st.selectbox, "Noise", KIND_TITLES, key="noise-kind")
        place = address.one_of(
            st.segmented_control,
            "Put",
            [THROUGH, INSIDE],
            key="noise-in",
            ids=FROM_IDS,
            help=in_words(_place_help(graph)),
        )
    through = place == THROUGH
    noise = cache.noise(summary.run_id, kind) if through else None
    if through and noise is None:
        through = False
        _offer(summary, graph, run, kind)
    key = _key(run, graph, kind, through=noise is not None)
    if noise is None:
        vectors = _inside(key, run, most)
        scores, control, joint = _scores(key, run, graph, groups, vectors, None), None, None
    else:
        vectors = noise.trained
        scores = _scores(key, run, graph, groups, vectors, noise)
        control = _control(key, groups, noise)
        joint = noise.joint_map if len(noise.joint_map) else None
    return Mixed(min(count, len(vectors)), vectors, scores, control, joint, key, kind, through)


def _key(run: Run, graph: GeneGraph, kind: str, *, through: bool) -> Key:
    """What is kept of noise of a run is kept under this."""
    made = cache.noise_stamp(run.run_id, kind) if through else 0
    return run.run_id, cache.run_stamp(run.run_id), graph.fingerprint, kind, made


def _place_help(graph: GeneGraph) -> str:
    return (
        f"- **{THROUGH}**: {_what_noise_is(graph)}, made by a worker; what the network makes of them is the honest "
        "question\n"
        f"- **{INSIDE}**: the numbers of the embedding itself mixed at random; needs no worker. It says whether the "
        "columns of the embedding belong together, and nothing of what the network does with odd inputs"
    )


def _what_noise_is(graph: GeneGraph) -> str:
    """What a noise thing has of all that the data has; see `slviz.training.noise`."""
    if graph.pictures is not None:
        return "pictures of random pixels, which are like the data pixel by pixel and in nothing else"
    if len(graph.pairs):
        return "things with random features and random partners"
    return "things with random features, which are like the data column by column and in nothing else"


def _offer(summary: RunSummary, graph: GeneGraph, run: Run, kind: str) -> None:
    reason = why_no_noise(run)
    if reason:
        st.info(in_words(f"{escape_markdown(reason)} Below it is."), icon=":material/info:")
        return
    job_panel.panel(
        job_panel.Job(
            key=f"noise {summary.run_id} {kind}",
            artifacts=lambda: [cache.store().artifacts(summary.run_id).noise_artifact(kind)],
            command=commands.outliers(summary.run_id, kind),
            what="noise through the network",
            offer=in_words(
                f"**No noise was put through this network yet.** A worker makes {_what_noise_is(graph)}. They go "
                "through the trained network and through the same one with random weights, and onto a t-SNE map "
                "together with the genes. Until then noise is mixed into the embedding itself."
            ),
            button="Put noise through it",
            takes="Usually 15 to 60 seconds.",
        )
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _inside(key: Key, _run: Run, most: int) -> np.ndarray:
    return noise_like(_run.embedding, most, kind="matched" if key[3] == "matched" else "permuted")


@st.cache_resource(max_entries=16, show_spinner="Measuring outlierness …")
def _scores(
    key: Key,
    _run: Run,
    _graph: GeneGraph,
    _groups: Groups,
    _vectors: np.ndarray,
    _noise: EmbeddedNoise | None,
) -> dict[str, Scores]:
    has_shares = _noise is not None and _noise.has_shares
    share = share_of(_run, _graph) if has_shares else None
    return scores_of(
        _run.embedding,
        _groups,
        noise=_vectors,
        share=share,
        noise_share=_noise.trained_share if _noise is not None and has_shares else None,
    )


@st.cache_resource(max_entries=16, show_spinner="Measuring the untrained network …")
def _control(key: Key, _groups: Groups, _noise: EmbeddedNoise) -> dict[str, Scores]:
    shares = (_noise.control_share, _noise.untrained_share) if _noise.has_shares else (None, None)
    return scores_of(_noise.control, _groups, noise=_noise.untrained, share=shares[0], noise_share=shares[1])


# --- how well each measure tells -----------------------------------------------------------------------------


def aucs(summary: RunSummary, graph: GeneGraph, run: Run, groups: Groups, mixed: Mixed) -> None:
    """AUC of each measure, trained beside random weights and beside other seeds, as bars and a table."""
    if not mixed.count:
        st.info("Mix in some noise to see which measure tells it from real ones.", icon=":material/tune:")
        return
    table = auc_table(summary, graph, run, mixed)
    name = f"{run.run_id}-outlier-auc"

    def drawn() -> go.Figure:
        return auc_bars(_by_network(mixed))

    figure, beside = st.columns([3, 2], gap="medium")
    with figure:
        charts.draw(drawn(), name=name, synthetic=graph.synthetic, alt="AUC of each measure, noise against real ones")
    with beside:
        st.dataframe(_for_page(table), hide_index=True)
        st.caption(in_words(_said(groups, mixed)))
        downloads.menu(name, source=downloads.provenance(graph, run), figure=drawn, table=lambda: table)


def _by_network(mixed: Mixed) -> dict[str, dict[str, float]]:
    bars: dict[str, dict[str, float]] = {}
    for name, scores in mixed.scores.items():
        bars[MEASURES[name].title] = {"trained": scores.telling(mixed.count).auc}
        if mixed.control is not None:
            bars[MEASURES[name].title]["random weights"] = mixed.control[name].telling(mixed.count).auc
    return bars


def _said(groups: Groups, mixed: Mixed) -> str:
    others = "held-out genes" if groups.held_out else "genes set aside"
    how = "went through the network" if mixed.through else "was mixed from the columns of the embedding itself"
    noise = f"{mixed.count:,} noise thing{'' if mixed.count == 1 else 's'}"
    control = (
        " *Random weights*: the same noise and genes in the network before its first step."
        if mixed.control is not None
        else ""
    )
    return (
        f"AUC: how often a noise thing looks more unlike than a real one, {noise} against {len(groups.compared):,} "
        f"{others}; 0.5 is chance, and below it noise looks more usual than real ones. "
        f"The noise {how}.{control}"
        + (f" From fewer than {FEW} noise things an AUC says little." if mixed.count < FEW else "")
    )


def auc_table(summary: RunSummary, graph: GeneGraph, run: Run, mixed: Mixed) -> pd.DataFrame:
    """One row a measure: AUC of this run, of random weights, of the same run by other seeds; chance; share caught."""
    seeds = {seed: _of_seed(other, graph, mixed) for seed, other in other_seeds(summary).items()}
    rows = []
    for name, scores in mixed.scores.items():
        separation = scores.telling(mixed.count)
        row: dict[str, object] = {"measure": name, "auc": separation.auc, "caught": separation.caught, "chance": 0.5}
        if mixed.control is not None:
            row["auc_random_weights"] = mixed.control[name].telling(mixed.count).auc
        for seed, of_seed in seeds.items():
            there = of_seed is not None and name in of_seed and len(of_seed[name].noise) > 0
            row[f"auc_seed_{seed}"] = of_seed[name].telling(mixed.count).auc if there and of_seed else float("nan")
        rows.append(row)
    return pd.DataFrame(rows)


def _for_page(table: pd.DataFrame) -> pd.DataFrame:
    titles = {"measure": "Measure", "auc": "AUC", "auc_random_weights": "Random weights", "caught": "Beyond 95 %"}
    shown = table.drop(columns="chance").assign(measure=[MEASURES[name].title for name in table["measure"]])
    shown["caught"] = [f"{100 * share:.0f} %" for share in shown["caught"]]
    shown = shown.rename(
        columns=titles
        | {name: f"Seed {name.removeprefix('auc_seed_')}" for name in shown if name.startswith("auc_seed_")}
    )
    order = [name for name in ("Measure", "AUC", "Random weights") if name in shown]
    columns = [*order, *[name for name in shown if name.startswith("Seed")], "Beyond 95 %"]
    return shown.reindex(columns=columns).round(3)


def other_seeds(summary: RunSummary) -> dict[int, RunSummary]:
    """The finished runs that differ from this one by their seed alone, by seed."""
    spec = summary.spec
    if spec is None:
        return {}
    others = {
        other.spec.seed: other
        for other in cache.store().summaries()
        if other.state == "finished" and other.spec is not None and _is_other_seed(other.spec, spec)
    }
    return dict(sorted(others.items())[:MOST_SEEDS])


def _is_other_seed(other: RunSpec, spec: RunSpec) -> bool:
    return other.seed != spec.seed and replace(other, seed=spec.seed) == spec


def _of_seed(summary: RunSummary, graph: GeneGraph, mixed: Mixed) -> dict[str, Scores] | None:
    """The scores of another seed's run with noise of the same kind; None where none went through its network."""
    try:
        run = cache.run(summary)
        groups = outliers.groups(summary, graph, run)
        noise = cache.noise(summary.run_id, mixed.kind) if mixed.through else None
        if mixed.through and noise is None:
            return None
        key = _key(run, graph, mixed.kind, through=noise is not None)
        vectors = _inside(key, run, noise_count(len(graph))) if noise is None else noise.trained
        return _scores(key, run, graph, groups, vectors, noise)
    except SlvizError:  # a damaged run is told of on its own page
        return None


# --- the map with noise on it ---------------------------------------------------------------------------------


def groups_of_points(genes: int, groups: Groups, noise: int) -> np.ndarray:
    """Text [G + noise]: what each point is."""
    values = np.full(genes + noise, OTHER, dtype=object)
    values[groups.reference] = LEARNT
    values[groups.compared] = HELD_OUT if groups.held_out else SET_ASIDE
    values[genes:] = NOISE
    return values


def names_of(noise: int) -> np.ndarray:
    """Text [noise]: what noise things are called."""
    return np.array([f"noise {number + 1}" for number in range(noise)], dtype=object)


def show_map(graph: GeneGraph, run: Run, groups: Groups, mixed: Mixed) -> None:
    """A map of the genes with the noise among them."""
    there = dict(MAPS) if mixed.joint_map is not None else {name: MAPS[name] for name in ("pca-2", "pca-3")}
    chosen = address.choice(st.segmented_control, "Map with the noise", there, key="noise-map")
    projection, sentence = _projection(graph, run, mixed, chosen)
    colouring = by_group(groups_of_points(len(graph), groups, mixed.count))
    names = [*graph.genes, *names_of(mixed.count)]
    file = f"{run.run_id}-noise-{chosen}"

    def drawn(*, webgl: bool) -> go.Figure:
        size = 5.0 if len(names) < 2000 else 3.5
        if chosen == "pca-3":
            return embedding_3d(names, projection, colouring, point_size=size, height=520)
        return embedding_scatter(names, projection, colouring, point_size=size, webgl=webgl, height=520)

    charts.draw(drawn(webgl=True), name=file, synthetic=graph.synthetic, alt="Map of real ones and noise together")
    st.caption(in_words(sentence))
    downloads.menu(
        file,
        source=downloads.provenance(graph, run),
        figure=lambda: drawn(webgl=False),
        table=lambda: _places(names, colouring.values, projection),
    )


def _projection(graph: GeneGraph, run: Run, mixed: Mixed, chosen: str) -> tuple[Projection, str]:
    genes = len(graph)
    if chosen == "tsne":
        return _joint_map(mixed.key, mixed.count, run, mixed), (
            f"t-SNE of {genes:,} genes and all {len(mixed.vectors):,} noise things, of which the first {mixed.count:,} "
            "are drawn. A group of its own on the map does not mean that a thing is far from the others: t-SNE gives "
            "every group a place, and noise in a network with random weights gets one, too."
        )
    dimensions = 2 if chosen == "pca-2" else 3
    projection, share = _principal(mixed.key, mixed.count, dimensions, run, mixed)
    return projection, (
        f"PCA of genes and noise together: {dimensions} axes carry {100 * share:.0f} % of the variance; noise that "
        "differs along the others lies among the genes here."
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _joint_map(key: Key, count: int, _run: Run, _mixed: Mixed) -> Projection:
    assert _mixed.joint_map is not None, "the map is offered where it is there"
    together = np.concatenate([_run.embedding, _mixed.vectors])
    shown = len(_run.embedding) + count
    kept = neighbourhood_preservation(together, _mixed.joint_map, count=15)
    axes = ("t-SNE 1", "t-SNE 2")
    return Projection(PROJECTIONS.make("tsne"), 0, _mixed.joint_map[:shown].copy(), axes, kept[:shown])


@st.cache_resource(max_entries=16, show_spinner="Making the map …")
def _principal(key: Key, count: int, dimensions: int, _run: Run, _mixed: Mixed) -> tuple[Projection, float]:
    together = np.concatenate([_run.embedding, _mixed.vectors[:count]])
    projection = PROJECTIONS.make("pca", dimensions=dimensions).fit(together, 0)
    return projection, float(explained_variance(together)[:dimensions].sum())


def _places(names: list[str], groups: np.ndarray, projection: Projection) -> pd.DataFrame:
    columns: dict[str, object] = {"gene": names, "group": groups}
    for axis in range(projection.coordinates.shape[1]):
        columns[f"axis_{axis + 1}"] = projection.coordinates[:, axis]
    return pd.DataFrame(columns)
