"""Compare, Metrics: runs that were evaluated on the same pairs or genes, and how sure their differences are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.evaluation import METRICS
from slviz.evaluation.comparison import (
    RESAMPLES,
    Difference,
)
from slviz.figures.comparison import difference_intervals
from slviz.figures.theme import noted
from slviz.results.collect import baseline_name
from slviz.runs import NETWORK, Run
from slviz.splits.pair_split import TESTED
from slviz.ui import address, cache, charts, downloads, metrics_table
from slviz.ui.comparison import protocols_view, seeds_view, strata_view
from slviz.ui.comparison.compared_runs import ComparedRuns, any_synthetic
from slviz.ui.comparison.run_differences import GENE_KEYS, PAIR_KEYS, compared_rows, differences_of_runs, ends_of
from slviz.ui.glossary import glossary_link
from slviz.ui.key_metrics import KEY_METRICS, LACKS_POPULARITY_MATCHED, NEGATIVE_KIND_WORDS, lacks_popularity_matched
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

INTERVAL_HELP = (
    f"Genes are drawn anew {RESAMPLES} times, with replacement, the same ones for both runs; a pair counts as often as "
    "both its genes were drawn, multiplied (Snijders and Borgatti 1999), so that pairs that share a gene do not pass "
    "for independent witnesses. In 95 of 100 draws the difference lies inside."
)
DRAWN = f"95 % intervals over {RESAMPLES} draws of the genes"
RANKINGS = {"all-unknown": ("recall@5000",), "per-gene": ("ndcg@10",)}
OF_GENES = "genes"
"""The kind of rows of tasks about genes."""


def show(compared: ComparedRuns) -> None:
    """The metrics of the runs that were evaluated alike, and their differences with intervals."""
    runs = compared.evaluated_alike
    _say_who_is_left_out(compared, runs)
    kinds = kinds_of_rows(runs)
    negative_kind = kinds[0] if len(kinds) == 1 else _pick_negative_kind(kinds)
    if lacking := [compared.name(run) for run in runs if lacks_popularity_matched(run, compared.graph)]:
        said = f"{LACKS_POPULARITY_MATCHED} ({', '.join(lacking)})."
        st.caption(f":material/info: {escape_markdown(said)}")
    table = _metrics(compared, runs, negative_kind=negative_kind)
    seeds_view.show(compared, runs, table)
    if len(runs) > 1:
        _differences(compared, runs, negative_kind=negative_kind)
        if all(same_rows(runs[0], run, negative_kind=negative_kind) for run in runs[1:]):
            strata_view.show(compared, runs, negative_kind=negative_kind)
        protocols_view.show(compared, runs)


def _say_who_is_left_out(compared: ComparedRuns, runs: Sequence[Run]) -> None:
    shown = {run.run_id for run in runs}
    left_out = [compared.name(run) for run in compared.others if run.run_id not in shown]
    if left_out:
        st.info(
            escape_markdown(
                f"Without metrics here, because they were not evaluated on the same pairs: {'; '.join(left_out)}. "
                "The other tabs compare them."
            ),
            icon=":material/info:",
        )


def kinds_of_rows(runs: Sequence[Run]) -> list[str]:
    """The kinds of negatives that all the runs have, that of the key metric first; "genes" for tasks about genes."""
    if "negative_kind" not in runs[0].predictions:
        return [OF_GENES]
    of_runs = [set(run.predictions["negative_kind"].unique()) - {"known", *TESTED} for run in runs]
    tested = [set(run.metrics["negative_kind"].unique()) & set(KEY_METRICS["screen"][1]) for run in runs]
    present = [str(kind) for kind in set.intersection(*of_runs) | set.intersection(*tested)]
    order = KEY_METRICS["link"][1]
    return sorted(present, key=lambda kind: order.index(kind) if kind in order else len(order)) or ["all"]


def _pick_negative_kind(kinds: Sequence[str]) -> str:
    return address.one_of(
        st.segmented_control,
        "Negatives",
        kinds,
        key="negatives",
        help=f"Which negatives the test pairs are compared with. {glossary_link('Negatives')}",
    )


def _metrics(compared: ComparedRuns, runs: Sequence[Run], *, negative_kind: str) -> pd.DataFrame:
    """The table of all metrics, which is given back."""
    table = comparison_table(runs, compared.names, negative_kind=negative_kind)
    what = "genes" if negative_kind == OF_GENES else "pairs"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(in_words(f"Metrics on test {what}"), anchor=False, width="content")
        name = f"{runs[0].run_id}-compared-metrics-{negative_kind}"
        downloads.menu(name, source=compared.provenance(*runs), table=lambda: table)
    held_out, kind = runs[0].spec.held_out, NEGATIVE_KIND_WORDS.get(negative_kind, negative_kind)
    st.caption(in_words(escape_markdown(f"Split: {held_out}; {kind}.")))
    metrics_table.show(table)
    return table


def comparison_table(runs: Sequence[Run], names: Mapping[str, str], *, negative_kind: str) -> pd.DataFrame:
    """One row a run, then the baselines, each once; rankings beside the metrics on pairs where all runs have them."""
    tables = [_of_run(run, negative_kind=negative_kind) for run in runs]
    rows = [table.loc[table["model"] == NETWORK] for table in tables]
    named = [row.assign(model=names[run.run_id]) for run, row in zip(runs, rows, strict=True)]
    others = [table.loc[table["model"] != NETWORK] for table in tables]
    beside = [
        rows.assign(model=[baseline_name(run.spec, model) for model in rows["model"]])
        for run, rows in zip(runs, others, strict=True)
    ]
    baselines = pd.concat(beside, ignore_index=True).drop_duplicates("model")
    whole = pd.concat([*named, baselines], ignore_index=True)
    measured = whole.iloc[: len(runs)].notna().all()
    return whole.loc[:, measured | (whole.columns == "model")]


def _of_run(run: Run, *, negative_kind: str) -> pd.DataFrame:
    whole = metrics_table.beside_baselines(run.metrics, part="test", negative_kind=negative_kind)
    for kind, keys in RANKINGS.items():
        more = metrics_table.beside_baselines(run.metrics, part="test", negative_kind=kind)
        wanted = [key for key in keys if key in more.columns]
        if wanted:
            whole = whole.merge(more[["model", *wanted]], on="model", how="left")
    return whole


def _differences(compared: ComparedRuns, runs: Sequence[Run], *, negative_kind: str) -> None:
    first = runs[0]
    if not len(compared_rows(first, negative_kind)):
        st.info(in_words("**The test part has no row**, so there is no difference to measure."), icon=":material/info:")
        return
    differences_of: dict[str, list[Difference]] = {}
    for other in runs[1:]:
        if same_rows(first, other, negative_kind=negative_kind):
            differences_of[compared.name(other)] = _compared(cache.stamps(first, other), negative_kind, first, other)
        else:
            st.error(
                escape_markdown(
                    f"{compared.name(other)} should have been evaluated on the same pairs, but its rows differ."
                ),
                icon=":material/error:",
            )
    if not differences_of:
        return
    reference = compared.name(first)
    name = f"{first.run_id}-differences-{negative_kind}"

    def make() -> go.Figure:
        return _drawn(differences_of, first, reference, negative_kind)

    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(
            "Differences",
            anchor=False,
            width="content",
            help=in_words(f"{INTERVAL_HELP} {glossary_link('Confidence interval')}"),
        )
        downloads.menu(
            name,
            source=compared.provenance(*runs),
            figure=make,
            table=lambda: differences_table(differences_of, reference),
        )
    for other, differences in differences_of.items():
        st.markdown("- " + escape_markdown(sentence(other, reference, differences)))
    charts.draw(
        make(),
        name=name,
        synthetic=any_synthetic(runs),
        alt=f"Differences of each run's metrics to {reference}, with 95 % intervals",
    )
    rows = compared_rows(first, negative_kind)
    genes = len(pd.unique(rows[ends_of(rows)].to_numpy(dtype=object).ravel()))
    what = "test genes" if negative_kind == OF_GENES else "test pairs"
    st.caption(
        in_words(
            f"Drawn with replacement: the {genes:,} genes of {len(rows):,} {what}, {RESAMPLES} times, the same for "
            "both runs; the bars hold 95 of 100 draws."
        )
    )


def _drawn(differences: Mapping[str, Sequence[Difference]], run: Run, reference: str, negative_kind: str) -> go.Figure:
    kind = NEGATIVE_KIND_WORDS.get(negative_kind, negative_kind)
    evaluated = f"Test {kind}" if negative_kind == OF_GENES else f"Test pairs {kind}"
    lines = [evaluated, DRAWN, f"Split: {run.spec.held_out}"]
    return noted(difference_intervals(differences, reference=reference), lines)


def same_rows(one: Run, other: Run, *, negative_kind: str) -> bool:
    """Whether both runs' test pairs and their negatives of one kind are the very same, in the same order."""
    rows = [compared_rows(run, negative_kind) for run in (one, other)]
    keys = GENE_KEYS if "gene" in rows[0] else PAIR_KEYS
    left, right = (of_run[keys].to_numpy(dtype=object) for of_run in rows)
    return left.shape == right.shape and bool((left == right).all())


@st.cache_data(max_entries=32, show_spinner="Drawing the genes anew …")
def _compared(stamps: tuple[tuple[str, int], ...], negative_kind: str, _one: Run, _other: Run) -> list[Difference]:
    return differences_of_runs(_one, _other, negative_kind=negative_kind)


def sentence(other: str, reference: str, differences: Sequence[Difference]) -> str:
    """Such as "MLP … against GAT …: ROC AUC −0.050 (−0.061 to −0.039), worse; …"."""
    return f"{other} against {reference}: {'; '.join(map(_said, differences))}."


def _said(difference: Difference) -> str:
    metric = METRICS[difference.metric]
    if np.isnan(difference.value):
        return f"{metric.label} cannot be measured on these rows"
    if not difference.is_clear:
        verdict = "no clear difference"
    else:
        verdict = "better" if (difference.value > 0) == metric.higher_is_better else "worse"
    return f"{metric.label} {difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f}), {verdict}"


def differences_table(differences_of: Mapping[str, Sequence[Difference]], reference: str) -> pd.DataFrame:
    """One row a run and metric."""
    return pd.DataFrame(
        [
            {
                "run": name,
                "reference": reference,
                "metric": difference.metric,
                "value": difference.other,
                "value_of_reference": difference.one,
                "difference": difference.value,
                "low_95": difference.low,
                "high_95": difference.high,
            }
            for name, differences in differences_of.items()
            for difference in differences
        ]
    )
