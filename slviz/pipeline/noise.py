"""Noise put through the network of a finished run, made and kept beside it."""

from __future__ import annotations

import contextlib
import dataclasses

import numpy as np
from jaxtyping import Bool, Float64

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun, InvalidSetting
from slviz.outliers import Groups, groups_of
from slviz.outliers.noise import NoiseKind
from slviz.projections import PROJECTIONS
from slviz.projections.method import OnProgress
from slviz.runs import Run
from slviz.runs.artifacts.noise import EmbeddedNoise
from slviz.runs.store import RunStore
from slviz.splits import PairSplit

MOST_NOISE, FEWEST_NOISE = 1_000, 50
MAPPED_UP_TO = 20_000
"""So many genes and noise things are mapped together."""
SEED = 0


def noise_count(genes: int) -> int:
    """How many noise things are made for so many genes: a quarter, from 50 to 1,000."""
    return int(np.clip(genes // 4, FEWEST_NOISE, MOST_NOISE))


def why_no_noise(run: Run) -> str:
    """Why nothing can be put through the network of a run, as a sentence; "" where it can. Needs no torch."""
    from slviz.training.noise import refuse_noise

    try:
        refuse_noise(run)
    except InvalidSetting as error:
        return str(error)
    return ""


def labelled_of(run: Run, graph: GeneGraph) -> Bool[np.ndarray, " genes"] | None:
    """For a run about genes, which it is about: those with a class, or all; None for a run about pairs."""
    return None if run.spec.task.scores_pairs else run.spec.task.asked_genes(graph)


def share_of(run: Run, graph: GeneGraph) -> Float64[np.ndarray, " genes"] | None:
    """The share that the network gives the most likely class of each gene; None for a run that gives no classes.

    A model that predicts a class for some genes alone has NaN for the others.
    """
    if "score" not in run.predictions:
        return None
    return run.predictions.set_index("gene")["score"].reindex(list(graph.genes)).to_numpy(dtype=np.float64)


def groups_of_run(run: Run, graph: GeneGraph, split: PairSplit) -> Groups:
    """What the run learnt from, and what it is compared with."""
    return groups_of(split, genes=len(graph), labelled=labelled_of(run, graph))


def noise_through(
    store: RunStore, run: Run, graph: GeneGraph, *, kind: NoiseKind = "permuted", on_progress: OnProgress | None = None
) -> EmbeddedNoise:
    """Noise through the trained and the untrained network of a run, made and kept when it is not there yet.

    One process makes it at a time. Raises `RunAlreadyRunning` while another does, `RunCancelled` when somebody asked
    to stop, and as `slviz.training.noise.embedded_noise` does.
    """
    from slviz.training.noise import embedded_noise, refuse_noise

    refuse_noise(run)
    artifacts = store.artifacts(run.run_id)
    with contextlib.suppress(DamagedRun):  # a damaged one is made again
        if (known := artifacts.open_noise(kind)) is not None:
            return known
    busy = f"Another process is putting noise through the network of run {run.run_id}."
    with artifacts.noise_artifact(kind).making(busy=busy) as tell:

        def both(share: float, doing: str) -> None:
            tell(share, doing)
            if on_progress is not None:
                on_progress(share, doing)

        both(0.0, "putting noise through the network")
        split = PairSplit.from_frame(store.open_split(run.run_id), graph.genes)
        noise = embedded_noise(
            graph,
            run,
            split,
            weights=store.open_weights(run.run_id),
            like=groups_of_run(run, graph, split).compared,
            count=noise_count(len(graph)),
            kind=kind,
            seed=SEED,
        )
        noise = _mapped(run, noise, both)
        artifacts.save_noise(kind, noise)
    return noise


def _mapped(run: Run, noise: EmbeddedNoise, on_progress: OnProgress) -> EmbeddedNoise:
    together = np.concatenate([run.embedding, noise.trained])
    if len(together) > MAPPED_UP_TO:
        return noise
    projection = PROJECTIONS.make("tsne").fit(together, SEED, on_progress=on_progress)
    return dataclasses.replace(noise, joint_map=projection.coordinates.astype(np.float32))
