"""Decode under the pointer: what an autoencoder's decoder draws at any place of a map, in the visitor's browser.

The decoder goes to the browser with the page (`PictureDecoder.to_json`), and `decoded_pointer.js` draws: no move of the
pointer asks the server. A click keeps the place in the page's address, so that a reload and a colleague see the same.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.networks.picture_decoder import PictureDecoder
from slviz.projections import PCA, Projection
from slviz.projections.plane import EmbeddingPlane, plane_of
from slviz.runs import Run
from slviz.ui import address, own_components, pictures
from slviz.ui.embedding.gene_look import Look
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

DECODER = Path(__file__).with_name("picture_decoder.js")
HTML = (
    '<div class="room"><div class="decoded" tabindex="0" role="application"><canvas aria-hidden="true"></canvas>'
    '<div class="place"></div></div></div>'
)
CSS = """
.room { min-height: 146px }
.decoded { width: fit-content; padding: 4px; margin-left: -4px; border-radius: 8px }
.decoded.afloat { position: fixed; right: 1rem; bottom: 1rem; z-index: 100; padding: 8px;
  background: var(--st-background-color); box-shadow: 0 1px 6px rgba(0, 0, 0, 0.4) }
.decoded:focus-visible { outline: 2px solid var(--st-primary-color) }
canvas { width: 112px; image-rendering: pixelated; border-radius: 6px; display: block;
  touch-action: none; cursor: move }
.place { color: var(--st-text-color); font: 0.875rem var(--st-font); opacity: 0.75; margin-top: 4px }
"""
MOST_BYTES = 1_000_000
"""Of a decoder that is sent to a browser."""
WHOLE = 0.9995
"""Share of the variance from which a plane counts as all of the embedding."""
COMPARED = 200
"""Pictures by which it is measured what the place on a map is worth."""
HELP = "Draws what the decoder makes of the place under the pointer, also where no gene lies."
LABEL = (
    "Picture drawn at a place of the map. Arrow keys move the place, with Shift in larger steps; Enter keeps it in the "
    "address, Home goes back."
)
KEPT = "decode-place"
FURTHEST = 1e6


def show(look: Look) -> None:
    """A switch, and what is drawn under the pointer while it is on; nothing for runs without a decoder."""
    decoder = pictures.decoder_of(look.graph, look.run)
    if decoder is None or not address.toggle("Decode under the pointer", key="decode", help=in_words(HELP)):
        return
    method, projection = look.method, look.projection
    if not projection.method.straight:
        st.info(
            in_words(
                f"A {escape_markdown(method)} map has no way back: it lays each gene among its neighbours by no "
                "formula, so the places between them have no embedding to decode. A PCA map is straight and has one."
            ),
            icon=":material/undo:",
        )
        st.button("Show the PCA map", on_click=lambda: address.put(map=PCA.name))
        return
    if look.is_3d:
        st.info("In three dimensions a pointer has no depth: take a map of two.", icon=":material/undo:")
        key = f"{projection.method.name}-dimensions"
        st.button("Show it in two dimensions", on_click=lambda: address.put(**{key: "2"}))
        return
    content = _content(look.run.run_id, decoder)
    if len(content) > MOST_BYTES:
        st.info(
            f"This run's decoder takes {len(content) / 1e6:.1f} MB, and at most {MOST_BYTES / 1e6:g} MB are sent to a "
            "browser. Train it with fewer filters or a narrower bottleneck.",
            icon=":material/weight:",
        )
        return
    plane, sentence = _plane(
        look.run.run_id, f"{projection.method} {projection.seed}", projection, look.run, decoder, look.graph
    )
    _follow(look, content, plane)
    st.caption(in_words(escape_markdown(sentence)))


def _follow(look: Look, content: str, plane: EmbeddingPlane) -> None:
    """The picture, which begins at the place that was kept, else at the chosen gene, or in the middle."""
    kept = _kept_place(look)
    place = np.zeros(2) if look.gene is None else look.projection.coordinates[look.gene]
    key = f"decoded-{look.chart}"

    def keep() -> None:
        clicked = (st.session_state.get(key) or {}).get("kept")
        if clicked is not None:
            address.put(**{KEPT: ",".join(f"{at:g}" for at in clicked)})

    own_components.of_script(__file__, html=HTML, css=CSS, before=DECODER)(
        key=key,
        on_kept_change=keep,
        data={
            "chart": look.chart,
            "decoder": content,
            "origin": plane.origin.tolist(),
            "along": plane.along.tolist(),
            "place": list(kept) if kept else place.astype(float).tolist(),
            "kept": kept is not None,
            "axes": [title.partition(" (")[0] for title in look.projection.axes],
            "label": LABEL,
        },
    )


def _kept_place(look: Look) -> tuple[float, float] | None:
    """The place of the address; it goes once another map or another gene was chosen, since it was one of that view."""
    wanted = address.value(KEPT)
    view = (look.run.run_id, f"{look.projection.method} {look.projection.seed}", look.gene)
    before = st.session_state.get(KEPT, view)
    st.session_state[KEPT] = view
    if wanted is None:
        return None
    if before != view:
        address.put(**{KEPT: None})
        return None
    parts = wanted.split(",")
    try:
        right, up = (float(part) for part in parts)
    except ValueError:
        right = up = math.nan
    if not (abs(right) <= FURTHEST and abs(up) <= FURTHEST):
        address.say_unknown(KEPT, wanted, "It should be a place on the map, such as 1.5,-0.25.")
        return None
    return right, up


@st.cache_resource(max_entries=16, show_spinner=False)
def _content(run_id: str, _decoder: PictureDecoder) -> str:
    return _decoder.to_json()


@st.cache_resource(max_entries=16, show_spinner=False)
def _plane(
    run_id: str, map_key: str, _projection: Projection, _run: Run, _decoder: PictureDecoder, _graph: GeneGraph
) -> tuple[EmbeddingPlane, str]:
    """The way back from a map, and a sentence that says what is lost on it."""
    plane = plane_of(_projection, _run.embedding)
    how = (
        "Move the pointer over the map or tap it; drag on the picture, or use the arrow keys once it has the focus. A "
        "click keeps the place in the page's address. "
    )
    if plane.share >= WHOLE:
        return plane, how + (
            "The map holds all of the embedding: at a gene's place stands what the network draws of it. Between genes "
            "the decoder guesses."
        )
    some = np.linspace(0, len(_graph) - 1, min(COMPARED, len(_graph))).astype(int)
    assert _graph.pictures is not None
    real = _graph.features[_graph.pictures.feature][some]
    whole = _rmse(_decoder.decode(_run.embedding[some]), real)
    flat = _rmse(_decoder.decode(plane.at(_projection.coordinates[some])), real)
    return plane, how + (
        f"This map holds {100 * plane.share:.0f} % of the variance of the embedding's {_decoder.width} numbers; what "
        f"lies across it is left at its mean. So {len(some)} genes drawn from their place on the map miss their "
        f"pixels by an RMSE of {flat:.2f}, and by {whole:.2f} drawn from the whole embedding."
    )


def _rmse(drawn: np.ndarray, real: np.ndarray) -> float:
    return float(np.sqrt(np.mean((drawn - real) ** 2)))
