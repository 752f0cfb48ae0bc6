"""How alike the embeddings of two finished runs are, of all genes that both have, made and kept beside the first."""

from __future__ import annotations

import contextlib

import numpy as np

from slviz.errors import DamagedRun, RunError
from slviz.projections.embedding_similarity import EmbeddingSimilarity, embedding_similarity
from slviz.projections.method import OnProgress
from slviz.runs import Run
from slviz.runs.shared_genes import SharedGenes
from slviz.runs.store import RunStore

FEWEST = 3
"""So many genes have neighbours."""


def compare_embeddings(
    store: RunStore, one: Run, other: Run, *, count: int, on_progress: OnProgress | None = None
) -> EmbeddingSimilarity:
    """Linear CKA and the `count` nearest neighbours of every gene that both runs have.

    One process makes it at a time. Raises `RunAlreadyRunning` while another does, `RunCancelled` when somebody asked to
    stop, and `RunError` for runs that share fewer than three genes, or whose embedding tells no gene from another.
    """
    shared = SharedGenes.of((one, other))
    if len(shared.genes) < FEWEST:
        raise RunError(
            f"Runs {one.run_id} and {other.run_id} share {len(shared.genes)} genes, too few to compare embeddings. "
            "Choose runs about the same genes."
        )
    for run in (one, other):
        if tells_no_gene(run):
            raise RunError(
                f"Run {run.run_id} gives every gene the same vector, or none, so no gene has neighbours there. Choose "
                "another run."
            )
    artifacts = store.artifacts(one.run_id)
    mark = shared.mark((one, other))
    with contextlib.suppress(DamagedRun):  # a damaged one is made again
        known = artifacts.open_comparison(other.run_id, count, mark, genes=len(shared.genes))
        if known is not None:
            return known
    busy = f"Another process is comparing runs {one.run_id} and {other.run_id}."
    with artifacts.comparison_artifact(other.run_id, count, mark).making(busy=busy) as tell:

        def on_share(share: float) -> None:
            tell(share, "comparing neighbours")
            if on_progress is not None:
                on_progress(share, "comparing neighbours")

        made = embedding_similarity(*shared.vectors((one, other)), count=count, on_progress=on_share)
        artifacts.save_comparison(other.run_id, count, mark, similarity=made)
    return made


def tells_no_gene(run: Run) -> bool:
    """Whether the embedding of a run is the same for every gene, or has no columns."""
    return not run.embedding.size or float(np.ptp(run.embedding, axis=0).max()) == 0
