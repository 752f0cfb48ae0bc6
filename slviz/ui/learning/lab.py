"""The Lab page: controls, what the network does at an epoch, and a view of what goes on inside."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from slviz import __version__
from slviz.figures.lab_epochs import lab_curves
from slviz.figures.lab_plane import lab_regions
from slviz.lab.findings import best_epoch_told, findings
from slviz.lab.measures import grid, point_table, regions, unit_lines
from slviz.lab.points import LabPoints, lab_points
from slviz.lab.setup import LabSetup
from slviz.lab.training import LabTraining, Moment
from slviz.ui import address, charts, columns, downloads, errors, layout
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.learning import lab_controls, lab_play, lab_table, lab_views

SLICE_SECONDS = 0.25
"""So long the page trains before it shows what there is; the rest follows in further slices."""
STRAIGHT = {"hidden": "", "activation": "logistic", "start": "zeros", "bias": 0.0, "optimiser": "adam", "rate": 0.1}
STRAIGHT_EPOCHS = 300
PART_WORDS = {"train": "Training", "validation": "Validation", "test": "Test"}
MOST_BOUNDARIES = 16
SCREEN_STEPS, FILE_STEPS = 120, 200
"""Places across and up where the network is asked for its regions."""


def page() -> None:
    """Title, presets and controls, and the network at an epoch; then the next slice or epoch, if there is one."""
    layout.heading("Lab")
    lab_controls.open_preset(layout.LAB)
    st.caption(
        "A small network that you can watch learning. It is trained here and now, in NumPy, by a forward and a "
        "backward pass written out."
    )
    top = st.container()
    words = lab_controls.chosen_words()
    setup = None
    with errors.as_sentences():
        setup = LabSetup(**words)
    with top:
        lab_controls.presets(setup)
    if setup is None:
        return
    own = lab_table.choose(seed=setup.seed) if setup.points == "own" else None
    if setup.points == "own" and own is None:
        return
    for remark in () if own is None else own.remarks:
        st.caption(f":material/info: {escape_markdown(remark)}")
    training = _training(*_name_of(setup), setup, own)
    lab_play.begin(training)
    training.advance(seconds=SLICE_SECONDS)
    _watch(training)
    lab_play.go_on(training)


def _name_of(setup: LabSetup) -> tuple[tuple[str, ...], str, str]:
    """What tells a training from all others: its words, and its table with the column of classes."""
    own = setup.points == "own"
    return (
        tuple(setup.words()),
        (address.value("own") or "") if own else "",
        (address.value("label") or "") if own else "",
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _training(words: tuple[str, ...], digest: str, label: str, _setup: LabSetup, _own: LabPoints | None) -> LabTraining:
    """A training that all visitors with the same settings share."""
    return LabTraining(_setup, lab_points(_setup, _own))


@st.cache_resource(max_entries=16, show_spinner=False)
def _straight(words: tuple[str, ...], digest: str, label: str, _training: LabTraining) -> LabTraining:
    """Logistic regression on the same points."""
    setup = _training.setup.replace(**STRAIGHT, epochs=STRAIGHT_EPOCHS)
    regression = LabTraining(setup, _training.points)
    regression.advance()
    return regression


def _watch(training: LabTraining) -> None:
    """The epoch that is shown, with all that is drawn of it."""
    moment = lab_play.bar(training)
    source = f"slviz lab; {training.setup.in_words()}; epoch {moment.epoch:,}; slviz {__version__}"
    _reached(training, moment)
    for sentence in findings(training, moment):
        st.info(escape_markdown(sentence), icon=":material/lightbulb:")
    _overview(training, moment, source)
    lab_views.show(training, moment, source)


def _reached(training: LabTraining, moment: Moment) -> None:
    """Accuracy and loss of every part at the epoch, and the best epoch."""
    best = training.measures(training.at(training.best_epoch))["test"][1]
    with st.container(horizontal=True):
        for part, (loss, accuracy) in training.measures(moment).items():
            st.metric(
                f"{PART_WORDS[part]} accuracy",
                f"{accuracy:.3f}",
                f"loss {loss:.3f}",
                delta_color="off",
                delta_arrow="off",
                help=f"Share of {part} points whose class is the likeliest, and mean cross-entropy. "
                f"{glossary_link('Cross-entropy')}",
            )
        st.metric(
            "Best epoch",
            f"{training.best_epoch:,}",
            f"test accuracy {best:.3f}",
            delta_color="off",
            delta_arrow="off",
            help=f"{escape_markdown(best_epoch_told(training))} {glossary_link('Best epoch')}",
        )


def _overview(training: LabTraining, moment: Moment, source: str) -> None:
    """Regions, and curves beside them or below."""
    left, right = columns.beside("lab")
    with left:
        _regions(training, moment, source)
    history = training.history

    def curves() -> go.Figure:
        return lab_curves(history, epoch=moment.epoch, best=training.best_epoch, epochs=training.setup.epochs)

    with right:
        alt = "Loss and accuracy of training and validation by epoch"
        charts.draw(
            curves,
            of=(training.setup, training.points, history.to_numpy(), moment.epoch, training.best_epoch),
            name="lab-curves",
            synthetic=False,
            alt=alt,
        )
        downloads.menu("lab-curves", source=source, figure=curves, table=lambda: history)


def _regions(training: LabTraining, moment: Moment, source: str) -> None:
    """The points over what the network says of every place."""
    points, setup = training.points, training.setup
    with st.container(horizontal=True, vertical_alignment="bottom"):
        across, up = _axes(points)
        straight = address.toggle(
            "Logistic regression",
            key="straight",
            help="The straight boundary of a network without a hidden layer, fitted to the same points.",
        )
    regression = _straight(*_name_of(setup), training) if straight else None
    with_lines = bool(setup.widths) and setup.widths[0] <= MOST_BOUNDARIES

    def figure(steps: int = FILE_STEPS) -> go.Figure:
        plane = grid(points, across=across, up=up, steps=steps)
        line = None
        if regression is not None and points.outputs == 1:
            line = regions(regression, regression.at(regression.reached).parameters, plane)
        lines = unit_lines(moment.parameters, plane) if with_lines else None
        share = regions(training, moment.parameters, plane)
        return lab_regions(points, plane, share, straight=line, lines=lines)

    alt = "All points by class and part over the class that the network gives to every place"
    fitted = None if regression is None else regression.reached
    charts.draw(
        lambda: figure(SCREEN_STEPS),
        of=(setup, points, across, up, fitted, moment.parameters),
        name="lab-regions",
        synthetic=False,
        alt=alt,
    )
    notes = ["Dotted: where a neuron of the first layer has net input 0."] if with_lines else []
    if regression is not None:
        reached = regression.measures(regression.at(regression.reached))["test"][1]
        how = "Dashed: logistic" if points.outputs == 1 else "Logistic"
        notes.append(f"{how} regression, test accuracy {reached:.3f}.")
    if len(points.features) > 2:
        notes.append("The other features have their mean here.")
    if points.standardised:
        notes.append("Features are standardised by the training part.")
    if notes:
        st.caption(" ".join(notes))
    downloads.menu("lab-regions", source=source, figure=figure, table=lambda: point_table(training, moment))


def _axes(points: LabPoints) -> tuple[int, int]:
    """Which two features span the plane."""
    names = list(points.features)
    if len(names) <= 2:
        return 0, len(names) - 1
    across = address.one_of(st.selectbox, "Across", names, key="across", width=160)
    others = [name for name in reversed(names) if name != across]
    up = address.one_of(st.selectbox, "Up", others, key="up", width=160)
    return names.index(across), names.index(up)
