"""train(): the same spec gives the same run, whole or resumed, and what it says about itself is true."""

from __future__ import annotations

import dataclasses
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_spec
from trainings import TASKS, quick, run_of

from slviz.datasets.pair_keys import pair_keys
from slviz.errors import DamagedRun, InvalidSetting, MalformedData, RunCancelled, TrainingDiverged
from slviz.evaluation import best_threshold, roc_auc
from slviz.scorers import PairDecoder
from slviz.scorers.inner_folds import inner_folds
from slviz.splits import HeldOut, PairSplit
from slviz.splits.pair_split import POPULARITY_MATCHED
from slviz.training import Checkpoint, embed, train
from slviz.training.devices import repeatable
from slviz.training.fitting import epoch_seed
from slviz.training.pair_problem import PairProblem
from slviz.training.train import fit_model

MATCHED = ("degree-matched", "popularity-matched")
OF_KNOWLEDGE = ("interaction Jaccard", "interaction Adamic–Adar", "GO similarity")
"""What the tiny graph tells of pairs beside its list: interactions and terms."""
STRUCTURAL = ("max degree", "degree product", "common neighbours", "Adamic–Adar", "L3", "SVD", "PPI degree product")


@pytest.fixture(scope="module")
def runs(graph):
    return {task: run_of(graph, quick(graph, task=task)) for task in TASKS}


@pytest.fixture
def threads_set_back():
    import torch

    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def torch_device():
    import torch

    return torch.device("cpu")


def assert_same(one, other):
    """Bit for bit, apart from the time it took."""
    assert np.array_equal(one.embedding, other.embedding)
    assert one.weights.keys() == other.weights.keys()
    assert all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)
    assert np.array_equal(one.attention.weight, other.attention.weight)
    pd.testing.assert_frame_equal(one.predictions, other.predictions)
    pd.testing.assert_frame_equal(one.metrics, other.metrics)
    pd.testing.assert_frame_equal(one.history.drop(columns="seconds"), other.history.drop(columns="seconds"))


@pytest.mark.parametrize("task", TASKS)
def test_same_spec_same_bits_whatever_the_global_seeds_and_threads_are(graph, runs, task, threads_set_back):
    import torch

    torch.manual_seed(99)
    torch.set_num_threads(3)
    before = torch.get_rng_state(), np.random.get_state()[1].copy(), torch.are_deterministic_algorithms_enabled()  # noqa: NPY002
    assert_same(run_of(graph, quick(graph, task=task)), runs[task])
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.array_equal(np.random.get_state()[1], before[1])  # noqa: NPY002
    assert torch.are_deterministic_algorithms_enabled() == before[2]
    assert torch.get_num_threads() == 3


def test_another_seed_another_run(graph, runs):
    assert not np.allclose(run_of(graph, quick(graph, seed=1)).embedding, runs["link"].embedding)


@pytest.mark.parametrize("task", TASKS)
def test_resumed_training_ends_exactly_like_an_unbroken_one(graph, task, tmp_path):
    spec = quick(graph, task=task, epochs=45)
    kept: list[Checkpoint] = []
    whole = run_of(graph, spec, on_checkpoint=kept.append)
    assert [checkpoint.epoch for checkpoint in kept] == [20, 40]
    np.savez(tmp_path / "kept.npz", **kept[0].arrays)
    kept[0].history.to_parquet(tmp_path / "kept.parquet")
    with np.load(tmp_path / "kept.npz") as arrays:
        stored = Checkpoint(20, dict(arrays), pd.read_parquet(tmp_path / "kept.parquet"))
    seen = []
    assert_same(run_of(graph, spec, checkpoint=stored, on_epoch=lambda told: seen.append(told.epoch)), whole)
    assert seen == list(range(21, 46))


def test_a_checkpoint_of_another_network_is_refused(graph):
    kept: list[Checkpoint] = []
    run_of(graph, quick(graph), on_checkpoint=kept.append)
    for changed in (quick(graph, network="gcn"), quick(graph, features="ppi")):
        with pytest.raises(DamagedRun, match="checkpoint"):
            run_of(graph, changed, checkpoint=kept[0])
    cut = dataclasses.replace(kept[0], arrays={k: v for k, v in kept[0].arrays.items() if k != "best_epoch"})
    with pytest.raises(DamagedRun, match="checkpoint"):
        run_of(graph, quick(graph), checkpoint=cut)


@pytest.mark.parametrize("task", TASKS)
def test_weights_rebuild_the_embedding(graph, runs, task):
    run = runs[task]
    again = embed(graph, run.spec, run.spec.split.divide(graph), weights=run.weights)
    assert np.array_equal(again, run.embedding)
    with pytest.raises(DamagedRun, match="weights"):
        embed(graph, run.spec, run.spec.split.divide(graph), weights={"other": np.zeros(3)})


@pytest.mark.parametrize("task", ["link", "confidence"])
def test_stored_predictions_follow_from_the_stored_embedding(graph, runs, task):
    frame = runs[task].predictions
    pairs = np.stack([frame[end].map(graph.number_of) for end in ("gene_a", "gene_b")], axis=1)
    scored = PairDecoder(runs[task].decoder).score(runs[task].embedding, pairs)
    assert np.abs(scored - frame["prediction"].to_numpy()).max() < 1e-6


def test_link_predictions_hold_every_row_of_the_split_and_score_between_zero_and_one(graph, runs):
    split = runs["link"].spec.split.divide(graph)
    frame = runs["link"].predictions
    assert np.array_equal(frame["actual"], split.actual)
    assert set(zip(frame["part"], frame["negative_kind"], strict=True)) == {
        ("train", "known"),
        ("train", "random"),
        *((part, kind) for part in ("validation", "test") for kind in ("known", "random", *MATCHED)),
    }
    assert frame["prediction"].between(0, 1).all()
    assert runs["link"].baselines == ("mean", *STRUCTURAL, *OF_KNOWLEDGE)


def test_link_metrics_are_those_of_the_predictions_with_the_threshold_of_validation(runs):
    run = runs["link"]
    frame = run.predictions
    evaluated = frame["negative_kind"].isin(["known", "degree-matched"])
    for scorer, column in (("network", "prediction"), ("L3", "L3")):
        test = frame[evaluated & (frame["part"] == "test")]
        validation = frame[evaluated & (frame["part"] == "validation")]
        found = {
            name: run.metric(name, negative_kind="degree-matched", model=scorer)
            for name in ("auc", "threshold", "brier")
        }
        assert found["auc"] == pytest.approx(roc_auc(test["actual"].to_numpy(), test[column].to_numpy()))
        expected = best_threshold(validation["actual"].to_numpy(), validation[column].to_numpy())
        assert found["threshold"] == pytest.approx(expected)
        assert np.isnan(found["brier"]) == (scorer == "L3")


def test_brier_score_and_calibration_stand_beside_one_share_for_all_pairs(runs):
    run = runs["link"]
    frame = run.predictions
    evaluated = frame["negative_kind"].isin(["known", "random"])
    of_part = {part: frame.loc[evaluated & (frame["part"] == part), "actual"].mean() for part in ("validation", "test")}
    expected = of_part["test"] * (1 - of_part["validation"]) ** 2 + (1 - of_part["test"]) * of_part["validation"] ** 2
    assert run.metric("brier", negative_kind="random", model="mean") == pytest.approx(expected)
    off = abs(of_part["test"] - of_part["validation"])
    assert run.metric("ece", negative_kind="random", model="mean") == pytest.approx(off, abs=1e-6)


def test_confidence_stays_within_the_scores_it_learnt_from_and_is_evaluated_within_each_evidence(graph, runs):
    run = runs["confidence"]
    learnt = run.predictions.query("part == 'train'")["actual"]
    assert run.predictions["prediction"].between(learnt.min(), learnt.max()).all()
    assert len(run.predictions) == len(graph.pairs)
    assert set(run.metrics["negative_kind"]) == {"all", "Daisy", "GenomeRNAi", "Synlethality"}
    test = run.predictions.query("part == 'test'")
    assert run.metric("rmse", negative_kind="all") == pytest.approx(
        np.sqrt(np.mean((test["actual"] - test["prediction"]) ** 2)), rel=1e-5
    )
    assert run.baselines == ("mean", "gene mean", *STRUCTURAL)


def test_reconstruction_gives_each_gene_an_error_beside_mean_and_pca(graph, runs):
    run = runs["reconstruct"]
    assert list(run.predictions.columns) == ["gene", "part", "prediction", "mean", "PCA"]
    assert tuple(run.predictions["gene"]) == graph.genes
    assert dict(run.decoder) == {}
    of_test = run.predictions.query("part == 'test'")["prediction"]
    assert run.metric("rmse", negative_kind="genes") == pytest.approx(np.sqrt(np.mean(of_test**2)), rel=1e-5)


def test_attention_is_over_the_training_graph_with_self_loops(graph, runs):
    for run in runs.values():
        training = run.spec.split.divide(graph).training_pairs
        loops = [(gene, gene) for gene in range(len(graph))]
        expected = sorted([*map(tuple, training.tolist()), *map(tuple, training[:, ::-1].tolist()), *loops])
        assert sorted(map(tuple, run.attention.edges.T.tolist())) == expected
        into = np.stack(
            [
                [np.bincount(run.attention.edges[1], weights=head, minlength=len(graph)) for head in layer]
                for layer in run.attention.weight
            ]
        )
        assert into == pytest.approx(np.ones_like(into), abs=1e-4)


def test_the_best_epoch_by_validation_is_what_is_kept(graph):
    """Training on from the best epoch leaves the result alone: it equals a training that ends there."""
    spec = quick(graph, epochs=60, learning_rate=0.05, patience=5)
    run = run_of(graph, spec)
    best = int(run.history["ap"].idxmax()) + 1
    assert best < len(run.history) == best + 5 < 60  # patience ends it early, after the best
    seen: dict[int, dict] = {}
    from slviz.training import fitting

    class Watched(fitting.Fit):
        def _keep_if_best(self, figure):
            super()._keep_if_best(figure)
            seen[self.epoch] = {name: value.clone().numpy() for name, value in self.problem.model.state_dict().items()}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["slviz.training.train"], "Fit", Watched)
        again = run_of(graph, spec)
    assert all(np.array_equal(again.weights[name], seen[best][name]) for name in again.weights)
    assert any(not np.array_equal(again.weights[name], seen[best + 5][name]) for name in again.weights)


def test_an_epoch_without_a_metric_is_kept_only_until_one_has_one(graph):
    import torch

    from slviz.training.fitting import Fit

    model = torch.nn.Linear(1, 1)
    problem = SimpleNamespace(model=model, higher_is_better=True)
    fit = SimpleNamespace(problem=problem, settings=quick(graph).optimiser, best={}, best_metric=float("nan"), epoch=0)
    for value, kept in ((float("nan"), 1), (0.2, 2), (float("nan"), 2), (0.1, 2), (0.3, 5)):
        fit.epoch += 1
        Fit._keep_if_best(fit, value)
        assert fit.best_epoch == kept


def test_epochs_are_told_as_they_pass_and_what_the_listener_raises_ends_them(graph):
    told = []

    def listen(epoch):
        told.append(epoch)
        if epoch.epoch == 3:
            raise RunCancelled("stopped by a person")

    with pytest.raises(RunCancelled):
        run_of(graph, quick(graph), on_epoch=listen)
    assert [epoch.epoch for epoch in told] == [1, 2, 3]
    assert {epoch.epochs for epoch in told} == {30}
    assert {epoch.metric_name for epoch in told} == {"ap"}
    assert all(epoch.seconds > 0 and np.isfinite(epoch.train_loss) for epoch in told)


def test_history_has_one_row_an_epoch(runs):
    for task, figure in (("link", "ap"), ("confidence", "rmse"), ("reconstruct", "rmse")):
        history = runs[task].history
        measures = ["learning_rate", "gradient_norm", "layer_1_mean", "layer_1_sd", "layer_2_mean", "layer_2_sd"]
        assert list(history.columns) == ["epoch", "train_loss", "validation_loss", figure, "seconds", *measures]
        assert history["epoch"].tolist() == list(range(1, 31))
        assert history["train_loss"].iloc[-5:].mean() < history["train_loss"].iloc[:5].mean()


def test_measures_of_a_step_are_those_of_the_gradient_and_the_layers(graph):
    """Taken by hand from the first step of a network without dropout."""
    import torch

    spec = quick(graph, epochs=1, clip=0.01)
    spec = dataclasses.replace(spec, network=spec.network.replace(dropout=0.0))
    split = spec.split.divide(graph)
    row = train(graph, spec, split, device="cpu").history.iloc[0]
    with repeatable(torch.device("cpu")):
        torch.manual_seed(epoch_seed(spec.seed, 0))
        problem = PairProblem(graph, spec, split, network=spec.network, device=torch.device("cpu"))
        problem.model.train()
        step = problem.step_loss(1)
        step.total.backward()
        gradient = torch.cat([each.grad.ravel() for each in problem.model.parameters() if each.grad is not None])
    assert row["learning_rate"] == spec.optimiser.learning_rate
    assert row["gradient_norm"] == pytest.approx(gradient.norm().item(), rel=1e-4)
    assert row["gradient_norm"] > 0.01  # before it is clipped
    for layer in (1, 2):
        numbers = step.encoding.states[layer].detach().numpy()
        assert row[f"layer_{layer}_mean"] == pytest.approx(numbers.mean(), abs=1e-5)
        assert row[f"layer_{layer}_sd"] == pytest.approx(numbers.std(ddof=1), rel=1e-4)


def test_a_checkpoint_of_an_earlier_version_without_measures_goes_on(graph):
    spec = quick(graph, epochs=25)
    kept: list[Checkpoint] = []
    whole = run_of(graph, spec, on_checkpoint=kept.append)
    earlier = dataclasses.replace(kept[0], history=kept[0].history.loc[:, :"seconds"])
    resumed = run_of(graph, spec, checkpoint=earlier)
    assert np.array_equal(resumed.embedding, whole.embedding)
    assert resumed.history["gradient_norm"].isna().sum() == 20
    assert resumed.history["epoch"].tolist() == list(range(1, 26))


def test_a_loss_that_is_no_number_is_said_with_its_epoch(graph):
    features = {name: matrix.copy() for name, matrix in graph.features.items()}
    spiky = {name: (1e20 * matrix).astype(np.float32) for name, matrix in features.items()}
    huge = dataclasses.replace(graph, score=(1e30 * graph.score).astype(np.float32), features=spiky, fingerprint="")
    with pytest.raises(TrainingDiverged, match="epoch 1 is") as caught:
        run_of(huge, quick(huge, task="confidence"))
    assert not np.isfinite(caught.value.loss)


@pytest.mark.parametrize(
    ("name", "said"),
    [("gpu", "No device is called 'gpu'"), ("cuda", "has no 'cuda'"), ("cpu:x", "is not a device"), ("mps", "has no")],
)
def test_a_device_that_is_not_there(graph, name, said, monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    spec = quick(graph)
    with pytest.raises(InvalidSetting, match=said):
        train(graph, spec, spec.split.divide(graph), device=name)


def test_auto_takes_the_processor_where_there_is_nothing_else(graph, monkeypatch):
    import torch

    from slviz.training.devices import find_device

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert find_device("auto") == torch.device("cpu")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert find_device("auto") == torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert find_device("auto") == torch.device("cuda")


def test_another_data_set_than_the_spec_was_made_for(graph):
    other = tiny_graph(seed=1)
    with pytest.raises(MalformedData, match="has changed since run"):
        run_of(other, quick(graph))


def test_a_users_file_is_evaluated_against_their_own_negatives(graph, tmp_path):
    def written(name, rows):
        path = tmp_path / name
        path.write_text("\n".join(f"{graph.genes[a]}\t{graph.genes[b]}" for a, b in rows))
        return path

    negatives = random_unlisted(graph, 9)
    held = HeldOut.read(graph, written("pairs", graph.pairs[:12]), negatives=written("others", negatives))
    spec = dataclasses.replace(quick(graph), split=held.split())
    run = train(graph, spec, spec.split.divide(graph, held_out=held), device="cpu")
    test = run.predictions.query("part == 'test' and negative_kind in ('known', 'file')")
    assert len(test) == 12 + 9
    assert run.metric("auc", negative_kind="file") == pytest.approx(
        roc_auc(test["actual"].to_numpy(), test["prediction"].to_numpy())
    )


def random_unlisted(graph, count):
    from slviz.datasets.pair_keys import pair_keys
    from slviz.splits import random_negatives

    avoid = np.sort(pair_keys(graph.pairs, len(graph)))
    return random_negatives(np.random.default_rng(0), count, genes=len(graph), avoid=avoid)


def test_as_many_negatives_as_asked_are_learnt_from_and_count_as_much_as_the_known_pairs(graph):
    spec = quick(graph)
    many = dataclasses.replace(spec, task=spec.task.replace(training_ratio=7))
    assert "training_ratio" not in spec.task.to_json()
    assert many.hash != spec.hash
    split = spec.split.divide(graph)
    problem = PairProblem(graph, many, split, device=torch_device())
    asked, _ = problem.partition(1)
    drawn = problem.negatives(1, problem.pairs[asked])
    assert len(drawn) == 7 * len(asked)
    assert not np.isin(pair_keys(drawn, len(graph)), problem.not_negative).any()
    target = np.repeat(np.array([1, 0], dtype=np.float32), [len(asked), len(drawn)])
    weight = problem._balanced(target)
    assert weight[target > 0.5].sum() == pytest.approx(weight[target < 0.5].sum(), rel=1e-5)
    assert weight.mean() == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize(("network", "changes"), [("gat", True), ("l3", False)])
def test_negatives_in_training_change_what_is_learnt_and_nothing_else(graph, network, changes):
    spec = tiny_spec(graph, task="link", network=network)
    spec = dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=3))
    split = spec.split.divide(graph)
    many = dataclasses.replace(spec, task=spec.task.replace(training_ratio=3)).canonical(graph)
    few, other = (train(graph, each, split, device="cpu") for each in (spec.canonical(graph), many))
    assert (many.hash != spec.canonical(graph).hash) == changes
    assert (not np.array_equal(few.predictions["prediction"], other.predictions["prediction"])) == changes
    assert few.predictions["negative_kind"].tolist() == other.predictions["negative_kind"].tolist()
    assert few.metric("ap", negative_kind="random", model="SVD") == other.metric(
        "ap", negative_kind="random", model="SVD"
    )


@pytest.mark.parametrize(("training_ratio", "of_each_kind"), [(0, 5), (1, 1), (8, 4), (50, 25)])
def test_trees_tell_each_known_pair_from_as_many(graph, monkeypatch, training_ratio, of_each_kind):
    ratios = []

    def watched(*given, ratio, **named):
        ratios.append(ratio)
        return inner_folds(*given, ratio=1, **named)

    monkeypatch.setattr("slviz.scorers.head.inner_folds", watched)
    spec = tiny_spec(graph, task="link", network="boosted_trees")
    spec = dataclasses.replace(spec, task=spec.task.replace(training_ratio=training_ratio))
    fit_model(graph, spec, spec.split.divide(graph), device="cpu")
    assert ratios == [of_each_kind]


@pytest.mark.parametrize("network", ["gat", pytest.param("multiview", marks=pytest.mark.slow), "l3"])
def test_scores_and_metrics_are_bit_for_bit_those_of_a_split_without_popularity_matched_negatives(graph, network):
    spec = tiny_spec(graph, task="link", network=network)
    spec = dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=3))
    split = spec.split.divide(graph)
    former = split.negative_kind != POPULARITY_MATCHED
    columns = {field.name: getattr(split, field.name) for field in dataclasses.fields(split)}
    columns |= {name: column[former] for name, column in columns.items() if name != "gene_part"}
    whole, without = (train(graph, spec, each, device="cpu") for each in (split, PairSplit(**columns)))
    pd.testing.assert_frame_equal(
        whole.predictions[former].reset_index(drop=True), without.predictions, check_exact=True
    )
    metrics = whole.metrics[whole.metrics["negative_kind"] != POPULARITY_MATCHED].reset_index(drop=True)
    pd.testing.assert_frame_equal(metrics, without.metrics, check_exact=True)
    assert np.isfinite(whole.metric("auc", negative_kind=POPULARITY_MATCHED))


def test_confidence_of_held_out_pairs_without_a_score_is_not_evaluated(graph, tmp_path):
    path = tmp_path / "new.tsv"
    path.write_text("\n".join(f"{graph.genes[a]}\t{graph.genes[b]}" for a, b in random_unlisted(graph, 5)))
    held = HeldOut.read(graph, path)
    spec = dataclasses.replace(quick(graph, task="confidence"), split=held.split())
    run = train(graph, spec, spec.split.divide(graph, held_out=held), device="cpu")
    assert "test" not in set(run.predictions["part"])
    assert set(run.metrics["part"]) == {"train", "validation"}
