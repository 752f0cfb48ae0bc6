"""Nonsense in an address: every key of every page takes any text, and ends in a page, never in a traceback."""

from __future__ import annotations

import os
import re

import pytest
from page_tools import Open, said
from run_folders import CHECKOUT

from slviz.runs import Run

NONSENSE = {
    "5,000 digits": "9" * 5000,
    "beyond 2^63": str(2**63),
    "below -2^63": str(-(2**63) - 1),
    "negative": "-1",
    "not a number": "nan",
    "infinite": "-inf",
    "beyond a float": "1e400",
    "digits of another script": "٣",
    "a raised digit": "²",
    "underscore": "1_0",
    "hexadecimal": "0x10",
    "empty": "",
    "blank": " ",
    "a comma": ",",
    "a quotation mark": "'",
    "unfinished escape": "\\",
    "zero byte": "a\0b",
    "control marks": "\u202eRUN\r\n\x1b[31m",
    "100 kB": "ab," * 33_000,
    "100 kB of digits": "1" * 100_000,
    "a path": "../../../../etc/passwd",
    "an absolute path": "/etc",
    "a set of text": "settings=1 = epochs==",
    "huge setting": "epochs=" + "9" * 5000,
    "markup": "![x](http://evil.example/x.png)<script>`$:material/home:",
}
KEYS = {
    "overview": ("gene", "genes", "set", "all-runs", "all-runs-elsewhere", "matrix", "matrix-by"),
    "train": ("task", "network", "features", "split", "settings", "seed", "unheard-of"),
    "embedding": (
        *(
            "gene",
            "view",
            "map",
            "colour",
            "cluster",
            "size",
            "opacity",
            "lines",
            "pointer",
            "k",
            "nearest-k",
            "distance",
        ),
        *(
            "stay",
            "shuffled",
            "term",
            "terms",
            "group",
            "table",
            "column",
            "with",
            "estimate",
            "same-place-within",
            "columns-first",
            "measured",
            "map-quality",
        ),
        *(
            "quality",
            "more-terms",
            "all-genes",
            "cluster-table",
            "clustering",
            "hubs",
            "contours",
            "space",
            "resolution",
            "clusters",
            "point",
            "window",
        ),
        *("outlier-measure", "outlier-k", "outlier-as", "outlierness", "outlier-spread", "noise-count"),
        *("noise-kind", "noise-in", "noise-map", "decode", "decode-place"),
        *("walk-a", "walk-b", "walk-c", "walk-click", "walk-way", "walk-step"),
        *("came-about", "came", "came-layer", "came-head", "came-number", "came-partner"),
        *("pca-dimensions", "tsne-seed", "tsne-perplexity", "umap-neighbours", "pacmap-seed"),
    ),
    "predictions": (
        "gene",
        "partner",
        "colour-by",
        "later",
        "negatives",
        "part",
        "over",
        "beside",
        "by",
        "cut",
        "unreported",
    ),
    "neighbourhood": ("hops", "limit", "direction", "layer", "head", "least", "partner"),
    "gene": (
        *("pairs", "order", "rows", "show", "among", "new", "known", "partner", "expanded", "path", "shortlist"),
        *("where-partner", "of-term", "chromosome", "columns", "interactions", "other-runs", "nevertheless"),
        *("only", "network-table", "budget"),
    ),
    "results": ("compare", "protocol", "metric", "model"),
    "tuning": ("gene",),
    "compare": ("with", "against", "beside-run"),
    "talk": ("talk", "slide", "present"),
    "vectors": ("gene",),
    "lab": (
        *("noise", "count", "slope", "start", "scale", "bias", "optimiser", "rate", "epochs", "keep", "seed", "label"),
        *("epoch", "play", "show", "layer", "unit", "point", "across", "up", "straight", "activation", "activation-1"),
    ),
    "glossary": ("find",),
}
"""Keys that one page reads; those of `GATES` decide whether it shows anything at all, and are tried one by one."""
GATES = {
    "overview": ("data", "run"),
    "train": ("data", "job"),
    "embedding": ("run", "vectors", "set", "genes", "gene"),
    "predictions": ("run", "set", "genes"),
    "neighbourhood": ("gene", "run"),
    "gene": ("gene", "run", "data"),
    "results": ("data",),
    "tuning": ("data", "study"),
    "compare": ("run",),
    "talk": (),
    "vectors": (),
    "lab": ("preset", "points", "hidden", "own"),
}
NEEDS_A_RUN = ("embedding", "predictions", "gene", "neighbourhood", "compare")


LONG = bool(os.environ.get("SLVIZ_LONG_TRIALS"))
"""Every value under every key, which takes half an hour; else each key gets one value, each value some keys."""
ROUNDS = len(NONSENSE) if LONG else 1
TELLING = ("5,000 digits", "100 kB of digits", "zero byte", "markup", "a path")


@pytest.fixture
def open_page(open_at_once: Open) -> Open:
    """So many pages are opened here that none is opened on the way to another."""
    return open_at_once


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("page", KEYS)
def test_nonsense_under_every_key_of_a_page(page: str, turn: int, run: Run, open_page: Open) -> None:
    kinds, first = list(NONSENSE), turn + 3 * list(KEYS).index(page)
    values = {key: NONSENSE[kinds[(first + place) % len(kinds)]] for place, key in enumerate(KEYS[page])}
    _open(page, values, run, open_page)


def _keys_that_decide() -> list[tuple[str, str, str]]:
    """Page, key and kind of nonsense: all of them in the long form, else one that tells for each key."""
    keys = [(page, key) for page, keys in GATES.items() for key in keys]
    if LONG:
        return [(page, key, kind) for page, key in keys for kind in NONSENSE]
    return [(page, key, TELLING[place % len(TELLING)]) for place, (page, key) in enumerate(keys)]


@pytest.mark.parametrize(("page", "key", "kind"), _keys_that_decide())
def test_nonsense_under_a_key_that_decides_what_is_shown(
    page: str, key: str, kind: str, run: Run, open_page: Open
) -> None:
    app = open_page(page, **{key: NONSENSE[kind]})
    assert not app.exception
    _is_calm(said(app), NONSENSE[kind])


def _open(page: str, values: dict[str, str], run: Run, open_page: Open) -> None:
    base = {"run": run.run_id} if page in NEEDS_A_RUN else {}
    if page in ("neighbourhood", "gene"):
        base["gene"] = "APO1.01"
    app = open_page(page, **(values | base))
    assert not app.exception
    for value in values.values():
        _is_calm(said(app), value)


SEEDS = ["5", "0", "2147483647"] if LONG else ["2147483647"]
NO_SEEDS = ["9" * 5000, "2147483648", "٣", "1_0"]
NO_SEEDS += ["9" * 11, "-1", "²", "+1", "1.0", "nan", "1e3"] if LONG else []


@pytest.mark.parametrize("value", SEEDS)
def test_a_seed_that_is_one_is_taken(value: str, run: Run, open_page: Open) -> None:
    app = open_page("train", seed=value)
    assert app.number_input(key="seed").value == int(value)


@pytest.mark.parametrize("value", NO_SEEDS)
def test_a_seed_that_is_none_is_said_and_0_is_taken(value: str, run: Run, open_page: Open) -> None:
    app = open_page("train", seed=value)
    assert not app.exception
    assert "it should be a whole number from 0 to" in said(app)
    assert app.number_input(key="seed").value == 0


SAID_ON_THE_GENE_PAGE = [
    ({"shortlist": "~nobody~APO1.01"}, "shortlist “nobody – APO1.01”, which is not there"),
    ({"shortlist": "~APO1.02~APO1.02", "show": "plan"}, "shortlist “APO1.02 – APO1.02”, which is not there"),
    ({"shortlist": "~APO1.02"}, "shortlist “APO1.02”, which is not there"),
    (
        {"budget": "many", "show": "plan"},
        "budget “many”, which is not there. It should be a number from 0 to 10,000,000; this page uses 0.",
    ),
    ({"path": "nobody", "show": "network"}, "path “nobody”, which is not there"),
    ({"expanded": "nobody,APO1.02", "show": "network"}, "expanded “nobody”, which is not there"),
    ({"expanded": ",", "show": "network"}, "expanded “,”, which is not there"),
]


@pytest.mark.parametrize(("query", "sentence"), SAID_ON_THE_GENE_PAGE)
def test_what_an_address_of_a_gene_asks_for_in_vain_is_said_above_the_page(
    query: dict[str, str], sentence: str, run: Run, open_page: Open
) -> None:
    app = open_page("gene", run=run.run_id, gene="APO1.01", **query)
    assert not app.exception
    assert any(sentence in note.value.replace("\\", "") for note in app.warning), said(app)


@pytest.mark.parametrize("page", ["embedding", "vectors"])
def test_vectors_that_are_not_there_are_said_above_the_page(page: str, run: Run, open_page: Open) -> None:
    app = open_page(page, vectors="nope")
    assert any(
        "vectors “nope”, which is not there. There are: none yet" in note.value.replace("\\", "")
        for note in app.warning
    )


@pytest.mark.parametrize("value", ["a\0b", "\x1b[31m", "1" * 8001])
def test_what_no_page_writes_is_left_out_with_a_sentence(value: str, run: Run, open_page: Open) -> None:
    app = open_page("gene", show="neighbourhood", run=run.run_id, gene=value)
    assert not app.exception
    assert "left out" in said(app)
    assert "gene" not in app.query_params
    assert run.run_id in said(app)


def test_a_key_given_twice_is_read_once(run: Run, open_page: Open) -> None:
    app = open_page("train", seed=["5", "9" * 5000], network=["gat", "nobody"])
    assert not app.exception


def test_every_key_that_a_page_reads_is_tried() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("slviz/ui", "pages")
        for path in sorted((CHECKOUT / folder).rglob("*.py"))
    )
    read = set(re.findall(r'(?:address\.value|query_params\.get)\("([^"]+)"\)', source))
    read |= set(re.findall(r'address\.(?:number|entry|folded)\([^)]*?key="([^"]+)"', source, re.DOTALL))
    read |= set(re.findall(r'address\.one_of\([^)]*?key="([^"]+)"', source, re.DOTALL))
    tried = {key for keys in (*KEYS.values(), *GATES.values()) for key in keys}
    assert read
    assert not read - tried


def _is_calm(text: str, value: str) -> None:
    """No traceback, no control marks, and nothing as long as what was asked for."""
    assert "Traceback" not in text
    assert "\x1b" not in text
    assert "\0" not in text
    if len(value) > 1000:
        assert value[:500] not in text
