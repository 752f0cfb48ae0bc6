"""How well clusters of the shipped demo runs agree with the planted processes, and how long finding and naming takes.

    python benchmarks/clusters.py [--models FOLDER --run RUN]

Agreement is the adjusted Rand index over the planted genes (bystanders left out): 1 is the same grouping, 0 is chance.
A cluster is "by its own name" when its term is that of the process or route that most of its planted genes belong to.
With a run of one's own, on any data set, only counts and times are shown.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from slviz.datasets import GeneGraph  # noqa: E402
from slviz.datasets.sources import open_dataset  # noqa: E402
from slviz.projections import CLUSTERINGS, Clusters  # noqa: E402
from slviz.projections.cluster_names import named  # noqa: E402
from slviz.runs.store import SHIPPED, RunStore  # noqa: E402


def own_names(found: Clusters, demo: GeneGraph, process: np.ndarray, planted: np.ndarray) -> tuple[int, int]:
    """How many clusters with planted genes carry their own process's name, of how many."""
    assert demo.gene_info is not None
    titles = demo.gene_info["name"].str.split(", ").str[0].to_numpy()
    own, of = 0, 0
    for number, name in enumerate(found.names):
        members = process[(found.label == number) & planted]
        if len(members):
            commonest = pd.Series(members).mode()[0]
            own += name.partition(" · ")[2].startswith(titles[np.argmax(process == commonest)])
            of += 1
    return own, of


def measured(store: RunStore, run_id: str) -> None:
    run = store.open(run_id)
    graph = open_dataset(run.spec.data_source)
    truth = None
    if graph.name == "demo":
        truth = pd.read_csv(ROOT / "data" / "demo" / "truth_genes.tsv", sep="\t", keep_default_na=False)
    for name in CLUSTERINGS:
        CLUSTERINGS.make(name).find(run.embedding[:200])  # imports
        start, spent = time.perf_counter(), time.process_time()
        found = CLUSTERINGS.make(name).find(run.embedding)
        middle = time.process_time()
        found = named(found, graph)
        naming, wall = time.process_time() - middle, time.perf_counter() - start
        line = (
            f"{run_id} {name}: {len(found.names)} clusters, {np.mean(found.label >= 0):.0%} of genes; processor time "
            f"{middle - spent:.2f} s, names {naming:.2f} s ({wall:.2f} s in all)"
        )
        if truth is not None:
            planted, process = (truth["pathway"] != "").to_numpy(), truth["process"].to_numpy(dtype=str)
            agreement = adjusted_rand_score(process[planted], found.label[planted])
            own, of = own_names(found, graph, process, planted)
            line += f"; adjusted Rand {agreement:.2f}; {own} of {of} by their own name"
        print(line)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--models", type=Path)
    arguments.add_argument("--run")
    asked = arguments.parse_args()
    if asked.run:
        measured(RunStore(asked.models or SHIPPED), asked.run)
        return
    for folder in sorted(SHIPPED.glob("*-*")):
        measured(RunStore(SHIPPED), folder.name)


if __name__ == "__main__":
    main()
