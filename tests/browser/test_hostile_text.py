"""Foreign text is text: whatever a name or an address holds is shown letter by letter, and nothing leaves the page.

One hostile string in every key of every page's address, and in names, labels, titles and files of a data folder, its
runs, its kept selections and a vector set. With SLVIZ_LONG_TRIALS each key, name and colour is tried on every page;
without, each of them on some page.
"""

from __future__ import annotations

import dataclasses
import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from address_keys import address_keys, documented_keys
from builders import tiny_graph, tiny_run
from run_folders import finish, write_data_folder
from served import address, served_app, settle

from slviz.datasets.sources import open_dataset
from slviz.gene_sets import GeneSet, GeneSets
from slviz.runs.store import RunStore
from slviz.text import spelt_out, unbroken
from slviz.vectors import VectorSet, VectorStore

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PICTURE = "![x](http://evil.invalid/x.png)[a](javascript:alert(1))"
SCRIPT = "<img src=http://evil.invalid/y.png><script>alert(1)</script>"
MARKDOWN = "$x$ :material/home: `code` :red[x] **evil** www.evil.invalid"
HOSTILE = (PICTURE, SCRIPT, MARKDOWN)
BEGINNING = 40  # letters of a hostile text that a page shows at least; longer ones are cut
AS_FOLDER = PICTURE.replace("/", "_")
GENES = (
    "![x](http://evil.invalid/x.png)",
    "[a](javascript:alert(1))",
    "<img/src=http://evil.invalid/y.png>",
    "<a/href='http://evil.invalid'>evil</a>",
    "$evil$:material/home:`code`:red[x]",
    "<b>evil</b>%{x}&lt",
    "=HYPERLINK(evil)",
    "www.evil.invalid",
)
PAGES = (
    "",
    "gene",
    "train",
    "embedding",
    "predictions",
    "neighbourhood",
    "results",
    "tuning",
    "compare",
    "vectors",
    "glossary",
)
STOPPING = ("run", "data", "gene", "set", "genes", "vectors", "study", "job")
"""Keys whose sentence may take the place of all others; the rest is tried at once."""
TRIED_ON = {
    "": "data",
    "gene": "gene",
    "train": "job",
    "embedding": "set",
    "predictions": "genes",
    "neighbourhood": "gene",
    "results": "data",
    "tuning": "study",
    "compare": "run",
    "vectors": "vectors",
    "glossary": "run",
}
"""Of the keys that stop, the one that the short form tries on a page: one that this page reads."""
BESIDE = 60
LONG = bool(os.environ.get("SLVIZ_LONG_TRIALS"))

FOREIGN = """() => {
    const leads = (address) => {
        const to = new URL(address, location.href);
        return /evil/i.test(to.host) || to.protocol === 'javascript:';
    };
    const foreign = (each) => [...each.attributes].some((a) =>
        ['href', 'src', 'xlink:href', 'action', 'srcset'].includes(a.name) && leads(a.value));
    const made = [...document.querySelectorAll('a, img, image, iframe, script, form, link, object')].filter(foreign);
    return made.map((each) => each.outerHTML.slice(0, 200));
}"""
TEXTS = """() => ['[data-testid="stMarkdownContainer"]', '[data-testid="stCaptionContainer"]', '.js-plotly-plot text',
                  '[data-testid="stCode"]'].flatMap((kind) => [...document.querySelectorAll(kind)])
    .filter((each) => !each.closest('[data-testid="stSidebarNav"]'))
    .map((each) => each.textContent)"""


class Visitor:
    """A page that counts what should never be: requests elsewhere, dialogs, elements made of foreign text."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.dialogs: list[str] = []
        page.on("dialog", self.note_dialog)

    def note_dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def look(self, url: str) -> list[str]:
        """Open an address; the texts that hold a piece of foreign text, without the joiners."""
        self.page.goto(url)
        settle(self.page, quiet_seconds=0.3)
        return self.texts()

    def texts(self) -> list[str]:
        assert not self.dialogs
        assert not self.page.evaluate(FOREIGN), self.page.url
        assert self.page.locator('[data-testid="stException"]').count() == 0, self.page.url
        told = [text.replace("\u2060", "") for text in self.page.evaluate(TEXTS)]
        return [text for text in told if "evil" in text or "alert(1)" in text]


@pytest.fixture
def visitor(same_page: Any) -> Iterator[Visitor]:
    made = Visitor(same_page)
    yield made
    same_page.remove_listener("dialog", made.note_dialog)


def assert_as_written(texts: list[str]) -> None:
    for text in texts:
        assert any(hostile[:BEGINNING] in text for hostile in HOSTILE), text


def test_the_list_of_keys_comes_from_the_code() -> None:
    keys = address_keys()
    assert {"run", "gene", "colour", "tsne-perplexity", "with", "settings", "more-terms"} <= set(keys)
    assert set(documented_keys()) <= set(keys)
    assert set(TRIED_ON.values()) == set(STOPPING), "each is tried on some page"


@pytest.mark.parametrize("path", PAGES)
def test_no_key_of_an_address_is_read_as_markup(path: str, base: str, runs: Any, visitor: Visitor) -> None:
    turn = PAGES.index(path)  # another text for each key and page
    shown = []
    for place, key in enumerate(STOPPING):
        if not LONG and key != TRIED_ON[path]:
            continue
        others = {} if key == "run" else {"run": runs["link"], "gene": "APO1.01"}
        texts = visitor.look(address(base, path, **(others | {key: HOSTILE[(turn + place) % 3]})))
        shown += texts if key != "genes" else []  # of a list of genes the page tells the pieces that it has not found
    rest = [key for key in address_keys() if key not in STOPPING]
    asked = {key: HOSTILE[(turn + place) % 3] for place, key in enumerate(rest)}
    shown += visitor.look(address(base, path, run=runs["link"], gene="APO1.01", **asked))
    assert_as_written(shown)
    if path in ("train", "embedding", "predictions", "neighbourhood", "compare"):
        assert shown, f"no sentence on {path} tells what was asked for"


def test_no_name_of_a_key_is_read_as_markup(base: str, visitor: Visitor) -> None:
    texts = visitor.look(address(base, "train", **{hostile: hostile for hostile in HOSTILE}))
    assert_as_written(texts)
    for hostile in HOSTILE:
        assert any(hostile[:BEGINNING] in text for text in texts), hostile


@pytest.fixture(scope="module")
def hostile_models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A models folder and a data folder whose every name is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    data = folder / f"data {AS_FOLDER}"
    base = tiny_graph(synthetic=False)
    genes = (*GENES, *base.genes[len(GENES) :])
    write_data_folder(data, dataclasses.replace(base, genes=genes, fingerprint=""))
    text = json.dumps(" ".join(HOSTILE))
    (data / "dataset.toml").write_text(f"title = {text}\ncitation = {text}\nlicence = {text}\nremark = {text}\n")
    heading = (
        "gene\tcurrent_symbol\tentrez_id\tensembl_id\tuniprot_id\tname\taliases\tchromosome\tgene_type\tcytoband\n"
    )
    rows = [
        "\t".join([gene, "", f"1){PICTURE}", f"1){SCRIPT}", MARKDOWN, PICTURE, SCRIPT, MARKDOWN, SCRIPT, PICTURE])
        for gene in genes
    ]
    (data / "gene_info.tsv").write_text(heading + "\n".join(rows) + "\n")
    sets = [
        f"{name} (T:{n})\t{HOSTILE[n % 3]}\t" + "\t".join(genes[n : n + 14]) for n, name in enumerate((*HOSTILE, "t"))
    ]
    (data / "terms.gmt").write_text("\n".join(sets) + "\n")
    evidence = [
        f"{genes[a]}\t{genes[b]}\tSL\t{SCRIPT}\t12) [a](javascript:1)\t{PICTURE}\t0.5" for a, b in base.pairs[:60]
    ]
    (data / "evidence.tsv").write_text(
        "gene_a\tgene_b\tinteraction\tevidence\tpubmed\tcontext\tscore\n" + "\n".join(evidence) + "\n"
    )
    graph = open_dataset(str(data))
    store = RunStore(folder / "models")
    run_ids = {}
    for task in ("link", "confidence"):
        run = tiny_run(graph, task=task)
        spec = dataclasses.replace(run.spec, data_source=str(data), data_name=f"{PICTURE} {MARKDOWN}")
        predictions = run.predictions.rename(columns={"max degree": SCRIPT})
        run = dataclasses.replace(run, spec=spec, predictions=predictions)
        finish(store, run)
        run_ids[task] = run.run_id
    for number, hostile in enumerate(HOSTILE):
        numbers = range(number, 12 + number)
        GeneSets(store.root, graph.fingerprint).keep(GeneSet.of(hostile, graph, numbers, note=hostile))
    points = VectorSet(
        name="names",
        names=tuple(f"{HOSTILE[n % 3]} {n}" for n in range(BESIDE)),
        vectors=np.random.default_rng(0).normal(size=(BESIDE, 4)).astype(np.float32),
        columns=pd.DataFrame({MARKDOWN: [HOSTILE[n % 3] for n in range(BESIDE)], SCRIPT: np.arange(BESIDE) / 7}),
        maps={PICTURE: np.random.default_rng(1).normal(size=(BESIDE, 2)).astype(np.float32)},
        title=" ".join(HOSTILE),
        origin=SCRIPT,
    )
    vectors = VectorStore(store.root / VectorStore.default().root.name).keep(points)
    return {"models": store.root, "data": data, "runs": run_ids, "vectors": vectors}


@pytest.fixture(scope="module")
def hostile_base(hostile_models: dict[str, Any], browser: Any) -> Iterator[str]:
    with served_app(models=hostile_models["models"], data=hostile_models["data"]) as served:
        yield served


def whole_pieces(texts: list[str]) -> None:
    """Nothing of a foreign text is left out: what a mark would swallow is there."""
    for text in (each.replace(AS_FOLDER, PICTURE) for each in texts):
        for start, rest in (("![x", "](http://evil.invalid/x.png)"), ("[a", "](javascript:alert(1))"), ("$x", "$")):
            for place in [match.end() for match in re.finditer(re.escape(start), text)]:
                assert text[place:].startswith(rest[: len(text) - place]) or "…" in text[place:], text


@pytest.mark.parametrize("task", ["link", "confidence"] if LONG else ["link"])
def test_no_name_of_a_data_set_is_read_as_markup(
    task: str, hostile_models: dict[str, Any], hostile_base: str, visitor: Visitor
) -> None:
    run = hostile_models["runs"][task]
    for turn, path in enumerate(PAGES):
        several = GENES[:6] if LONG else GENES[::4]
        for gene in several if path in ("embedding", "neighbourhood") else (GENES[turn % len(GENES)],):
            texts = visitor.look(address(hostile_base, path, run=run, gene=gene))
            whole_pieces(texts)
            if path in ("", "embedding", "neighbourhood", "predictions"):
                assert texts, path


QUERIES: tuple[dict[str, str], ...] = (
    {"colour": "term", "term": "T:0"},
    {"colour": "chromosome"},
    {"colour": "gene type"},
    {"colour": "evidence"},
    {"colour": "cluster"},
    {"colour": "predicted partners of the gene"},
    {"set": PICTURE, "with": SCRIPT},
    {"set": SCRIPT, "with": MARKDOWN, "group": SCRIPT},
    {"set": MARKDOWN, "nearest": "true"},
    {"genes": ",".join(GENES[:6])},
)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: "-".join(query))
def test_no_name_on_a_map_is_read_as_markup(
    query: dict[str, str], hostile_models: dict[str, Any], hostile_base: str, visitor: Visitor
) -> None:
    run = hostile_models["runs"]["link"]
    turn = QUERIES.index(query)
    for path in ("embedding", "predictions", "neighbourhood") if LONG or "genes" in query else ("embedding",):
        whole_pieces(visitor.look(address(hostile_base, path, run=run, gene=GENES[turn % len(GENES)], **query)))
        buttons = visitor.page.locator('[data-testid="stPopoverButton"]').all()[:6]
        for button in buttons if LONG else buttons[turn % 3 :: 3]:
            button.click()
            visitor.page.wait_for_timeout(150)
            whole_pieces(visitor.texts())
            visitor.page.keyboard.press("Escape")


def test_names_of_points_and_columns_are_shown_as_written(
    hostile_models: dict[str, Any], hostile_base: str, visitor: Visitor
) -> None:
    for query in ({}, {"map": PICTURE}, {"point": f"{PICTURE} 0"}, {"colour": "a column", "column": MARKDOWN}):
        texts = visitor.look(address(hostile_base, "embedding", vectors=hostile_models["vectors"], **query))
        assert texts
        whole_pieces(texts)
    assert visitor.look(address(hostile_base, "vectors"))


def test_a_legend_and_a_hover_show_tags_as_written(
    hostile_models: dict[str, Any], hostile_base: str, visitor: Visitor
) -> None:
    names = ("<b>bold</b>", "CD4<sup>+</sup>", "line<br>break", "a&b")
    kind = ["<u>A</u>", "B & C", "<u>A</u>", "B & C"]
    points = VectorSet(
        name="tags",
        names=names,
        vectors=np.array([[1, 2], [2, 1], [3, 3], [0, 1]], dtype=np.float32),
        columns=pd.DataFrame({"kind": kind}),
    )
    id = VectorStore(hostile_models["models"] / VectorStore.default().root.name).keep(points)
    visitor.page.goto(address(hostile_base, "embedding", vectors=id, map="PCA", colour="kind"))
    settle(visitor.page)
    legend = visitor.page.locator(".legendtext").all_text_contents()
    assert {"<u>A</u> (2)", "B & C (2)"} <= set(legend)
    hover = visitor.page.evaluate(
        """() => { const chart = document.querySelector('.js-plotly-plot');
            return chart._fullData.flatMap((t) => t.customdata ? Array.from(t.text) : []); }"""
    )
    assert any(text.startswith("<b>&lt;b&gt;bold&lt;/b&gt;</b>") for text in hover)


APP = """
import json, pathlib
import streamlit as st
from slviz.ui.labels import as_code, escape_markdown

for number, text in enumerate(json.loads(pathlib.Path({cases!r}).read_text())):
    shown = escape_markdown(text)
    with st.container(key=f"case-{{number}}"):
        kind = number % 8
        if kind == 0: st.markdown(shown)
        elif kind == 1: st.markdown(f"**B** {{shown}} :material/home: end")
        elif kind == 2: st.button(shown, key=f"button {{number}}")
        elif kind == 3: st.markdown("- one\\n- " + shown)
        elif kind == 4: st.caption(shown)
        elif kind == 5: st.error(shown)
        elif kind == 6: st.metric(shown, "1")
        else: st.expander(shown if shown.strip() else "-")
with st.container(key="last"):
    st.title("All are there")
"""
PIECES = [
    *HOSTILE,
    *GENES,
    *("`", "``", "$$y$$", ":material_home:", ":smile:", ":+1:", ":streamlit:", "->", "<-", "--", ">=", "~=", "<->"),
    *("https://evil.invalid/a?b=c&d=1", "HTTPS://X.de", "www.x.de", "a@evil.invalid", "mailto:a@b.co", "xmpp:a@b.co/x"),
    *(
        "_i_",
        "~~s~~",
        "&lt;",
        "&amp;amp;",
        "\\",
        "|",
        "[^1]: x",
        "[r]: http://evil.invalid",
        "# h",
        "1. x",
        "1)",
        "- x",
    ),
    *(
        "---",
        "===",
        "> q",
        "\n",
        "\n\n",
        "     ",
        "\t",
        "::d[x]",
        ":::n",
        "<!-- c -->",
        "<http://evil.invalid>",
        " ",
        "x",
    ),
    *(
        "é",
        "-0.5",
        "/",
        ":",
        "@",
        "w",
        "!",
        "[",
        "]",
        "(",
        ")",
        "|a|b|\n|-|-|\n|1|2|",
        "- [ ] x",
        "12:30:45",
        "\u202e",
        "\x1b",
    ),
]


def test_every_mixture_of_marks_is_shown_letter_by_letter(tmp_path: Path, page: Any) -> None:
    drawn = random.Random(20)
    cases = PIECES + ["".join(drawn.choice(PIECES) for _ in range(drawn.randint(2, 6))) for _ in range(160)]
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    app = tmp_path / "app.py"
    app.write_text(APP.format(cases=str(tmp_path / "cases.json")))
    with served_app(models=tmp_path, app=app) as served:
        page.goto(served)
        settle(page)
        found = page.evaluate(
            """(count) => Array.from({length: count}, (_, number) => {
                const each = document.querySelector('.st-key-case-' + number);
                const label = number % 8 === 6 ? each.querySelector('[data-testid="stMetricLabel"]') : each;
                const made = 'a, img, code, .katex, em, del, sup, h1, h2, h3, h4, table, hr, pre, ol, [role=img]';
                const holders = '[data-testid="stMarkdownContainer"], [data-testid="stCaptionContainer"]';
                const shown = [...label.querySelectorAll(holders)];
                return [shown.map((each) => each.textContent).join(''),
                        shown.flatMap((each) => [...each.querySelectorAll(made)]).length];
            })""",
            len(cases),
        )
        page.goto("about:blank")
    for number, (case, (text, made)) in enumerate(zip(cases, found, strict=True)):
        wanted = spelt_out(unbroken(case), blanks=False)
        around = {1: "B {} home end", 3: "one {}", 7: "{}" if wanted.strip() else "-"}.get(number % 8, "{}")
        assert _letters(text) == _letters(around.replace("{}", wanted)), repr(case)
        assert made == (number % 8 == 1), repr(case)


def _letters(text: str) -> str:
    return re.sub(r"\s", "", text.replace("\u2060", ""))
