"""Compare, Metrics: where each run loses, by parts of the test rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.evaluation import METRICS
from slviz.evaluation.comparison import Difference
from slviz.figures.comparison import difference_intervals
from slviz.figures.theme import noted
from slviz.ranking.strata import FEWEST, PARTINGS, Stratum, TestRows, partings_of
from slviz.runs import Run
from slviz.splits.pair_split import TESTED
from slviz.ui import address, cache, charts, downloads
from slviz.ui.comparison.compared_runs import ComparedRuns, any_synthetic
from slviz.ui.comparison.run_differences import compared_rows, differences_of_runs
from slviz.ui.glossary import glossary_link
from slviz.ui.key_metrics import KEY_METRICS
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

RESAMPLES = 200
OF_ONE_CLASS = "accuracy"
NO_PART = "The stored test rows cannot be parted by anything that this data set tells of them."
Parts = tuple[tuple[Stratum, Difference], ...]


def show(compared: ComparedRuns, runs: Sequence[Run], *, negative_kind: str) -> None:
    """The strata by one of them, the metric of two runs in each, and where either is behind most."""
    first = runs[0]
    data = (compared.graph.fingerprint, *sorted(compared.graph.digests.items()))
    partings = _partings(cache.stamps(first), negative_kind, data, compared, first)
    if not partings:
        st.caption(in_words(NO_PART))
        return
    heading = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    with heading:
        st.subheader("Where each loses", anchor=False, width="content", help=_help(partings))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        other = _pick_other(compared, runs)
        titles = {name: in_words(PARTINGS[name].title) for name in partings}
        by = address.choice(st.segmented_control, "Parts", titles, key="where-by")
    parts = _measured(cache.stamps(first, other), negative_kind, by, data, partings[by], first, other)
    name = f"{first.run_id}-{other.run_id}-by-{by}"
    names = (compared.name(first), compared.name(other))

    def drawn() -> go.Figure:
        return figure_of(parts, names)

    with heading:
        source = compared.provenance(first, other)
        downloads.menu(name, source=source, figure=drawn, table=lambda: strata_table(parts, names))
    for sentence in sentences(parts, names):
        st.markdown("- " + escape_markdown(in_words(sentence)))
    if parts:
        charts.draw(
            drawn(),
            name=name,
            synthetic=any_synthetic((first, other)),
            alt=f"Differences of {names[1]} to {names[0]} in parts of the test rows, with 95 % intervals",
        )
        shown = shown_table(parts, names)
        decimals = {
            column: st.column_config.NumberColumn(column, format="%.3f")
            for column in shown.select_dtypes("floating").columns
        }
        st.dataframe(shown, hide_index=True, placeholder="–", column_config=decimals)
    small = [stratum.name for stratum in partings[by] if not stratum.is_large_enough]
    if small:
        few = _fewest_in_words(first, negative_kind)
        st.caption(escape_markdown(in_words(f"Fewer than {few}, so not measured: {', '.join(small)}.")))


def _fewest_in_words(run: Run, negative_kind: str) -> str:
    """What a part needs to be measured, such as "20 known pairs or 20 negatives"."""
    if not run.spec.task.negative_kinds:
        return f"{FEWEST} rows"
    kinds = ("hits", "non-hits") if negative_kind in KEY_METRICS["screen"][1] else ("known pairs", "negatives")
    return " or ".join(f"{FEWEST} {kind}" for kind in kinds)


def _pick_other(compared: ComparedRuns, runs: Sequence[Run]) -> Run:
    """Which of the other runs that were evaluated alike stands beside the first; of the address, else the next."""
    wanted = address.value("beside-run")
    others = {run.run_id.casefold(): run for run in runs[1:]}
    if len(others) == 1:
        return runs[1]
    titles = {run_id: compared.name(run) for run_id, run in others.items()}
    if wanted is not None and wanted.casefold() not in others:
        return runs[1]
    first = escape_markdown(compared.name(runs[0]))
    return others[address.choice(st.selectbox, f"{first} beside", titles, key="beside-run")]


@st.cache_resource(max_entries=16, show_spinner=False)
def _partings(
    stamps: tuple[tuple[str, int], ...], negative_kind: str, data: object, _compared: ComparedRuns, _run: Run
) -> dict[str, list[Stratum]]:
    rows = compared_rows(_run, negative_kind)
    screens = None
    if "negative_kind" in rows and np.isin(rows["negative_kind"].to_numpy(), TESTED).any():
        screens = cache.tested_screens(_run)[rows.index.to_numpy()]
    return partings_of(TestRows(_compared.graph, _run, rows, screens))


@st.cache_resource(max_entries=48, show_spinner="Measuring each part …")
def _measured(
    stamps: tuple[tuple[str, int], ...],
    negative_kind: str,
    by: str,
    data: object,
    _strata: Sequence[Stratum],
    _one: Run,
    _other: Run,
) -> Parts:
    """The key metric of both runs in each stratum of enough rows; of one class it is the accuracy."""
    return tuple(
        (
            stratum,
            differences_of_runs(_one, _other, negative_kind=negative_kind, within=stratum.rows, resamples=RESAMPLES)[0],
        )
        for stratum in _strata
        if stratum.is_large_enough
    )


def _help(partings: Mapping[str, object]) -> str:
    lines = "\n".join(f"- **{PARTINGS[name].title}**: {PARTINGS[name].help}" for name in partings)
    return in_words(
        f"The same test rows in parts, each measured by itself, with an interval over {RESAMPLES} draws of its genes. "
        "The largest of several differences is in part chance: ask it again of other rows.\n"
        f"{lines}\n\n{glossary_link('Confidence interval')}"
    )


def figure_of(parts: Parts, names: tuple[str, str]) -> go.Figure:
    """Each part's difference with its interval; to the right of 0 the metric of the second run is higher."""
    by_part = {stratum.name: [difference] for stratum, difference in parts if np.isfinite(difference.value)}
    figure = difference_intervals(by_part, reference=names[0])
    label = METRICS[parts[0][1].metric].label if parts else "Metric"
    return noted(figure, [f"{label} of {names[1]} less that of {names[0]}, by parts of the test rows"])


def sentences(parts: Parts, names: tuple[str, str]) -> list[str]:
    """For each of both runs the part in which it is behind the other most, as far as that is clear."""
    measured = [(stratum, difference) for stratum, difference in parts if np.isfinite(difference.value)]
    if not measured:
        return ["No part has enough rows of both kinds to be measured."]
    metric = METRICS[measured[0][1].metric]
    sign = 1 if metric.higher_is_better else -1
    said = []
    for loser, winner, direction in ((names[1], names[0], sign), (names[0], names[1], -sign)):
        behind = [part for part in measured if direction * part[1].value < 0 and part[1].is_clear]
        if not behind:
            said.append(f"{loser} is clearly behind {winner} in no part.")
            continue
        stratum, difference = min(behind, key=lambda part: direction * part[1].value)
        value = abs(difference.value)
        said.append(
            f"{loser} loses most to {winner} at {stratum.name}: {metric.label} {value:.3f} "
            f"{'lower' if metric.higher_is_better else 'higher'}, the largest clear difference of {len(measured)} "
            f"parts ({stratum.count:,} rows; clear in {len(behind)})."
        )
    return said


def strata_table(parts: Parts, names: tuple[str, str]) -> pd.DataFrame:
    """One row a part, for a file."""
    return pd.DataFrame(
        [
            {
                "part": stratum.name,
                "rows": stratum.count,
                "metric": difference.metric,
                f"value:{names[0]}": difference.one,
                f"value:{names[1]}": difference.other,
                "difference": difference.value,
                "low_95": difference.low,
                "high_95": difference.high,
            }
            for stratum, difference in parts
        ]
    )


def shown_table(parts: Parts, names: tuple[str, str]) -> pd.DataFrame:
    """The same in the words of the page."""
    table = strata_table(parts, names).round(3)
    label = METRICS[parts[0][1].metric].label
    words = {"part": "Part", "rows": "Rows", "difference": "Difference", "low_95": "Low", "high_95": "High"}
    words |= {f"value:{name}": f"{label}, {name}" for name in names}
    return table.drop(columns="metric").rename(columns=words)
