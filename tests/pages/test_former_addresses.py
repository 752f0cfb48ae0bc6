"""Addresses that earlier versions wrote still show what they showed, and are written in the words of today."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from page_tools import asked
from run_folders import CHECKOUT
from streamlit.testing.v1 import AppTest

from slviz import former_names
from slviz.runs import Run
from slviz.ui import address

Open = Callable[..., AppTest]


@pytest.mark.parametrize(
    ("page", "former", "today"),
    [
        (
            "embedding",
            {"map": "PCA", "colour": "How far to believe", "trust": "continuity", "believe": "true"},
            {"map": "PCA", "colour": "quality", "quality": "continuity", "map-quality": "true"},
        ),
        (
            "embedding",
            {"map": "PCA", "view": "one map", "colour": "Known partners", "size": "7.5", "hubs": "false"},
            {"map": "PCA", "view": "map", "colour": "partners", "size": "7.5", "hubs": "false"},
        ),
        (
            "lab",
            {
                "activation": "leaky ReLU",
                "optimiser": "gradient descent",
                "show": "One neuron's numbers",
                "epochs": "9",
            },
            {"activation": "leaky_relu", "optimiser": "descent", "show": "numbers", "epochs": "9"},
        ),
        ("predictions", {"against": "random", "part": "train"}, {"negatives": "random", "part": "train"}),
        (
            "train",
            {"split": "twin-free", "settings": "parts=4"},
            {"split": "near-duplicate-free", "settings": "message_partitions=4"},
        ),
    ],
)
def test_a_former_address(page: str, former: dict[str, str], today: dict[str, str], run: Run, open_page: Open) -> None:
    pages = [open_page(page, run=run.run_id, **query) for query in (former, today)]
    for app in pages:
        assert not app.exception
        assert not app.warning
    of_former, of_today = pages
    assert of_former.query_params == of_today.query_params
    assert [each.value for each in of_former.markdown] == [each.value for each in of_today.markdown]
    assert [each.value for each in of_former.selectbox] == [each.value for each in of_today.selectbox]
    assert [each.value for each in of_former.number_input] == [each.value for each in of_today.number_input]


def test_what_is_not_there_stays_in_the_address_until_something_else_is_chosen(run: Run, open_at_once: Open) -> None:
    app = open_at_once("embedding", run=run.run_id, map="Pca", colour="banana", k="soon", hubs="perhaps", size="400")
    assert not app.exception
    assert len(app.warning) == 1
    warning = app.warning[0].value.replace("\\", "")
    assert all(word in warning for word in ("colour “banana”", "hubs “perhaps”", "size “400”", "from 2 to 12"))
    assert [asked(app, key) for key in ("map", "colour", "hubs", "size")] == ["Pca", "banana", "perhaps", "400"]
    app.selectbox(key="colour").select("Known partners").run()
    assert asked(app, "colour") == "partners"
    assert "banana" not in app.warning[0].value
    assert "perhaps" in app.warning[0].value


@pytest.mark.parametrize(
    ("options", "known", "ids"),
    [
        (["t-SNE", "PCA"], {"t-SNE": "tsne"}, ["tsne", "pca"]),
        (["sepal length, cm", "Größe", "基因", "A b", "a-b"], {}, ["sepal-length-cm", "grosse", None, "a-b", "a-b-2"]),
        (["Cluster", "cluster"], {"Cluster": "cluster"}, ["cluster", "cluster-2"]),
    ],
)
def test_every_value_is_lower_case_ascii_without_blanks(options: list[str], known: dict, ids: list[str | None]) -> None:
    made = list(address.ids_of(options, known).values())
    assert len(set(made)) == len(options)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name) for name in made)
    assert all(wanted in (None, name) for wanted, name in zip(ids, made, strict=True))


def test_an_id_is_understood_before_a_column_that_is_called_like_it(monkeypatch: pytest.MonkeyPatch) -> None:
    id_of = address.ids_of(["Cluster", "cluster"], {"Cluster": "cluster"})
    for wanted, option in {"cluster": "Cluster", "cluster-2": "cluster"}.items():
        monkeypatch.setattr(address, "value", lambda _, wanted=wanted: wanted)
        assert address.option_of("colour", id_of) == option


def test_only_free_text_and_folded_parts_are_bound_by_streamlit_itself() -> None:
    """Every other control writes ids, by `slviz.ui.address`; what Streamlit writes is a control's wording."""
    bound = re.compile(r"(\w+)\((?:[^()]|\([^()]*\))*?bind=\"query-params\"")
    for path in [*(CHECKOUT / "slviz" / "ui").rglob("*.py"), *(CHECKOUT / "pages").glob("*.py")]:
        kinds = {call[1] for call in bound.finditer(path.read_text(encoding="utf-8"))}
        assert kinds <= {"text_input", "text_area", "expander"}, path


def test_every_former_value_has_an_id_of_today() -> None:
    for key, values in former_names.ADDRESS_VALUES.items():
        for former, today in values.items():
            assert former == former.casefold()
            assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*", today), (key, today)
            assert today not in values
