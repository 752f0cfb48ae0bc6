"""Pictures on the pages: what is shown, what is offered, and what is left out for things without pairs."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from page_tools import Open, asked, said
from run_folders import CHECKOUT
from test_other_things import GENE, NAMED_SO, elements_of, texts_of

from slviz.datasets.sources import open_dataset
from slviz.outliers.given_classes import given_classes
from slviz.pipeline.noise import noise_through
from slviz.projections import PROJECTIONS, Projection
from slviz.runs import RunSpec
from slviz.runs.artifacts.maps import save_map
from slviz.runs.settings_parser import choices_from_words
from slviz.runs.spec import default_names
from slviz.runs.store import RunStore
from slviz.tasks import TASKS
from slviz.training import train
from slviz.ui.comparison.metrics_tab import comparison_table
from slviz.ui.comparison.results_view import many_at_once
from slviz.ui.embedding.several_settings import variants


@pytest.fixture(scope="module")
def trained():
    """A short training of each task on the digits, with its split."""
    graph = open_dataset("digits")
    runs = {}
    for task, words in (("reconstruct", ["epochs=2", "width=4"]), ("classify", ["epochs=2"])):
        names = default_names(TASKS[task], graph) | {"task": task}
        spec = RunSpec.of(graph, **choices_from_words(names, ["filters=2", "layers=1", "batch_size=256", *words]))
        split = spec.split.divide(graph)
        runs[task] = (train(graph, spec, split, device="cpu"), split.to_frame(graph.genes))
    return runs


@pytest.fixture
def runs(store: RunStore, trained) -> dict[str, str]:
    """Both in the models folder that the pages read; their names by task."""
    for run, split in trained.values():
        with store.writing(run.spec) as writer:
            writer.begin(split)
            writer.finish(run)
    return {task: run.run_id for task, (run, _) in trained.items()}


def speaks_of_genes(app) -> list[str]:
    texts = list(texts_of(app))
    for named_so in (*NAMED_SO, "no genes", "not genes", "-split genes"):
        texts = [text.replace(named_so, "") for text in texts]
    return [match for text in texts for match in GENE.findall(text)]


def test_the_overview_shows_pictures_and_asks_nothing_of_pairs(runs, open_page: Open) -> None:
    app = open_page("overview", data="digits")
    assert not app.exception
    assert "pictures of 8 × 8 pixels, and no pairs" in said(app)
    assert [each.value for each in app.subheader] == ["Some of the digits", "Finished runs", "Classes"]
    labels = [each.label for each in app.metric]
    assert labels[:4] == ["Digits", "Size of each", "Numbers of each", "Classes"]
    assert "Edge homophily" not in labels
    assert not speaks_of_genes(app)


def test_the_form_offers_what_pictures_can_be_asked_and_comes_back_to_genes(runs, open_page: Open) -> None:
    app = open_page("train", data="digits")
    assert not app.exception
    assert "--task reconstruct --network conv_autoencoder --features pixels --split genes" in app.code[0].value
    assert "Learns from 1,293 digits" in said(app)
    assert app.segmented_control(key="task").options == ["reconstruct", "classify"]
    app.segmented_control(key="task").set_value("classify").run()
    assert not app.exception
    assert "--network conv_classifier" in app.code[0].value
    assert asked(app, "network") == "conv_classifier"
    assert not speaks_of_genes(app)
    app.query_params["data"] = "demo"
    app.run()
    assert not app.exception
    assert not app.error
    assert "conv_classifier" not in app.selectbox(key="network").options


def test_predictions_show_what_is_drawn_again_and_the_error_over_width(runs, open_page: Open) -> None:
    app = open_page("predictions", run=runs["reconstruct"], pictures="worst")
    assert not app.exception
    assert {"Digits drawn again", "Error of each digit", "Error over width"} <= {each.value for each in app.subheader}
    assert "from 4 numbers in place of 64" in said(app)
    assert not speaks_of_genes(app)


def test_pictures_drawn_again_stand_beside_the_stronger_baseline(runs, open_page: Open) -> None:
    app = open_page("predictions", run=runs["reconstruct"])
    [beside] = [control for control in app.segmented_control if control.label == "Beside"]
    assert (beside.value, list(beside.options)) == ("PCA", ["PCA", "mean"])


def test_how_it_came_about_offers_no_score_of_pairs_that_there_are_not(runs, open_page: Open) -> None:
    picture = open_dataset("digits").genes[3]
    app = open_page("embedding", run=runs["reconstruct"], map="pca", gene=picture, **{"came-about": "true"})
    assert not app.exception
    [formulas] = [control for control in app.segmented_control if control.label == "Formula of"]
    assert "Attention" not in formulas.options
    assert "Score of a pair" not in formulas.options
    assert "Embedding" in formulas.options


def test_classes_of_pictures_have_their_pictures_beside_them(runs, open_page: Open) -> None:
    app = open_page("predictions", run=runs["classify"])
    assert not app.exception
    assert "Digits taken for another class" in [each.value for each in app.subheader]
    [table] = [each.value for each in app.dataframe if "Picture" in each.value]
    assert table["Picture"].str.startswith("data:image/png;base64,").all()
    assert not speaks_of_genes(app)


def test_the_run_that_is_followed_on_the_train_page_is_spoken_of_in_its_own_words(runs, open_page: Open) -> None:
    app = open_page("train", job=runs["classify"], data="demo")
    assert not app.exception
    assert "Question: **class of a digit**" in said(app)
    assert [metric.label for metric in app.metric if "digits" in metric.label], "and not of genes"
    assert not [metric.label for metric in app.metric if "genes" in metric.label]


def test_several_perplexities_are_offered_side_by_side(runs, store: RunStore, open_page: Open) -> None:
    run_id = runs["reconstruct"]
    at_five, _, at_most = variants(PROJECTIONS.make("tsne")).values()
    coordinates = np.random.default_rng(0).normal(size=(1797, 2)).astype(np.float32)
    made = Projection(at_five, 0, coordinates, ("t-SNE 1", "t-SNE 2"), np.zeros(1797, dtype=np.float32))
    save_map(store.folder(run_id), made)
    app = open_page("embedding", run=run_id, map="tsne", view="settings")
    assert not app.exception
    assert "**t-SNE, perplexity 30**" in said(app), "the first that is not there is offered"
    assert "the maps keep: t-SNE, perplexity 5: 0 %" in said(app).replace("\\", "")
    assert at_most.perplexity == 100
    assert not speaks_of_genes(app)
    app = open_page("embedding", run=run_id, map="pca", view="settings")
    assert "PCA has no setting of how far to look" in said(app)


def test_a_walk_shows_pictures_mixed_and_drawn_from_between(runs, open_page: Open) -> None:
    ends = {"walk-a": "digit-0001", "walk-b": "digit-0002", "walk-c": "digit-0003"}
    app = open_page("embedding", run=runs["reconstruct"], map="pca", view="walk", **ends)
    assert not app.exception
    assert "Digits on the way" in [each.value for each in app.subheader]
    assert "Mixed pixel by pixel" in said(app)
    assert "Drawn from between the embeddings" in said(app)
    assert "Below each mixture stands the digit that is nearest to it" in said(app)
    app.query_params["walk-c"] = "digit-0001"
    app.run()
    assert "A triangle takes three different things" in said(app)
    assert not speaks_of_genes(app)


def test_a_map_that_is_not_straight_says_why_nothing_is_decoded_and_leads_to_one_that_is(runs, open_page: Open) -> None:
    app = open_page("embedding", run=runs["reconstruct"], map="pca")
    [switch] = [each for each in app.toggle if each.label == "Decode under the pointer"]
    assert not switch.value
    app = open_page("embedding", run=runs["reconstruct"], map="pca", decode="true", **{"pca-dimensions": "3"})
    assert "a pointer has no depth" in said(app)
    [button] = [each for each in app.button if each.label == "Show it in two dimensions"]
    button.click().run()
    assert not app.exception
    assert re.search(r"This map holds \d+ % of the variance of the embedding's 4 numbers", said(app))
    assert not speaks_of_genes(app)
    app = open_page("embedding", run=runs["classify"], map="pca", decode="true")
    assert not [each for each in app.toggle if each.label == "Decode under the pointer"], "a classifier draws nothing"


def test_a_map_by_tsne_leads_to_that_of_pca(runs, store: RunStore, open_page: Open) -> None:
    run_id = runs["reconstruct"]
    coordinates = np.random.default_rng(0).normal(size=(1797, 2)).astype(np.float32)
    made = Projection(
        PROJECTIONS.make("tsne"), 0, coordinates, ("t-SNE 1", "t-SNE 2"), np.zeros(1797, dtype=np.float32)
    )
    save_map(store.folder(run_id), made)
    app = open_page("embedding", run=run_id, map="tsne", decode="true")
    assert "A t-SNE map has no way back: it lays each digit among its neighbours" in said(app)
    [button] = [each for each in app.button if each.label == "Show the PCA map"]
    button.click().run()
    assert not app.exception
    assert asked(app, "map") == "pca"
    assert "This map holds" in said(app)


def test_a_decoder_that_is_too_large_is_not_sent(runs, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slviz.ui.embedding.decoded_pointer.MOST_BYTES", 1000)
    app = open_page("embedding", run=runs["reconstruct"], map="pca", decode="true")
    assert not app.exception
    assert "and at most 0.001 MB are sent to a browser" in said(app)


def test_noise_among_pictures_is_made_of_pixels_and_has_no_partners(runs, open_page: Open) -> None:
    app = open_page("embedding", run=runs["classify"], map="pca", outlierness="true")
    assert not app.exception
    offer = said(app).partition("No noise was put through this network yet.")[2]
    assert "A worker makes pictures of random pixels" in offer
    [where] = [control for control in app.segmented_control if control.label == "Put"]
    assert "pictures of random pixels" in where.help
    assert "partner" not in where.help + offer.partition("t-SNE map")[0]


def test_noise_pictures_are_shown_with_the_class_that_the_network_gives_them(
    runs, store: RunStore, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slviz.pipeline.noise.MAPPED_UP_TO", 0)
    run, graph = store.open(runs["classify"]), open_dataset("digits")
    noise = noise_through(store, run, graph)
    given = given_classes(run.embedding, store.open_weights(run.run_id))
    assert given is not None
    assert np.array_equal(given.astype(str), run.predictions["prediction"].to_numpy().astype(str)), (
        "its own predictions"
    )
    of_noise = given_classes(noise.trained, store.open_weights(run.run_id))
    assert of_noise is not None
    app = open_page("embedding", run=run.run_id, map="pca", outlierness="true")
    assert not app.exception
    names, counts = np.unique(of_noise, return_counts=True)
    most = int(counts.argmax())
    text = said(app).replace("\\", "")
    assert f"The class that the network gives the noise: “{names[most]}” {counts[most]:,}" in text
    assert f"The commonest takes {100 * counts.max() / len(of_noise):.0f} %" in text
    [shown] = [element for element in app.get("image") if len(element.proto.imgs) == 10]
    assert shown.proto.imgs[0].caption == f"noise 1: `{of_noise[0]}`"
    app.slider(key="noise-count").set_value(3).run()
    assert 3 in [len(element.proto.imgs) for element in app.get("image")]


def test_beside_controls_offers_a_layer_and_shuffles_no_pairs(runs, open_page: Open) -> None:
    query = {"view": "controls", "map": "pca", "of-layer": "layer-1"}
    app = open_page("embedding", run=runs["reconstruct"], **query)
    assert not app.exception
    [layer] = [each for each in app.selectbox if each.label == "Layer"]
    assert layer.options == ["none", "Layer 1"]
    assert "Not there yet: untrained network and layer 1" in said(app)
    assert "of a digit's nearest in the trained embedding are in its class" in said(app)
    assert not [each for each in app.toggle if "shuffled" in each.label]


def test_the_first_runs_of_pictures_ask_for_no_pair() -> None:
    options = many_at_once(open_dataset("digits"))
    assert options == "--task reconstruct --network conv_autoencoder --features pixels --split genes"


@pytest.mark.parametrize("page", ["embedding", "gene", "training", "results", "compare"])
def test_no_page_fails_for_pictures(page, runs, open_page: Open) -> None:
    query = {"data": "digits"} if page == "results" else {}
    query |= {"tab": "maps", "map-of-runs": "pca"} if page == "compare" else {}
    query |= {"run": runs["reconstruct"], "map": "pca", "gene": "digit-0005", "with": runs["classify"]}
    app = open_page(page, **query)
    assert not app.exception
    assert not app.error
    if page == "training":
        assert "Digits as they became" in [each.value for each in app.subheader]
    if page == "gene":
        assert "class: **4**" in said(app)
        assert not re.search(r"partner|rank \d", said(app))
        assert not app.segmented_control
        elements = list(elements_of(app.main))
        assert [each.type for each in elements].count("image") == 1
        assert "On the map" in [each.proto.label for each in elements if each.type == "page_link"]
        app.query_params.pop("gene")
        app.run()
        assert "or begin with one of these" in said(app)
    if page == "compare":
        [colour] = [each for each in app.segmented_control if each.label == "Colour"]
        assert colour.options == ["Actual class", "Cluster", "Distance moved"]
        assert not [text for text in texts_of(app) if "nown partners" in text]
        assert "Known partners" not in app.dataframe[0].value
    if page == "results":
        assert "Features of a digit" in said(app)
        assert "Complete the database" not in said(app)
        assert "--split pairs" not in said(app)
    if page == "embedding":
        [colour] = [each for each in app.selectbox if each.label == "Colour"]
        assert colour.value == "Actual class"
        assert "Known partners" not in colour.options


def test_compare_speaks_of_pictures_and_of_no_partners(runs, open_page: Open) -> None:
    for tab, title in (("metrics", "Metrics on test digits"), ("disagreements", None)):
        app = open_page("compare", run=runs["classify"], tab=tab, **{"with": runs["reconstruct"]})
        assert not app.exception
        assert [element.value for element in app.subheader] == ([] if title is None else [title])
        assert "with the same split (digits of random parts" in said(app)


def test_no_table_of_pictures_says_what_pairs_are_or_is_empty(runs, open_page: Open) -> None:
    query = {"tab": "gene", "gene": "digit-0001", "with": runs["reconstruct"]}
    app = open_page("compare", run=runs["classify"], **query)
    assert not app.exception
    tables = [element.value for element in app.dataframe if "Partner" in element.value]
    assert tables
    for table in tables:
        assert not [name for name in table if str(name).startswith("Pair")]
        assert not (table == "unreported").to_numpy().any()
    app = open_page("embedding", run=runs["reconstruct"], map="pca", view="walk")
    assert not app.exception
    [steps] = [element.value for element in app.dataframe if "step" in element.value]
    assert not [name for name in steps if (steps[name] == "").all()]


def test_tables_of_neighbours_name_pictures_and_no_known_pairs(runs, open_page: Open) -> None:
    query = {"tab": "neighbours", "gene": "digit-0001", "with": runs["reconstruct"]}
    app = open_page("compare", run=runs["classify"], **query)
    assert not app.exception
    assert "No other run was evaluated on the same digits." in said(app)
    tables = [element for element in app.dataframe if "Gene" in element.value]
    assert len(tables) == 2
    for table in tables:
        assert json.loads(table.proto.columns)["Gene"]["label"] == "Digit"
        assert "Known pair" not in table.value


def test_the_width_of_an_autoencoder_is_said_also_the_usual_one(runs, open_page: Open) -> None:
    assert "network **conv\\_autoencoder**, **4** wide" in said(open_page("predictions", run=runs["reconstruct"]))
    assert " wide (" not in said(open_page("predictions", run=runs["classify"]))


def test_a_map_in_three_dimensions_shows_pictures_and_takes_clicks(runs, open_page: Open) -> None:
    app = open_page("embedding", run=runs["reconstruct"], map="pca", **{"pca-dimensions": "3"})
    assert not app.exception
    assert "Point at a digit on the map for its picture." in said(app)
    assert "**Click** a digit for its card, or search one." in said(app)


def test_compare_has_the_pca_of_each_width_and_says_why_a_damaged_run_is_left_out(
    runs, store: RunStore, open_page: Open
) -> None:
    shipped = RunStore(CHECKOUT / "models")
    widths = [
        shipped.open(summary.run_id)
        for summary in shipped.summaries()
        if summary.spec is not None and summary.spec.network.name == "conv_autoencoder"
    ]
    table = comparison_table(widths, {run.run_id: run.run_id for run in widths}, negative_kind="genes")
    assert {f"PCA ({width} wide)" for width in (2, 8, 32)} | {"mean"} == set(table["model"][len(widths) :])
    assert len(table) == len(widths) + 4
    (store.folder(runs["classify"]) / "spec.json").write_text("[]")
    app = open_page("compare", run=runs["reconstruct"], **{"with": runs["classify"]})
    assert not app.exception
    assert any("Left out" in warning.value and "is cut" in warning.value for warning in app.warning)
    assert "deleted, unfinished" not in said(app)
