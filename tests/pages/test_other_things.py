"""A data set of people is shown as one: no genes, no synthetic lethality, and no links to GeneCards."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from builders import tiny_run
from google.protobuf.json_format import MessageToDict
from page_tools import Open, said
from run_folders import finish
from streamlit.testing.v1 import AppTest

from slviz.datasets.sources import open_dataset
from slviz.runs import Run
from slviz.runs.store import RunStore


@pytest.fixture
def club(store: RunStore) -> Run:
    """A finished run on Zachary's karate club."""
    karate = open_dataset("karate")
    made = tiny_run(karate)
    finish(store, made)
    return made


def shown(app: AppTest) -> str:
    """What a page says, with its headings and the labels of its numbers and controls."""
    labels = [str(each.label) for kind in (app.metric, app.selectbox, app.slider, app.button) for each in kind]
    return "\n".join([said(app), *(str(each.value) for each in app.subheader), *labels]).replace("\\", "")


def test_the_overview_speaks_of_people_and_friendships(club: Run, open_at_once: Open) -> None:
    app = open_at_once("overview", data="karate")
    assert not app.exception
    text = shown(app)
    assert "Here the points are **people**, and a pair is **a friendship**." in text
    assert "34 people, 78 pairs" in text
    assert next(each.label for each in app.metric) == "People"
    text = text.replace("**genes** (one symbol a line)", "")  # what the files of any data folder are called
    assert not re.search(r"synthetic.lethal|GeneCards|(?<!no )(?<!not )\bgenes?\b", text, re.IGNORECASE)


def test_the_card_of_a_person_leads_to_no_gene(club: Run, open_at_once: Open) -> None:
    karate = open_dataset("karate")
    app = open_at_once("embedding", run=club.run_id, gene=karate.genes[int(np.argmax(karate.degree))])
    assert not app.exception
    text = shown(app)
    assert "All 34 people" in text
    assert "is a pair a friendship?" in text
    assert not re.search(r"synthetic.lethal|GeneCards|genenames", text, re.IGNORECASE)
    [box] = [element.proto for element in app.main if "gene box" in getattr(getattr(element, "proto", None), "id", "")]
    assert json.loads(box.json)["title"] == "Person"


def test_the_next_page_of_genes_speaks_of_genes_again(club: Run, open_at_once: Open) -> None:
    app = open_at_once("overview", data="karate")
    app.query_params["data"] = "demo"
    app.run()
    text = shown(app)
    assert "**Synthetic lethality**: a cell survives" in text
    assert "1,000 genes" in text


PAGES = ["overview", "train", "results", "compare", "predictions", "gene", "neighbourhood", "embedding"]
GENE = re.compile(
    r"[^\n\"]{0,60}(?<![-#/=_.])\b(?<!no )(?<!not )(?<!no\xa0)[Gg]enes?\b(?![-=/_\"':]| Ontology)[^\n\"]{0,40}"
)
NAMED_SO = (
    "**genes** (one symbol a line)",  # what the files of any data folder are called
    "Demo: invented genes",  # another data set
    "Gene embeddings on a graph",  # what slviz is
    "-pasted genes",  # a key, which nobody sees
    "Gene type",  # a colour of data sets that tell one
    "Gene lab",  # a course, whose experiments are recipes
    "gene lab",
)


def texts_of(app: AppTest) -> Iterator[str]:
    """Every text that a page sends to the browser: labels, options, help, figures with their hover texts, tables.

    Scripts of components and the navigation, which stands before any data set is read, are no texts of a page.
    """
    for element in elements_of(app._tree):
        if element.type not in ("bidi_component", "page_link", "title") and getattr(element, "proto", None) is not None:
            yield from strings_of(MessageToDict(element.proto))


def elements_of(block: Any) -> Iterator[Any]:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from elements_of(child)


def strings_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings_of(inner)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_of_people_speaks_of_genes(page: str, club: Run, open_at_once: Open) -> None:
    karate = open_dataset("karate")
    app = open_at_once(page, run=club.run_id, gene=karate.genes[int(np.argmax(karate.degree))], data="karate")
    assert not app.exception
    texts = list(texts_of(app))
    assert any(re.search(r"\b(people|person)\b", text, re.IGNORECASE) for text in texts)
    for named_so in NAMED_SO:
        texts = [text.replace(named_so, "") for text in texts]
    assert not [match for text in texts for match in GENE.findall(text)]
