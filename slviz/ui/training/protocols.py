"""The held-out protocol in the form for a new run: chosen by what it asks, and checked before any work."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.errors import DataError
from slviz.runs import PARTS
from slviz.runs.offered import offered_splits
from slviz.splits import SPLITS, HeldOut, PairSplit, Split, publications
from slviz.splits.pair_split import HIT, TESTED
from slviz.splits.publication import LARGEST, SMALL, SMALL_BELOW, publication_words
from slviz.tasks import Task
from slviz.ui import errors
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words
from slviz.ui.training import settings_form
from slviz.ui.training.form_start import key_of

HELP = "Which pairs are kept out of training, to evaluate the model on."
PUBLICATION_KEY = key_of("split", "publication", "publication")


def pick(graph: GeneGraph) -> str:
    """The protocol's name, chosen by its words; below it, what it asks."""
    name = settings_form.pick(
        SPLITS,
        "Split",
        key="split",
        only=offered_splits(graph),
        help=f"{HELP} {glossary_link('Protocol')}",
        words={name: split.title for name, split in SPLITS.items()},
    )
    st.caption(in_words(escape_markdown(SPLITS[name].asks or SPLITS[name].summary())))
    return name


def pick_publication(graph: GeneGraph) -> str | None:
    """A publication of the data set, "" for the largest; None, with a sentence, where it names none."""
    try:
        own = publications(graph)
        if not own:
            raise DataError(f"No pair of '{graph.name}' rests on a single publication. Hold out something else.")
    except DataError as error:
        errors.show(error)
        return None
    largest = next(iter(own))
    small = [count for count in own.values() if count < SMALL_BELOW]
    words = {LARGEST: f"{publication_words(largest)}: {pluralise(own[largest], 'pair')}, the most"}
    words |= {SMALL: f"all {len(small)} small ones together: {pluralise(sum(small), 'pair')}"} if small else {}
    words |= {
        name: f"{publication_words(name)}: {pluralise(count, 'pair')}" for name, count in own.items() if name != largest
    }
    wanted = str(st.session_state.get(PUBLICATION_KEY, LARGEST))
    if wanted not in words:  # several ids of a run that was taken over, or of another data set
        if all(pubmed_id.strip() in own for pubmed_id in wanted.split("+")):
            words[wanted] = publication_words(wanted)
        else:
            st.session_state[PUBLICATION_KEY] = LARGEST
    return st.selectbox(
        "Publication",
        list(words),
        format_func=lambda name: words[name],
        key=PUBLICATION_KEY,
        persist_state="session",
        help="With the number of pairs that rest on it alone; small publications have fewer than "
        f"{SMALL_BELOW}. Type to search.",
    )


@dataclass(frozen=True)
class Parts:
    """How much a split leaves to learn from, to validate with and to test."""

    learnt: int
    validated: int
    tested: int


def refuse_impossible(
    graph: GeneGraph, split: Split, held_out: HeldOut | None, *, task: Task, epochs: bool = True
) -> str:
    """What the protocol leaves to learn from and to test, as a sentence; raises `DataError` where that is too little.

    Negatives are drawn one for each pair here, whatever the ratio: many take long.
    """
    key = json.dumps(split.to_json(), sort_keys=True)
    said = _left_by(graph, split, held_out, key=key, task=task, epochs=epochs)
    return " ".join([said, *split.remarks(graph, held_out=held_out)])


def _left_by(graph: GeneGraph, split: Split, held_out: HeldOut | None, *, key: str, task: Task, epochs: bool) -> str:
    divided = _divided(graph.fingerprint, key, graph, split.replace(ratio=1), held_out)
    pairs, gene_part = Parts(*(len(divided.rows(part)) for part in PARTS)), divided.gene_part
    if task.scores_pairs and divided.tests_screens:
        return _on_screens(divided, task)
    task.refuse_split(graph, divided)
    if not task.scores_pairs:
        genes = Parts(*(int((gene_part[task.asked_genes(graph)] == part).sum()) for part in PARTS))
        on_genes = "This task is tested on genes, held out along with these pairs."
        on_genes = on_genes if pairs.tested else "This task is tested on genes; all known pairs stay known."
        return f"{_sentence(genes, 'gene', epochs=epochs)} {on_genes if len(graph.pairs) else ''}".rstrip()
    if not task.negative_kinds:
        return _sentence(pairs, "pair", epochs=epochs)
    negative_kind = "as many" if split.ratio == 1 else f"{split.ratio} times as many"
    return (
        _sentence(pairs, "pair", epochs=epochs).removesuffix(".") + f", beside {negative_kind} negatives of each kind."
    )


def _on_screens(divided: PairSplit, task: Task) -> str:
    """What a split leaves that is evaluated by screens."""
    task_rows = TESTED if task.positives == HIT else ("known",)
    learnt = np.isin(divided.negative_kind, task_rows) & (divided.part != "test")
    hits, others = (len(divided.rows("test", kind)) for kind in TESTED)
    noun = "test" if task.positives == HIT else "known pair"
    return (
        f"Learns from {pluralise(int(learnt.sum()), noun)}, and is evaluated by {pluralise(hits, 'hit')} beside "
        f"{others:,} pairs that were tested and are none."
    )


def _sentence(parts: Parts, noun: str, *, epochs: bool) -> str:
    chosen = "picks its best epoch" if epochs else "picks its threshold"
    return (
        f"Learns from {pluralise(parts.learnt, noun)}, {chosen} on {parts.validated:,} others, and is tested on "
        f"{pluralise(parts.tested, noun)}."
    )


@st.cache_resource(max_entries=32, show_spinner="Splitting the pairs …")
def _divided(fingerprint: str, split: str, _graph: GeneGraph, _split: Split, _held_out: HeldOut | None) -> PairSplit:
    return _split.divide(_graph, held_out=_held_out)
