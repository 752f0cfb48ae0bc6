"""What explanations say of the edges into a pair: gradients, integrated gradients, GNNExplainer. Imports torch."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor, nn
from torch_geometric.explain import Explainer, GNNExplainer
from torch_geometric.nn import MessagePassing

from slviz.training.explaining.pair_messages import PairMessages

STEPS = 24
"""Of the integral: the middle of each step."""
EPOCHS = 100
LEARNING_RATE = 0.05
SIZE = 0.2
"""What each edge that is kept costs. With PyG's 0.005 and a rate of 0.01 nearly all of every mask stays: over 25 pairs
of the demo's GAT the edges put first then move the log-odds by 0.43, random ones by 0.28; with these numbers 0.93."""


def gradients(messages: PairMessages) -> Float32[np.ndarray, " edges"]:
    """How fast the raw number grows with each message, where all count fully (Simonyan 2013, arXiv:1312.6034)."""
    return _gradient(messages, 1.0)


def integrated_gradients(messages: PairMessages) -> Float32[np.ndarray, " edges"]:
    """What each message adds to the raw number, from none counting to all (Sundararajan 2017, arXiv:1703.01365).

    The gradient is averaged while all messages grow together from nothing to what they are. The values add up to what
    all messages add, but for the error of the sum over 24 steps.
    """
    middles = (np.arange(STEPS) + 0.5) / STEPS
    return np.mean([_gradient(messages, middle) for middle in middles], axis=0).astype(np.float32)


def _gradient(messages: PairMessages, level: float) -> Float32[np.ndarray, " edges"]:
    gate = torch.full((messages.edges.shape[1],), float(level), requires_grad=True)
    raw = messages.gated(gate)
    if raw.grad_fn is None or not len(gate):  # a network that hears nobody
        return np.zeros(len(gate), dtype=np.float32)
    (gradient,) = torch.autograd.grad(raw, gate, allow_unused=True)
    return np.zeros(len(gate), dtype=np.float32) if gradient is None else gradient.numpy().astype(np.float32)


def gnn_explainer(messages: PairMessages, *, seed: int = 0) -> Float32[np.ndarray, " edges"]:
    """How much of each message is needed to keep the raw number, 0 to 1 (GNNExplainer, Ying 2019, arXiv:1903.03894).

    PyG's own, with a mask over the edges into the pair and none over features.
    """
    if not messages.edges.shape[1]:
        return np.zeros(0, dtype=np.float32)
    torch.manual_seed(seed)
    explainer = Explainer(
        _Masked(messages),
        algorithm=GNNExplainer(epochs=EPOCHS, lr=LEARNING_RATE, edge_size=SIZE),
        explanation_type="model",
        edge_mask_type="object",
        model_config={"mode": "regression", "task_level": "graph", "return_type": "raw"},
    )
    edges = torch.as_tensor(messages.edges)
    blank = torch.zeros(int(edges.max()) + 1, 1)
    mask = explainer(blank, edges).edge_mask
    return mask.detach().numpy().astype(np.float32)


class _MaskHolder(MessagePassing):
    """Takes the mask that an explainer lays over a network's messages; passes none itself."""

    @property
    def mask(self) -> Tensor | None:
        return self._edge_mask


class _Masked(nn.Module):
    """The raw number of a pair as a network over its edges, which PyG's explainers can mask."""

    def __init__(self, messages: PairMessages) -> None:
        super().__init__()
        self.holder = _MaskHolder()
        self.messages = messages

    def forward(self, _genes: Tensor, edges: Tensor) -> Tensor:
        mask = self.holder.mask
        gate = torch.ones(edges.shape[1]) if mask is None else mask.sigmoid()
        return self.messages.gated(gate).reshape(1)
