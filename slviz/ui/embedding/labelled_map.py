"""What a map that has seen classes is worth: how often it is right about genes whose class it has not seen."""

from __future__ import annotations

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.projections import Projection
from slviz.projections.class_places import ClassPlaces, class_places
from slviz.runs import Run
from slviz.runs.map_labels import learnt_labels, map_classes
from slviz.runs.summary import RunSummary
from slviz.ui import cache
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words


def say(summary: RunSummary, graph: GeneGraph, run: Run, projection: Projection) -> None:
    """A sentence below a map that was made with classes; nothing below others."""
    if not projection.method.needs_labels:
        return
    classes = map_classes(run.spec, graph)
    learnt = learnt_labels(run.spec, graph, cache.split(summary, graph))
    seen = learnt >= 0
    labels = np.where(seen, projection.method.labels_seen(learnt, projection.seed), classes.label)
    said = f"{classes.origin} {sentence(class_places(projection.coordinates, labels, seen))}"
    st.caption(in_words(escape_markdown(said)))


def sentence(places: ClassPlaces) -> str:
    """What the shares say."""
    seen = (
        f"LDA has learnt from the classes of {places.count_seen:,} genes, and {100 * places.seen:.0f} % of these lie "
        "nearest to the middle of their own class."
    )
    if np.isnan(places.unseen):
        return f"{seen} No class was held out, so this says nothing of what the embedding knows."
    return (
        f"{seen} Of the {places.count_unseen:,} whose class it has not seen, {100 * places.unseen:.0f} % do; by "
        f"chance, with their classes permuted, {100 * places.chance:.0f} % would. Only the unseen are evidence. The "
        "setting Classes: permuted draws the same map of classes that mean nothing."
    )
