"""What the demo plants is what slviz tells: the question a score answers, the bias that matching removes, the promise
that answers keep, and the publication behind a cluster."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.features.pair_knowledge import PairKnowledge
from slviz.features.pair_measures import baseline_measures
from slviz.networks import NETWORKS
from slviz.networks.baseline import svd_embedding
from slviz.optimisers import Adam
from slviz.projections import CLUSTERINGS
from slviz.projections.cluster_names import PUBLICATION, described
from slviz.runs import Run, RunSpec
from slviz.runs.run import OWN_ROWS
from slviz.splits import SPLITS, PairSplit
from slviz.tasks import TASKS
from slviz.training import train

PROMISED = 0.8


@pytest.fixture(scope="module")
def demo() -> GeneGraph:
    return open_dataset("demo")


@pytest.fixture(scope="module")
def split(demo: GeneGraph) -> PairSplit:
    return SPLITS.make("pairs").divide(demo)


def trained(demo: GeneGraph, *, task: str, network: str) -> Run:
    parts = {"task": TASKS.make(task), "network": NETWORKS.make(network), "split": SPLITS.make("screen")}
    spec = RunSpec.of(demo, **parts, optimiser=Adam()).canonical(demo)
    return train(demo, spec, spec.split.divide(demo), device="cpu")


@pytest.fixture(scope="module")
def experiment(demo: GeneGraph) -> Run:
    return trained(demo, task="screen", network="bench")


@pytest.mark.slow
def test_the_database_score_fails_on_the_planted_screens_and_the_experiment_score_does_not(
    demo: GeneGraph, experiment: Run
) -> None:
    """L3 is among the best baselines at completing the database."""
    database = trained(demo, task="link", network="l3")
    assert experiment.metric("auc", negative_kind="screens") > 0.85
    assert database.metric("auc", negative_kind="screens") < 0.5
    assert experiment.metric("auc_low", negative_kind="screens") > database.metric("auc_high", negative_kind="screens")
    of_database = [name for name in ("max degree", "degree product", "L3", "SVD") if name in experiment.baselines]
    assert len(of_database) == 4
    for name in of_database:
        assert experiment.metric("auc", negative_kind="screens", model=name) < 0.5
    ahead = [name for name in experiment.baselines if name not in OWN_ROWS]
    auc = experiment.metric("auc", negative_kind="screens")
    assert all(auc > experiment.metric("auc", negative_kind="screens", model=name) for name in ahead)


BASELINES = {
    "interaction Jaccard",
    "interaction Adamic–Adar",
    "paralog identity",
    "GO similarity",
    "same family",
    "popularity",
    "essentiality",
    "earlier screens",
}


def test_every_table_holds_the_baselines_of_a_pair(demo: GeneGraph, experiment: Run) -> None:
    wanted = BASELINES | {"product of interaction counts"}
    assert wanted <= set(experiment.baselines)
    for name in wanted:
        assert np.isfinite(experiment.metric("auc", negative_kind="screens", model=name))
    of_database = RunSpec.of(demo, network=NETWORKS.make("max_degree"), optimiser=Adam()).canonical(demo)
    run = train(demo, of_database, of_database.split.divide(demo), device="cpu")
    assert BASELINES | {"PPI degree product"} <= set(run.baselines), "which is the product of interaction counts"
    for name in BASELINES:
        assert np.isfinite(run.metric("auc", negative_kind="random", model=name))


def test_matching_by_popularity_removes_the_planted_bias(demo: GeneGraph, split: PairSplit) -> None:
    def auc(of: str, negative_kind: str) -> float:
        rows = np.concatenate([split.rows("test"), split.rows("test", negative_kind)])
        score = baseline_measures(PairKnowledge(demo), split.pairs[rows])[of]
        return float(roc_auc_score(split.actual[rows], score))

    for of, planted in {"product of interaction counts": 0.6, "popularity": 0.75}.items():
        assert auc(of, "random") > planted
        assert auc(of, "popularity-matched") == pytest.approx(0.5, abs=0.04)


def test_answers_cover_at_the_level_that_they_claim(experiment: Run) -> None:
    """Of the hits, and of the other tested pairs, 80 % keep their class in the mean over held-out screens.

    Not in each: the broad screen is calibrated by three of paralogs alone, and of its 80 hits .70 are covered. A
    promise for every single screen needs more screens: with K others the most unusual pair is 1 in K + 1 at best.
    """
    for metric in ("coverage_hit", "coverage_no_hit"):
        assert experiment.metric(metric, negative_kind="screens") >= PROMISED
        assert experiment.metric(metric, negative_kind="paralog screens") >= PROMISED
        for number in (1, 2, 3):
            screen = f"screen Demo paralogs {number} (invented)"
            assert experiment.metric(metric, negative_kind=screen) > PROMISED - 0.05
    assert 0.6 < experiment.metric("coverage_hit", negative_kind="screen Demo broad (invented)") < PROMISED
    assert experiment.metric("cannot_say", negative_kind="screens") < 0.7, "a promise is kept by saying something, too"


def test_the_cluster_of_a_publication_is_named_by_it(demo: GeneGraph, split: PairSplit) -> None:
    """Groups of genes by known pairs alone; the neighbours of a hub that one publication lists are one of them."""
    clusters = CLUSTERINGS.make("leiden").find(svd_embedding(split))
    descriptions = described(clusters, demo)
    assert demo.evidence is not None
    pairs = demo.pairs[demo.evidence.loc[demo.evidence["pubmed"] == "demo-202", "pair"].to_numpy()]
    listed = np.zeros(len(demo), dtype=bool)
    listed[pairs] = True
    share = [listed[clusters.label == number].mean() for number in range(len(descriptions))]
    number = int(np.argmax(share))
    planted = descriptions[number]
    assert max(share) > 0.9
    assert planted.name.endswith(" · publication demo-202")
    assert planted.named_for == PUBLICATION
    assert planted.term, "some term is enriched there, too, and says less"
    assert planted.commonest is not None
    assert (planted.commonest.name, planted.commonest.genes) == ("demo-202", pytest.approx(max(share)))
    touching = (clusters.label[demo.pairs] == number).any(axis=1)
    cited = demo.evidence.loc[demo.evidence["pubmed"] == "demo-202", "pair"].unique()
    assert planted.commonest.pairs == pytest.approx(touching[cited].sum() / touching.sum(), abs=0.01)
