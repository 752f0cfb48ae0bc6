"""Compare, Disagreements: predicted vs predicted of the same pairs, and a gene's partners by their rank in each run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.evaluation.comparison import RESAMPLES, Difference
from slviz.figures.disagreement import predicted_vs_predicted
from slviz.figures.theme import noted
from slviz.ranking import STATUSES
from slviz.ranking.disagreement import LEVEL, ONE, OTHER, nearer_more_often, partner_ranks, shared_rows
from slviz.runs import Run
from slviz.text import percent
from slviz.ui import address, cache, charts, downloads, genes, scorers, selection
from slviz.ui.comparison import gene_links
from slviz.ui.comparison.compared_runs import ComparedRuns, any_synthetic
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

SHOWN_ROWS = 300
MOST_PARTNERS = 25
SCALES = {"percentile": "Percentile", "score": "Prediction"}
SCALE_HELP = (
    "Scores of two models need not share a scale. A percentile says where a row stands among the rows that are drawn: "
    "100 is the highest prediction. The diagonal is where both runs say the same."
)
NEARER_HELP = (
    "The run that puts a real pair higher, or a negative one lower; for values and errors the one that is less off. "
    "A negative is a drawn pair that nobody lists: some of them are real."
)
NO_OTHER = "Choose another run above to see where the two disagree."


def show(compared: ComparedRuns) -> None:
    """Both runs' predictions of the same rows, the largest disagreements, and the ranks of a gene's partners."""
    if not compared.others:
        st.info(NO_OTHER, icon=":material/compare_arrows:")
        return
    other = pick_other(compared)
    rows = tested_rows(compared.first, other)
    if not compared.first.spec.predicts_like(other.spec):
        st.info(
            "**These runs predict different things** (another task, other classes or other features), so no prediction "
            "is set beside another.",
            icon=":material/info:",
        )
    elif not len(rows):
        st.info(
            f"**No test row is shared.** {escape_markdown(compared.name(compared.first))} and "
            f"{escape_markdown(compared.name(other))} held out other pairs, so no prediction can be set beside another "
            "fairly: one run has learnt what the other is tested on.",
            icon=":material/info:",
        )
    elif "percentile_one" in rows:
        _numbers(compared, other, rows)
    else:
        _classes(compared, other, rows)
    _partners(compared)


def pick_other(compared: ComparedRuns) -> Run:
    """Which of the other runs stands beside the first; asked where there are several."""
    if len(compared.others) == 1:
        return compared.others[0]
    titles = {run.run_id.casefold(): compared.name(run) for run in compared.others}
    first = escape_markdown(compared.name(compared.first))
    chosen = address.choice(st.selectbox, f"{first} beside", titles, key="beside-run")
    return next(run for run in compared.others if run.run_id.casefold() == chosen)


def tested_rows(one: Run, other: Run) -> pd.DataFrame:
    """`shared_rows` of two runs, found once."""
    return _tested_rows(cache.stamps(one, other), one, other)


@st.cache_data(max_entries=16, show_spinner="Putting predictions side by side …")
def _tested_rows(stamps: tuple[tuple[str, int], ...], _one: Run, _other: Run) -> pd.DataFrame:
    return shared_rows(_one, _other)


@st.cache_data(max_entries=16, show_spinner=False)
def _nearer(stamps: tuple[tuple[str, int], ...], _rows: pd.DataFrame) -> Difference:
    return nearer_more_often(_rows)


def _numbers(compared: ComparedRuns, other: Run, rows: pd.DataFrame) -> None:
    one_name, other_name = compared.name(compared.first), compared.name(other)
    name = f"{compared.first.run_id}-{other.run_id}-disagreements"
    table = as_table(rows, one_name, other_name)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        scale = address.choice(st.segmented_control, "Scale", SCALES, key="scale", help=in_words(SCALE_HELP))

        def make(*, webgl: bool = False) -> go.Figure:
            figure = predicted_vs_predicted(
                rows, one=one_name, other=other_name, by_percentile=scale == "percentile", webgl=webgl
            )
            note = f"{len(rows):,} test {'genes' if 'gene' in rows else 'pairs'} that both runs held out"
            figure.for_each_trace(lambda trace: trace.update(name=in_words(trace.name or "")))
            return noted(figure, [in_words(note)])

        source = compared.provenance(compared.first, other)
        downloads.menu(name, source=source, figure=make, table=lambda: table)
    st.markdown(_sentence(rows, one_name, other_name, _nearer(cache.stamps(compared.first, other), rows)))
    event = charts.draw(
        make(webgl=True),
        name=name,
        synthetic=any_synthetic((compared.first, other)),
        alt=f"Predictions of {other_name} over those of {one_name}",
        on_select="rerun",
        selection_mode=("points", "box", "lasso"),
    )
    chosen = selection.numbers(event)
    listed = table.iloc[chosen[chosen < len(table)]] if len(chosen) else table
    what = "selected" if len(chosen) else "of the largest disagreement"
    noun = "gene" if "gene" in rows else "pair"
    st.caption(in_words(f"{pluralise(min(len(listed), SHOWN_ROWS), noun)} {what}. Click a gene to open its page."))
    gene_links.table(compared, listed.head(SHOWN_ROWS), key=name, help_of={"Nearer": in_words(NEARER_HELP)})


def _classes(compared: ComparedRuns, other: Run, rows: pd.DataFrame) -> None:
    one_name, other_name = compared.name(compared.first), compared.name(other)
    name = f"{compared.first.run_id}-{other.run_id}-disagreements"
    table = as_table(rows, one_name, other_name)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(in_words("Genes that are given different classes"), anchor=False, width="content")
        downloads.menu(name, source=compared.provenance(compared.first, other), table=lambda: table)
    st.markdown(_sentence(rows, one_name, other_name, _nearer(cache.stamps(compared.first, other), rows)))
    differing = table.loc[rows["disagreement"].to_numpy() > 0]
    gene_links.table(compared, differing.head(SHOWN_ROWS), key=name, help_of={})


def _sentence(rows: pd.DataFrame, one_name: str, other_name: str, nearer: Difference) -> str:
    """Who is nearer to what is known, on how many of the rows, and how alike the orders are."""
    evaluated = rows.loc[rows["nearer"] != ""]
    counts = {run: int((evaluated["nearer"] == run).sum()) for run in (ONE, OTHER, LEVEL)}
    names = {ONE: escape_markdown(one_name), OTHER: escape_markdown(other_name)}
    said = (
        f"Of {len(evaluated):,} test rows, **{names[ONE]}** is nearer to what is known on {counts[ONE]:,} and "
        f"**{names[OTHER]}** on {counts[OTHER]:,}; they are level on {counts[LEVEL]:,}.{_interval(nearer, names)}"
    )
    if "percentile_one" in rows and len(rows) > 2:
        places = rows[["percentile_one", "percentile_other"]].to_numpy()
        if (np.ptp(places, axis=0) > 0).all():  # predictions that are all the same have no order
            said += f" Their orders agree with Spearman ρ {np.corrcoef(places.T)[0, 1]:.2f}."
    return said


def _interval(difference: Difference, names: Mapping[str, str]) -> str:
    """Whether one run is nearer more often than chance makes it, with the interval of the difference."""
    if not np.isfinite([difference.low, difference.high]).all():
        return ""
    ahead = OTHER if difference.value > 0 else ONE
    verdict = f"**{names[ahead]}** is nearer more often" if difference.is_clear else "the two are not told apart by it"
    shares = f"{percent(difference.one, digits=1)} and {percent(difference.other, digits=1)} of the rows"
    low, high = (percent(bound, digits=1, signed=True) for bound in (difference.low, difference.high))
    return (
        f" These are {shares}; {names[OTHER]} less {names[ONE]} lies between {low} and {high} in 95 % of {RESAMPLES} "
        f"draws of the genes: {verdict}."
    )


def as_table(rows: pd.DataFrame, one_name: str, other_name: str) -> pd.DataFrame:
    """The rows in the words of a page and of a file."""
    nearer = {ONE: one_name, OTHER: other_name, LEVEL: "level", "": ""}
    ends = ["gene"] if "gene" in rows else ["gene_a", "gene_b"]
    columns: dict[str, object] = {
        title: rows[end].to_numpy() for title, end in zip(("Gene", "Partner"), ends, strict=False)
    }
    if "negative_kind" in rows:
        columns["Pair"] = rows["negative_kind"].to_numpy()
    if "actual" in rows:
        columns["Actual"] = rows["actual"].to_numpy()
    columns |= {one_name: rows["one"].to_numpy(), other_name: rows["other"].to_numpy()}
    if "percentile_one" in rows:
        columns |= {
            f"Percentile in {one_name}": rows["percentile_one"].to_numpy().round(1),
            f"Percentile in {other_name}": rows["percentile_other"].to_numpy().round(1),
        }
    columns["Nearer"] = [nearer[run] for run in rows["nearer"]]
    return pd.DataFrame(columns)


def _partners(compared: ComparedRuns) -> None:
    """The partners of one gene, with their ranks under each run side by side; nothing of things without pairs."""
    if not len(compared.graph.pairs):
        return
    runs = {compared.name(run): run for run in compared.of_same_data if run.decoder}
    st.subheader(in_words("Partners of a gene under each run"), anchor=False)
    if len(runs) < 2:
        st.caption(in_words("It takes two runs on this data set that score pairs of genes."))
        return
    gene = genes.search(compared.graph)
    if gene is None:
        st.caption(in_words("Search a gene to see its best partners under each run beside each other."))
        return
    graph = compared.graph
    table = ranked_partners(graph, runs, gene)
    place = [f"rank_in:{name}" for name in runs]
    shown = table.loc[(table[place] <= MOST_PARTNERS).any(axis=1)]
    symbol = graph.genes[gene]
    words = {column: f"Rank in {name}" for column, name in zip(place, runs, strict=True)}
    worded = shown.drop(columns="number").rename(
        columns={"partner": "Partner", "status": "Pair", "gap": "Places apart", **words}
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(_shared_sentence(shown, place, symbol))
        downloads.menu(
            f"{symbol}-partners-under-each-run",
            source=compared.provenance(*runs.values()),
            table=lambda: table.drop(columns="number").rename(columns=words),
        )
    statuses = "\n".join(f"- **{status}**: {STATUSES[status]}" for status in dict.fromkeys(shown["status"]))
    gene_links.table(
        compared, worded, key=f"partners of {symbol}", help_of={"Pair": in_words(statuses)}, partner_of=symbol
    )
    st.caption(
        in_words(
            f"Ranks among {len(table):,} candidates: all genes but those whose pair one of the runs learnt from. Shown "
            f"are those among the first {MOST_PARTNERS} of any run."
        )
    )


def ranked_partners(graph: GeneGraph, runs: Mapping[str, Run], gene: int) -> pd.DataFrame:
    """`partner_ranks` of a gene by the scores of the runs, by name; found once."""
    return _ranked_partners(tuple(runs), cache.stamps(*runs.values()), gene, graph, runs)


@st.cache_data(max_entries=32, show_spinner="Ranking partners …")
def _ranked_partners(
    names: tuple[str, ...],
    stamps: tuple[tuple[str, int], ...],
    gene: int,
    _graph: GeneGraph,
    _runs: Mapping[str, Run],
) -> pd.DataFrame:
    scores = {name: scorers.score_with(_graph, run, gene) for name, run in _runs.items()}
    return partner_ranks(_graph, _runs, gene, scores)


def _shared_sentence(shown: pd.DataFrame, place: list[str], symbol: str) -> str:
    everywhere = int((shown[place].to_numpy() <= MOST_PARTNERS).all(axis=1).sum())
    return in_words(
        f"Of the first {MOST_PARTNERS} partners of **{escape_markdown(symbol)}**, **{everywhere}** are the same in "
        f"{'both' if len(place) == 2 else f'all {len(place)}'} runs."
    )
