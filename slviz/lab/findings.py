"""What a training shows, in sentences with its own numbers."""

from __future__ import annotations

import numpy as np

from slviz.lab.measures import dead_units, equal_columns, gradient_norms
from slviz.lab.training import LabTraining, Moment

WORTH_A_WORD_ORDERS = 3.0
OVER_FITTED = 1.1


def findings(training: LabTraining, moment: Moment) -> list[str]:
    """Sentences on the network at a moment; none where nothing is remarkable."""
    said = [_divergence(training), _equal(training, moment), _dead(training, moment), _vanishing(training, moment)]
    return [sentence for sentence in (*said, _over_fitting(training)) if sentence]


def _divergence(training: LabTraining) -> str:
    if training.diverged is None:
        return ""
    loss = training.diverged.loss
    shown = f"{loss:.3g}" if np.isfinite(loss) else "no number any more"
    return (
        f"Training diverged: the loss of epoch {training.diverged.epoch:,} is {shown}. What came before is shown; "
        "try a smaller learning rate or smaller first weights."
    )


def _equal(training: LabTraining, moment: Moment) -> str:
    """Hidden layers of several neurons that are one neuron."""
    different = equal_columns(moment.parameters)[:-1]
    alike = [
        (layer + 1, width)
        for layer, (count, width) in enumerate(zip(different, training.setup.widths, strict=True))
        if count == 1 < width
    ]
    if not alike:
        return ""
    layers = ", ".join(f"all {width} neurons of layer {layer}" for layer, width in alike)
    history = training.history
    return (
        f"At epoch {moment.epoch:,} {layers} are equal to the bit, as the same gradient moves them. It learns all the "
        f"same, as one neuron can: loss {history['train_loss'].iloc[0]:.4f} at the start, "
        f"{history['train_loss'].iloc[moment.epoch]:.4f} here, {history['train_loss'].iloc[-1]:.4f} at epoch "
        f"{training.reached:,}."
    )


def _dead(training: LabTraining, moment: Moment) -> str:
    dead = sum(int(units.sum()) for units in dead_units(training, moment))
    if not dead:
        return ""
    hidden = sum(training.setup.widths)
    said = f"{dead} of {hidden} hidden neurons are dead: they pass no gradient for any training point."
    weights, biases = gradient_norms(moment.gradients)
    if not any(weights):
        said += (
            " The gradient of every weight is exactly 0, so none will ever move; the last layer's bias still learns "
            f"(gradient {biases[-1]:.2g}), which changes the loss and no boundary."
        )
    return said


def _vanishing(training: LabTraining, moment: Moment) -> str:
    weights, _ = gradient_norms(moment.gradients)
    if len(weights) < 3 or not weights[0] or not weights[-1]:
        return ""
    orders = float(np.log10(weights[-1] / weights[0]))
    if orders < WORTH_A_WORD_ORDERS:
        return ""
    return (
        f"From the last layer ({weights[-1]:.2g}) to the first ({weights[0]:.1g}) the gradient loses {orders:.1f} "
        "orders of magnitude. ReLU relieves that and does not cure it; larger first weights (Kaiming) do."
    )


def _over_fitting(training: LabTraining) -> str:
    history = training.history
    lowest = int(np.argmin(history["validation_loss"].to_numpy()))
    least, last = history["validation_loss"].iloc[[lowest, -1]]
    if last < OVER_FITTED * least or history["train_loss"].iloc[-1] > history["train_loss"].iloc[lowest]:
        return ""
    return (
        f"Over-fitting: validation loss is lowest at epoch {lowest:,} ({least:.3f}) and {last:.3f} at epoch "
        f"{training.reached:,}, while training loss still falls "
        f"({history['train_loss'].iloc[lowest]:.3f} to {history['train_loss'].iloc[-1]:.3f})."
    )


def best_epoch_told(training: LabTraining) -> str:
    """Why accuracy must count equal classes: what the best epoch reaches, and what the first would."""
    best, first = (
        training.measures(training.at(epoch))["test"][1] for epoch in (training.best_epoch, min(1, training.reached))
    )
    return (
        f"The best epoch by validation is {training.best_epoch:,}; its test accuracy is {best:.3f}. A comparison that "
        "is always true, such as asking whether two types can be cast instead of whether two classes are equal, gives "
        f"every epoch accuracy 1 and so chooses epoch 1, whose test accuracy is {first:.3f}."
    )
