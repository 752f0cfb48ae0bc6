"""Clusters by name: the demo's planted pathways come out with their own terms on top."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from run_folders import CHECKOUT
from sklearn.metrics import adjusted_rand_score, mutual_info_score

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.enrichment import enrich
from slviz.projections import CLUSTERINGS, Clusters
from slviz.projections.cluster_names import PUBLICATION, described, most_enriched_terms, mutual_information, named
from slviz.runs.store import SHIPPED, RunStore

SHIPPED_RUNS = [path.name for path in sorted(SHIPPED.glob("gat-*"))]


@pytest.fixture(scope="module")
def demo() -> GeneGraph:
    return open_dataset("demo")


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return pd.read_csv(CHECKOUT / "data" / "demo" / "truth_genes.tsv", sep="\t", keep_default_na=False)


def clusters_of(*groups: list[int], genes: int) -> Clusters:
    label = np.full(genes, -1, dtype=np.int64)
    for number, group in enumerate(groups):
        label[group] = number
    return Clusters(label=label, names=tuple(f"cluster {n + 1}" for n in range(len(groups))), how="By hand.")


@pytest.mark.parametrize("run_id", SHIPPED_RUNS)
def test_the_planted_pathways_come_out_as_named_clusters(run_id: str, demo: GeneGraph, truth: pd.DataFrame) -> None:
    clusters = CLUSTERINGS.make("leiden").find(RunStore(SHIPPED).open(run_id).embedding)
    found = named(clusters, demo)
    of_papers = [each.named_for == PUBLICATION for each in described(clusters, demo)]
    planted = (truth["pathway"] != "").to_numpy()
    process = truth["process"].to_numpy(dtype=str)
    assert adjusted_rand_score(process[planted], found.label[planted]) > 0.75
    own, seen = 0, set()
    for number, name in enumerate(found.names):
        if of_papers[number]:
            continue  # half of two processes: what one publication lists says more than the term of either
        members = process[(found.label == number) & planted]
        if not len(members):
            continue  # bystanders, which no process was planted in
        commonest = pd.Series(members).mode()[0]
        own += name.partition(" · ")[2].startswith(title_of(demo, int(np.argmax(process == commonest))))
        seen.add(commonest)
    assert sum(of_papers) <= 1
    assert own >= len(found.names) - sum(of_papers) - 3, found.names
    assert len(seen) >= 19, "of twenty processes"


def title_of(demo: GeneGraph, gene: int) -> str:
    """The process of a planted gene in words: "cell death, route 1, part 1 (invented)" is of "cell death"."""
    assert demo.gene_info is not None
    return str(demo.gene_info["name"].iloc[gene]).split(", ")[0]


def test_leiden_agrees_with_the_planted_processes_better_than_hdbscan(demo: GeneGraph, truth: pd.DataFrame) -> None:
    planted = (truth["pathway"] != "").to_numpy()
    process = truth["process"].to_numpy(dtype=str)[planted]
    embedding = RunStore(SHIPPED).open("gat-both-link-3ec14a25").embedding
    agreement = {
        name: adjusted_rand_score(process, CLUSTERINGS.make(name).find(embedding).label[planted])
        for name in ("leiden", "hdbscan")
    }
    assert agreement["leiden"] > 0.8 > 0.6 > agreement["hdbscan"]


def test_all_clusters_at_once_is_one_enrichment_each(demo: GeneGraph) -> None:
    groups = [list(range(0, 40)), list(range(100, 160)), list(range(300, 320))]
    assert demo.terms is not None
    for group, best in zip(groups, most_enriched_terms(clusters_of(*groups, genes=len(demo)), demo.terms), strict=True):
        alone = enrich(demo, group).table.iloc[0]
        assert best is not None
        assert demo.terms.ids[best.term] == alone["id"]
        assert best.genes == alone["selected"]
        assert best.q == pytest.approx(alone["q"], rel=1e-9)


def test_a_cluster_in_which_nothing_is_enriched_says_so(graph: GeneGraph) -> None:
    """The records of the tiny graph cite seven publications in turn, so none is enriched either."""
    group = [0, 21, 22, 34]
    found = named(clusters_of(group, genes=len(graph)), graph)
    assert found.names == ("1 · no term enriched (4)",)
    bare = dataclasses.replace(graph, terms=None, evidence=None, fingerprint="")
    [description] = described(clusters_of(group, genes=len(graph)), bare)
    assert (description.name, description.commonest) == ("1 · no term enriched (4)", None)


def test_information_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    one, other = random.uniform(size=(2, 500)) < 0.3
    both = int((one & other).sum())
    ours = mutual_information(both, int(one.sum()), int(other.sum()), 500)
    assert ours == pytest.approx(mutual_info_score(one, other) / np.log(2))


def test_no_cluster_at_all_has_no_name(graph: GeneGraph) -> None:
    assert named(clusters_of(genes=len(graph)), graph).names == ()
