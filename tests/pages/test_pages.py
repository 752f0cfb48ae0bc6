"""Every page: empty, with a run, with a broken run, and with nonsense in its address."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_run
from data_folders import GOOD, write_folder
from page_tools import Open, asked, said
from run_folders import CHECKOUT, finish

from slviz.datasets import GeneGraph
from slviz.features import FEATURE_SETS
from slviz.projections import PCA, TSNE
from slviz.runs import METRIC_COLUMNS, Run
from slviz.runs.artifacts.controls import Control
from slviz.runs.store import RunStore
from slviz.ui.embedding import colour_choices, map_events

RUN_PAGES = ("embedding", "predictions")
NONSENSE = ("../../etc/passwd", "<script>alert(1)</script>", "[x](javascript:1)", "💥" * 50, "-1", "1e400", "nan")
PAGES = ("overview", "train", *RUN_PAGES, "results", "tuning")
OTHER_PAGES = ("gene", "compare", "vectors", "talk", "lab", "glossary")


@pytest.mark.parametrize("page", PAGES)
def test_without_any_run_a_page_says_what_to_do(page: str, store: RunStore, open_page: Open) -> None:
    app = open_page(page)
    assert not app.exception
    assert [each.value for each in app.title] == [page.capitalize()]
    if page not in ("train", "tuning"):
        assert "No finished run" in said(app)
    if page in RUN_PAGES:
        assert [each.label for each in app.button] == ["Train a run"]


@pytest.mark.parametrize("page", PAGES)
def test_with_a_finished_run_a_page_shows_it(page: str, run: Run, open_page: Open) -> None:
    app = open_page(page, run=run.run_id)
    assert not app.exception
    assert not app.error
    titles = [each.value for each in app.title]
    assert titles == [page.capitalize()]


@pytest.mark.parametrize("page", PAGES)
def test_synthetic_data_is_called_synthetic(page: str, run: Run, open_page: Open) -> None:
    assert "SYNTHETIC" in said(open_page(page, run=run.run_id))


@pytest.mark.parametrize("page", ["results", *RUN_PAGES])
def test_a_chart_of_synthetic_data_says_so_in_its_own_picture(
    page: str, run: Run, demo: GeneGraph, open_page: Open
) -> None:
    charts = open_page(page, run=run.run_id, gene=demo.genes[0]).get("plotly_chart")
    assert charts
    for chart in charts:
        assert "SYNTHETIC DATA" in json.loads(chart.proto.spec)["layout"]["title"]["text"]


def test_charts_are_drawn_by_one_module_which_marks_them() -> None:
    drawn = [path for path in (CHECKOUT / "slviz" / "ui").rglob("*.py") if "plotly_chart(" in path.read_text()]
    assert [path.name for path in drawn] == ["charts.py"]


@pytest.mark.parametrize("page", RUN_PAGES)
def test_an_unknown_run_gets_a_sentence_and_a_way_on(page: str, run: Run, open_page: Open) -> None:
    app = open_page(page, run="gat-both-link-00000000")
    assert not app.exception
    assert "No run is called 'gat-both-link-00000000'" in said(app)
    app.button(key=f"offer {run.run_id}").click().run()
    assert not app.error
    assert asked(app, "run") == run.run_id


@pytest.mark.parametrize(("page", "nonsense"), list(zip(itertools.cycle(RUN_PAGES), NONSENSE)))
def test_an_address_full_of_nonsense_never_gives_a_traceback(
    page: str, nonsense: str, run: Run, open_page: Open
) -> None:
    app = open_page(page, run=nonsense)
    assert not app.exception
    assert app.error
    app = open_page(page, run=run.run_id, gene=nonsense)
    assert not app.exception
    assert "No gene" in said(app) or "names no gene" in said(app) or page == "predictions"
    keys = ("map", "colour", "estimate", "size", "part", "negative_kind", "hops", "layer", "head", "limit", "least")
    app = open_page(page, run=run.run_id, gene=run.genes[0], **dict.fromkeys(keys, nonsense))
    assert not app.exception
    assert "The address asks for" in said(app)


@pytest.mark.parametrize("page", RUN_PAGES)
def test_a_damaged_run_names_its_file(page: str, run: Run, store: RunStore, open_page: Open) -> None:
    arrays = store.folder(run.run_id) / "arrays.safetensors"
    content = bytearray(arrays.read_bytes())
    content[len(content) // 2] ^= 0xFF
    arrays.write_bytes(content)
    app = open_page(page, run=run.run_id)
    assert not app.exception
    assert "arrays.safetensors" in said(app)


@pytest.mark.parametrize("page", RUN_PAGES)
def test_a_run_on_data_that_has_changed_is_not_shown_beside_it(
    page: str, store: RunStore, graph: GeneGraph, open_page: Open
) -> None:
    other = tiny_run(graph)  # says it comes from a folder "tiny", which is not there
    finish(store, other)
    app = open_page(page, run=other.run_id)
    assert not app.exception
    assert "tiny" in app.error[0].value


@pytest.mark.parametrize("task", ["link", "confidence"])
def test_predictions_stand_beside_their_baselines(task: str, store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    made = tiny_run(demo, task=task)
    finish(store, made)
    app = open_page("predictions", run=made.run_id)
    assert not app.exception
    scorers = app.dataframe[0].value["model"].tolist()
    assert scorers == ["gat", "max degree"]
    assert ("not a probability" in said(app)) == (task == "link")


def test_a_picture_of_attention_says_that_it_is_no_explanation(run: Run, demo: GeneGraph, open_page: Open) -> None:
    app = open_page("gene", show="neighbourhood", run=run.run_id, gene=demo.genes[0])
    assert "not an explanation" in said(app)
    assert "edge ablation" in said(app)


def test_a_gene_is_found_by_its_ensembl_id(run: Run, demo: GeneGraph, open_page: Open) -> None:
    assert demo.gene_info is not None
    aliases = demo.gene_info["aliases"].tolist()
    gene = next(number for number, each in enumerate(aliases) if each)
    app = open_page("gene", show="neighbourhood", run=run.run_id, gene=aliases[gene].split("|")[0])
    assert not app.exception
    assert f"Around {demo.genes[gene]}" in [each.value.replace("\\", "") for each in app.subheader]


def test_going_back_returns_to_the_gene_before(run: Run, demo: GeneGraph, open_page: Open) -> None:
    first, second = demo.genes[:2]
    app = open_page("gene", show="neighbourhood", run=run.run_id, gene=first)
    app.query_params["gene"] = second
    app.run()
    next(each for each in app.button if each.label == "Back").click().run()
    assert asked(app, "gene") == first


def test_a_page_switch_keeps_run_and_gene(run: Run, demo: GeneGraph, open_page: Open) -> None:
    app = open_page("gene", show="neighbourhood", run=run.run_id, gene=demo.genes[3])
    links = [each for each in app.sidebar.children.values() if each.type == "page_link"]
    assert len(links) == len({*PAGES, *OTHER_PAGES})
    for each in links:
        assert parse_qs(each.proto.query_string) == {"run": [run.run_id], "gene": [demo.genes[3]]}


def test_of_many_runs_the_newest_are_cards_and_all_are_a_table(
    store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    made = tiny_run(demo)
    other = tiny_run(tiny_graph())
    for run in (made, other):
        for seed in range(8):
            finish(store, dataclasses.replace(run, spec=dataclasses.replace(run.spec, seed=seed)))
    app = open_page("overview", data="demo")
    assert not app.exception
    assert len([each for each in app.metric if "AUC" in each.label]) == 12, "six of this data, six of the other"
    assert not any("Best baseline" in each.value.columns for each in app.dataframe)
    app = open_page("overview", data="demo", **{"all-runs": "true"})
    [table] = [each.value for each in app.dataframe if "Best baseline" in each.value.columns]
    assert len(table) == 8
    assert set(table["Split"]) == {"random pairs (fold 0 of 5)"}
    assert set(table["Value"]) == {0.9}
    assert set(table["Baseline's"]) == {0.8}


def test_a_box_on_the_map_becomes_a_table(
    run: Run, demo: GeneGraph, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = PCA().fit(run.embedding, 0).coordinates[:, :2]
    x, y = np.quantile(place, [0.4, 0.6], axis=0).T.tolist()
    inside = np.flatnonzero(((place >= (x[0], y[0])) & (place <= (x[1], y[1]))).all(axis=1))
    drawn = map_events.Events(view=None, shape={"kind": "box", "x": x, "y": y})
    monkeypatch.setattr(map_events, "listen", lambda key, **_: drawn)
    app = open_page("embedding", run=run.run_id, map="PCA")
    assert not app.exception
    assert len(inside) > 1
    assert set(app.dataframe[0].value["gene"]) == {demo.genes[number] for number in inside}


def test_the_table_of_all_genes_is_made_when_it_is_asked_for(run: Run, demo: GeneGraph, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="PCA")
    assert not app.dataframe
    app = open_page("embedding", run=run.run_id, map="PCA", **{"all-genes": "true"})
    assert set(app.dataframe[0].value["gene"]) == set(demo.genes)


@pytest.mark.parametrize(
    ("colour", "word"),
    [
        ("Local density", "nearest gene"),
        ("Known partners", "Known partners"),
        ("Evidence", "evidence"),
        ("Cluster", "Leiden"),
        ("Members of a term", "Choose a term"),
        ("Train or test", "Held-out"),
        ("Prediction error", "held out"),
        ("A column of my table", "Upload a table"),
        ("Predicted partners", "scores no pairs"),
        ("Neighbourhood preservation", "nearest neighbours"),
        ("Map quality", "made by chance"),
        ("Moves between seeds", "the same for every seed"),
        ("Density distortion", "Spearman"),
    ],
)
def test_every_colour_of_the_map_says_what_it_is(colour: str, word: str, run: Run, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="PCA", colour=colour)
    assert not app.exception
    assert word in said(app)


def test_a_colour_that_tells_no_genes_apart_is_not_offered(run: Run, demo: GeneGraph, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="PCA", colour="chromosome")
    assert not app.exception
    assert not {"Chromosome", "Gene type"} & set(app.selectbox(key="colour").options), "all genes of the demo are alike"
    assert "The address asks for colour “chromosome”, which is not there." in said(app)
    assert demo.gene_info is not None
    some = demo.gene_info.assign(chromosome=[str(1 + number % 3) for number in range(len(demo))])
    graph = dataclasses.replace(demo, gene_info=some)
    assert colour_choices.tells("Chromosome", graph)
    assert not colour_choices.tells("Gene type", graph)


def test_a_map_that_was_not_made_is_offered(run: Run, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="t-SNE")
    assert not app.exception
    assert "no t-SNE map" in said(app)
    assert any(each.label == "Make the t-SNE map" for each in app.button)
    assert "another map that is there: PCA" in said(app), "the page goes on with what there is"


def test_settings_of_a_map_are_in_the_address_and_nonsense_is_told(run: Run, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="t-SNE", **{"tsne-perplexity": "12", "tsne-seed": "4"})
    assert not app.exception
    assert any("perplexity=12.0 --seed 4" in each.value or "--seed 4" in each.value for each in app.code)
    assert any("perplexity=12" in each.value for each in app.code)
    app = open_page("embedding", run=run.run_id, map="t-SNE", **{"tsne-perplexity": "-3", "tsne-dimensions": "9"})
    assert not app.exception
    assert said(app).count("The address asks for") == 2


def test_a_stored_map_opens_at_once_whatever_its_settings(run: Run, store: RunStore, open_page: Open) -> None:
    store.artifacts(run.run_id).make_map(TSNE(perplexity=5.0, iterations=50), 3)
    app = open_page("embedding", run=run.run_id, map="t-SNE")
    assert not app.exception
    assert "t-SNE, perplexity 5, 150 + 50 iterations, seed 3" in said(app)


def test_a_colour_that_takes_several_seeds_says_where_to_make_them(run: Run, store: RunStore, open_page: Open) -> None:
    method = TSNE(perplexity=5.0, iterations=50)
    store.artifacts(run.run_id).make_map(method, 0)
    app = open_page("embedding", run=run.run_id, map="t-SNE", colour="Moves between seeds")
    assert not app.exception
    assert "make them below the map" in said(app)
    for seed in (1, 2):
        store.artifacts(run.run_id).make_map(method, seed)
    app = open_page("embedding", run=run.run_id, map="t-SNE", colour="Moves between seeds")
    assert not app.exception
    assert "over 3 seeds" in said(app)
    assert "half of the genes move by less than" in said(app)
    titles = [text["text"] for text in json.loads(app.get("plotly_chart")[1].proto.spec)["layout"]["annotations"]]
    assert titles == ["<b>seed 0</b>", "<b>seed 1</b>", "<b>seed 2</b>"]


def test_a_solid_map_says_how_genes_are_selected(run: Run, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="PCA", **{"pca-dimensions": "3"})
    assert not app.exception
    assert "3 dimensions" in said(app)
    assert "take a map of 2 dimensions" in said(app)


def test_controls_stand_beside_the_run_and_what_is_missing_is_offered(
    store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    run = tiny_run(demo)
    with store.writing(run.spec) as writer:
        writer.begin(run.spec.split.divide(demo).to_frame(demo.genes))
        writer.finish(run)
    app = open_page("embedding", run=run.run_id, map="PCA", view="beside controls")
    assert not app.exception
    assert "Not there yet: untrained network" in said(app)
    nothing = pd.DataFrame(columns=list(METRIC_COLUMNS))
    random = np.random.default_rng(0)
    for kind in ("untrained", "shuffled"):
        vectors = random.normal(size=run.embedding.shape).astype(np.float32)
        store.artifacts(run.run_id).save_control(Control(kind, vectors, nothing))
    app = open_page("embedding", run=run.run_id, map="PCA", view="beside controls", shuffled="true")
    assert not app.exception
    assert "Not there yet" not in said(app)
    assert "first two of three axes" not in said(app)
    solid = open_page("embedding", run=run.run_id, map="PCA", view="beside controls", **{"pca-dimensions": "3"})
    assert "Only the first two of three axes are drawn" in said(solid)
    assert [each.value for each in app.subheader] == [
        "How many nearest neighbours stay",
        "What nearest neighbours share",
    ]
    assert "by chance" in said(app)


def test_without_features_there_is_nothing_to_set_beside(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    made = tiny_run(demo)
    made = dataclasses.replace(made, spec=dataclasses.replace(made.spec, features=FEATURE_SETS.make("none")))
    finish(store, made)
    app = open_page("embedding", run=made.run_id, map="PCA", view="beside controls")
    assert not app.exception
    assert "features" not in "".join(str(each.options) for each in app.selectbox if each.key == "stay")


def test_the_pages_of_finished_runs_never_import_torch() -> None:
    import subprocess
    import sys

    from run_folders import CHECKOUT

    code = (
        "import importlib, pkgutil, sys; import slviz.ui\n"
        "for each in pkgutil.walk_packages(slviz.ui.__path__, 'slviz.ui.'): importlib.import_module(each.name)\n"
        "heavy = {'torch', 'torch_geometric', 'umap', 'numba', 'openTSNE', 'sklearn'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_broken_folder_becomes_a_list_a_download_and_a_way_back(
    store: RunStore, tmp_path: Path, open_page: Open
) -> None:
    folder = write_folder(tmp_path / "broken", feature_go_2__txt="1 2\n", pairs__tsv="GEN1\tGENX\t0.2\n" * 500)
    app = open_page("overview", data=str(folder))
    assert not app.exception
    assert "cannot be used" in app.error[0].value
    told = said(app).replace("\\", "")
    assert "has 1 rows of numbers for 12 genes" in told
    assert "“GENX” is not in the gene list" in told
    assert told.count("GENX") < 5, "five hundred lines are one remark"
    assert [each.label for each in app.download_button] == ["Report (TSV)"]
    next(each for each in app.button if each.label.startswith("Use ")).click().run()
    assert asked(app, "data") == "demo"
    assert not app.error


def test_what_was_left_out_of_a_folder_is_a_calm_line(store: RunStore, tmp_path: Path, open_page: Open) -> None:
    folder = write_folder(tmp_path / "mine", pairs__tsv=GOOD["pairs.tsv"] + "GEN1\tGENX\t0.2\n")
    app = open_page("overview", data=str(folder))
    assert not app.exception
    assert not app.error
    assert "5 pairs used; 1 row left out" in [each.label for each in app.expander]
    assert "1 row of pairs.tsv" in said(app).replace("\\", "")
    assert not [each for each in open_page("overview", data="demo").expander if "used" in each.label]


def test_within_a_source_there_is_no_r2_and_the_pairs_are_counted(
    store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    made = tiny_run(demo, task="confidence")
    source = demo.pair_evidence[0]
    rows = [
        (scorer, "test", source, metric, 0.25)
        for scorer in ("network", "mean")
        for metric in ("rmse", "mae", "r2", "spearman")
    ]
    rows.append(("max degree", "test", source, "spearman", 0.4))
    metrics = pd.concat([made.metrics, pd.DataFrame(rows, columns=made.metrics.columns)], ignore_index=True)
    finish(store, dataclasses.replace(made, metrics=metrics))
    app = open_page("predictions", run=made.run_id)
    assert not app.exception
    table = next(each.value for each in app.dataframe if "RMSE of the mean" in each.value.columns)
    assert list(table.columns) == [
        "Evidence", "Pairs", "RMSE", "RMSE of the mean", "MAE", "MAE of the mean", "Spearman ρ",
        "Spearman ρ of the best baseline",
    ]  # fmt: skip
    assert table["Spearman ρ of the best baseline"].tolist() == ["0.400"]
    assert "mean over the sources: **gat 0.250**, the best baseline (max degree) 0.400" in said(app)
    tested = made.predictions["part"] == "test"
    assert table["Pairs"].tolist() == [int((evidence_of(demo, made.predictions)[tested] == source).sum())]


def evidence_of(graph: GeneGraph, predictions: pd.DataFrame) -> pd.Series:
    """By a way of its own: looked up pair by pair."""
    kinds = {frozenset(pair): kind for pair, kind in zip(graph.pairs.tolist(), graph.pair_evidence, strict=True)}
    number = graph.number_of
    return pd.Series(
        [
            kinds[frozenset((number[a], number[b]))]
            for a, b in zip(predictions["gene_a"], predictions["gene_b"], strict=True)
        ]
    )


@pytest.mark.parametrize("name", ["A" * 300, "B" * 5000, "a\0b", "~nobody/x"])
def test_an_impossible_data_name_is_a_sentence(open_page: Open, name: str) -> None:
    app = open_page("overview", data=name)
    assert not app.exception
    assert "There is no data set at" in said(app) or "unreadable or too long" in said(app)


def test_a_damaged_run_can_be_found_and_removed(store: RunStore, run: Run, open_page: Open) -> None:
    arrays = store.folder(run.run_id) / "arrays.safetensors"
    whole = arrays.read_bytes()
    arrays.write_bytes(whole[: len(whole) // 2])
    try:
        overview = open_page("overview")
        assert any("Damaged runs (1)" in each.label for each in overview.expander)
        train = open_page("train", job=run.run_id)
        assert any("arrays.safetensors" in each.value for each in train.error)
        assert train.button(key=f"remove {run.run_id}")
    finally:
        arrays.write_bytes(whole)
