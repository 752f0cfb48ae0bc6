"""The Results page: which model is best at which question, beside the baselines, and the runs behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.report import shown
from slviz.evaluation import METRICS
from slviz.figures.results import results_by_protocol, results_dots
from slviz.results import EVERY, Collected, Column, ResultRow, ResultTable, across, collect, tables
from slviz.results.collect import held_out_of, protocol_of
from slviz.results.text import cell_text, digits_of, heading, row_name
from slviz.runs import NETWORK
from slviz.runs.spec import default_names
from slviz.runs.summary import RunSummary
from slviz.splits import SPLITS
from slviz.ui import access, address, cache, charts, downloads, layout, question_rows
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import TASK_WORDS, escape_markdown, pluralise
from slviz.ui.nouns import in_words

if TYPE_CHECKING:  # with it come templates that only this page needs
    from pandas.io.formats.style import Styler

BEST = "font-weight: 700; background-color: rgba(0, 158, 115, 0.18)"
HARDEST = ("degree-matched", "auc")
"""The metric that is shown first, where it was measured."""
ROW_PIXELS = 35
MOST_RUNS = 30
NEGATIVE_KIND_HELP = (
    "**random**: any pair that is not known; counting partners does well. **degree-matched**: pairs of genes with as "
    "many partners. **popularity-matched**: pairs of genes with as many interactions (and papers, where the data set "
    "counts them). **all-unknown**: every pair of genes that nobody lists. **per-gene**: partners of one gene. "
    "**attention**: whether predictions need the edges that it favours, measured on request."
)


def _protocol_help() -> str:
    asks = (f"\n- **{name}**: {escape_markdown(split.asks or split.summary())}" for name, split in SPLITS.items())
    return in_words("Which pairs were held out. " + " ".join(asks))


def show(graph: GeneGraph, source: str) -> None:
    """The tables of the finished runs on this data; what to do where there are none."""
    of_data = [
        summary
        for summary in cache.store().summaries()
        if summary.state in ("finished", "damaged")
        and summary.spec is not None
        and summary.spec.data_fingerprint == graph.fingerprint
    ]
    runs = [summary for summary in of_data if summary.state == "finished"]
    if not runs:
        _nothing(graph, source)
        return
    question_rows.show(graph, source)
    stamps = tuple((summary.run_id, _stamp(summary)) for summary in of_data)
    collected = _collected(stamps, of_data)
    result_tables = _tables(stamps, collected)
    of_task = _pick_task(result_tables)
    table, column = _pick_table(of_task)
    _caption(table, runs)
    _figure(graph, table, column)
    _table(graph, table)
    _runs_of_row(table, column, {run.run_id: run for run in runs})
    for note in (*table.notes, *collected.notes):
        st.caption(f":material/info: {escape_markdown(note)}")


def _stamp(summary: RunSummary) -> str:
    """What changes when a run is finished, or something else of it is measured."""
    return f"{summary.problem or summary.finished} {cache.faithfulness_stamp(summary.run_id)}"


@st.cache_resource(max_entries=4, show_spinner="Comparing the runs …")
def _collected(stamps: tuple[tuple[str, str], ...], _runs: Sequence[RunSummary]) -> Collected:
    return collect(cache.store(), _runs)


@st.cache_resource(max_entries=4, show_spinner=False)
def _tables(stamps: tuple[tuple[str, str], ...], _collected: Collected) -> list[ResultTable]:
    return list(tables(_collected))


def _nothing(graph: GeneGraph, source: str) -> None:
    if not access.may_work():
        st.info("**No finished run on this data set yet.**", icon=":material/leaderboard:")
        return
    st.info(
        "**No finished run on this data set yet.** Train one, or many at once from a terminal; they are compared here.",
        icon=":material/leaderboard:",
    )
    if st.button("Train a run", type="primary", icon=":material/play_arrow:"):
        st.switch_page(layout.TRAIN)
    name = source if "/" not in source and "\\" not in source else "FOLDER"
    st.code(f"python -m slviz sweep --data {name} {many_at_once(graph)} --fold all", language="bash")


def many_at_once(graph: GeneGraph) -> str:
    """What is typed behind `sweep --data SOURCE` for the first runs: of pairs where there are any, else of pictures."""
    if graph.pictures is None:
        return "--network gat gcn mlp"
    names = default_names(graph=graph)
    return " ".join(f"--{part} {names[part]}" for part in ("task", "network", "features", "split"))


def _pick_task(result_tables: Sequence[ResultTable]) -> list[ResultTable]:
    tasks = tuple(dict.fromkeys(table.task for table in result_tables))
    task = tasks[0]
    if len(tasks) > 1:
        listed = "\n".join(f"- **{task_name}**: {TASK_WORDS.get(task_name, task_name)}" for task_name in tasks)
        task = address.one_of(st.segmented_control, "Task", tasks, key="compare", help=listed)
    return [table for table in result_tables if table.task == task]


def _pick_table(of_task: Sequence[ResultTable]) -> tuple[ResultTable, Column]:
    protocols = tuple(table.protocol for table in of_task)
    options = (EVERY, *protocols) if len(protocols) > 1 else protocols
    left, right = st.columns([3, 2])
    with left:
        widget = st.segmented_control if len(options) <= 6 else st.selectbox
        protocol = address.one_of(
            widget,
            "Split",
            options,
            key="protocol",
            ids={EVERY: "all"},
            help=f"{_protocol_help()} {glossary_link('Protocol')}",
        )
    shown_in = [table for table in of_task if protocol in (EVERY, table.protocol)]
    columns = dict.fromkeys(column for table in shown_in for column in table.columns)
    named = {heading(column)[:-2]: column for column in sorted(columns, key=lambda column: column != HARDEST)}
    with right:
        name = address.one_of(
            st.selectbox,
            "Metric",
            tuple(named),
            key="metric",
            ids={name: _id_of_column(column) for name, column in named.items()},
            help=in_words(f"{NEGATIVE_KIND_HELP} {glossary_link('Negatives')}"),
        )
    column = named[name]
    return (across(of_task, column) if protocol == EVERY else shown_in[0]), column


def _id_of_column(column: Column) -> str:
    """What an address calls a metric on one kind of negatives, such as `auc-degree-matched`."""
    negative_kind, metric = column
    return address.slug(f"{metric} {negative_kind}".replace("@", "-at-"))


def _caption(table: ResultTable, runs: Sequence[RunSummary]) -> None:
    if table.protocol == EVERY:
        st.caption(
            f"{pluralise(len(runs), 'finished run')}. Mean ± standard deviation over the folds or publications of each "
            "protocol. Within a protocol all rows were evaluated on the same test part."
        )
        return
    several = len(table.held_out) > 1 or table.seeds > 1
    described = (
        f"Mean ± standard deviation over {table.over}"
        if several
        else f"{table.over[:1].upper()}{table.over[1:]}, one run each"
    )
    partial = " Hollow: not evaluated on all of them, so never marked best." if _partial(table) else ""
    st.caption(escape_markdown(f"{described}; all rows were evaluated on the same test part.{partial}"))


def _partial(table: ResultTable) -> bool:
    return any(not row.complete for row in table.rows)


def _figure(graph: GeneGraph, table: ResultTable, column: Column) -> None:
    def make() -> Any:
        return results_by_protocol(table) if table.protocol == EVERY else results_dots(table, column)

    name = _file_name(graph, table)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(escape_markdown(heading(column)[:-2]), anchor=False, width="content", help=_help_of(column))
        downloads.menu(
            name, source=downloads.provenance(graph), figure=make, table=lambda: as_frame(table, spread_apart=True)
        )
    charts.draw(make(), name=name, synthetic=graph.synthetic, alt=f"{name} of every model")


def _help_of(column: Column) -> str:
    metric = METRICS.get(column[1])
    if metric is None:
        return ""
    better = "Higher" if metric.higher_is_better else "Lower"
    return f"{metric.help} {better} is better. {glossary_link(metric.label)}"


def _file_name(graph: GeneGraph, table: ResultTable) -> str:
    return f"{graph.name}-results-{table.task}-{table.protocol}".replace(" ", "-")


def as_frame(table: ResultTable, *, spread_apart: bool) -> pd.DataFrame:
    """The table as pandas: one row a model, one column of means a metric.

    Args:
        table: what to show.
        spread_apart: for a file: also the standard deviation and the number of runs, in columns of their own.
    """
    rows = []
    for row in table.rows:
        cells: dict[str, Any] = {"Model": row.model, "Kind": "network" if row.learns else "baseline"}
        cells["Features"] = row.features if row.learns else ""
        for column in table.columns:
            cell = row.cells.get(column)
            name = heading(column) if not spread_apart else heading(column)[:-2]
            cells[name] = float("nan") if cell is None else cell.mean
            if spread_apart:
                cells[f"{name}, standard deviation"] = float("nan") if cell is None else cell.spread
                cells[f"{name}, runs"] = 0 if cell is None else cell.count
        if table.protocol != EVERY and (spread_apart or _partial(table)):
            cells["Evaluated on"] = f"{row.splits} of {len(table.held_out)}"
        rows.append(cells)
    return pd.DataFrame(rows)


def _write_cells(styler: Styler, column: str, values: Sequence[float], texts: Sequence[str]) -> None:
    """Let each value of a column show its text; equal values may have different ones."""
    text_of = dict(zip(values, texts, strict=True))
    styler.format(lambda value: text_of.get(value, "–"), subset=[column])
    for place, (value, text) in enumerate(zip(values, texts, strict=True)):
        if text_of.get(value) != text or value != value:  # a call for a single cell costs as much as for a column
            styler.format(lambda _, text=text: text, subset=([place], [column]))


def _table(graph: GeneGraph, table: ResultTable) -> None:
    """All metrics of the protocol; a click on a cell chooses its row."""
    st.subheader("All metrics" if table.protocol != EVERY else "By protocol", anchor=False)
    shown_rows = as_frame(table, spread_apart=False)
    digits = digits_of(table)
    styler = shown_rows.style
    for column in table.columns:
        texts = [cell_text(row.cells.get(column), digits=digits) or "–" for row in table.rows]
        _write_cells(styler, heading(column), shown_rows[heading(column)].tolist(), texts)
    styler.apply(lambda column: _marks(table, str(column.name)), axis=0)
    key = f"table {_file_name(graph, table)}"
    st.dataframe(
        styler,
        key=key,
        hide_index=True,
        placeholder="–",
        height=ROW_PIXELS * (len(shown_rows) + 1) + 3,
        column_config={
            "Model": st.column_config.TextColumn("Model", pinned=True, help="A network, or a way without one."),
            **{
                heading(column): st.column_config.NumberColumn(heading(column), help=_help_of(column))
                for column in table.columns
            },
        },
        on_select=lambda: _choose_row(key, table),
        selection_mode="single-cell",
    )
    st.caption(
        "↑ higher is better, ↓ lower is better; the best of each column is marked. Click a heading to sort, and "
        "a row for its runs."
    )


def _marks(table: ResultTable, name: str) -> list[str]:
    column = next((candidate for candidate in table.columns if heading(candidate) == name), None)
    return [BEST if column is not None and table.leads(row, column) else "" for row in table.rows]


def _choose_row(key: str, table: ResultTable) -> None:
    cells = st.session_state[key]["selection"]["cells"]
    if cells:
        address.put(model=row_name(table.rows[cells[0][0]]))


def _runs_of_row(table: ResultTable, column: Column, runs: dict[str, RunSummary]) -> None:
    """The runs behind the row of the address, each with the pages that show it."""
    wanted = address.value("model")
    if wanted is None:
        return
    row = next((candidate for candidate in table.rows if row_name(candidate) == wanted), None)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(escape_markdown(shown(wanted)), anchor=False, width="content")
            if st.button("Close", key="close model", icon=":material/close:", type="tertiary"):
                address.put(model=None)
                st.rerun()
        if row is None:
            st.caption("This table has no such row: it was not evaluated by this protocol.")
            return
        if not row.is_network:
            st.caption(
                "A baseline is scored beside every network, on the same pairs. It is shown in each of these runs."
            )
        behind = sorted((runs[run_id] for run_id in row.run_ids), key=_in_order)
        for summary in behind[:MOST_RUNS]:
            _run_line(row, summary, column)
        if len(row.run_ids) > MOST_RUNS:
            st.caption(f"… and {len(row.run_ids) - MOST_RUNS} more.")


def _in_order(summary: RunSummary) -> tuple[str, str, int]:
    assert summary.spec is not None
    return protocol_of(summary.spec), held_out_of(summary.spec), summary.spec.seed


def _run_line(row: ResultRow, summary: RunSummary, column: Column) -> None:
    spec = summary.spec
    assert spec is not None
    value = _metric_of(summary, row, column)
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"**{escape_markdown(protocol_of(spec))}**, {escape_markdown(held_out_of(spec))}, seed {spec.seed}"
        st.markdown(said + (f": {value:.3f}" if value == value else ""), width="stretch")
        layout.links_to(summary.run_id, icons=False)


def _metric_of(summary: RunSummary, row: ResultRow, column: Column) -> float:
    table = summary.metrics
    model = NETWORK if row.is_network else row.model
    values = table.loc[
        (table["part"] == "test")
        & (table["model"] == model)
        & (table["negative_kind"] == column[0])
        & (table["metric"] == column[1]),
        "value",
    ]
    return float(values.iloc[0]) if len(values) else float("nan")
