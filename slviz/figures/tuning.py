"""A search for settings in figures: Optuna's own, dressed as the others are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from slviz.figures.palette import ACCENT, FAINT, LINE, OKABE_ITO
from slviz.figures.theme import CLEAR, MODEBAR, empty
from slviz.figures.written import all_written, written

if TYPE_CHECKING:
    from optuna.study import Study

HEIGHT = 380
SLICE_WIDTH = 230
BEST = "Best Value"
MOST_TICKS = 6


def search_history(study: Study, *, figure: str) -> go.Figure:
    """The validation metric of every finished trial, and the best so far.

    Args:
        study: the search.
        metric: what the validation metric is called.
    """
    from optuna.visualization import plot_optimization_history

    if not _finished(study):
        return empty("No trial has finished yet.", height=HEIGHT)
    drawn = plot_optimization_history(study, target_name=figure)
    drawn.for_each_trace(lambda trace: trace.update(name="trials"), selector={"name": figure})
    drawn.for_each_trace(
        lambda trace: trace.update(name="best so far", line={"color": ACCENT, "shape": "hv"}), selector={"name": BEST}
    )
    drawn.update_traces(marker={"size": 8, "color": OKABE_ITO[0]}, selector={"name": "trials"})
    drawn.data = tuple(trace for trace in _traces(drawn) if trace.name != "Infeasible Trial")
    drawn = _dressed(drawn, x="Trial", y=f"{figure}, validation")
    return drawn.update_xaxes(tickformat="d", dtick=1 if len(study.trials) <= MOST_TICKS else None)


def search_importances(study: Study) -> go.Figure:
    """How much of the differences between trials each setting accounts for (fANOVA); shares sum to 1."""
    from optuna.visualization import plot_param_importances

    if len(_finished(study)) < 2:
        return empty("Importance needs two finished trials or more.", height=HEIGHT)
    if len({trial.value for trial in _finished(study)}) == 1:
        return empty("All trials reached the same value.", height=HEIGHT)
    drawn = plot_param_importances(study)
    drawn.update_traces(marker={"color": OKABE_ITO[0]}, showlegend=False)
    return _dressed(drawn, x="Share of the differences between trials", y="")


def search_learning(study: Study, *, figure: str) -> go.Figure:
    """The validation metric by epoch, a line a trial; a line that ends early is a trial that was stopped."""
    from optuna.visualization import plot_intermediate_values

    if not any(trial.intermediate_values for trial in study.get_trials(deepcopy=False)):
        return empty("No epoch has been reported yet.", height=HEIGHT)
    drawn = plot_intermediate_values(study)
    best = study.best_trial.number if _finished(study) else -1
    for trace in _traces(drawn):
        number = int(str(trace.name).removeprefix("Trial"))
        colour, width = (ACCENT, 2.5) if number == best else (LINE, 1)
        trace.update(
            name=f"trial {number}",
            mode="lines",
            line={"color": colour, "width": width},
            opacity=1.0 if number == best else 0.5,
            hovertemplate=f"trial {number}, epoch %{{x}}: %{{y:.4f}}<extra></extra>",
        )
    drawn.data = tuple(sorted(_traces(drawn), key=lambda trace: trace.name == f"trial {best}"))
    return _dressed(drawn, x="Epoch", y=f"{figure}, validation").update_layout(showlegend=False)


def search_slices(study: Study, *, figure: str) -> go.Figure:
    """The validation metric of every finished trial over each setting that was tried; later trials are darker."""
    from optuna.visualization import plot_slice

    if not _finished(study):
        return empty("No trial has finished yet.", height=HEIGHT)
    drawn = plot_slice(study, target_name=figure)
    drawn.update_traces(marker={"size": 8, "line": {"width": 0.5, "color": LINE}})
    drawn = _dressed(drawn).update_xaxes(nticks=4)
    drawn.for_each_xaxis(lambda axis: axis.update(dtick=1) if axis.type == "log" else None)
    for trace in _traces(drawn):
        _tick_whole_numbers(drawn, trace)
    return drawn.update_yaxes(title="", selector={"title": {"text": figure}}).update_layout(
        yaxis={"title": f"{figure}, validation"}, showlegend=False
    )


def _tick_whole_numbers(figure: go.Figure, trace: Any) -> None:
    """No tick between the values of a setting that is counted, such as layers."""
    values = sorted(set(trace.x))
    if len(values) <= MOST_TICKS and all(isinstance(value, int) for value in values):
        number = (trace.xaxis or "x").removeprefix("x")
        figure.update_layout({f"xaxis{number}": {"tickmode": "array", "tickvals": values}})


def _named_as_written(trace: Any) -> None:
    """Names of settings and their values, on the axes and in the hover, are shown letter by letter."""
    for key in ("x", "y", "text", "hovertext"):
        values = getattr(trace, key, None)
        if values is not None and not isinstance(values, str) and any(isinstance(value, str) for value in values):
            trace.update({key: [_lines_as_written(value) if isinstance(value, str) else value for value in values]})


def _lines_as_written(text: str) -> str:
    """Optuna breaks the lines of a hover by <br>, which stays."""
    return "<br>".join(all_written(text.split("<br>")))


def _traces(figure: go.Figure) -> list[Any]:
    return list(figure.data)  # pyright: ignore[reportArgumentType]


def _finished(study: Study) -> list:
    from optuna.trial import TrialState

    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def _dressed(figure: go.Figure, *, x: str | None = None, y: str | None = None) -> go.Figure:
    """Transparent, without a title of its own, axes in our words, names of settings as they are written."""
    figure.for_each_trace(_named_as_written)
    figure.for_each_xaxis(lambda axis: axis.update(title_text=written(axis.title.text or "")))
    figure.for_each_yaxis(lambda axis: axis.update(title_text=written(axis.title.text or "")))
    figure.update_layout(
        template=None,
        title=None,
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        modebar=MODEBAR,
        height=HEIGHT,
        margin={"l": 60, "r": 20, "t": 30, "b": 50},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "bgcolor": CLEAR},
    )
    figure.update_xaxes(gridcolor=FAINT, zeroline=False, linecolor=LINE, automargin=True)
    figure.update_yaxes(gridcolor=FAINT, zeroline=False, linecolor=LINE, automargin=True)
    if x is not None:
        figure.update_xaxes(title=x)
    if y is not None:
        figure.update_yaxes(title=y)
    return figure
