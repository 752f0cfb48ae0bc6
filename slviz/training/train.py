"""train(graph, spec, split) -> Run, and the embedding of a network that was trained before."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from jaxtyping import Float32

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun
from slviz.features.pair_knowledge import PairKnowledge
from slviz.networks import Attention, Fitted, Network, Training
from slviz.runs import Run, RunSpec
from slviz.runs.data_of import refuse_changed_data
from slviz.runs.spec_validation import refuse_network
from slviz.scorers.experiment_scorer import of_validation
from slviz.scorers.pair_decoder import PairDecoder
from slviz.scorers.pair_scorer import DecoderScorer, ScreenScorer
from slviz.splits import PairSplit
from slviz.splits.pair_split import HIT
from slviz.training.devices import find_device, repeatable
from slviz.training.evaluate import evaluate
from slviz.training.fitting import Checkpoint, Epoch, Fit, epoch_seed
from slviz.training.steps import OnStep

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
    on_evaluation: OnStep | None = None,
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
        on_checkpoint: called every 20 epochs with what is needed to resume from there.
        on_evaluation: called while all unknown pairs are ranked with how far that has come; what it raises ends it.

    Raises `TrainingDiverged` when the loss is no longer finite, `InvalidSetting` for a device or
    feature that is not there, `DamagedRun` when the checkpoint does not fit.
    """
    started = time.perf_counter()
    refuse_changed_data(graph, spec)
    refuse_network(spec, graph)
    shared: dict[str, Any] = {}
    fitted = fit_model(
        graph,
        spec,
        split,
        device=device,
        shared=shared,
        on_epoch=on_epoch,
        checkpoint=checkpoint,
        on_checkpoint=on_checkpoint,
    )
    evaluated = evaluate(
        graph,
        spec,
        split,
        fitted,
        refit=lambda other: fit_model(graph, spec, other, device=device, shared=shared),
        on_step=on_evaluation,
    )
    return Run(
        spec=spec,
        genes=graph.genes,
        history=fitted.history,
        embedding=fitted.embedding,
        decoder=fitted.arrays,
        predictions=evaluated.predictions,
        metrics=evaluated.metrics,
        attention=fitted.attention,
        weights=fitted.weights,
        record=fitted.record,
        device=fitted.device,
        train_seconds=time.perf_counter() - started,
    )


def fit_model(
    graph: GeneGraph,
    spec: RunSpec,
    split: PairSplit,
    *,
    device: str,
    on_epoch: Callable[[Epoch], None] | None = None,
    checkpoint: Checkpoint | None = None,
    on_checkpoint: Callable[[Checkpoint], None] | None = None,
    shared: dict[str, Any] | None = None,
) -> Fitted:
    """The model of `spec` fitted on `split`, not evaluated yet; arguments and errors as of `train`.

    `shared` is what fits of one run on several splits may share (`Training.shared`).
    """

    def in_epochs(network: Network) -> Fitted:
        where = find_device(device)
        with repeatable(where):
            problem = problem_of(graph, spec, split, where, network=network)
            fit = Fit(problem, spec.optimiser, spec.seed)
            if checkpoint is not None:
                fit.resume(checkpoint)
            fit.run(on_epoch=on_epoch, on_checkpoint=on_checkpoint)
            return _fitted(fit, problem, device=str(where))

    training = Training(
        graph=graph,
        split=split,
        task=spec.task,
        features=spec.features,
        protocol=spec.split,
        seed=spec.seed,
        in_epochs=in_epochs,
        shared={} if shared is None else shared,
    )
    fitted = spec.network.fit(training)
    return _of_experiments(fitted, training) if spec.task.positives == HIT else fitted


def _of_experiments(fitted: Fitted, training: Training) -> Fitted:
    """What was fitted with earlier screens and calibrated answers, where the model does not bring them itself."""
    if fitted.scorer is None or isinstance(fitted.scorer, ScreenScorer):
        return fitted
    scorer = of_validation(fitted.scorer, training.split, PairKnowledge(training.graph))
    return dataclasses.replace(fitted, scorer=scorer, arrays={**fitted.arrays, **scorer.arrays()})


def _fitted(fit: Fit, problem: AnyProblem, *, device: str) -> Fitted:
    embedding = embedding_of(problem)
    arrays = problem.decoder_arrays()
    return Fitted(
        embedding=embedding,
        scorer=DecoderScorer(PairDecoder(arrays), embedding) if arrays else None,
        arrays=arrays,
        attention=_attention(problem),
        of_genes=problem.of_genes(),
        weights={name: value.detach().cpu().numpy().copy() for name, value in problem.model.state_dict().items()},
        history=fit.history,
        record=fit.record,
        device=device,
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


def problem_of(
    graph: GeneGraph, spec: RunSpec, split: PairSplit, device: torch.device, *, network: Network | None = None
) -> AnyProblem:
    """What a spec asks to be learnt, with its network, or the one that is given, as the seed begins it."""
    import torch

    from slviz.training.class_problem import ClassProblem
    from slviz.training.gene_problem import GeneProblem
    from slviz.training.pair_problem import PairProblem
    from slviz.training.screen_problem import ScreenProblem, UntestedProblem

    learner = cast(Network, network or spec.network)
    split = learner.learning_split(split, graph, seed=spec.seed)
    torch.manual_seed(epoch_seed(spec.seed, 0))
    problems = {"pairs": PairProblem, "classes": ClassProblem, "features": GeneProblem}
    kind = problems[spec.task.about]
    if spec.task.positives == HIT:
        kind = ScreenProblem if learner.learns_from_tests() else UntestedProblem
    return kind(graph, spec, split, network=network, device=device)


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
