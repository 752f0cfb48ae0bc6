"""Compare, Metrics: runs that differ by the seed alone as one group, and what a seed alone changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.evaluation import METRICS
from slviz.evaluation.seeds import SeedGroup, seed_difference, seed_null
from slviz.figures.seed_groups import seed_dots
from slviz.runs import Run
from slviz.ui import address, charts, downloads
from slviz.ui.comparison.compared_runs import ComparedRuns, any_synthetic, distinct, same_but_seed
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

SEED_WORD = re.compile(r"(?:, )?\bseed \d+\b")
EMPTY_BRACKETS = re.compile(r" \(\s*,?\s*\)")
HELP = (
    "Runs that differ by the seed alone (initial weights, negatives drawn while training, dropout) are one model: "
    "their mean and standard deviation. The spread of one run around its model's mean, pooled over the models, says "
    "how far the means of two models lie apart by the seed alone (Student's t, 95 %). Only beyond that does a "
    "difference count."
)
ALL_ONE_SEED = (
    "**One seed only of each model**: how far a seed alone would move these metrics is not known, so a small "
    "difference may be the seed's. Train another seed to know."
)


@dataclass(frozen=True, eq=False)
class Model:
    """Runs of one spec.

    Attributes:
        name: what they are called, without a seed.
        runs: by seed.
    """

    name: str
    runs: tuple[Run, ...]


def models_of(runs: Sequence[Run], compared: ComparedRuns) -> list[Model]:
    """The runs grouped by what they are but for the seed, in the order of their first."""
    groups: list[list[Run]] = []
    for run in runs:
        group = next((group for group in groups if same_but_seed(group[0].spec, run.spec)), None)
        if group is None:
            groups.append([run])
        else:
            group.append(run)
    names = distinct({group[0].run_id: without_seed(compared.name(group[0])) for group in groups})
    return [Model(names[group[0].run_id], tuple(sorted(group, key=lambda run: run.spec.seed))) for group in groups]


def without_seed(name: str) -> str:
    """A run's name as that of its model, such as "GAT · no features (epochs 40)" of "GAT · … (seed 0, epochs 40)"."""
    return EMPTY_BRACKETS.sub("", SEED_WORD.sub("", name).replace("(, ", "("))


def show(compared: ComparedRuns, runs: Sequence[Run], table: pd.DataFrame) -> None:
    """Mean and spread of each model, and which differences count.

    Args:
        compared: the runs of the page.
        runs: those that were evaluated alike.
        table: their metrics as the page shows them: the first rows are the runs, by their name in "model".
    """
    models = models_of(runs, compared)
    metrics = [str(column) for column in table.columns if column in METRICS]
    if not metrics or len(runs) < 2:
        return
    if len(models) == len(runs):
        if all(run.spec.network.is_fitted for run in runs):
            st.caption(f":material/info: {ALL_ONE_SEED}")
        return
    groups = {metric: _groups(models, compared, table, metric) for metric in metrics}
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader("Seeds", anchor=False, width="content", help=f"{HELP} {glossary_link('Confidence interval')}")
        metric = address.choice(
            st.selectbox, "Metric of the seeds", {key: METRICS[key].label for key in metrics}, key="seed-metric"
        )

        def drawn() -> go.Figure:
            return seed_dots(groups[metric], seed_null(groups[metric]), metric=metric)

        name = f"{runs[0].run_id}-seeds-{metric}"
        downloads.menu(name, source=compared.provenance(*runs), figure=drawn, table=lambda: seeds_table(groups))
    for sentence in sentences(groups[metric], metric):
        st.markdown("- " + escape_markdown(in_words(sentence)))
    charts.draw(
        drawn(),
        name=name,
        synthetic=any_synthetic(runs),
        alt=f"{METRICS[metric].label} of every seed of {pluralise(len(models), 'model')}, and the means",
    )
    st.dataframe(shown_table(groups), hide_index=True, placeholder="–")
    st.caption("Mean ± standard deviation over the seeds. Shaded: where a seed alone puts the mean of a second model.")


def _groups(models: Sequence[Model], compared: ComparedRuns, table: pd.DataFrame, metric: str) -> list[SeedGroup]:
    value_of = dict(zip(table["model"], table[metric], strict=True))
    return [
        SeedGroup(
            model.name,
            tuple(run.spec.seed for run in model.runs),
            tuple(float(value_of.get(compared.name(run), float("nan"))) for run in model.runs),
        )
        for model in models
    ]


def sentences(groups: Sequence[SeedGroup], metric: str) -> list[str]:
    """What each model has, and whether another one differs from the first by more than a seed."""
    null, label = seed_null(groups), METRICS[metric].label
    first, *others = groups
    said = [_of_group(group, label) for group in groups]
    for other in others:
        difference = seed_difference(first, other, null)
        beyond = f"a seed alone reaches ±{difference.reach:.3f}"
        if np.isnan([difference.reach, difference.value]).any():
            verdict = "what a seed alone changes is not known"
        elif not difference.counts:
            verdict = f"{beyond}, so it does not count"
        else:
            better = (difference.value > 0) == METRICS[metric].higher_is_better
            verdict = f"{beyond}, so it counts: {'better' if better else 'worse'}"
        said.append(f"{other.name} against {first.name}: {label} {difference.value:+.3f}; {verdict}.")
    return said


def _of_group(group: SeedGroup, label: str) -> str:
    count = len(group.measured)
    if count == 1:
        return f"{group.name}: {label} {group.mean:.3f}, one seed only."
    if not count:
        return f"{group.name}: {label} was not measured."
    return f"{group.name}: {label} {group.mean:.3f} ± {group.spread:.3f} over {count} seeds."


def seeds_table(groups_of: dict[str, list[SeedGroup]]) -> pd.DataFrame:
    """One row a model, metric and seed, for a file."""
    return pd.DataFrame(
        [
            {"model": group.name, "metric": metric, "seed": seed, "value": value}
            for metric, groups in groups_of.items()
            for group in groups
            for seed, value in zip(group.seeds, group.values, strict=True)
        ]
    )


def shown_table(groups_of: dict[str, list[SeedGroup]]) -> pd.DataFrame:
    """One row a model, one column a metric: mean ± spread as text."""
    first = next(iter(groups_of.values()))
    columns: dict[str, list[str]] = {
        "Model": [group.name for group in first],
        "Seeds": [", ".join(map(str, group.seeds)) for group in first],
    }
    for metric, groups in groups_of.items():
        columns[METRICS[metric].label] = [_mean_and_spread(group) for group in groups]
    return pd.DataFrame(columns)


def _mean_and_spread(group: SeedGroup) -> str:
    if not len(group.measured):
        return "–"
    return f"{group.mean:.3f}" + (f" ± {group.spread:.3f}" if len(group.measured) > 1 else "")
