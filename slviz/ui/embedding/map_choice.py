"""Which map the Embedding page shows: its method, settings and seed, all in the address; finished ones open at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from slviz.choices import Setting
from slviz.datasets import GeneGraph
from slviz.errors import SlvizError
from slviz.pipeline import commands
from slviz.projections import PCA, PROJECTIONS, Projection, ProjectionMethod
from slviz.runs import Run
from slviz.runs.map_labels import has_classes, learnt_labels
from slviz.runs.summary import RunSummary
from slviz.ui import address, cache, job_panel
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words


def offered(*, with_classes: bool) -> list[type[ProjectionMethod]]:
    """The methods that a page offers: those that need classes only where there are some."""
    return [cls for cls in PROJECTIONS.values() if with_classes or not cls.needs_labels]


def choose(
    summary: RunSummary, graph: GeneGraph, run: Run, *, places: tuple[DeltaGenerator, DeltaGenerator]
) -> tuple[ProjectionMethod, int]:
    """The method of the address with its settings and seed; those that lie with the run come first.

    `places` are those of the method and of its settings.
    """
    line, settings = places
    stored = cache.store().artifacts(summary.run_id).maps()
    there = {method.title for method, _ in stored}
    methods = sorted(
        offered(with_classes=has_classes(run.spec, graph)),
        key=lambda cls: (cls.title not in there and not cls.at_once, cls.offered, cls.title),
    )
    titles = {cls.title: cls.name for cls in methods}
    with line:
        title = _method(methods)
    of_kind = [(method, seed) for method, seed in stored if method.name == titles[title]]
    first = next((stored_map for stored_map in of_kind if stored_map == (PROJECTIONS.make(titles[title]), 0)), None)
    start, seed = first or (of_kind[0] if of_kind else (PROJECTIONS.make(titles[title]), 0))
    with settings:
        if len(of_kind) > 1:
            finished_maps(of_kind, start)
        return settings_of(start, seed)


def _method(methods: Sequence[type[ProjectionMethod]]) -> str:
    return address.one_of(
        st.selectbox,
        "Map",
        [cls.title for cls in methods],
        key="map",
        ids={cls.title: cls.name for cls in methods},
        help=in_words(
            "How the many numbers of each gene are reduced to two or three.\n\n"
            + "\n".join(
                f"- **{cls.title}**: {escape_markdown(cls.summary())} {glossary_link(cls.name)}"
                for cls in sorted(methods, key=lambda cls: list(PROJECTIONS).index(cls.name))
            )
        ),
    )


def settings_of(start: ProjectionMethod, seed: int, *, but: Sequence[str] = ()) -> tuple[ProjectionMethod, int]:
    """Controls for every setting of a method but some, and for its seed."""
    values = {setting.key: _control(start, setting) for setting in start.settings() if setting.key not in but}
    if start.random:
        seed = address.entry(
            "Seed",
            key=f"{start.name}-seed",
            low=0,
            high=2**31 - 1,
            default=seed,
            step=1,
            help="Another seed gives another random start: what changes with it is not in the embedding.",
        )
    return start.replace(**values), seed


def _control(start: ProjectionMethod, setting: Setting) -> Any:
    key, value = f"{start.name}-{setting.key}", getattr(start, setting.key)
    if setting.options is not None:
        others = [str(option) for option in setting.options if option != value]
        chosen = address.one_of(
            st.segmented_control, setting.label, [str(value), *others], key=key, help=in_words(setting.help)
        )
        return setting.parse(chosen)
    if setting.kind is bool:
        return address.toggle(setting.label, value, key=key, help=in_words(setting.help))
    if setting.kind is str:
        return st.text_input(setting.label, value, key=key, help=in_words(setting.help), bind="query-params")
    assert setting.low is not None  # numbers have bounds: see slviz.choices.setting
    assert setting.high is not None
    low, high = setting.kind(setting.low), setting.kind(setting.high)
    step = 1 if setting.kind is int else 0.05 if value < 1 else 1.0
    return address.entry(
        setting.label, key=key, low=low, high=high, default=value, step=step, help=in_words(setting.help)
    )


def finished_maps(of_kind: Sequence[tuple[ProjectionMethod, int]], start: ProjectionMethod) -> None:
    """A list of maps of one method that are made already, to open at once."""
    names = {_words(method, seed): (method, seed) for method, seed in of_kind}
    key = f"finished {start.name}"

    def open_it() -> None:
        method, seed = names[st.session_state[key]]
        for setting in method.settings():
            value = getattr(method, setting.key)
            address.put(**{f"{method.name}-{setting.key}": str(value)})
        address.put(**{f"{method.name}-seed": str(seed)})

    st.selectbox(
        "Made already", list(names), index=None, key=key, on_change=open_it, placeholder=f"{len(names)} maps: open one"
    )


def _words(method: ProjectionMethod, seed: int) -> str:
    """Such as "perplexity 10, seed 3": what differs from the defaults, and the seed."""
    default = type(method)()
    changed = [
        f"{setting.label.lower()} {_brief(getattr(method, setting.key))}"
        for setting in method.settings()
        if getattr(method, setting.key) != getattr(default, setting.key)
    ]
    return ", ".join([*(changed or ["default settings"]), *([f"seed {seed}"] if method.random else [])])


def _brief(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def stored_or_made(summary: RunSummary, graph: GeneGraph, run: Run, method: ProjectionMethod, seed: int) -> Projection:
    """The map that was asked for; until a worker has made it, its panel and the nearest map that is there."""
    projection = cache.projection(summary, method, seed)
    if projection is not None:
        return projection
    if method.at_once:
        return made_at_once(run, method, seed)
    refusal = _refusal(summary, graph, run, method)
    if refusal:
        st.info(in_words(escape_markdown(refusal)), icon=":material/category:")
    else:
        job_panel.panel(job(summary, method, seed))
    meanwhile = _nearest(summary, run, method)
    st.info(
        f"Until then you see another map that is there: {escape_markdown(meanwhile.caption.partition('. ')[0])}.",
        icon=":material/visibility:",
    )
    return meanwhile


def _refusal(summary: RunSummary, graph: GeneGraph, run: Run, method: ProjectionMethod) -> str:
    """Why no map can be made with the classes of a run; "" where one can."""
    if not method.needs_labels:
        return ""
    try:
        method.refuse_labels(learnt_labels(run.spec, graph, cache.split(summary, graph)))
    except SlvizError as error:
        return str(error)
    return ""


def job(summary: RunSummary, method: ProjectionMethod, seed: int) -> job_panel.Job:
    """The making of a map."""
    return job_panel.Job(
        key=f"{summary.run_id} {method} {seed}",
        artifacts=lambda: [cache.store().artifacts(summary.run_id).map_artifact(method, seed)],
        command=commands.project(summary.run_id, method, seed=seed),
        what=f"the {method.title} map",
        offer=f"**There is no {method.title} map of this run with these settings yet.** "
        + escape_markdown(method.summary()),
        button=f"Make the {method.title} map",
        takes=method.takes,
    )


def _nearest(summary: RunSummary, run: Run, method: ProjectionMethod) -> Projection:
    """A stored map of the same method and dimensions, else of another, else one that takes but a moment."""
    stored = cache.store().artifacts(summary.run_id).maps()
    flat_first = sorted(
        stored,
        key=lambda stored_map: (stored_map[0].name != method.name, stored_map[0].dimensions != method.dimensions),
    )
    for known, seed in flat_first:
        projection = cache.projection(summary, known, seed)
        if projection is not None:
            return projection
    return made_at_once(run, PCA(), 0)


def made_at_once(run: Run, method: ProjectionMethod, seed: int) -> Projection:
    """The map of a run by a method that takes but a moment."""
    return _made(run.run_id, method, seed, run)


@st.cache_resource(max_entries=8, show_spinner="Making the map …")
def _made(run_id: str, method: ProjectionMethod, seed: int, _run: Run) -> Projection:
    return method.fit(_run.embedding, seed)
