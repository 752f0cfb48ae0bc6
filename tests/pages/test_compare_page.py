"""The Compare page: only runs evaluated on the same pairs, each difference with its interval and in words."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from builders import a_record, tiny_graph, tiny_run, tiny_spec
from page_tools import Open, asked, said
from run_folders import a_map, finish

from slviz.cli import main
from slviz.datasets import GeneGraph
from slviz.features import FEATURE_SETS
from slviz.runs import Run
from slviz.runs.settings_parser import choices_from_words
from slviz.runs.shared_genes import drawn
from slviz.runs.store import RunStore
from slviz.runs.summary import RunSummary
from slviz.ui import charts
from slviz.ui.comparison import maps_tab, moving_view
from slviz.ui.comparison.compared_runs import alike_but, comparable, distinct, told_apart
from slviz.ui.comparison.families import form_of
from slviz.ui.comparison.metrics_tab import differences_table, same_rows
from slviz.ui.comparison.protocols_view import protocols_table, shared_splits
from slviz.ui.comparison.seeds_view import without_seed


def worse(run: Run, *, seed: int = 1) -> Run:
    """Another run on the same rows whose predictions are chance."""
    random = np.random.default_rng(seed)
    predictions = run.predictions.assign(prediction=random.uniform(size=len(run.predictions)).astype(np.float32))
    spec = dataclasses.replace(run.spec, seed=seed)
    return dataclasses.replace(run, spec=spec, predictions=predictions)


@pytest.fixture
def two(store: RunStore, run: Run) -> tuple[Run, Run]:
    other = worse(run)
    finish(store, other)
    return run, other


def test_a_difference_is_told_with_its_interval(two: tuple[Run, Run], open_page: Open) -> None:
    first, other = two
    app = open_page("compare", run=first.run_id, **{"with": other.run_id})
    assert not app.exception
    text = said(app).replace("\\", "")
    assert "ROC AUC -0." in text
    assert "worse" in text
    assert "1 other run evaluated on the very same pairs" in text
    scorers = app.dataframe[0].value["model"].tolist()
    assert "seed 0" in scorers[0]
    assert "seed 1" in scorers[1]
    assert "max degree" in scorers


def test_without_a_wish_another_run_is_there_at_once(two: tuple[Run, Run], open_page: Open) -> None:
    app = open_page("compare", run=two[0].run_id)
    assert app.multiselect(key="compared runs").value == [two[1].run_id]
    app.multiselect(key="compared runs").set_value([]).run()
    assert not app.exception


def test_a_run_with_another_split_has_no_metrics_beside(two: tuple[Run, Run], store: RunStore, open_page: Open) -> None:
    first, _ = two
    elsewhere = dataclasses.replace(first, spec=dataclasses.replace(first.spec, split=first.spec.split.replace(fold=1)))
    finish(store, elsewhere)
    app = open_page("compare", run=first.run_id, **{"with": elsewhere.run_id})
    assert not app.exception
    assert "not evaluated on the same pairs" in said(app)
    assert len(app.dataframe[0].value) == 2  # the run and its baseline
    assert "1 finished run on other pairs" in said(app)


@pytest.mark.parametrize("tab", ["metrics", "disagreements", "Disagreements", "nothing"])
def test_a_deleted_run_and_the_run_itself_are_told(two: tuple[Run, Run], open_page: Open, tab: str) -> None:
    first, other = two
    chosen = f"{first.run_id},gat-both-link-00000000,{other.run_id}"
    app = open_page("compare", run=first.run_id, tab=tab, **{"with": chosen})
    assert not app.exception
    text = said(app)
    assert "gat-both-link-00000000" in text
    assert "not here" in text
    assert "differs from itself by nothing" in text
    assert app.multiselect(key="compared runs").value == [other.run_id]
    assert asked(app, "tab") == tab
    assert ("The address asks for tab" in text) == (tab == "nothing")


def test_disagreements_name_the_run_that_is_nearer(two: tuple[Run, Run], open_page: Open) -> None:
    first, other = two
    gene = first.genes[0]
    app = open_page("compare", run=first.run_id, tab="disagreements", gene=gene, **{"with": other.run_id})
    assert not app.exception
    table = app.dataframe[0].value
    assert set(table["Nearer"]) <= {"GAT · GO + PPI (seed 0)", "GAT · GO + PPI (seed 1)", "level"}
    assert table.columns.tolist()[:3] == ["Gene", "Partner", "Pair"]
    assert "is nearer to what is known" in said(app)
    named = re.search(r"\*\*(.+?)\*\* is nearer to what is known on [\d,]+ and \*\*(.+?)\*\* on", said(app))
    assert named is not None
    less = re.escape(f"{named[2]} less {named[1]}")  # the interval is of the second run less the first
    assert re.search(rf"{less} lies between [−+][\d.]+ % and [−+][\d.]+ % in 95 % of 500 draws", said(app))


def test_runs_that_predict_other_features_have_no_metrics_beside() -> None:
    specs = [tiny_spec(tiny_graph(), task="reconstruct", features=features) for features in ("both", "go", "both")]
    specs[2] = dataclasses.replace(specs[2], seed=1)
    first, other, again = (
        RunSummary(spec.run_id, "finished", Path(spec.run_id), False, spec, tiny_run(tiny_graph()).metrics)
        for spec in specs
    )
    assert comparable(first, [first, other, again]) == [again]


def test_a_run_that_stands_alone_says_what_to_train(run: Run, open_page: Open) -> None:
    app = open_page("compare", run=run.run_id)
    assert not app.exception
    assert "No other run was evaluated on the same pairs" in said(app)
    assert "random pairs (fold 0 of 5)" in said(app).replace("\\", "")


def test_rows_that_differ_are_noticed(demo: GeneGraph) -> None:
    run = tiny_run(demo)
    assert same_rows(run, worse(run), negative_kind="random")
    shuffled = dataclasses.replace(run, predictions=run.predictions.iloc[::-1].reset_index(drop=True))
    assert not same_rows(run, shuffled, negative_kind="random")


def test_choosing_writes_the_address(two: tuple[Run, Run], store: RunStore, open_page: Open) -> None:
    third = worse(two[0], seed=2)
    finish(store, third)
    app = open_page("compare", run=two[0].run_id)
    app.multiselect(key="compared runs").set_value([two[1].run_id, third.run_id]).run()
    assert not app.exception
    assert asked(app, "with") == f"{two[1].run_id},{third.run_id}"


def test_the_table_to_take_away_has_a_row_for_each_run_and_figure() -> None:
    from slviz.evaluation.comparison import Difference

    table = differences_table({"A": [Difference("auc", 0.8, 0.7, -0.15, -0.05)]}, "B")
    assert table.to_dict("records")[0]["difference"] == pytest.approx(-0.1)
    assert table["reference"].tolist() == ["B"]


def test_names_keep_what_tells_the_runs_apart() -> None:
    names = {
        "a": "GAT · GO + PPI · link — demo (fold 0, seed 0, heads 2)",
        "b": "GAT · GO + PPI · link — demo (fold 0, seed 1, heads 2)",
        "c": "MLP · ppi · link — demo (fold 0, seed 0)",
    }
    assert told_apart(names) == {
        "a": "GAT · GO + PPI (seed 0, heads 2)",
        "b": "GAT · GO + PPI (seed 1, heads 2)",
        "c": "MLP · ppi (seed 0)",
    }
    assert told_apart({"a": names["a"]}) == {"a": "GAT · GO + PPI"}


def test_neighbours_name_what_a_gene_gained_and_lost(two: tuple[Run, Run], store: RunStore, open_page: Open) -> None:
    first, other = two
    moved = other.embedding.copy()
    moved[5] = -40
    third = dataclasses.replace(other, spec=dataclasses.replace(other.spec, seed=2), embedding=moved)
    finish(store, third)
    app = open_page("compare", run=first.run_id, tab="neighbours", gene=first.genes[5], **{"with": third.run_id})
    assert not app.exception
    text = said(app)
    assert "Linear CKA is **" in text
    changed = app.dataframe[1].value
    assert changed["Gene"].iloc[0] == first.genes[5]
    assert changed["Shared between seeds"].notna().all()
    neighbours = app.dataframe[2].value
    assert set(neighbours["Became"]) <= {"kept", "gained", "lost"}
    assert "gained" in set(neighbours["Became"])


def test_maps_are_laid_on_the_first_and_the_farthest_gene_is_named(
    two: tuple[Run, Run], store: RunStore, open_page: Open
) -> None:
    first, other = two
    places = a_map(first)
    moved = places.coordinates.copy()
    moved[7] += 9
    for run, coordinates in ((first, places.coordinates), (other, -3 * moved[:, ::-1] + 5)):
        store.artifacts(run.run_id).save_map(dataclasses.replace(places, coordinates=coordinates))
    app = open_page("compare", run=first.run_id, tab="maps", **{"with": other.run_id, "map-of-runs": "pca"})
    assert not app.exception
    table = app.dataframe[0].value
    assert table["Gene"].iloc[0] == first.genes[7]
    assert table["Moved in GAT · GO + PPI (seed 1)"].iloc[0] > 3
    assert table["Moved in GAT · GO + PPI (seed 1)"].median() < 0.2
    assert "Procrustes" in said(app)


def test_a_map_that_is_missing_is_offered(two: tuple[Run, Run], open_page: Open) -> None:
    app = open_page("compare", run=two[0].run_id, tab="maps", **{"with": two[1].run_id, "map-of-runs": "tsne"})
    assert not app.exception
    assert "There is no t-SNE map" in said(app)


def test_runs_about_other_genes_are_compared_on_what_they_share(
    two: tuple[Run, Run], store: RunStore, open_page: Open
) -> None:
    first, _ = two
    elsewhere = tiny_run(dataclasses.replace(tiny_graph(), genes=tuple_of_genes(first), gene_info=None))
    finish(store, elsewhere)
    app = open_page("compare", run=first.run_id, tab="neighbours", **{"with": elsewhere.run_id})
    assert not app.exception
    assert "Compared on the 20 genes that all have" in said(app)
    chosen = {"with": elsewhere.run_id, "map-of-runs": "pca", "colour-by": "partners"}
    app = open_page("compare", run=first.run_id, tab="maps", **chosen)
    assert not app.exception
    assert len(app.dataframe[0].value) == 20


def test_runs_without_shared_genes_or_with_one_point_say_so(
    two: tuple[Run, Run], store: RunStore, open_page: Open
) -> None:
    first, other = two
    strangers = tiny_run(tiny_graph())
    finish(store, strangers)
    app = open_page("compare", run=first.run_id, tab="neighbours", **{"with": strangers.run_id})
    assert "too few to compare" in said(app)
    spec = dataclasses.replace(other.spec, seed=5)
    flat = dataclasses.replace(other, spec=spec, embedding=np.ones_like(other.embedding))
    finish(store, flat)
    app = open_page("compare", run=first.run_id, tab="neighbours", **{"with": flat.run_id})
    assert not app.exception
    assert "the same vector" in said(app)


def test_many_genes_are_a_sample_with_a_sentence_and_the_work_that_compares_all(
    two: tuple[Run, Run], store: RunStore, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = two
    monkeypatch.setattr("slviz.ui.comparison.neighbour_similarity.MOST_PAIRS", 100 * len(first.genes))
    gene = next(gene for place, gene in enumerate(first.genes) if place not in drawn(len(first.genes), 100))
    app = open_page("compare", run=first.run_id, tab="neighbours", gene=gene, **{"with": other.run_id})
    assert not app.exception
    assert f"**100 of {len(first.genes):,} genes were compared**" in said(app)
    assert len(app.dataframe[1].value) == 100
    assert set(app.dataframe[2].value["Became"]) <= {"kept", "gained", "lost"}  # of a gene outside the sample
    assert main(["compare", first.run_id, other.run_id]) == 0
    app = open_page("compare", run=first.run_id, tab="neighbours", **{"with": other.run_id})
    assert not app.exception
    assert f"of {len(first.genes):,} compared genes" in said(app)


def test_a_run_that_was_trained_anew_is_compared_anew(two: tuple[Run, Run], store: RunStore, open_page: Open) -> None:
    first, other = two
    address = {"run": first.run_id, "tab": "disagreements", "with": other.run_id}
    before = said(open_page("compare", **address))
    store.remove(other.run_id)
    finish(store, dataclasses.replace(other, predictions=first.predictions))
    after = said(open_page("compare", **address))
    assert "Spearman ρ 1.00" in after
    assert "Spearman ρ 1.00" not in before


def test_a_record_that_is_damaged_is_told_of_its_run_alone(
    two: tuple[Run, Run], store: RunStore, open_page: Open
) -> None:
    first, other = two
    recorded = dataclasses.replace(other, spec=dataclasses.replace(other.spec, seed=3), record=a_record())
    folder = finish(store, recorded)
    path = folder / "training.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 255
    path.write_bytes(bytes(content))
    app = open_page("compare", run=first.run_id, tab="training", **{"with": recorded.run_id})
    assert not app.exception
    assert "training.safetensors" in app.error[0].value
    assert "seed 3" in app.error[0].value
    assert app.dataframe[0].value.columns.tolist()[1:] == ["GAT · GO + PPI (seed 0)", "GAT · GO + PPI (seed 3)"]


def test_a_gene_stands_under_each_run_and_is_told_where_it_is_missing(
    two: tuple[Run, Run], store: RunStore, open_page: Open
) -> None:
    first, other = two
    elsewhere = tiny_run(dataclasses.replace(tiny_graph(), genes=tuple_of_genes(first), gene_info=None))
    finish(store, elsewhere)
    gene = first.genes[30]
    chosen = {"with": f"{other.run_id},{elsewhere.run_id}", "partners": "3"}
    app = open_page("compare", run=first.run_id, tab="gene", gene=gene, **chosen)
    assert not app.exception
    text = said(app).replace("\\", "")
    assert f"has no gene {gene}" in text
    assert "widths mean nothing" in text  # these runs have no decoder
    table = app.dataframe[0].value
    assert len([column for column in table.columns if column.startswith("Rank in")]) == 2


def test_seeds_of_one_spec_are_a_group_and_what_is_missing_leads_to_a_filled_form(
    two: tuple[Run, Run], store: RunStore, open_page: Open
) -> None:
    first, other = two
    none = dataclasses.replace(first, spec=dataclasses.replace(first.spec, features=FEATURE_SETS.make("none")))
    finish(store, none)
    app = open_page("compare", run=first.run_id, **{"with": f"{other.run_id},{none.run_id}"})
    assert not app.exception
    text = said(app).replace("\\", "")
    assert "over 2 seeds" in text
    assert "one seed only" in text
    labels = [button.label for button in app.button]
    assert "Across none / ppi / go / both (2 of 4)" in labels
    assert "Its other seeds (1)" in labels
    links = [link.proto.label for link in app.get("page_link")]
    assert [label for label in links if label.startswith("Train with")] == ["Train with PPI", "Train with GO"]
    next(button for button in app.button if button.label.startswith("Across")).click().run()
    assert asked(app, "with") == none.run_id
    assert "One seed only of each model" in said(app)


def test_a_form_is_filled_with_what_a_run_was_trained_with() -> None:
    spec = tiny_spec(tiny_graph(), features="go")
    spec = dataclasses.replace(spec, seed=3, network=spec.network.replace(heads=2))
    query = form_of(spec)
    assert query["features"] == "go"
    assert query["seed"] == "3"
    names = {part: query[part] for part in ("task", "network", "features", "split")}
    choices = choices_from_words(names | {"optimiser": "adam"}, query["settings"].split())
    assert choices["network"] == spec.network


def test_a_name_loses_its_seed_alone() -> None:
    assert without_seed("GAT · GO + PPI (seed 1)") == "GAT · GO + PPI"
    assert without_seed("GAT · GO + PPI (fold 0, seed 12, heads 2)") == "GAT · GO + PPI (fold 0, heads 2)"
    assert without_seed("GAT (seed 1, heads 2)") == "GAT (heads 2)"


def test_every_split_that_the_models_share_is_a_row(two: tuple[Run, Run], store: RunStore) -> None:
    first, other = two
    for run in two:
        spec = dataclasses.replace(run.spec, split=run.spec.split.replace(fold=1))
        finish(store, dataclasses.replace(run, spec=spec))
    alone = dataclasses.replace(first.spec, split=first.spec.split.replace(fold=2))
    finish(store, dataclasses.replace(first, spec=alone))
    splits = shared_splits([first, other], {first.run_id: "one", other.run_id: "other"}, store.summaries())
    assert [split.held_out for split in splits] == ["random pairs (fold 0 of 5)", "random pairs (fold 1 of 5)"]
    table = protocols_table(splits)
    assert table["Metric"].tolist() == ["ROC AUC, random negatives"] * 2
    assert table[["one", "other"]].notna().all().all()


@pytest.mark.parametrize("task", ["confidence", "classify", "reconstruct"])
def test_other_tasks_are_measured_whole_in_parts_and_by_seed(
    task: str, store: RunStore, demo: GeneGraph, open_at_once: Open
) -> None:
    runs = [of_task(demo, task, seed=seed) for seed in (0, 1)]
    for run in runs:
        finish(store, run)
    app = open_at_once("compare", run=runs[0].run_id, tab="metrics", **{"with": runs[1].run_id, "where-by": "partners"})
    assert not app.exception
    text = said(app)
    assert "over 2 seeds" in text
    assert "loses most to" in text or "is clearly behind" in text
    parts = app.dataframe[-1].value
    assert set(parts["Part"]) <= {"0 partners", "1 to 4 partners", "5 to 19 partners", "20 or more partners"}


def of_task(graph: GeneGraph, task: str, *, seed: int) -> Run:
    """A run of a task with random predictions, the same rows for every seed."""
    random = np.random.default_rng(seed)
    run = tiny_run(graph, task="confidence")
    spec = dataclasses.replace(tiny_spec(graph, task=task), seed=seed)
    metric = {"confidence": "rmse", "classify": "accuracy", "reconstruct": "rmse"}[task]
    kind = "all" if task == "confidence" else "genes"
    metrics = run.metrics.assign(metric=metric, negative_kind=kind, value=[0.5 + 0.1 * seed, 0.4])
    if task == "confidence":
        noise = random.normal(0, 0.1, size=len(run.predictions)).astype(np.float32)
        predictions = run.predictions.assign(prediction=run.predictions["actual"] + noise)
        return dataclasses.replace(run, spec=spec, metrics=metrics, predictions=predictions)
    genes = len(graph)
    part = np.where(np.arange(genes) % 3 == 0, "test", "train")
    columns: dict[str, object] = {"gene": list(graph.genes), "part": part}
    if task == "classify":
        columns |= {"actual": np.array(["x", "y"] * genes, dtype=object)[:genes]}
        columns |= {"prediction": random.choice(["x", "y"], size=genes), "score": np.float32(0.5)}
    else:
        columns |= {"prediction": random.uniform(0.1, 1, size=genes).astype(np.float32)}
    return dataclasses.replace(run, spec=spec, metrics=metrics, predictions=pd.DataFrame(columns), attention=None)


def tuple_of_genes(run: Run) -> tuple[str, ...]:
    """Twenty genes of the run and twenty that it lacks."""
    return (*run.genes[:20], *(f"OTHER{number}" for number in range(20)))


def test_runs_of_the_same_name_are_told_apart_by_their_mark() -> None:
    assert distinct({"gat-1": "GAT", "gat-2": "GAT", "mlp-3": "MLP"}) == {
        "gat-1": "GAT · 1",
        "gat-2": "GAT · 2",
        "mlp-3": "MLP",
    }


def test_other_seeds_are_those_that_differ_by_nothing_else(two: tuple[Run, Run], store: RunStore) -> None:
    first, other = two
    elsewhere = dataclasses.replace(other, spec=dataclasses.replace(other.spec, split=other.spec.split.replace(fold=1)))
    finish(store, elsewhere)
    candidates = {summary.run_id: summary for summary in store.summaries()}
    assert alike_but(first.spec, candidates, part="seed") == [other.run_id]
    assert alike_but(first.spec, candidates, part="features") == []


def test_maps_that_somebody_has_seen_are_not_made_anew(
    two: tuple[Run, Run], open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    charts.KEPT.clear()

    def counted(module: ModuleType, name: str) -> None:
        make = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, **more: (made.append(name), make(*given, **more))[1])

    counted(maps_tab, "aligned_maps")
    counted(moving_view, "moving_map")
    query = {"run": two[0].run_id, "with": two[1].run_id, "tab": "maps", "map-of-runs": "pca"}
    charted = []
    for colour in ("partners", "partners", "moved"):
        app = open_page("compare", **query, **{"colour-by": colour})
        assert not app.exception
        charted.append([chart.proto.spec for chart in app.get("plotly_chart")])
    assert made == ["aligned_maps", "moving_map"] * 2
    assert charted[0] == charted[1] != charted[2]
