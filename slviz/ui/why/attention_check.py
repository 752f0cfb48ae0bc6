"""What the stored edge ablations say of a run's attention: whether widths and order may follow it."""

from __future__ import annotations

from slviz.evaluation.faithfulness import Faithfulness, faithfulness
from slviz.runs import Run
from slviz.runs.artifacts.edge_ablations import EdgeAblation
from slviz.ui import cache


def of(run: Run, gene: int | None = None) -> Faithfulness | None:
    """The verdict on attention, of the gene where it was tested, else of the run; None where neither was tested."""
    if run.attention is None:
        return None
    sample = cache.ablation_of(run.run_id)
    one = None if gene is None else _of_gene(run, gene, sample)
    for ablation in (one, sample):
        if ablation is not None:
            return faithfulness(ablation.fall_top, ablation.fall_random)
    measured = cache.faithfulness_of(run.run_id)
    return None if measured is None else measured.verdict(run.spec.task)


def _of_gene(run: Run, gene: int, sample: EdgeAblation | None) -> EdgeAblation | None:
    return (sample.of(gene) if sample is not None else None) or cache.ablation_of(run.run_id, gene)


def decides(run: Run, gene: int | None = None) -> bool:
    """Whether attention decides order and width: where it passed its test."""
    verdict = of(run, gene)
    return verdict is not None and verdict.faithful


def sentence(run: Run, gene: int | None = None) -> str:
    """What decides the order of partners, and why; "" for a run without attention."""
    if run.attention is None:
        return ""
    instead = "partners are ordered by score" if run.decoder else "it orders partners only since this run has no scores"
    verdict = of(run, gene)
    if verdict is None:
        return f"Whether predictions need the edges that attention favours was not tested yet, so {instead}."
    noun = verdict.tested.noun if verdict.count == 1 else "run"
    if verdict.faithful:
        return f"Attention passed its test for this {noun}, so it decides order and width."
    return f"Attention failed its test for this {noun}, so {instead}."
