"""Metrics of a run beside those of every baseline on the same rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd
import streamlit as st

from slviz.evaluation import METRICS
from slviz.runs import NETWORK
from slviz.runs.once_for_a_table import once_for_a_table
from slviz.ui import nouns
from slviz.ui.content_key import key_of
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import BASELINE_WORDS, escape_markdown
from slviz.ui.nouns import in_words

MEAN = "mean"
BEST_RANKED = "Spearman ρ of the best baseline"


def beside_baselines(metrics: pd.DataFrame, *, part: str, negative_kind: str) -> pd.DataFrame:
    """One row a model, the network first, then baselines from best to worst; one column a metric."""
    return _beside_baselines(metrics, part=part, negative_kind=negative_kind).copy()


@once_for_a_table
def _beside_baselines(metrics: pd.DataFrame, *, part: str, negative_kind: str) -> pd.DataFrame:
    rows = metrics[
        (metrics["part"] == part) & (metrics["negative_kind"] == negative_kind) & (metrics["metric"] != "threshold")
    ]
    order = [key for key in METRICS if key in set(rows["metric"])]
    table = rows.pivot_table(index="model", columns="metric", values="value", observed=True).reindex(columns=order)
    if not len(table):
        return pd.DataFrame(columns=["model"])
    leading = METRICS[order[0]]
    table = table.sort_values(order[0], ascending=not leading.higher_is_better)
    first = [NETWORK] if NETWORK in table.index else []
    table = table.loc[first + [name for name in table.index if name != NETWORK]]
    return table.reset_index()


def within_sources(metrics: pd.DataFrame, rows: pd.DataFrame, *, part: str) -> pd.DataFrame:
    """One row a kind of evidence: pairs, error and rank correlation of the network, beside the mean and the baselines.

    R² is left out: where the scores of a source hardly vary, its denominator is next to nothing.

    Args:
        metrics: of a run.
        rows: the part's predictions by their `evidence`, to count them.
        part: "train", "validation" or "test".
    """
    count = rows["evidence"].value_counts()
    measured = metrics.loc[(metrics["part"] == part) & metrics["negative_kind"].isin(count.index.tolist())]
    wanted = {
        "RMSE": (NETWORK, "rmse"),
        "RMSE of the mean": (MEAN, "rmse"),
        "MAE": (NETWORK, "mae"),
        "MAE of the mean": (MEAN, "mae"),
        "Spearman ρ": (NETWORK, "spearman"),
    }
    columns = {
        label: measured.loc[(measured["model"] == model) & (measured["metric"] == metric)].set_index("negative_kind")[
            "value"
        ]
        for label, (model, metric) in wanted.items()
    }
    ranked = measured.loc[(measured["model"] != NETWORK) & (measured["metric"] == "spearman")]
    columns[BEST_RANKED] = ranked.groupby("negative_kind")["value"].max()
    table = pd.DataFrame(columns)
    table.insert(0, "Pairs", count.reindex(table.index))
    return table.sort_values("Pairs", ascending=False, kind="stable").rename_axis("Evidence").reset_index()


def ranked_within(metrics: pd.DataFrame, *, part: str, sources: Collection[str]) -> pd.Series:
    """The mean rank correlation within `sources` of each model that was measured there, the best first."""
    of_part = metrics.loc[
        (metrics["part"] == part) & (metrics["metric"] == "spearman") & metrics["negative_kind"].isin(list(sources))
    ]
    return of_part.groupby("model")["value"].mean().dropna().sort_values(ascending=False)


def show(
    table: pd.DataFrame, *, own: str = NETWORK, legend: bool = True, labels: Mapping[str, str] | None = None
) -> None:
    """The table on the page, the best of each column marked, metrics explained by their help.

    Args:
        table: as `beside_baselines` gives it.
        own: what the run itself is called: the network, or the baseline that it is.
        legend: whether a caption explains the arrows.
        labels: other words for some metrics, where what is left out stands nearby.
    """
    if not len(table):
        st.caption("No metrics were measured for this choice.")
        return
    content = key_of(list(table.columns), table.to_numpy(dtype=object), own, labels or {}, nouns.current())
    _drawn(content, table, own, labels or {})
    if legend:
        st.caption("↑ higher is better, ↓ lower is better; the best of each column is marked.")


@st.cache_data(max_entries=512, show_spinner=False)
def _drawn(content: bytes, _table: pd.DataFrame, _own: str, _labels: Mapping[str, str]) -> None:
    """The table itself; where the same content was drawn before, Streamlit sends what it sent then."""
    table = _table
    columns = {
        key: st.column_config.TextColumn(
            f"{_labels.get(key, METRICS[key].label)} {'↑' if METRICS[key].higher_is_better else '↓'}",
            help=in_words(f"{METRICS[key].help} {glossary_link(METRICS[key].label)}"),
            alignment="right",
        )
        for key in table.columns
        if key in METRICS
    }
    named = table.assign(model=table["model"].replace(NETWORK, _own))
    columns["model"] = st.column_config.TextColumn("Model", help=_model_help(named["model"].tolist()))
    written = named.assign(**{key: table[key].map(as_text) for key in table.columns if key in METRICS})
    compared = table.astype({key: float for key in table.columns if key in METRICS})
    if "ece" in compared:  # one share for all pairs has no such error, and no merit
        compared.loc[compared["model"] == MEAN, "ece"] = float("nan")
    marked = written.style.apply(lambda column: marks_of_best(pd.Series(compared[column.name])), axis=0)
    st.dataframe(marked, hide_index=True, column_config=columns)


def _model_help(models: Sequence[str]) -> str:
    lines = [f"- **{escape_markdown(model)}**: {BASELINE_WORDS[model]}" for model in models if model in BASELINE_WORDS]
    return in_words("The model of this run, then the baselines:\n" + "\n".join(lines))


def as_text(value: float) -> str:
    """Three decimals, or a dash where nothing was measured."""
    return "–" if value != value else f"{value:.3f}"  # NaN differs from itself


def marks_of_best(column: pd.Series) -> list[str]:
    """The style of each value of a metric's column: the best is marked, where another is not as good."""
    key = str(column.name)
    if key not in METRICS or column.nunique() < 2:
        return [""] * len(column)
    best = column.max() if METRICS[key].higher_is_better else column.min()
    return ["font-weight: 700; background-color: rgba(0, 158, 115, 0.18)" if value == best else "" for value in column]
