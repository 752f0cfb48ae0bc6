"""Runs that earlier versions wrote: each opens, scores and is exported as it was then."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from slviz import former_names
from slviz.datasets.sources import open_dataset
from slviz.export import of_stored_run
from slviz.results import collect
from slviz.runs.store import RunStore
from slviz.splits import PairSplit
from slviz.training import embed

ARCHIVES = Path(__file__).resolve().parent.parent / "archives"
VERSIONS = sorted(path.stem for path in ARCHIVES.glob("*.json"))
EXPECTED = {version: json.loads((ARCHIVES / f"{version}.json").read_text()) for version in VERSIONS}
RUNS = [(version, run_id) for version in VERSIONS for run_id in EXPECTED[version]["runs"]]
SCORING = [(version, run_id) for version, run_id in RUNS if "score" in EXPECTED[version]["runs"][run_id]]


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    root = tmp_path_factory.mktemp("archives")
    return {version: RunStore(shutil.copytree(ARCHIVES / version, root / version)) for version in VERSIONS}


@pytest.fixture(scope="module")
def data():
    return open_dataset(str(ARCHIVES / "data"))


def test_every_archived_run_is_listed_as_finished_and_evaluated(stores):
    assert VERSIONS
    for version, store in stores.items():
        summaries = store.summaries()
        assert {each.run_id: each.state for each in summaries} == {
            run_id: run["state"] for run_id, run in EXPECTED[version]["runs"].items()
        }
        collected = collect(store, summaries)
        assert not collected.notes
        # A formula stands once a split: where another run lists it, too, that one's row is taken.
        formulas = {each.run_id for each in summaries if each.run_id.startswith(("l3-", "ppi_degree_product-"))}
        assert set(collected.metrics["run_id"]) | formulas == set(EXPECTED[version]["runs"])


@pytest.mark.parametrize(("version", "run_id"), RUNS)
def test_an_archived_run_opens_unharmed_with_all_that_lies_beside_it(stores, data, version, run_id):
    store = stores[version]
    assert store.check(run_id) == []
    run = store.open(run_id)
    assert run.genes == data.genes
    assert run.spec.data_fingerprint == data.fingerprint
    assert run.embedding.shape == (len(data), EXPECTED[version]["runs"][run_id]["width"])
    maps = store.artifacts(run_id).maps()
    assert all(store.artifacts(run_id).open_map(method, seed) is not None for method, seed in maps)
    assert all(store.artifacts(run_id).open_map_quality(method, seed) is not None for method, seed in maps)
    assert of_stored_run(store, run, data).vectors == pytest.approx(run.embedding)
    if run_id.startswith("gat-"):
        assert len(maps) == 3
        assert store.artifacts(run_id).open_control("untrained") is not None
        assert store.artifacts(run_id).open_ablation() is not None
        assert run.attention is not None


@pytest.mark.parametrize(("version", "run_id"), SCORING)
def test_an_archived_run_scores_pairs_as_it_did_then(stores, data, version, run_id):
    run, expected = stores[version].open(run_id), EXPECTED[version]["runs"][run_id]
    pairs = np.array(EXPECTED[version]["pairs"])
    scorer = run.scorer(data)
    assert scorer.score(pairs) == pytest.approx(np.array(expected["score"]), abs=1e-5)
    frame = run.predictions.query("part == 'test'")
    tested = np.stack([frame[end].map(data.number_of).to_numpy() for end in ("gene_a", "gene_b")], axis=1)
    assert scorer.score(tested) == pytest.approx(frame["prediction"].to_numpy(), abs=1e-5)
    adds = scorer.by_view(pairs) if "adds" in expected else {}
    stored = {view: former_names.setting("multiview", view) for view in expected.get("adds", {})}
    assert set(adds) == set(stored.values())
    for view, today in stored.items():
        assert adds[today] == pytest.approx(np.array(expected["adds"][view]), abs=1e-4)
        assert scorer.without(today, pairs) == pytest.approx(np.array(expected["without"][view]), abs=1e-5)


@pytest.mark.parametrize(("version", "run_id"), RUNS)
def test_the_weights_of_an_archived_network_still_give_its_embedding(stores, data, version, run_id):
    store = stores[version]
    run, weights = store.open(run_id), store.open_weights(run_id)
    if not weights:
        assert not run.spec.network.learns_in_epochs
        return
    split = PairSplit.from_frame(store.open_split(run_id), data.genes)
    assert embed(data, run.spec, split, weights=weights) == pytest.approx(run.embedding, abs=1e-4)
