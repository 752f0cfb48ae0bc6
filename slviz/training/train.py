"""train(graph, spec, split) -> Run, and the embedding of a network that was trained before."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun
from slviz.networks import Baseline, MultiView
from slviz.runs import Attention, Run, RunSpec
from slviz.runs.data_of import refuse_changed_data
from slviz.scoring import EmbeddingScorer, PairScorer
from slviz.splits import PairSplit
from slviz.tasks import Classify, PairDecoder, PairTask
from slviz.training.baseline_runs import fit_baseline, no_epochs
from slviz.training.blending import with_head
from slviz.training.devices import find_device, repeatable
from slviz.training.fitting import Checkpoint, Epoch, Fit, epoch_seed
from slviz.training.judging import Judged, judge_genes, judge_pairs
from slviz.training.judging_classes import judge_classes

if TYPE_CHECKING:
    import torch

    from slviz.training.class_problem import ClassProblem
    from slviz.training.gene_problem import GeneProblem
    from slviz.training.pair_problem import PairProblem

    AnyProblem = PairProblem | GeneProblem | ClassProblem


def train(
    graph: GeneGraph,
    spec: RunSpec,
    split: PairSplit,
    *,
    device: str = "auto",
    on_epoch: Callable[[Epoch], None] | None = None,
    checkpoint: Checkpoint | None = None,
    on_checkpoint: Callable[[Checkpoint], None] | None = None,
) -> Run:
    """Train what `spec` describes; the same spec on the same device gives the same result.

    Args:
        graph: the data set that `spec` was made for.
        spec: what to train.
        split: `spec.split.divide(graph)`.
        device: "auto", "cuda", "mps" or "cpu".
        on_epoch: called after each epoch; what it raises ends the training.
        checkpoint: where an earlier training of the same spec stopped; it goes on from there, and the
            result is the one that an unbroken training gives.
        on_checkpoint: called every 20 epochs with what is needed to go on from there.

    Raises `TrainingDiverged` when the loss is no longer finite, `InvalidSetting` for a device or
    feature that is not there, `DamagedRun` when the checkpoint does not fit.
    """
    started = time.perf_counter()
    refuse_changed_data(graph, spec)
    if isinstance(spec.network, Baseline):
        return _train_baseline(graph, spec, split, started=started)
    where = find_device(device)
    with repeatable(where):
        problem = problem_of(graph, spec, split, where)
        fit = Fit(problem, spec.optimiser, spec.seed)
        if checkpoint is not None:
            fit.resume(checkpoint)
        fit.run(on_epoch=on_epoch, on_checkpoint=on_checkpoint)
        embedding = embedding_of(problem)
        attention = _attention(problem)
        weights = {name: value.detach().cpu().numpy().copy() for name, value in problem.model.state_dict().items()}
        judged = judge(graph, spec, split, problem, embedding)
    return Run(
        spec=spec,
        genes=graph.genes,
        history=fit.history,
        embedding=embedding,
        decoder=judged.decoder,
        predictions=judged.predictions,
        metrics=judged.metrics,
        attention=attention,
        weights=weights,
        device=str(where),
        train_seconds=time.perf_counter() - started,
    )


def _train_baseline(graph: GeneGraph, spec: RunSpec, split: PairSplit, *, started: float) -> Run:
    scorer, arrays, embedding = fit_baseline(graph, spec, split)
    assert isinstance(spec.task, PairTask)
    judged = judge_pairs(spec.task, graph, split, scorer=scorer, decoder=arrays, itself=spec.network.scorer)
    return Run(
        spec=spec,
        genes=graph.genes,
        history=no_epochs(),
        embedding=embedding,
        decoder=judged.decoder,
        predictions=judged.predictions,
        metrics=judged.metrics,
        weights={},
        device="cpu",
        train_seconds=time.perf_counter() - started,
    )


def embed(
    graph: GeneGraph,
    spec: RunSpec,
    split: PairSplit,
    *,
    weights: Mapping[str, np.ndarray],
    device: str = "cpu",
) -> Float32[np.ndarray, "genes width"]:
    """The embedding of a network with these weights over the training graph, float32 [G, D].

    Raises `DamagedRun` when the weights are those of another network.
    """
    where = find_device(device)
    with repeatable(where):
        return embedding_of(rebuilt(graph, spec, split, weights=weights, device=device))


def rebuilt(
    graph: GeneGraph, spec: RunSpec, split: PairSplit, *, weights: Mapping[str, np.ndarray], device: str = "cpu"
) -> AnyProblem:
    """The problem of a run with its network as it was trained; call it, and use it, inside `repeatable`.

    Raises `DamagedRun` when the weights are those of another network.
    """
    import torch

    problem = problem_of(graph, spec, split, find_device(device))
    try:
        problem.model.load_state_dict({name: torch.as_tensor(value) for name, value in weights.items()})
    except (RuntimeError, TypeError, ValueError, AttributeError) as error:  # also numbers of a kind that torch lacks
        raise DamagedRun(f"The weights are not those of run {spec.run_id}: {error}") from error
    return problem


def problem_of(graph: GeneGraph, spec: RunSpec, split: PairSplit, device: torch.device) -> AnyProblem:
    """What a spec asks to be learnt, with the network as its seed begins it."""
    import torch

    from slviz.training.class_problem import ClassProblem
    from slviz.training.gene_problem import GeneProblem
    from slviz.training.pair_problem import PairProblem

    torch.manual_seed(epoch_seed(spec.seed, 0))
    kinds = {PairTask: PairProblem, Classify: ClassProblem}
    kind = next((kind for task, kind in kinds.items() if isinstance(spec.task, task)), GeneProblem)
    return kind(graph, spec, split, device=device)


def judge(
    graph: GeneGraph,
    spec: RunSpec,
    split: PairSplit,
    problem: AnyProblem,
    embedding: Float32[np.ndarray, "genes width"],
) -> Judged:
    """Predictions and figures of a trained problem, whatever its task, beside the baselines."""
    from slviz.training.class_problem import ClassProblem
    from slviz.training.pair_problem import PairProblem

    if isinstance(problem, PairProblem):
        arrays = problem.model.decoder.arrays(problem.decoder_bounds)
        scorer: PairScorer = EmbeddingScorer(PairDecoder(arrays), embedding)
        if isinstance(spec.network, MultiView) and spec.network.head:
            scorer, arrays = with_head(graph, spec, split, decoder=arrays, embedding=embedding)
        return judge_pairs(problem.task, graph, split, scorer=scorer, decoder=arrays)
    if isinstance(problem, ClassProblem):
        return judge_classes(
            problem.classes,
            graph.genes,
            split,
            shares=problem.shares(),
            features=spec.features.matrix(graph),
            interactions=graph.interactions,
            balanced=problem.task.class_weights == "balanced",
        )
    return judge_genes(
        spec.features.matrix(graph),
        graph.genes,
        split,
        reconstruction=problem.reconstruction(),
        width=spec.network.width,
    )


def embedding_of(problem: AnyProblem) -> Float32[np.ndarray, "genes width"]:
    """The embedding [G, D] over the whole training graph, nothing dropped."""
    import torch

    problem.model.eval()
    with torch.no_grad():
        return problem.embed().cpu().numpy().astype(np.float32)


def _attention(problem: AnyProblem) -> Attention | None:
    """The weights of a last pass over the whole training graph, None where the network has none."""
    import torch

    problem.model.eval()
    with torch.no_grad():
        layers = problem.model.encoder.attention(problem.features, problem.whole.structure, problem.whole.edges)  # type: ignore[operator]
    if not layers:
        return None
    edges = layers[0][0].cpu().numpy().astype(np.int64)
    weight = np.stack([of_layer.cpu().numpy().T for _, of_layer in layers])  # [A, heads] each -> [L, H, A]
    return Attention(edges=edges, weight=weight.astype(np.float32))
