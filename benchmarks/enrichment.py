"""How long the enrichment of a selection takes, against SciPy's Fisher test term by term in the same run.

    python benchmarks/enrichment.py [--data synlethdb] [--genes 100]

slviz: counts, p, Benjamini–Hochberg, folding of redundant terms and the table. The naive way: for every term that
holds a selected gene a 2 × 2 table and `scipy.stats.fisher_exact`, and no table or folding; its p-values are checked
against slviz's. The target is 0.3 s for 100 genes.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
from scipy.stats import fisher_exact

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.enrichment import enrich

TARGET_SECONDS = 0.3
REPEATS = 7


def selections(graph: GeneGraph, genes: int) -> dict[str, np.ndarray]:
    """Random genes, hubs, and the genes of a middling term, which are rich in hundreds of terms."""
    assert graph.terms is not None
    random = np.random.default_rng(0)
    size = np.diff(graph.terms.membership.tocsc().indptr)
    term = int(np.argmin(np.abs(size - genes)))
    return {
        "random genes": random.choice(len(graph), genes, replace=False),
        "genes with most partners": np.argsort(-graph.degree, kind="stable")[:genes],
        f"the genes of “{graph.terms.names[term]}”": np.flatnonzero(graph.terms.membership[:, [term]].toarray()[:, 0]),
        "a third of all genes": random.choice(len(graph), len(graph) // 3, replace=False),
    }


def by_fisher(graph: GeneGraph, chosen: np.ndarray) -> dict[str, float]:
    """p of every term that holds a selected gene, one `fisher_exact` each."""
    assert graph.terms is not None
    inside = np.zeros(len(graph), dtype=bool)
    inside[chosen] = True
    columns = graph.terms.membership.tocsc()
    found = {}
    for term, name in enumerate(graph.terms.ids):
        members = columns.indices[columns.indptr[term] : columns.indptr[term + 1]]
        both = int(inside[members].sum())
        if both:
            only = len(members) - both
            table = [[both, len(chosen) - both], [only, len(graph) - len(chosen) - only]]
            found[name] = float(fisher_exact(table, alternative="greater").pvalue)
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", default="synlethdb")
    arguments.add_argument("--genes", type=int, default=100)
    asked = arguments.parse_args()
    graph = open_dataset(asked.data)
    assert graph.terms is not None
    print(f"{len(graph):,} genes × {len(graph.terms.ids):,} terms, {graph.terms.membership.nnz:,} memberships")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    enrich(graph, [0, 1])  # imports
    for name, chosen in selections(graph, asked.genes).items():
        taken, spent = [], []
        for _ in range(REPEATS):
            start, before = time.perf_counter(), time.process_time()
            found = enrich(graph, chosen)
            taken.append(time.perf_counter() - start)
            spent.append(time.process_time() - before)
        start = time.perf_counter()
        naive = by_fisher(graph, np.asarray(chosen))
        slow = time.perf_counter() - start
        ours = found.table.set_index("id")["p"].to_dict()
        assert ours.keys() <= naive.keys()
        assert np.allclose([naive[term] for term in ours], list(ours.values()), rtol=1e-6)
        within = "within" if max(taken) < TARGET_SECONDS else "OVER"
        print(
            f"{name}, {len(chosen):,} genes: median {1000 * np.median(taken):.0f} ms, "
            f"slowest {1000 * max(taken):.0f} ms ({within} 300 ms), processor time "
            f"{1000 * np.median(spent):.0f} ms; {len(found.significant):,} significant terms, "
            f"{len(found.leading):,} after folding; "
            f"Fisher term by term {slow:.2f} s ({slow / np.median(taken):.0f} ×)"
        )


if __name__ == "__main__":
    main()
