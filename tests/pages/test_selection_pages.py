"""Selecting on the Embedding page, and the selection on the other pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import streamlit as st
from page_tools import Open, asked, said
from streamlit.testing.v1 import AppTest

from slviz.datasets import GeneGraph
from slviz.figures import raster
from slviz.gene_sets import GeneSet, GeneSets
from slviz.runs import Run
from slviz.runs.store import SHIPPED, RunStore
from slviz.runs.uploads import OWN_TABLES, TERMS, stage
from slviz.ui.embedding import gene_look, gene_map, map_zoom

Draw = Callable[[AppTest, list[int]], AppTest]

LINK = "gat-both-link-3ec14a25"


@pytest.fixture
def real_store(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    """The empty models folder, and the runs that git ships beside it: they score pairs.

    A small run of other tests has the name of a shipped one, so nothing that was found about either is kept.
    """
    monkeypatch.setattr("slviz.runs.store.SHIPPED", SHIPPED)
    st.cache_resource.clear()
    yield RunStore.default()
    st.cache_resource.clear()


@pytest.fixture
def kept(store: RunStore, demo: GeneGraph) -> GeneSets:
    return GeneSets(store.root, demo.fingerprint)


def tables(app: AppTest, column: str) -> list:
    return [each.value for each in app.dataframe if column in each.value.columns]


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Draw:
    """A lasso around some genes; a browser's own lasso is drawn in the browser stories."""

    def drawn(app: AppTest, numbers: list[int]) -> AppTest:
        monkeypatch.setattr(gene_map, "inside", lambda place, shape: np.array(numbers, dtype=np.int64))
        return app.run()

    return drawn


def test_too_many_genes_are_a_picture_into_which_one_can_zoom(
    real_store: RunStore, demo: GeneGraph, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = len(demo)
    monkeypatch.setattr(gene_look, "POINTS_UP_TO", count - 1)
    monkeypatch.setattr(raster, "POINTS_UP_TO", count - 1)
    for module in (raster, map_zoom):
        monkeypatch.setattr(module, "POINTS_IN_WINDOW", count // 2)
    whole = open_page("embedding", run=LINK, map="PCA")
    assert not whole.exception
    assert f"{count:,} genes drawn as a density picture; zoom in to at most {count // 2:,} to see genes." in said(whole)
    layout, points = picture_and_points(whole)
    assert len(layout["images"]) == 1
    assert points == 0
    (left, right), (bottom, top) = layout["xaxis"]["range"], layout["yaxis"]["range"]
    edges = ((3 * left + 2 * right) / 5, right, (3 * bottom + 2 * top) / 5, top)
    near = open_page("embedding", run=LINK, map="PCA", window=",".join(map(str, edges)))
    inside = re.search(rf"(\d+) of {count:,} genes lie in this part; each is drawn", said(near))
    assert inside is not None
    layout, points = picture_and_points(near)
    assert not layout.get("images")
    assert points >= int(inside.group(1)) > 10
    chosen = open_page("embedding", run=LINK, map="PCA", genes=",".join(demo.genes[:40]))
    assert picture_and_points(chosen)[1] == 40
    assert "are **named**" not in said(chosen)
    for nonsense in ("-inf,inf,-inf,inf", "nan,1,0,1", "-1e308,1e308,0,1", "1,2,3"):
        assert f"{count:,} genes drawn" in said(open_page("embedding", run=LINK, map="PCA", window=nonsense))
    nowhere = open_page("embedding", run=LINK, map="PCA", window="9000,9001,9000,9001")
    assert "No genes lie in this part of the map." in said(nowhere)
    next(button for button in nowhere.button if button.label == "Whole map").click().run()
    assert "window" not in nowhere.query_params


def picture_and_points(app: AppTest) -> tuple[dict, int]:
    """The layout of the first chart, and how many points it draws one by one."""
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    return spec["layout"], sum(len(trace.get("text") or ()) for trace in spec["data"])


def test_a_long_selection_says_how_many_of_it_are_named(real_store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    few, many = (",".join(demo.genes[:count]) for count in (5, 40))
    assert "The 5 of 40 selected with most known partners are **named**" in said(
        open_page("embedding", run=LINK, map="PCA", genes=many)
    )
    assert "are **named**" not in said(open_page("embedding", run=LINK, map="PCA", genes=few))


def test_drawn_genes_become_a_table_with_pairs_inside_and_terms(
    real_store: RunStore, open_page: Open, draw: Draw
) -> None:
    app = draw(open_page("embedding", run=LINK, map="PCA", **{"more-terms": "true"}), list(range(20)))
    assert not app.exception
    genes = tables(app, "partners_inside")[0]
    assert len(genes) == 20
    assert "genes" not in app.query_params
    assert genes["partners_inside"].is_monotonic_decreasing
    assert "predicted_inside" in genes
    terms = tables(app, "on_map")[0]
    assert terms["term"][0] == "cell death, route APO1"
    assert terms["q"].max() < 0.05
    assert "20 selected genes" in [each.value for each in app.subheader]
    assert "Drawn on the PCA map" in said(app)
    next(each for each in app.button if each.label == "Name them on the map").click().run()
    assert len(asked(app, "genes").split(",")) == 20
    assert "20 selected genes" in [each.value for each in app.subheader]


def test_pasted_genes_are_in_the_address_and_strangers_are_named(run: Run, demo: GeneGraph, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="PCA")
    app.text_area(key="pasted genes").set_value("APO1.01, oldAPO102; nobody\nDEMOP00003")
    next(each for each in app.button if each.label == "Select them").click().run()
    assert not app.exception
    assert asked(app, "genes") == ",".join(demo.genes[:3])
    assert "1 not in this data set: nobody" in said(app).replace("\\", "")
    assert set(tables(app, "partners_inside")[0]["gene"]) == set(demo.genes[:3])
    next(each for each in app.button if each.label == "Clear").click().run()
    assert not tables(app, "partners_inside")


def test_a_long_paste_is_kept_under_a_name(run: Run, demo: GeneGraph, kept: GeneSets, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="PCA")
    app.text_area(key="pasted genes").set_value(" ".join(demo.genes[:300]))
    next(each for each in app.button if each.label == "Select them").click().run()
    assert "too many for an address" in said(app)
    assert [len(each.genes) for each in kept.all()] == [300]
    assert asked(app, "set") == kept.all()[0].name
    assert "300 selected genes" in [each.value for each in app.subheader]


@pytest.mark.parametrize("text", ["", "  ,;\n", "nobody knows these"])
def test_a_paste_without_a_gene_is_a_sentence(text: str, run: Run, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="PCA")
    app.text_area(key="pasted genes").set_value(text)
    next(each for each in app.button if each.label == "Select them").click().run()
    assert not app.exception
    assert "No gene was given" in said(app) or "0 genes found" in said(app)
    assert not tables(app, "partners_inside")


def test_a_selection_is_kept_and_comes_back_by_its_name(run: Run, kept: GeneSets, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="PCA", genes="APO1.01,APO1.02,APO2.01")
    app.text_input(key="name of the selection").set_value("my island").run()
    next(each for each in app.button if each.label == "Keep it").click().run()
    assert not app.exception
    assert asked(app, "set") == "my island"
    assert kept.open("my island").genes == ("APO1.01", "APO1.02", "APO2.01")
    again = open_page("embedding", run=run.run_id, map="PCA", set="my island")
    assert "3 selected genes" in [each.value for each in again.subheader]
    assert "The kept selection “my island”" in said(again)


def test_a_taken_name_is_asked_about_before_it_is_replaced(
    run: Run, demo: GeneGraph, kept: GeneSets, open_page: Open
) -> None:
    kept.keep(GeneSet.of("mine", demo, [500, 501]))
    app = open_page("embedding", run=run.run_id, map="PCA", genes="APO1.01,APO1.02")
    app.text_input(key="name of the selection").set_value("mine").run()
    next(each for each in app.button if each.label == "Keep it").click().run()
    assert "is kept already, with 2 other genes" in said(app)
    assert kept.open("mine").numbers(demo).tolist() == [500, 501]
    app.checkbox(key="replace the selection").check().run()
    next(each for each in app.button if each.label == "Keep it").click().run()
    assert kept.open("mine").numbers(demo).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"set": "gone"}, "No selection of this data set is called 'gone'"),
        ({"genes": "nobody"}, "0 genes found"),
        ({"set": "<script>alert(1)</script>"}, "No selection of this data set"),
    ],
)
def test_an_address_with_a_selection_that_is_not_there(
    query: dict[str, str], words: str, run: Run, open_page: Open
) -> None:
    for page in ("embedding", "predictions", "neighbourhood"):
        app = open_page(page, run=run.run_id, gene="APO1.01", **query)
        assert not app.exception
        assert words in said(app).replace("\\", "") + " ".join(each.label for each in app.button)


def test_one_gene_and_all_genes_get_sentences(run: Run, demo: GeneGraph, kept: GeneSets, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="PCA", genes="APO1.01")
    assert "Enrichment needs more than one gene" in said(app)
    kept.keep(GeneSet.of("all", demo, range(len(demo))))
    app = open_page("embedding", run=run.run_id, map="PCA", set="all")
    assert not app.exception
    assert "All 1,000 genes of the map are selected" in said(app)


def test_a_cluster_is_a_selection(real_store: RunStore, open_page: Open) -> None:
    app = open_page("embedding", run=LINK, map="PCA", colour="Cluster", cluster="2", **{"more-terms": "true"})
    assert not app.exception
    names = app.selectbox(key="cluster box").options
    assert names[1].startswith("2 · ")
    assert f"Cluster {names[1]}" in said(app).replace("\\", "")
    assert names[1].removeprefix("2 · ") == tables(app, "on_map")[0]["term"][0]
    for nonsense in ("99", "-1", "x", "1e9"):
        app = open_page("embedding", run=LINK, map="PCA", colour="Cluster", cluster=nonsense)
        assert not app.exception
        assert not tables(app, "partners_inside")


def test_two_selections_are_compared(run: Run, demo: GeneGraph, kept: GeneSets, open_page: Open) -> None:
    kept.keep(GeneSet.of("first", demo, range(0, 30)))
    kept.keep(GeneSet.of("second", demo, range(20, 60)))
    app = open_page("embedding", run=run.run_id, map="PCA", set="first", **{"with": "second"})
    assert not app.exception
    counts = {each.label: each.value for each in app.metric}
    assert counts.items() >= {"Both": "10", "only first": "20", "only second": "30"}.items()
    table = tables(app, "in")[0]
    assert table["in"].value_counts().to_dict() == {"both": 10, "only first": 20, "only second": 30}
    assert set(table.loc[table["in"] == "both", "gene"]) == set(demo.genes[20:30])


def test_comparing_with_what_is_not_there_is_said(run: Run, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="PCA", genes="APO1.01,APO1.02", **{"with": "gone"})
    assert not app.exception
    assert "No other selection of this data set is called “gone”" in said(app)


def test_terms_of_ones_own_are_asked_about_instead(run: Run, store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    text = "my set\tnote\t" + "\t".join(demo.genes[:6]) + "\nstrangers\tnote\tXYZ\tAPO1.01\tAPO1.02\tAPO1.03\n"
    path = stage(store.root, text.encode(), name="my.gmt", place=TERMS)
    query = {"run": run.run_id, "map": "PCA", "genes": ",".join(demo.genes[:6])}
    app = open_page("embedding", **query, terms=path.stem[:16], **{"more-terms": "true"})
    assert not app.exception
    assert tables(app, "on_map")[0]["term"][0] == "my set"
    assert "XYZ" in said(app)
    folded = open_page("embedding", **query, terms=path.stem[:16])
    assert not tables(folded, "on_map")
    assert "XYZ" in said(folded)
    app = open_page("embedding", **query, terms="0" * 16, **{"more-terms": "true"})
    assert "not on this server" in said(app)
    assert tables(app, "on_map")[0]["term"][0] != "my set"


def test_a_column_of_ones_own_table_colours_the_map(
    run: Run, store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    text = "symbol\tfold\tgroup\n" + "".join(f"{gene}\t{n - 5}\tg{n % 3}\n" for n, gene in enumerate(demo.genes[:20]))
    path = stage(store.root, (text + "XYZ\t1\tg1\n").encode(), name="mine.tsv", place=OWN_TABLES)
    query = {"run": run.run_id, "map": "PCA", "colour": "A column of my table", "table": path.stem[:16]}
    app = open_page("embedding", **query)
    assert not app.exception
    assert "20 genes of 21 rows found" in said(app)
    assert "XYZ" in said(app)
    assert app.selectbox(key="column").options == ["fold", "group"]
    assert not open_page("embedding", **query, column="group").exception
    for nonsense in ("../../etc/passwd", "zz", "0" * 16):
        app = open_page("embedding", **(query | {"table": nonsense}))
        assert not app.exception
        assert "not on this server" in said(app)


def test_the_members_of_a_term_are_searched_by_its_id(run: Run, demo: GeneGraph, open_page: Open) -> None:
    assert demo.terms is not None
    app = open_page("embedding", run=run.run_id, map="PCA", colour="Members of a term", term=demo.terms.ids[0])
    assert not app.exception
    members = int(demo.terms.membership[:, [0]].sum())
    assert f"{members} genes of the map in cell death" in said(app)
    app = open_page("embedding", run=run.run_id, map="PCA", colour="Members of a term", term="GO:none")
    assert "which this data set does not have" in said(app)


def test_the_nearest_genes_are_exact_and_known_partners_are_marked(
    real_store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    app = open_page(
        "embedding", run=LINK, map="PCA", gene="APO1.01", nearest="true", distance="Euclidean", **{"nearest-k": "10"}
    )
    assert not app.exception
    table = tables(app, "distance")[0]
    embedding = real_store.open(LINK).embedding.astype(float)
    apart = np.linalg.norm(embedding - embedding[0], axis=1)
    assert [demo.number_of[gene] for gene in table["gene"]] == np.argsort(apart)[1:11].tolist()
    partners = set(demo.partners(0).tolist())
    assert [pair.startswith("known") for pair in table["pair"]] == [
        demo.number_of[gene] in partners for gene in table["gene"]
    ]
    next(each for each in app.button if each.label == "Select them").click().run()
    assert asked(app, "genes").split(",") == ["APO1.01", *table["gene"]]


def test_predictions_show_the_pairs_among_the_selection(real_store: RunStore, open_page: Open) -> None:
    app = open_page("predictions", run=LINK, genes="APO1.01,APO1.02,APO2.01,APO2.02")
    assert not app.exception
    table = tables(app, "known")[0]
    assert len(table) == 6
    assert "Pairs among 4 selected genes" in [each.value for each in app.subheader]
    app = open_page("predictions", run=LINK, genes="APO1.01")
    assert "One gene has no pair" in said(app)
    assert not tables(open_page("predictions", run=LINK), "known")


def test_neighbourhood_leads_from_gene_to_gene_of_the_selection(run: Run, open_page: Open) -> None:
    app = open_page("gene", show="neighbourhood", run=run.run_id, gene="APO1.01", genes="APO1.01,APO1.02,APO2.01")
    next(each for each in app.button if each.label == "APO2.01").click().run()
    assert asked(app, "gene") == "APO2.01"
    assert asked(app, "genes") == "APO1.01,APO1.02,APO2.01"


def test_known_pairs_inside_stand_beside_what_chance_gives(run: Run, demo: GeneGraph, open_page: Open) -> None:
    routes = [gene for gene in demo.genes if gene.startswith(("APO1.", "APO2."))]
    app = open_page("embedding", run=run.run_id, map="pca", genes=",".join(routes))
    assert not app.exception
    said_of = re.search(
        r"(\d+) known pairs inside; ([\d.]+) by chance, as 200 draws of as many genes with like numbers of known "
        r"partners have \(95 % of them (\d+) to (\d+)\)\.",
        said(app).replace("\\", ""),
    )
    assert said_of is not None
    known, chance, low, high = (float(number) for number in said_of.groups())
    assert low <= chance <= high < known
