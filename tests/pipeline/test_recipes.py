"""Recipes make runs that are alike but for one thing, and fill the form with what they say."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from slviz.cli.demo_runs import DIGIT_RUNS, digit_spec
from slviz.datasets.sources import open_dataset
from slviz.errors import InvalidSetting
from slviz.optimisers import OPTIMISERS
from slviz.pipeline.recipes import RECIPES, WIDTHS, series, several
from slviz.runs import RunSpec
from slviz.runs.settings_parser import choices_from_words
from slviz.sweeps.plan import SweepEntry, make_plan
from slviz.ui.training import form_start

PUBLIC = {"task": "classify", "network": "gcn", "features": "none", "split": "public"}


@pytest.mark.parametrize(
    ("optimiser", "typed"),
    [
        ("adam", []),
        ("adam", ["clip=1.0", "l1=0.001", "message_partitions=3"]),
        ("sgd", ["momentum=0.5", "learning_rate=0.2"]),
    ],
)
def test_optimisers_are_compared_with_all_that_they_share(optimiser: str, typed: list[str]) -> None:
    """On the public split Adam alone begins with the settings of a paper."""
    choices = choices_from_words(PUBLIC | {"optimiser": optimiser}, typed)
    spec = RunSpec("tiny", "tiny", "0" * 64, synthetic=True, **choices)
    axes, words = series(RECIPES["optimisers"], spec)
    assert axes["optimiser"] == tuple(OPTIMISERS)
    for name in OPTIMISERS:
        made = choices_from_words(PUBLIC | {"optimiser": name}, words)["optimiser"]
        for key in ("epochs", "l1", "message_partitions", "patience", "clip", "schedule", "keep"):
            assert getattr(made, key) == getattr(choices["optimiser"], key), (name, key)
        usual = choices_from_words(PUBLIC | {"optimiser": name}, [])["optimiser"]
        assert (made.learning_rate, made.weight_decay) == (usual.learning_rate, usual.weight_decay)
    assert not any("momentum" in word for word in words)


def test_a_recipe_keeps_its_settings_in_a_form_that_stood_at_those_of_a_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, object] = {}
    monkeypatch.setattr(form_start, "st", SimpleNamespace(session_state=state))
    form_start.follow_usual(PUBLIC | {"optimiser": "adam"})
    choices = RECIPES["lab-confidence"].choices
    form_start.fill(choices)
    form_start.follow_usual({part: choice.name for part, choice in choices.items()})
    optimiser = choices["optimiser"]
    for key in ("learning_rate", "schedule", "keep", "clip"):
        assert state[form_start.key_of("optimiser", "adam", key)] == getattr(optimiser, key)


def test_the_recipe_of_widths_makes_the_usual_autoencoders_which_differ_in_width_alone() -> None:
    """Those of the runs that come with slviz are the very same runs."""
    graph = open_dataset("digits")
    spec = digit_spec(graph, "reconstruct", "filters=16")
    sweeps = several(RECIPES["widths"], spec)
    plan = make_plan(graph, [SweepEntry(axes, words) for axes, words in sweeps], source="digits")
    assert [getattr(run.network, "width", None) for run in plan.runs] == list(WIDTHS)
    assert not plan.refused
    shipped = {digit_spec(graph, *choices).run_id for choices in DIGIT_RUNS if choices[0] == "reconstruct"}
    assert shipped < {run.run_id for run in plan.runs}
    for part, choice in RECIPES["widths"].choices.items():
        assert choice == getattr(spec, part), "the form is filled with what is usual"


def test_a_network_without_the_setting_that_a_recipe_varies_is_refused_in_a_sentence() -> None:
    names = {"task": "link", "network": "l3", "features": "none", "split": "pairs", "optimiser": "adam"}
    choices = choices_from_words(names, [])
    spec = RunSpec("tiny", "tiny", "0" * 64, synthetic=True, **choices)
    with pytest.raises(InvalidSetting, match="'l3' has no setting 'width'"):
        several(RECIPES["widths"], spec)
