"""Words, links and selections: what pages show of other people's text."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_run
from hypothesis import given
from hypothesis import strategies as st

from slviz.datasets import Nouns
from slviz.files.names import safe_file_name
from slviz.text import duration, spelt_out, unbroken
from slviz.ui import links, selection
from slviz.ui.data.data_portrait import kinds_of_evidence, share_of_hubs
from slviz.ui.key_metrics import key_metric
from slviz.ui.labels import as_code, escape_markdown
from slviz.ui.metrics_table import beside_baselines, marks_of_best


def test_foreign_text_is_not_read_as_markdown() -> None:
    assert escape_markdown("[x](javascript:1) *b* :red[r] $a$") == r"\[x\](javascript\:1) \*b\* \:red\[r\] \$a\$"
    assert escape_markdown("`a` ![x](y) <b> &lt; ~s~ a|b") == r"\`a\` !\[x\](y) \<b\> \&lt; \~s\~ a\|b"


@pytest.mark.parametrize("text", ["TP53", "gat-both-link-3ec14a25", "-0.5", "1.5", "3 genes (x), y", "C+D", "é 🧬"])
def test_text_without_marks_stays(text: str) -> None:
    assert escape_markdown(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# h", r"\# h"),
        ("- x", r"\- x"),
        ("+ x", r"\+ x"),
        ("----", r"\----"),
        ("---", "-\u2060--"),
        ("===", r"\==="),
        ("1. x", r"1\. x"),
        ("12) x", r"12\) x"),
        ("> q", r"\> q"),
        ("     code", " code"),
        ("a\n\n# b", r"a \# b"),
        ("a\tb", "a b"),
        ("\u202ea\x1b", r"\\u202ea\\x1b"),
    ],
)
def test_no_line_of_a_text_is_a_heading_a_list_or_code(text: str, shown: str) -> None:
    assert escape_markdown(text) == shown


@pytest.mark.parametrize(
    "text",
    ["https://x.de", "HTTP://x", "www.x.de", "WWW.x", "a@b.co", ":smile:", ":+1:", ":material/home:", ":streamlit:"],
)
def test_what_streamlit_reads_after_the_markdown_is_kept_apart(text: str) -> None:
    shown = escape_markdown(text)
    assert "\u2060" in shown
    assert shown.replace("\u2060", "").replace("\\", "") == text
    assert "\u2060" in as_code(text)


@pytest.mark.parametrize("text", ["->", "<-", "--", ">=", "<=", "~=", "<->"])
def test_a_sign_between_blanks_is_no_arrow(text: str) -> None:
    shown = escape_markdown(f"a {text} b")
    assert "\u2060" in shown
    assert "\u2060" not in escape_markdown(f"a{text}b")


@pytest.mark.parametrize(
    ("text", "shown"), [("a", "`a`"), ("a`b", "``a`b``"), ("`a``", "``` `a`` ```"), ("", ""), ("$x$", "`$x$`")]
)
def test_code_is_shown_letter_by_letter(text: str, shown: str) -> None:
    assert as_code(text) == shown


@given(st.text())
def test_the_escaped_text_is_the_text(text: str) -> None:
    shown = escape_markdown(text)
    assert "\n" not in shown
    unescaped = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown.replace("\u2060", ""))
    assert unescaped == re.sub(r"^\s{2,}", " ", spelt_out(unbroken(text), blanks=False)).replace("\u2060", "")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("gat-tsne.svg", "gat-tsne.svg"),
        ("../../etc/passwd", "etc-passwd.slviz"),
        ('a<b>:"|?*\x00\n\u202e.tsv', "a-b.tsv"),
        ("...", "slviz."),
        ("NUL.tsv", "NUL-file.tsv"),
        ("x" * 1000 + ".svg", "x" * 140 + ".svg"),
        ("染" * 200 + ".gmt", "染" * 46 + ".gmt"),
        ("no ending", "no-ending"),
        ("x.embedding.tsv", "x.embedding.tsv"),
    ],
)
def test_every_file_system_takes_the_name_of_a_download(name: str, file: str) -> None:
    made = safe_file_name(name)
    assert made == file or "/" in name
    assert re.fullmatch(r"[\w.-]+", made)
    assert not made.startswith((".", "-"))
    assert len(made.encode()) <= 151


def test_links_hold_no_mark_of_an_identifier() -> None:
    bad = "x) [a](javascript:1) \"'<>&?#/../"
    base = tiny_graph(synthetic=False)
    info = base.gene_info.assign(entrez_id=bad, ensembl_id=bad, uniprot_id=bad, current_symbol=bad)
    for place in links.of_gene(tiny_graph(synthetic=False, gene_info=info), 3).values():
        assert place.startswith("https://")
        assert not set("()<>[]\"' ") & set(place)
        assert "javascript:" not in place
    assert links.of_publication("١٢", synthetic=False) == ""
    assert links.of_publications("١٢;12/../x", synthetic=False) == ""


@pytest.mark.parametrize(("seconds", "words"), [(7.6, "8 s"), (130, "2 min 10 s"), (3900, "1 h 5 min"), (-1, "0 s")])
def test_a_duration_is_said_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_synthetic_genes_are_linked_nowhere() -> None:
    assert links.of_gene(tiny_graph(synthetic=True), 0) == {}
    assert links.of_publication("123", synthetic=True) == ""


def test_real_genes_are_linked_by_their_identifiers() -> None:
    places = links.of_gene(tiny_graph(synthetic=False), 3)
    assert places["NCBI Gene"].endswith("/1003")
    assert places["Ensembl"].endswith("ENSG00000000003")
    assert places["Open Targets"].endswith("ENSG00000000003")
    assert set(places) == {
        "HGNC", "NCBI Gene", "Ensembl", "UniProt", "GeneCards", "Open Targets", "DepMap", "STRING"
    }  # fmt: skip


def test_a_gene_without_identifiers_is_linked_where_a_symbol_suffices() -> None:
    human = tiny_graph(synthetic=False, gene_info=None, nouns=Nouns(organism="human"))
    assert set(links.of_gene(human, 3)) == {
        "HGNC", "GeneCards", "DepMap", "STRING"
    }  # fmt: skip


def test_several_publications_are_one_link() -> None:
    assert links.of_publications("12;34", synthetic=False).endswith("?term=12%5Buid%5D%2034%5Buid%5D")
    assert links.of_publications("no id", synthetic=False) == ""


def test_a_selection_is_read_by_the_numbers_that_points_carry() -> None:
    points = [{"customdata": [7]}, {"customdata": {"0": 3}}, {"customdata": [7]}, {"x": 1}]
    assert selection.numbers({"selection": {"points": points}}).tolist() == [3, 7]
    assert selection.numbers(None).tolist() == []


def test_the_key_metric_stands_beside_the_best_baseline() -> None:
    rows = [
        ("network", "test", "all", "rmse", 0.07),
        ("mean", "test", "all", "rmse", 0.16),
        ("L3", "test", "all", "rmse", 0.12),
        ("L3", "train", "all", "rmse", 0.01),
    ]
    figure = key_metric("confidence", pd.DataFrame(rows, columns=["model", "part", "negative_kind", "metric", "value"]))
    assert figure is not None
    assert (figure.value, figure.baseline, figure.baseline_value) == (0.07, "L3", 0.12)
    assert not figure.higher_is_better


def test_a_run_without_metrics_has_no_key_metric() -> None:
    assert key_metric("link", pd.DataFrame(columns=["model", "part", "negative_kind", "metric", "value"])) is None


def test_the_network_stands_first_and_baselines_from_best_to_worst() -> None:
    rows = [(name, "test", "random", "auc", value) for name, value in (("b", 0.6), ("network", 0.5), ("a", 0.9))]
    table = beside_baselines(
        pd.DataFrame(rows, columns=["model", "part", "negative_kind", "metric", "value"]),
        part="test",
        negative_kind="random",
    )
    assert table["model"].tolist() == ["network", "a", "b"]


def test_one_value_is_not_the_best_of_anything() -> None:
    assert not any(marks_of_best(pd.Series([0.2, float("nan")], name="brier")))
    assert not any(marks_of_best(pd.Series([0.2, 0.2, 0.2], name="brier"))), "nobody is ahead"
    marked = marks_of_best(pd.Series([0.2, 0.3], name="brier"))
    assert marked[0]
    assert not marked[1]


def test_kinds_of_evidence_are_counted_over_pairs() -> None:
    graph = tiny_graph()
    table = kinds_of_evidence(graph).set_index("Evidence")
    kinds = np.asarray(graph.pair_evidence)
    for kind in ("Daisy", "GenomeRNAi", "Synlethality"):
        assert table.loc[kind, "Pairs"] == (kinds == kind).sum()
    assert table.loc["Daisy", "Mean score"] == pytest.approx(0.19, abs=1e-5)


def test_the_share_of_hubs_counts_each_pair_once() -> None:
    graph = tiny_graph(genes=10, pairs=5)
    hub = int(np.argmax(graph.degree))
    assert share_of_hubs(graph, hubs=1) == pytest.approx(graph.degree[hub] / 5)
    assert share_of_hubs(graph, hubs=10) == 1.0


def test_tasks_about_genes_say_that_genes_are_held_out() -> None:
    graph = tiny_graph()
    pairs, genes = tiny_run(graph).spec, tiny_run(graph, task="reconstruct").spec
    assert pairs.held_out == "random pairs (fold 0 of 5)"
    assert genes.held_out == "genes, drawn with random pairs (fold 0 of 5)"
