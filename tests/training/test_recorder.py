"""What is measured of the parts while they learn: true, cheap to keep, and without any effect on the result."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from run_folders import finish
from trainings import quick, run_of

from slviz.errors import DamagedRun
from slviz.networks.training_record import BINS
from slviz.runs.contents import RECORD
from slviz.runs.history import kept_epoch
from slviz.runs.store import RunStore
from slviz.training import recorder
from slviz.training.fitting import Fit
from slviz.training.recorder import Recorder


@pytest.fixture(scope="module")
def recorded(graph):
    return run_of(graph, quick(graph, network="gat"))


def test_a_training_is_the_same_to_the_bit_with_and_without(graph, recorded, monkeypatch):
    for name, nothing in (("before", lambda *_: False), ("after", lambda *_, **__: None)):
        monkeypatch.setattr(Recorder, name, nothing)
    without = run_of(graph, quick(graph, network="gat"))
    assert not len(without.record.epochs)
    assert np.array_equal(without.embedding, recorded.embedding)
    assert without.predictions.equals(recorded.predictions)
    assert without.metrics.equals(recorded.metrics)
    assert without.weights.keys() == recorded.weights.keys()
    assert all(np.array_equal(without.weights[name], recorded.weights[name]) for name in recorded.weights)
    losses = [name for name in recorded.history if name != "seconds"]
    assert without.history[losses].equals(recorded.history[losses])


def test_norms_of_the_parts_make_up_the_norm_of_the_whole(recorded):
    record = recorded.record
    assert record.epochs.tolist() == list(range(1, 31))
    assert {"gene vectors", "layer 1", "layer 2", "decoder"} <= set(record.parts)
    whole = np.sqrt((record.gradient_norm.astype(np.float64) ** 2).sum(axis=1))
    np.testing.assert_allclose(whole, recorded.history["gradient_norm"], rtol=1e-4)
    assert (record.dead == 0).all()


def test_weights_are_counted_at_quarters_and_as_they_are_kept(recorded):
    record = recorded.record
    kept = kept_epoch(recorded.history, recorded.spec.optimiser)
    assert set(record.moments) == {0, 8, 15, 22, 30, kept}
    place, part = list(record.moments).index(kept), record.parts.index("gene vectors")
    vectors = recorded.weights["encoder.vectors.weight"]
    counts, edges = np.histogram(vectors, bins=BINS)
    assert np.array_equal(record.counts[place, part], counts)
    np.testing.assert_allclose(record.edges(place, part), edges, rtol=1e-5)


def test_a_long_training_is_measured_at_some_of_its_epochs():
    model = torch.nn.Linear(2, 2)
    kept = Recorder(model, list(model.parameters()), epochs=950, residual=False)
    assert len([epoch for epoch in range(1, 951) if kept.before(epoch)]) == 50


@pytest.mark.parametrize("residual", [False, True])
def test_units_that_say_the_same_of_every_gene_are_dead(residual):
    random = torch.Generator().manual_seed(0)
    before, change = torch.randn(900, 8, generator=random), torch.randn(900, 8, generator=random)
    change[:, :3] = torch.tensor([0.0, -1.0, 7.0])
    change[:, 3] = 0
    change[1, 3] = 5  # one gene that the sample does not see
    after = before + change if residual else change
    model = torch.nn.Linear(2, 2)
    own = Recorder(model, list(model.parameters()), epochs=5, residual=residual)
    assert own._dead([before, after]).tolist() == [3 / 8]


def test_a_resumed_training_records_the_same(graph):
    kept = []
    whole = run_of(graph, quick(graph, epochs=25), on_checkpoint=kept.append)
    resumed = run_of(graph, quick(graph, epochs=25), checkpoint=kept[0])
    for name, array in whole.record.arrays().items():
        if name != "memory_bytes":
            assert np.array_equal(resumed.record.arrays()[name], array), name


def test_a_checkpoint_of_an_earlier_version_is_resumed_without_its_record(graph):
    kept = []
    whole = run_of(graph, quick(graph, epochs=25), on_checkpoint=kept.append)
    arrays = {name: array for name, array in kept[0].arrays.items() if not name.startswith("record/")}
    resumed = run_of(graph, quick(graph, epochs=25), checkpoint=dataclasses.replace(kept[0], arrays=arrays))
    assert np.array_equal(resumed.embedding, whole.embedding)
    assert resumed.record.epochs.tolist() == [21, 22, 23, 24, 25]


def test_it_is_stored_with_the_run_and_checked(recorded, tmp_path):
    store = RunStore(tmp_path)
    folder = finish(store, recorded)
    opened = store.open_record(recorded.run_id)
    assert opened is not None
    for name, array in recorded.record.arrays().items():
        assert np.array_equal(opened.arrays()[name], array)
    assert store.open(recorded.run_id).record is None
    assert not store.check(recorded.run_id)
    (folder / RECORD).write_bytes((folder / RECORD).read_bytes()[:-1])
    with pytest.raises(DamagedRun, match=RECORD):
        store.open_record(recorded.run_id)


def test_a_run_of_an_earlier_version_has_none(recorded, tmp_path):
    store = RunStore(tmp_path)
    folder = finish(store, dataclasses.replace(recorded, record=None))
    assert not (folder / RECORD).exists()
    assert store.open_record(recorded.run_id) is None


def test_memory_is_that_of_this_process(monkeypatch, tmp_path):
    held = recorder.memory_bytes(torch.device("cpu"))
    if recorder.STATEMENT.exists():
        assert 50e6 < held < 1e12
    monkeypatch.setattr(recorder, "STATEMENT", tmp_path / "none")
    assert recorder.memory_bytes(torch.device("cpu")) == 0


@pytest.mark.parametrize("keep", ["best", "loss", "last"])
def test_the_epoch_that_is_kept_follows_the_metric_or_the_loss(graph, keep, monkeypatch):
    """The choice is made on validation losses and metrics that are made up, so that all three differ."""
    losses, metrics = iter([0.9, 0.3, 0.5, 0.6]), iter([0.1, 0.2, 0.8, 0.4])
    chosen = {}
    original = Fit.run

    def made_up(self, **how):
        self.problem.validate = lambda: (next(losses), next(metrics))
        original(self, **how)
        chosen.update(epoch=self.best_epoch)

    monkeypatch.setattr(Fit, "run", made_up)
    spec = quick(graph, epochs=4, keep=keep)
    run = run_of(graph, spec)
    wanted = {"best": 3, "loss": 2, "last": 4}[keep]
    assert kept_epoch(run.history, spec.optimiser) == wanted
    assert wanted in run.record.moments
    if keep != "last":
        assert chosen["epoch"] == wanted
    assert (quick(graph, epochs=4).run_id == spec.run_id) == (keep == "best")


def test_patience_follows_what_is_kept(graph, monkeypatch):
    """The loss is best at once while the metric rises for ever: patience ends the training by the loss alone."""
    original = Fit.run

    def made_up(self, **how):
        self.problem.validate = lambda: (float(self.epoch), float(self.epoch))
        original(self, **how)

    monkeypatch.setattr(Fit, "run", made_up)
    assert len(run_of(graph, quick(graph, epochs=30, keep="loss", patience=3)).history) == 4
    assert len(run_of(graph, quick(graph, epochs=30, patience=3)).history) == 30
