"""MultiView: partners, interactions, terms and location learnt jointly, beside boosted trees over each pair."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.networks.baseline import likeness_of
from slviz.networks.model import Fitted, Training
from slviz.networks.network import GraphNetwork
from slviz.scorers.blend import fit_blend_scorer
from slviz.scorers.blend_scorer import BlendScorer
from slviz.scorers.pair_scorer import PairScorer
from slviz.scorers.views import VIEWS, View

if TYPE_CHECKING:
    from torch import nn

    from slviz.networks.encoders import Encoder
    from slviz.scorers.likeness import Likeness


def view_setting(view: View) -> Any:
    """Whether `multiview` looks at a view: yes for the first ones, no for those that came later."""
    label = f"View: {view.name.replace('_', '-')}"
    return setting(not view.is_later, view.help, label=label, advanced=True, omit_default=view.is_later)


if TYPE_CHECKING:
    OneSettingAView = GraphNetwork
else:
    OneSettingAView = dataclasses.make_dataclass(
        "OneSettingAView",
        [(view.name, bool, view_setting(view)) for view in VIEWS.values()],
        bases=(GraphNetwork,),
        frozen=True,
    )


@dataclass(frozen=True)
class MultiView(OneSettingAView):
    """Several relations learnt jointly, each gene choosing whom to listen to, beside trees that see each pair.

    A gene's embedding is made of messages along known pairs, interactions, like GO terms and the chromosome
    band, weighted by attention over these views that its own input drives. A structural head, boosted trees
    of which each looks at one view alone, says what these views tell of a pair. Both are added on validation.
    """

    name: ClassVar[str] = "multiview"
    uses_likeness: ClassVar[bool] = True
    head: bool = setting(
        True, "Add boosted trees over structural features of each pair.", label="Structural head", advanced=True
    )

    @property
    def views(self) -> tuple[str, ...]:
        """The views that are looked at."""
        return tuple(view for view in VIEWS if getattr(self, view))

    @property
    def needs_data(self) -> bool:
        return self.head

    def fit(self, training: Training) -> Fitted:
        fitted = super().fit(training)
        if not self.head or not training.task.scores_pairs:
            return fitted
        scorer, arrays = fit_blend_scorer(
            training.graph,
            training.split,
            contrasts=training.task.contrasts,
            protocol=training.protocol,
            seed=training.seed,
            embedding=fitted.embedding,
            decoder=fitted.arrays,
            views=self.views,
            negatives_per_pair=training.task.negatives_in_training,
        )
        return dataclasses.replace(fitted, scorer=scorer, arrays=arrays)

    def scorer(self, arrays: Mapping[str, np.ndarray], *, embedding: np.ndarray, graph: GeneGraph | None) -> PairScorer:
        if not self.head:
            return super().scorer(arrays, embedding=embedding, graph=graph)
        return BlendScorer.from_arrays(arrays, embedding=embedding, likeness=likeness_of(graph))

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        """A layer that sees known pairs alone; `build` gives its layers the other views."""
        return self._layer(in_channels, out_channels, {})

    def build(
        self, in_channels: int, *, genes: int = 0, structure: int = 0, likeness: Likeness | None = None
    ) -> Encoder:
        """As `Network.build`, with the relations of `likeness`; without it known pairs are the only view."""
        relations = {} if likeness is None else {k: v for k, v in likeness.relations.items() if k in self.views}
        return self._encoder(
            layers=[self._layer(self.width, self.width, relations) for _ in range(self.layers)],
            in_channels=in_channels,
            width=self.width,
            dropout=self.dropout,
            genes=genes if self.gene_vectors else 0,
            structure=structure,
        )

    def _layer(self, in_channels: int, out_channels: int, relations: dict[str, Any]) -> nn.Module:
        from slviz.networks.view_encoder import ViewLayer

        return ViewLayer(in_channels, out_channels, relations=relations, partners="partners" in self.views)

    def _encoder(self, **parts: Any) -> Encoder:
        from slviz.networks.view_encoder import ViewEncoder

        return ViewEncoder(**self._stacking, **parts)
