"""The Vectors page, and the Embedding page of vectors of other things."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from page_tools import Open, asked, said

from slviz.export import of_vectors
from slviz.export.h5ad import to_h5ad
from slviz.figures import raster
from slviz.projections import PCA, TSNE
from slviz.runs.store import RunStore
from slviz.ui.embedding import map_events, map_zoom, vector_maps
from slviz.vectors import VectorSet, VectorStore, reference


@pytest.fixture
def vectors(store: RunStore) -> VectorStore:
    return VectorStore.default()


def many(count: int, *, width: int = 4) -> VectorSet:
    random = np.random.default_rng(0)
    return VectorSet(
        name="many",
        names=tuple(f"p{number}" for number in range(count)),
        vectors=random.normal(size=(count, width)).astype(np.float32),
        columns=pd.DataFrame({"kind": random.choice(["a", "b"], count)}),
    )


def test_without_vectors_the_page_offers_a_file_and_the_reference_sets(vectors: VectorStore, open_page: Open) -> None:
    app = open_page("vectors")
    assert not app.exception
    assert "None yet" in said(app)
    app.button(key="reference iris").click().run()
    assert not app.exception
    [kept] = vectors.summaries()
    assert asked(app, "vectors") == kept.id


def test_vectors_are_listed_and_removed(vectors: VectorStore, open_page: Open) -> None:
    id = vectors.keep(reference("iris"))
    app = open_page("vectors")
    assert "Iris flowers" in said(app)
    app.button(key=f"remove {id}").click().run()
    assert not app.exception
    assert not vectors.summaries()


def test_the_map_says_what_is_shown_and_lists_columns_as_colours(vectors: VectorStore, open_page: Open) -> None:
    app = open_page("embedding", vectors=vectors.keep(reference("iris")))
    assert not app.exception
    assert "150 points, 4 numbers each" in said(app)
    assert app.selectbox(key="colour").options[:2] == ["species", "sepal length, cm"]
    assert "nearest on the map" in said(app)
    for colour in ("sepal width, cm", "Cluster", "Local density", "Neighbourhood preservation", "One colour"):
        app.selectbox(key="colour").set_value(colour).run()
        assert not app.exception
        assert not app.error


def test_columns_that_tell_points_apart_are_offered_first(vectors: VectorStore, open_page: Open) -> None:
    count = 60
    columns = pd.DataFrame(
        {
            "id": [f"ENSG{each}" for each in range(count)],
            "same": ["x"] * count,
            "row": np.arange(count),
            "kind": ["a", "b", "c"] * (count // 3),
            "amount": np.linspace(0, 1, count),
        }
    )
    vector = np.random.default_rng(0).normal(size=(count, 5)).astype(np.float32)
    made = VectorSet(name="own", names=tuple(f"p{each}" for each in range(count)), vectors=vector, columns=columns)
    app = open_page("embedding", vectors=vectors.keep(made))
    options = app.selectbox(key="colour").options
    assert options[:2] == ["kind", "amount"]
    assert options[-4:] == ["id", "same", "row", "One colour"]
    app.selectbox(key="colour").set_value("Local density").run()
    assert "nearest point, log scale" in app.get("plotly_chart")[0].proto.spec


def test_a_point_in_the_address_shows_its_nearest(vectors: VectorStore, open_page: Open) -> None:
    digits = reference("digits")
    app = open_page("embedding", vectors=vectors.keep(digits), point="digit 5")
    assert not app.exception
    table = app.dataframe[0].value
    distance = np.linalg.norm(digits.vectors - digits.vectors[4], axis=1)
    assert table["point"].tolist() == [digits.names[each] for each in np.argsort(distance, kind="stable")[1:11]]
    assert np.allclose(table["distance"], np.sort(distance)[1:11])
    assert set(table["digit"]) == {"4"}
    assert table["picture"].str.startswith("data:image/png").all()


def test_a_box_becomes_a_table(vectors: VectorStore, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    iris = reference("iris")
    id = vectors.keep(iris)
    setosa = PCA().fit(iris.vectors, 0).coordinates[:50]
    drawn = {"kind": "box", "x": [], "y": []}
    monkeypatch.setattr(map_events, "listen", lambda key, **_: map_events.Events(view=None, shape=drawn))
    for axis, (low, high) in zip(
        "xy", np.stack([setosa.min(axis=0), setosa.max(axis=0)], axis=1).tolist(), strict=True
    ):
        drawn[axis] = [low - 0.01, high + 0.01]
    app = open_page("embedding", vectors=id)
    assert not app.exception
    assert "50 selected points" in [each.value for each in app.subheader]
    assert app.dataframe[0].value["species"].tolist() == ["setosa"] * 50


@pytest.mark.parametrize("id", ["nope", "../../etc/passwd", "<script>", "💥" * 60])
def test_vectors_that_are_not_there_get_a_sentence(id: str, vectors: VectorStore, open_page: Open) -> None:
    app = open_page("embedding", vectors=id)
    assert not app.exception
    assert "No vectors are called" in app.error[0].value


def test_nonsense_in_the_address_does_no_harm(vectors: VectorStore, open_page: Open) -> None:
    id = vectors.keep(reference("iris"))
    for query in (
        {"point": "nobody"},
        {"window": "1,2,x"},
        {"window": "nan,nan,nan,nan"},
        {"map": "nothing"},
        {"colour": "nothing"},
        {"distance": "far"},
    ):
        app = open_page("embedding", vectors=id, **query)
        assert not app.exception, query
        assert not app.error, query


def test_a_map_that_is_not_made_yet_is_offered(vectors: VectorStore, open_page: Open) -> None:
    app = open_page("embedding", vectors=vectors.keep(reference("iris")), map="t-SNE")
    assert not app.exception
    assert "Make the t-SNE map" in [each.label for each in app.button]
    assert "vectors project iris-" in app.code[0].value
    assert "Until then you see another map that is there: PCA" in said(app)
    assert len(app.get("plotly_chart")) == 1


def test_settings_and_seed_of_a_map_of_vectors_are_in_the_address(vectors: VectorStore, open_page: Open) -> None:
    id = vectors.keep(reference("iris"))
    address = {"map": "t-SNE", "tsne-perplexity": "9", "tsne-seed": "3", "tsne-iterations": "50"}
    app = open_page("embedding", vectors=id, **address)
    assert not app.exception
    assert "--method tsne --seed 3 perplexity=9.0 iterations=50" in app.code[0].value
    vectors.artifacts(id).make_map(TSNE(perplexity=9.0, iterations=50), 3)
    app = open_page("embedding", vectors=id, **address)
    assert not app.exception
    assert "There is no t-SNE map" not in said(app)
    assert "perplexity 9" in said(app)
    assert "seed 3" in said(app)


def test_vectors_are_drawn_in_three_dimensions_where_they_can_be(vectors: VectorStore, open_page: Open) -> None:
    iris = vectors.keep(reference("iris"))
    app = open_page("embedding", vectors=iris, map="pca", colour="cluster", point="flower 3", **{"pca-dimensions": "3"})
    assert not app.exception
    assert not app.error
    assert "take a map of 2 dimensions" in said(app)
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert {trace["type"] for trace in figure["data"]} == {"scatter3d"}
    thin = vectors.keep(many(40, width=2))
    app = open_page("embedding", vectors=thin, map="pca", **{"pca-dimensions": "3"})
    assert not app.exception
    assert not app.error
    assert "Drawn flat: 3 dimensions need at least 3 numbers a point" in said(app)


def test_too_many_points_are_a_picture_and_the_page_says_so(
    vectors: VectorStore, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_maps, "DETAILED_UP_TO", 1000)
    for module in (vector_maps, raster):
        monkeypatch.setattr(module, "POINTS_UP_TO", 2000)
    for module in (map_zoom, raster):
        monkeypatch.setattr(module, "POINTS_IN_WINDOW", 500)
    id = vectors.keep(many(4000))
    app = open_page("embedding", vectors=id)
    assert not app.exception
    assert "4,000 points drawn as a density picture; zoom in to at most 500 to see points." in said(app)
    near = open_page("embedding", vectors=id, window="0,0.5,0,0.5")
    assert not near.exception
    assert "of 4,000 points lie in this part; each is drawn" in said(near)
    away = open_page("embedding", vectors=id, window="90,95,90,95")
    assert not away.exception
    assert "No points lie in this part" in said(away)
    fewer = open_page("embedding", vectors=vectors.keep(many(1500)))
    assert not fewer.exception
    assert "Each of the 1,500 points is drawn" in said(fewer)


def write_h5ad(points: VectorSet) -> bytes:
    return to_h5ad(of_vectors(points))


def test_an_uploaded_table_is_kept_and_opened(vectors: VectorStore, open_page: Open) -> None:
    rows = "\n".join(f"drug {n},{n},{n * n},{n % 3}" for n in range(20))
    app = open_page("vectors")
    app.file_uploader[0].set_value(("../drugs.csv", f"drug,a,b,dose\n{rows}\n".encode(), "text/csv")).run()
    app.text_input[0].set_value("dose").run()
    next(each for each in app.button if each.label == "Bring in and open").click().run()
    assert not app.exception
    [kept] = vectors.summaries()
    assert (kept.name, kept.points, kept.width) == ("drugs.csv", 20, 2)
    assert asked(app, "vectors") == kept.id


def test_an_uploaded_h5ad_asks_which_vectors_and_keeps_its_maps(vectors: VectorStore, open_page: Open) -> None:
    iris = reference("iris")
    given = VectorSet("iris", iris.names, iris.vectors, iris.columns, maps={"umap": iris.vectors[:, :2].copy()})
    app = open_page("vectors")
    app.file_uploader[0].set_value(("iris.h5ad", write_h5ad(given), "")).run()
    assert app.selectbox[0].options == ["X_embedding (4 numbers)", "X (4 numbers)"]
    next(each for each in app.button if each.label == "Bring in and open").click().run()
    assert not app.exception
    [kept] = vectors.summaries()
    assert set(vectors.open(kept.id).maps) == {"umap"}
    shown = open_page("embedding", vectors=kept.id)
    assert "umap, as it came with the vectors" in said(shown)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.tsv", b"name\ta\tb\nA\t1\t2\nA\t2\t3\nB\t4\t5\n", "Names should be unique"),
        ("a.h5ad", b"nothing", "no .h5ad file"),
        ("a.csv", b"", "is empty"),
        ("a.npy", b"nothing", "is no array of NumPy"),
    ],
)
def test_a_bad_upload_gets_a_sentence_and_the_page_goes_on(
    name: str, content: bytes, says: str, vectors: VectorStore, open_page: Open
) -> None:
    app = open_page("vectors")
    app.file_uploader[0].set_value((name, content, "")).run()
    for button in [each for each in app.button if each.label == "Bring in and open"]:
        button.click().run()
    assert not app.exception
    assert says in app.error[0].value
    assert "Your data sets" in [each.value for each in app.subheader]
    assert not vectors.summaries()


def test_a_set_with_classes_says_why_lda_is_not_among_its_maps(vectors: VectorStore, open_page: Open) -> None:
    iris = reference("iris")
    app = open_page("embedding", vectors=vectors.keep(iris))
    [maps] = [control for control in (*app.selectbox, *app.segmented_control) if control.label == "Map"]
    assert "LDA" not in maps.options
    assert "LDA, which draws given classes apart, is offered for runs alone" in maps.help
    bare = VectorSet(name="bare", names=iris.names, vectors=iris.vectors, columns=iris.columns[[]])
    app = open_page("embedding", vectors=vectors.keep(bare))
    [maps] = [control for control in (*app.selectbox, *app.segmented_control) if control.label == "Map"]
    assert "LDA" not in maps.help
