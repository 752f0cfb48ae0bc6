"""A network, a model that is none, and a view of `multiview` are each a class in a file and a name in a table.

Form, command line, run, pages and export follow.
"""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import h5py
import numpy as np
import pytest
import scipy.sparse as sp
from additions import add
from page_tools import Open, said

from slviz.choices import setting
from slviz.cli import main
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.networks import NETWORKS, Fitted, GraphNetwork, Model, Training, multiview
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.scorers import BlendScorer, TrainingGraph
from slviz.scorers.pair_scorer import with_every_gene
from slviz.scorers.views import VIEWS, RelationView
from slviz.scorers.views.relations import together
from slviz.tasks import Task

Trained = Callable[..., Run]


@dataclass(frozen=True)
class MeanPartner(GraphNetwork):
    """Each gene hears the mean of its partners, weighted down."""

    name: ClassVar[str] = "mean_partner"
    loudness: float = setting(0.5, "How much partners count.", low=0.0, high=1.0)

    def layer(self, in_channels: int, out_channels: int) -> Any:
        from torch_geometric.nn import SAGEConv

        return SAGEConv(in_channels, out_channels, aggr="mean", root_weight=self.loudness < 1)


@dataclass(frozen=True, eq=False)
class SharedOverAll:
    """Shared partners of both genes over all of theirs, in 0..1, to the power of `sharpness`."""

    training: TrainingGraph
    sharpness: float

    def score(self, pairs: np.ndarray) -> np.ndarray:
        partners = self.training.adjacency
        shared = np.asarray(partners[pairs[:, 0]].multiply(partners[pairs[:, 1]]).sum(axis=1)).ravel()
        either = self.training.degree[pairs].sum(axis=1) - shared
        return ((shared / np.maximum(either, 1)) ** self.sharpness).astype(np.float32)

    def score_with(self, gene: int) -> np.ndarray:
        return self.score(with_every_gene(gene, self.training.genes))

    def all_pairs(self) -> np.ndarray:
        return np.stack([self.score_with(gene) for gene in range(self.training.genes)])


@dataclass(frozen=True)
class Jaccard(Model):
    """Shared partners over all partners of both genes."""

    name: ClassVar[str] = "jaccard"
    sharpness: float = setting(1.0, "Power that the score is raised to.", low=0.1, high=9.0)

    @property
    def embedding_width(self) -> int:
        return 3

    def refuse(self, task: Task, graph: GeneGraph) -> None:
        if not task.negative_kinds:
            raise InvalidSetting(f"'jaccard' tells real pairs from others; the task '{task.name}' asks something else.")

    def fit(self, training: Training) -> Fitted:
        pairs, genes = training.split.training_pairs, len(training.graph)
        embedding = np.random.default_rng(training.seed).normal(size=(genes, 3)).astype(np.float32)
        scorer = SharedOverAll(TrainingGraph(pairs, genes), self.sharpness)
        return Fitted(embedding, scorer, {"jaccard.pairs": pairs.astype(np.int32)})

    def scorer(
        self, arrays: Mapping[str, np.ndarray], *, embedding: np.ndarray, graph: GeneGraph | None
    ) -> SharedOverAll:
        pairs = arrays["jaccard.pairs"].astype(np.int64)
        return SharedOverAll(TrainingGraph(pairs, len(embedding)), self.sharpness)


@dataclass(frozen=True)
class SameInitial(RelationView):
    """Genes whose symbols begin with the same letter."""

    name: str = "same_initial"
    title: str = "First letter of the symbol"
    help: str = "Look at the first letters of symbols."

    def read(self, graph: GeneGraph) -> sp.csr_array:
        return together(np.unique([symbol[0] for symbol in graph.genes], return_inverse=True)[1])


@pytest.fixture
def a_view(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The view named in its table as `multiview` is imported."""
    with monkeypatch.context() as patch:
        patch.setitem(VIEWS, "same_initial", SameInitial())
        add(patch, NETWORKS, importlib.reload(multiview).MultiView)
        yield
    importlib.reload(multiview)


@pytest.fixture
def trained(store: RunStore, capsys: pytest.CaptureFixture[str]) -> Trained:
    def train(*words: str) -> Run:
        before = set(store.run_ids())
        assert main(["train", "--data", "demo", "--device", "cpu", "--no-projections", *words]) == 0
        capsys.readouterr()
        [run_id] = set(store.run_ids()) - before
        assert store.check(run_id) == []
        return store.open(run_id)

    return train


def predicted_pairs(run: Run, graph: GeneGraph) -> tuple[np.ndarray, np.ndarray]:
    """Test pairs and what the run predicted when it was trained."""
    frame = run.predictions.query("part == 'test'").iloc[:100]
    pairs = np.stack([frame[end].map(graph.number_of).to_numpy() for end in ("gene_a", "gene_b")], axis=1)
    return pairs, frame["prediction"].to_numpy()


def walk(run: Run, graph: GeneGraph, open_at_once: Open, folder: Path) -> None:
    """What every run is asked for: scores as when it was trained, its pages, and its export."""
    pairs, predicted = predicted_pairs(run, graph)
    assert run.scorer(graph).score(pairs) == pytest.approx(predicted, abs=1e-4)
    gene = graph.genes[int(graph.degree.argmax())]
    for page, query in (("predictions", {}), ("neighbourhood", {"gene": gene}), ("overview", {}), ("results", {})):
        app = open_at_once(page, run=run.run_id, **query)
        assert not app.exception, page
    asked_about = folder / "pairs.tsv"
    asked_about.write_text("\n".join("\t".join(graph.genes[end] for end in pair) for pair in pairs[:5].tolist()) + "\n")
    assert main(["predict", run.run_id, "--pairs", str(asked_about)]) == 0
    assert main(["export", run.run_id, "--format", "h5ad", "--out", str(folder / "run.h5ad")]) == 0
    with h5py.File(io.BytesIO((folder / "run.h5ad").read_bytes())) as file:
        assert file["X"].shape == run.embedding.shape


def test_a_network(
    trained: Trained,
    demo: GeneGraph,
    open_page: Open,
    open_at_once: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add(monkeypatch, NETWORKS, MeanPartner)
    app = open_page("train", network="mean_partner")
    assert not app.exception
    app.number_input(key="network mean_partner loudness").set_value(0.25).run()
    assert "--network mean_partner" in app.code[0].value
    assert "loudness=0.25" in app.code[0].value
    run = trained("--network", "mean_partner", "loudness=0.25", "epochs=2", "width=8")
    assert run.run_id.startswith("mean_partner-both-link-")
    assert run.spec.network == MeanPartner(loudness=0.25, width=8)
    assert run.weights is None
    walk(run, demo, open_at_once, tmp_path)


@pytest.mark.slow
def test_a_model_with_a_score_of_its_own(
    trained: Trained,
    demo: GeneGraph,
    open_page: Open,
    open_at_once: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    add(monkeypatch, NETWORKS, Jaccard)
    app = open_page("train", network="jaccard")
    assert not app.exception
    app.number_input(key="network jaccard sharpness").set_value(2.0).run()
    assert "sharpness=2.0" in app.code[0].value
    assert main(["train", "--data", "demo", "--network", "jaccard", "--task", "classify"]) == 1
    assert "the task 'classify' asks something else" in capsys.readouterr().err
    run = trained("--network", "jaccard", "sharpness=2")
    assert set(run.decoder) == {"jaccard.pairs"}
    assert len(run.history) == 0
    walk(run, demo, open_at_once, tmp_path)
    assert "jaccard" in said(open_at_once("predictions", run=run.run_id)).replace("\\", "")


@pytest.mark.slow
def test_a_view_of_multiview(
    a_view: None,
    trained: Trained,
    demo: GeneGraph,
    open_page: Open,
    open_at_once: Open,
    tmp_path: Path,
    store: RunStore,
) -> None:
    app = open_page("train", network="multiview")
    assert not app.exception
    app.toggle(key="network multiview same_initial").set_value(True).run()
    assert "same_initial=true" in app.code[0].value
    run = trained("--network", "multiview", "same_initial=true", "terms=false", "epochs=2", "width=8")
    scorer = run.scorer(demo)
    assert isinstance(scorer, BlendScorer)
    pairs, _ = predicted_pairs(run, demo)
    assert list(scorer.by_view(pairs[:3]))[-2:] == ["same_initial", "embedding"]
    assert any("same_initial" in name for name in store.open_weights(run.run_id))  # messages run along it
    walk(run, demo, open_at_once, tmp_path)
    gene = int(demo.degree.argmax())
    partner = next(other for other in range(len(demo)) if other != gene and demo.genes[other][0] != demo.genes[gene][0])
    page = open_at_once(
        "gene", show="neighbourhood", run=run.run_id, gene=demo.genes[gene], partner=demo.genes[partner]
    )
    assert not page.exception


@pytest.mark.slow
def test_a_later_view_harms_no_stored_run_wherever_it_stands(demo: GeneGraph, trained: Trained) -> None:
    """The trees of a run find their features by name, also where a new view comes before those that they read."""
    run = trained("--network", "boosted_trees")
    pairs, predicted = predicted_pairs(run, demo)
    before = dict(VIEWS)
    with contextlib.ExitStack() as stack:
        stack.callback(lambda: (VIEWS.clear(), VIEWS.update(before)))
        VIEWS.clear()
        VIEWS.update({"same_initial": SameInitial(), **dict(reversed(before.items()))})
        assert run.scorer(demo).score(pairs) == pytest.approx(predicted, abs=1e-5)
