"""The search box for genes: matches by any name appear while a person types, each with its name and its partners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.gene_index import Match
from slviz.text import spelt_out, unbroken
from slviz.ui import cache, own_components
from slviz.ui.labels import pluralise
from slviz.ui.slow_reruns import noted_fragment

MOST_MATCHES = 8
LONGEST_TYPED = 200
HTML = f"""
<div class="title" aria-hidden="true" hidden></div>
<div class="box">
  <input type="text" role="combobox" aria-autocomplete="list" aria-expanded="false" aria-controls="matches"
         autocomplete="off" maxlength="{LONGEST_TYPED}" spellcheck="false">
  <button class="clear" type="button" aria-label="Clear" hidden>×</button>
  <ul class="matches" id="matches" role="listbox" hidden></ul>
  <div class="note" role="status" hidden></div>
</div>
"""
CSS = """
.title { font: 0.875rem var(--st-font); color: var(--st-text-color); min-height: 1.5rem; margin-bottom: 0.1rem }
.box { position: relative; font: 1rem var(--st-font); color: var(--st-text-color); padding: 2px }
input { width: 100%; box-sizing: border-box; height: 2.5rem; padding: 0 2rem 0 0.75rem; font: inherit; color: inherit;
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); outline: none; text-overflow: ellipsis }
input::placeholder { color: var(--st-text-color); opacity: 0.62 }
input:focus { border-color: var(--st-primary-color); box-shadow: 0 0 0 1px var(--st-primary-color) }
.clear { position: absolute; right: 8px; top: 8px; width: 1.6rem; height: 1.6rem; border: 0; border-radius: 50%;
  background: none; color: inherit; font-size: 1.1rem; line-height: 1; cursor: pointer; opacity: 0.7 }
.clear:hover, .clear:focus-visible { opacity: 1; background: var(--st-border-color) }
[hidden] { display: none !important }
.matches, .note { list-style: none; margin: 4px 0 0; padding: 4px; background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius) }
.matches { max-height: 24rem; overflow-y: auto }
.note { padding: 8px 10px; font-size: 0.875rem }
li { padding: 6px 8px; border-radius: calc(var(--st-base-radius) - 2px); cursor: pointer; overflow-wrap: anywhere }
li:hover, li[aria-selected="true"] { background: var(--st-secondary-background-color) }
li[aria-selected="true"] { outline: 2px solid var(--st-primary-color); outline-offset: -2px }
.first { display: flex; flex-wrap: wrap; gap: 0 0.5rem; align-items: baseline }
.how { font-size: 0.875rem; opacity: 0.85 }
.name { font-size: 0.8125rem; opacity: 0.8 }
"""


@dataclass(frozen=True)
class Matches:
    """What the box shows for a text.

    Attributes:
        symbols: by gene number, best first.
        rows: of each match `gene` (its number), `symbol`, `how` it was matched (such as "(alias FANCS)"), `name` and
            `partners` as texts to show.
        none: the sentence that stands there where nothing matches.
    """

    symbols: dict[int, str]
    rows: tuple[dict[str, str | int], ...]
    none: str


NO_MATCHES = Matches({}, (), "")


def matches(graph: GeneGraph, text: str) -> Matches:
    """The genes that a text may mean, best first."""
    text = text.strip()[:LONGEST_TYPED]
    hits = cache.index_of(graph).search(text, limit=MOST_MATCHES) if text else []
    none = f"No {graph.nouns.thing} of “{_shown(graph.title or graph.name)}” is called “{_shown(text)}”."
    return Matches({match.gene: match.symbol for match in hits}, tuple(_row(match) for match in hits), none)


def _row(match: Match) -> dict[str, str | int]:
    return {
        "gene": match.gene,
        "symbol": _shown(match.symbol),
        "how": "" if match.label == match.symbol else f"({match.kind} {_shown(match.text)})",
        "name": _shown(match.name),
        "partners": pluralise(match.partners, "partner"),
    }


def _shown(text: str) -> str:
    return spelt_out(unbroken(text), blanks=False)


def box(
    key: str,
    find: Callable[[str], Matches],
    choose: Callable[[str], None],
    *,
    label: str,
    placeholder: str,
    given: str = "",
    clears: bool = False,
    title: str = "",
) -> None:
    """The box; nothing is looked up before a person types.

    Args:
        key: of this box on the page.
        find: the matches of a text.
        choose: called with the symbol that was chosen, with a text that nothing matches, or with "" to clear; it may
            open another page or run this one again.
        label: what it searches, for those who cannot see it.
        placeholder: an example.
        given: what stands in the box until somebody types.
        clears: whether there is a button that clears it.
        title: what stands above it, as the label of a widget does.
    """

    @noted_fragment
    def fragment() -> None:
        typed = str((st.session_state.get(key) or {}).get("typed") or "")[:LONGEST_TYPED]
        hits = find(typed) if typed else NO_MATCHES
        events = own_components.of_script(__file__, html=HTML, css=CSS)(
            key=key,
            data={
                "label": label,
                "placeholder": placeholder,
                "given": given,
                "clears": clears,
                "title": title,
                "typed": typed,
                "matches": list(hits.rows),
                "none": hits.none,
            },
            on_typed_change=own_components.no_callback,
            on_chosen_change=own_components.no_callback,
        )
        text = _chosen_text(events.get("chosen"), hits)
        if text is not None:
            choose(text)

    fragment()


def _chosen_text(chosen: Any, hits: Matches) -> str | None:
    """The symbol of a chosen match, or the text that was typed; None where nothing was chosen."""
    if not isinstance(chosen, dict):
        return None
    if isinstance(chosen.get("gene"), (int, float)):
        return hits.symbols.get(int(chosen["gene"]))
    return str(chosen.get("text", ""))[:LONGEST_TYPED]
