"""The colours of the map on the Embedding page: what each means, and what it is measured on."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import streamlit as st

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.datasets.classes import gene_classes
from slviz.figures import Colouring
from slviz.projections import DENSITIES, Density, DensityEstimate, Projection, density_distortion
from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.tasks import Classify
from slviz.ui import address, scorers
from slviz.ui.embedding import colour_choices, further_colours, map_quality, outlierness
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import SCORE, escape_markdown
from slviz.ui.nouns import in_words

DENSITY, DEGREE, EVIDENCE, PARTNER, PRESERVATION, QUALITY, SPREAD, DISTORTION, ACTUAL, GIVEN = (
    "Local density",
    "Known partners",
    "Evidence",
    "Predicted partners",
    "Neighbourhood preservation",
    "Map quality",
    "Moves between seeds",
    "Density distortion",
    "Actual class",
    "Given class",
)
COLOUR_IDS = {
    DENSITY: "density",
    DEGREE: "partners",
    EVIDENCE: "evidence",
    PARTNER: "predicted",
    PRESERVATION: "preservation",
    QUALITY: "quality",
    SPREAD: "moves",
    DISTORTION: "distortion",
    outlierness.COLOUR: "outlierness",
    ACTUAL: "actual-class",
    GIVEN: "given-class",
    **colour_choices.IDS,
    **further_colours.IDS,
}
"""What an address calls the colours."""
CLASS_COLOURS = (ACTUAL, GIVEN)
"""For runs of the task classify alone, and the first for pictures with classes."""
OF_GENES = (DEGREE, EVIDENCE, PARTNER, colour_choices.TERM, colour_choices.CHROMOSOME, colour_choices.GENE_TYPE)
"""Colours that say nothing of pictures."""
COLOUR_HELP = (
    f"- **{DENSITY}**: how many genes lie around a gene\n"
    f"- **{DEGREE}**: how many known partners a gene has\n"
    f"- **{EVIDENCE}**: where most of its known pairs come from\n"
    f"- **{PARTNER}**: the network's score of each gene with the gene that you search\n"
    f"- **{PRESERVATION}**: share of a gene's nearest neighbours that are nearest on the map too\n"
    f"- **{QUALITY}**: whether what lies next to a gene on the map is next to it in the embedding, and the other way\n"
    f"- **{SPREAD}**: how far a gene moves when the map is made again from another seed\n"
    f"- **{DISTORTION}**: where the map is denser, or sparser, than the embedding\n"
    f"- **{outlierness.COLOUR}**: {outlierness.HELP}\n"
) + "\n".join(f"- **{name}**: {what}" for name, what in (colour_choices.HELP | further_colours.HELP).items())
CLASS_HELP = f"\n- **{ACTUAL}**: the class a gene is in\n- **{GIVEN}**: the class that the network gives it"
PRESERVATION_SENTENCE = (
    "Share of a gene's 15 nearest neighbours in the embedding that are among its 15 nearest on the map."
)


def colouring(
    name: str, summary: RunSummary, graph: GeneGraph, run: Run, projection: Projection, gene: int | None
) -> tuple[Colouring, str]:
    """What the colour means, and a sentence about it; asks for what it needs to know."""
    if name in (QUALITY, SPREAD):
        quality_colouring = map_quality.colouring(summary, run, projection, spread=name == SPREAD)
        return quality_colouring or (figures.by_preservation(projection), PRESERVATION_SENTENCE)
    simple: dict[str, tuple[Callable[[], Colouring], str]] = {
        DEGREE: (lambda: figures.by_degree(graph), "Known partners, held-out ones included."),
        EVIDENCE: (lambda: figures.by_evidence(graph), "The kind of evidence behind most of a gene's known pairs."),
        PRESERVATION: (lambda: figures.by_preservation(projection), PRESERVATION_SENTENCE),
    }
    if name in simple:
        make, sentence = simple[name]
        return make(), sentence
    if name in CLASS_COLOURS:
        return _by_class(name, graph, run)
    if name == PARTNER:
        return _by_partner(graph, run, gene)
    if name in colour_choices.HELP:
        return colour_choices.colouring(name, graph, run, projection)
    if name in further_colours.HELP:
        return further_colours.colouring(name, graph)
    if name == outlierness.COLOUR:
        return outlierness.colouring(summary, graph, run)
    if name == DISTORTION:
        return _by_distortion(run, projection)
    density = _density_of(run, projection, colour_choices.computed_on("map"), _estimate())
    return figures.by_density(density), density.how


def _estimate() -> DensityEstimate:
    """The estimate of the address with its settings."""
    chosen = address.one_of(
        st.selectbox,
        "Estimate",
        list(DENSITIES),
        key="estimate",
        help=in_words(
            "\n".join(
                f"- **{name}**: {escape_markdown(DENSITIES[name].summary())} {glossary_link(name)}"
                for name in DENSITIES
            )
        ),
    )
    usual = DENSITIES.make(chosen)
    values = {}
    for setting in usual.settings():
        whole = setting.kind is int
        values[setting.key] = address.entry(
            setting.label,
            key=f"{chosen}-{setting.key}",
            low=setting.kind(setting.low or 0),
            high=setting.kind(setting.high or 0),
            default=getattr(usual, setting.key),
            step=1 if whole else None,
            format="%d" if whole else "%.3g",
            help=in_words(setting.help),
        )
    return usual.replace(**values)


def _density_of(run: Run, projection: Projection, space: str, estimate: DensityEstimate) -> Density:
    vectors = _vectors(run, projection, space)
    return _density(run.run_id, _map_key(projection, space), space, str(estimate.to_json()), estimate, vectors)


def _by_distortion(run: Run, projection: Projection) -> tuple[Colouring, str]:
    estimate = _estimate()
    distortion = density_distortion(*(_density_of(run, projection, space, estimate) for space in ("embedding", "map")))
    return figures.by_density_distortion(distortion), (
        f"Red: the map is denser than the embedding there; blue: sparser. The density of "
        f"the map agrees with that of the embedding with Spearman ρ {distortion.agreement:.2f} (1: dense looks dense; "
        "0: density on the map says nothing)."
    )


def _by_partner(graph: GeneGraph, run: Run, gene: int | None) -> tuple[Colouring, str]:
    if gene is None or not run.decoder:
        why = "Search a gene to colour by its predicted partners" if run.decoder else "This run scores no pairs"
        st.info(f"{why}; until then the colour is the number of known partners.", icon=":material/search:")
        return figures.by_degree(graph), "Known partners, held-out ones included."
    score = scorers.score_with(graph, run, gene)
    return figures.by_partner_score(score, graph.genes[gene], gene=gene), SCORE


def _by_class(name: str, graph: GeneGraph, run: Run) -> tuple[Colouring, str]:
    task = run.spec.task
    is_about_classes = task.about == "classes"
    classes = cast(Classify, task).classes_of(graph) if is_about_classes else gene_classes(graph)
    if name == ACTUAL:
        return figures.by_class(classes.name_of_each, classes.names, title=name), in_words(
            escape_markdown(classes.statement())
        )
    given = run.predictions.set_index("gene")["prediction"].reindex(list(graph.genes)).to_numpy(dtype=object)
    return figures.by_class(given, classes.names, title=name), (
        "The class that the network gives each gene, those it learnt from and those without a class among them."
    )


def _vectors(run: Run, projection: Projection, space: str) -> np.ndarray:
    return projection.coordinates if space == "map" else run.embedding


def _map_key(projection: Projection, space: str) -> str:
    return f"{projection.method} {projection.seed}" if space == "map" else ""


@st.cache_resource(max_entries=32, show_spinner="Measuring density …")
def _density(
    run_id: str, map_key: str, space: str, settings: str, _estimate: DensityEstimate, _vectors: np.ndarray
) -> Density:
    return _estimate.estimate(_vectors, space="map" if space == "map" else "embedding")
