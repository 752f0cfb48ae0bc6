"""The Tuning page: empty, with a search, with one that is gone, and starting one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from page_tools import Open, asked, said

from slviz.datasets import GeneGraph
from slviz.pipeline import jobs
from slviz.runs.store import RunStore
from slviz.tuning.studies import About, StudyFolder, storage_of


@pytest.fixture
def study(store: RunStore, demo: GeneGraph) -> str:
    """A search of five trials over two settings, one of them stopped early, one failed."""
    import optuna

    folder = StudyFolder(store.root)
    folder.folder.mkdir(parents=True)
    made = optuna.create_study(study_name="widths", storage=storage_of(folder.path("widths")), direction="maximize")
    told = About(["tune"], "ap", True, "demo", demo.fingerprint, True)
    for key, value in vars(told).items():
        made.set_user_attr(key, value)
    spaces = {
        "width": optuna.distributions.CategoricalDistribution((8, 16)),
        "dropout": optuna.distributions.FloatDistribution(0, 1),
    }
    for number, (width, dropout, value) in enumerate([(8, 0.1, 0.7), (16, 0.2, 0.9), (8, 0.3, 0.6), (16, 0.4, 0.8)]):
        state = optuna.trial.TrialState.PRUNED if number == 2 else optuna.trial.TrialState.COMPLETE
        made.add_trial(
            optuna.create_trial(
                params={"width": width, "dropout": dropout},
                distributions=spaces,
                value=value,
                state=state,
                intermediate_values={1: value / 2, 2: value},
                user_attrs={"run_id": f"gat-both-link-0000000{number}"},
            )
        )
    return "widths"


def test_the_empty_page_says_what_a_search_is_and_starts_one(
    store: RunStore, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(jobs, "start", lambda arguments, **_: started.append(arguments))
    app = open_page("tuning")
    assert not app.exception
    assert "No search yet" in said(app)
    command = app.code[0].value
    assert command.startswith("python -m slviz tune --data demo --task link --network gat --features both")
    next(each for each in app.button if each.label == "Start the search").click().run()
    assert started[0][:3] == ["tune", "--data", "demo"]
    assert asked(app, "study").startswith("gat-both-link-")
    assert "The search is starting" in said(app)


def test_a_search_is_shown_with_its_figures_and_trials(study: str, open_page: Open) -> None:
    app = open_page("tuning", study=study)
    assert not app.exception
    tiles = {each.label: each.value for each in app.metric}
    assert tiles == {"Average precision, best on validation": "0.9000", "Finished trials": "3", "Stopped early": "1"}
    table = app.dataframe[0].value
    assert table["Average precision"].tolist() == [0.9, 0.8, 0.7, 0.6]
    assert table["state"].tolist() == ["finished", "finished", "finished", "stopped early"]
    text = said(app)
    assert "SYNTHETIC" in text
    assert "compared on validation pairs alone" in text
    assert len(app.get("plotly_chart")) == 4


def test_a_best_run_that_was_removed_is_told(study: str, open_page: Open) -> None:
    assert "was removed" in said(open_page("tuning", study=study))


def test_a_search_that_is_not_there_is_answered_and_the_latest_shown(study: str, open_page: Open) -> None:
    app = open_page("tuning", study="<b>none</b>")
    assert not app.exception
    assert "No search is called" in said(app)
    assert len(app.metric) == 3


@pytest.mark.parametrize("words", ["width=8,99999", "heds=1,2"])
def test_settings_that_cannot_be_tried_are_a_sentence(words: str, store: RunStore, open_page: Open) -> None:
    app = open_page("tuning")
    next(each for each in app.text_input if each.label == "What is tried").set_value(words).run()
    assert not app.exception
    assert app.error


def test_a_damaged_search_is_a_sentence(study: str, store: RunStore, open_page: Callable) -> None:
    StudyFolder(store.root).path(study).write_bytes(b"not a database")
    app = open_page("tuning", study=study)
    assert not app.exception
    assert "cannot be read" in "".join(each.value for each in app.error)
