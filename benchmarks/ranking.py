"""How long it takes to rank the partners of a gene and all pairs by a run, and what hub adjustment does to its lists.

    python benchmarks/ranking.py RUN [--genes 200] [--clicks 20]

Prints, for a finished run on the data set that it was trained on: seconds and processor time for the survey of all
pairs and the most memory that the process took; for the ranked partners of a gene, warm; and, over random genes, the
share of genes whose first ten unreported partners hold the commonest one, and the recall of held-out partners in the
first ten, by score and adjusted for hubs. A naive way stands beside the survey: the scores of 50 genes with all,
times the number of genes.
"""

from __future__ import annotations

import argparse
import collections
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from slviz.ranking import Ranker, survey  # noqa: E402
from slviz.ranking.hub_adjustment import surprise  # noqa: E402
from slviz.ranking.known_pairs import KNOWN, UNREPORTED  # noqa: E402
from slviz.runs.data_of import data_of_run  # noqa: E402
from slviz.runs.store import RunStore  # noqa: E402

FIRST = 10
NAIVE = 50


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(work: Callable[[], object]) -> tuple[object, float, float]:
    """What `work` gives, its seconds by the clock and of the processors."""
    clock, processor = time.perf_counter(), processor_seconds()
    made = work()
    return made, time.perf_counter() - clock, processor_seconds() - processor


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("run")
    arguments.add_argument("--genes", type=int, default=200)
    arguments.add_argument("--clicks", type=int, default=20)
    options = arguments.parse_args()
    run = RunStore.default().open(options.run)
    graph = data_of_run(run)
    bare = Ranker.of(graph, run)
    _, naive, naive_processor = timed(lambda: [bare.scorer.score_with(gene) for gene in range(NAIVE)])
    made, clock, processor = timed(lambda: survey(graph, bare.known, bare.scorer))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    times = len(graph) / NAIVE
    print(f"{run.run_id}: {len(graph):,} genes, {len(graph) * (len(graph) - 1) // 2:,} pairs")
    print(
        f"all pairs: {clock:.1f} s, {processor:.1f} s of processors, {peak:.0f} MB at most; "
        f"gene by gene {naive * times:.0f} s, {naive_processor * times:.0f} s of processors"
    )
    ranker = Ranker.of(graph, run, scorer=bare.scorer, survey=made)
    random = np.random.default_rng(0)
    clicks = random.choice(len(graph), options.clicks, replace=False).tolist()
    ranker.partners(clicks[0])  # what is made once a run
    spent = [timed(lambda gene=gene: ranker.partners(gene))[1:] for gene in clicks]
    scored = [timed(lambda gene=gene: ranker.scorer.score_with(gene))[1:] for gene in clicks]
    for what, taken in (("partners of a gene, warm", spent), ("of that, its scores", scored)):
        clocks, processors = np.array(taken).T
        print(
            f"{what}: median {np.median(clocks):.3f} s ({np.median(processors):.3f} s of processors), "
            f"slowest {clocks.max():.3f} ({processors.max():.3f})"
        )
    compare_hubs(ranker, random.choice(len(graph), options.genes, replace=False).tolist())


def compare_hubs(ranker: Ranker, genes: list[int]) -> None:
    """The commonest partner among the first ten, and the recall of held-out ones, before and after adjustment."""
    everyone = np.arange(len(ranker.graph))
    test = ranker.run.predictions.query("part == 'test' and negative_kind == 'known'")
    number = ranker.graph.number_of
    held_out = collections.defaultdict(set)
    for a, b in zip(test["gene_a"], test["gene_b"], strict=True):
        held_out[number[a]].add(number[b])
        held_out[number[b]].add(number[a])
    commonest: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    recalled: dict[str, list[float]] = collections.defaultdict(list)
    for gene in genes:
        score = ranker.scorer.score_with(gene)
        status = ranker.known.of_gene(gene)
        for name, measure in (("by score", score), ("adjusted", surprise(ranker.survey, everyone, score))):
            order = np.lexsort((everyone, -measure))
            order = order[order != gene]
            commonest[name].update(order[status[order] == UNREPORTED][:FIRST].tolist())
            if held_out[gene]:
                first = set(order[status[order] != KNOWN][:FIRST].tolist())
                recalled[name].append(len(first & held_out[gene]) / len(held_out[gene]))
    for name in commonest:
        (hub, count), *_ = commonest[name].most_common(1)
        print(
            f"{name}: {ranker.graph.genes[hub]} is among the first {FIRST} unreported partners of "
            f"{count / len(genes):.1%} of {len(genes)} genes; recall of held-out partners in the first {FIRST} "
            f"{np.mean(recalled[name]):.3f} ({len(recalled[name])} genes)"
        )


if __name__ == "__main__":
    main()
