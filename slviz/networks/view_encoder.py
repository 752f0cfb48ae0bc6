"""Message passing along several relations, weighted by attention over them. Imports torch: import it late."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor, nn

from slviz.networks.encoders import Encoder

PARTNERS = "partners"
OLD_ORDER = (PARTNERS, "interactions", "terms", "location")


class Relation(nn.Module):
    """A fixed sparse matrix [G, G] that messages run along; no parameters, nothing stored with the weights."""

    def __init__(self, matrix: sp.csr_array) -> None:
        super().__init__()
        self.register_buffer("forth", _sparse(matrix), persistent=False)
        self.register_buffer("back", _sparse(sp.csr_array(matrix.T)), persistent=False)
        self.register_buffer("there", torch.as_tensor(np.diff(matrix.indptr) > 0)[:, None], persistent=False)

    def forward(self, genes: Tensor) -> Tensor:
        return _Spread.apply(genes, self.forth, self.back)

    def matrix(self) -> sp.csr_array:
        """The matrix [G, G]: a gene hears, from each other gene, this share."""
        forth = self.get_buffer("forth")
        parts = (forth.values(), forth.col_indices(), forth.crow_indices())
        return sp.csr_array(tuple(part.cpu().numpy() for part in parts), shape=tuple(forth.shape))

    def among(self, genes: Tensor) -> Relation:
        """The relation among a few genes alone, in their order."""
        chosen = genes.cpu().numpy()
        return Relation(sp.csr_array(self.matrix()[chosen][:, chosen])).to(genes.device)


class _Spread(torch.autograd.Function):
    """A sparse product whose gradient is a product with the transposed matrix, made once.

    torch's own backward of a compressed sparse product was many times slower than its forward.
    """

    @staticmethod
    def forward(ctx: Any, genes: Tensor, forth: Tensor, back: Tensor) -> Tensor:
        ctx.save_for_backward(back)
        return forth @ genes

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        (back,) = ctx.saved_tensors
        return back @ gradient, None, None


class ViewLayer(nn.Module):
    """For each gene the mean message of every view, weighted by attention over the views that it has.

    The weight of view v for gene i is the softmax over v of u' tanh(S h_i + M m_iv + b_v): it depends on the
    gene's own state h and on what it hears, m.
    """

    def __init__(
        self, in_channels: int, out_channels: int, *, relations: Mapping[str, sp.csr_array], partners: bool = True
    ) -> None:
        super().__init__()
        self.names = ((PARTNERS,) if partners else ()) + tuple(relations)
        self.relations = nn.ModuleDict({name: Relation(matrix) for name, matrix in relations.items()})
        self.own = nn.Linear(in_channels, out_channels)
        self.message = nn.ModuleDict({name: nn.Linear(in_channels, out_channels) for name in self.names})
        self.state = nn.Linear(in_channels, out_channels // 2 or 1)
        self.heard = nn.Linear(out_channels, out_channels // 2 or 1, bias=False)
        self.of_view = nn.Parameter(torch.zeros(max(1, len(self.names)), out_channels // 2 or 1))
        self.score = nn.Linear(out_channels // 2 or 1, 1, bias=False)
        self.gate: Tensor | None = None
        """How much each message along a known pair counts, [E]; None for all of it. Explanations turn it."""
        self.register_state_dict_post_hook(_rows_by_name)
        self.register_load_state_dict_pre_hook(_rows_in_order)

    def forward(self, genes: Tensor, edges: Tensor) -> Tensor:
        """What each gene hears [G, out] from its state [G, in] and the edges of the known pairs [2, E]."""
        if not self.names:
            return self.own(genes)
        heard, weight = self._weighed(genes, edges)
        return self.own(genes) + (weight[:, :, None] * heard).sum(dim=1)

    def view_weights(self, genes: Tensor, edges: Tensor) -> Tensor:
        """How much each gene attends to each view of `names`, [G, V]; a gene's sum to 1 where any view reaches it."""
        return self._weighed(genes, edges)[1] if self.names else genes.new_zeros(len(genes), 0)

    def relation(self, name: str) -> Relation:
        """One of its relations by the name of its view."""
        relation = self.relations[name]
        assert isinstance(relation, Relation)
        return relation

    def among(self, genes: Tensor) -> ViewLayer:
        """The same layer, with the same parameters, for a few genes alone: its relations lead from these to these."""
        few = copy.copy(self)
        relations = {name: self.relation(name).among(genes) for name in self.relations}
        few._modules = {**self._modules, "relations": nn.ModuleDict(relations)}
        return few

    def _weighed(self, genes: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
        """What each gene hears from every view [G, V, out], and the weights of the views [G, V]."""
        messages, there = zip(*(self._heard(name, genes, edges) for name in self.names), strict=True)
        heard, reached = torch.stack(messages, dim=1), torch.cat(there, dim=1)  # [G, V, out], [G, V]
        raw = self.score(torch.tanh(self.state(genes)[:, None] + self.heard(heard) + self.of_view)).squeeze(2)
        return heard, torch.softmax(raw.masked_fill(~reached, -1e9), dim=1) * reached

    def _heard(self, name: str, genes: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
        """The mean message of one view [G, out], and which genes it reaches [G, 1]."""
        sent = self.message[name](genes)
        if name != PARTNERS:
            relation = self.relations[name]
            return relation(sent), relation.get_buffer("there")
        source, target = edges
        partners = torch.bincount(target, minlength=len(genes))[:, None]
        messages = sent.index_select(0, source)
        if self.gate is not None:
            messages = messages * self.gate[:, None]
        total = sent.new_zeros(sent.shape).index_add(0, target, messages)
        return total / partners.clamp(min=1), partners > 0


def _rows_by_name(layer: ViewLayer, state: dict[str, Tensor], prefix: str, _metadata: object) -> None:
    """The weights are stored with a name for what is learnt of each view, so that no order of views is stored."""
    if layer.names:
        rows = state.pop(f"{prefix}of_view")
        state.update({f"{prefix}of_view.{name}": row for name, row in zip(layer.names, rows, strict=True)})


def _rows_in_order(layer: ViewLayer, state: dict[str, Tensor], prefix: str, *_: object) -> None:
    """Stored weights as the layer has them. Runs until November 2026 hold the rows in the order `OLD_ORDER`."""
    whole = f"{prefix}of_view"
    if all(f"{whole}.{name}" in state for name in layer.names) and layer.names:
        state[whole] = torch.stack([state.pop(f"{whole}.{name}") for name in layer.names])
    elif whole in state and set(layer.names) <= set(OLD_ORDER) and len(state[whole]) == len(layer.names):
        stored = [name for name in OLD_ORDER if name in layer.names]
        state[whole] = state[whole][[stored.index(name) for name in layer.names]]


class ViewEncoder(Encoder):
    """An encoder of `ViewLayer`s; what it learnt of a single gene counts only where the gene has a seen partner.

    So a gene without any, which training hides partners to imitate, is described by its input and its views.
    """

    def _start(self, features: Tensor, structure: Tensor) -> Tensor:
        start = self.features(features)
        if self.structure is not None:
            start = start + self.structure(structure)
            if self.vectors is not None:
                start = start + self.vectors.weight * (structure[:, :1] > 0)  # its first column: log partners
        return start

    def view_weights(self, features: Tensor, structure: Tensor, edges: Tensor) -> list[tuple[tuple[str, ...], Tensor]]:
        """Per layer, names of its views and how much each gene attends to them, [G, V]."""
        states = self.encode(features, structure, edges).states
        weights = []
        for norm, layer, state in zip(self.norms, self.layers, states, strict=False):
            assert isinstance(layer, ViewLayer)
            weights.append((layer.names, layer.view_weights(norm(state), edges)))
        return weights


def _sparse(matrix: sp.csr_array) -> Tensor:
    with warnings.catch_warnings():  # torch calls compressed rows a beta; products with them are all we ask of it
        warnings.simplefilter("ignore", UserWarning)
        return torch.sparse_csr_tensor(
            torch.as_tensor(matrix.indptr.astype(np.int64)),
            torch.as_tensor(matrix.indices.astype(np.int64)),
            torch.as_tensor(matrix.data.astype(np.float32)),
            size=matrix.shape,
            check_invariants=False,
        )
