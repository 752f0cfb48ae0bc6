"""MultiView: partners, interactions, terms and location learnt jointly, beside boosted trees over each pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from slviz.choices import setting
from slviz.features.likeness import VIEWS
from slviz.networks.network import GraphNetwork

if TYPE_CHECKING:
    from torch import nn

    from slviz.features.likeness import Likeness
    from slviz.networks.encoders import Encoder


@dataclass(frozen=True)
class MultiView(GraphNetwork):
    """Several relations learnt jointly, each gene choosing whom to listen to, beside trees that see each pair.

    A gene's embedding is made of messages along known pairs, interactions, like GO terms and the chromosome
    band, weighted by attention over these views that its own input drives. A structural head, boosted trees
    of which each looks at one view alone, says what these views tell of a pair. Both are added on validation.
    """

    name: ClassVar[str] = "multiview"
    uses_likeness: ClassVar[bool] = True
    partners: bool = setting(True, "Look at paths along known pairs.", label="View: partners", advanced=True)
    co_publication: bool = setting(
        True,
        "Look at which publications list a gene's partners. It finds what else the same screen would list, not why.",
        label="View: co-publication",
        advanced=True,
    )
    interactions: bool = setting(True, "Look at protein interactions.", label="View: interactions", advanced=True)
    terms: bool = setting(True, "Look at genes with like GO terms.", label="View: terms", advanced=True)
    location: bool = setting(
        True,
        "Look at chromosome bands. Pairs inferred from copy number share them; that need not be biology.",
        label="View: location",
        advanced=True,
    )
    head: bool = setting(
        True, "Add boosted trees over structural features of each pair.", label="Structural head", advanced=True
    )

    @property
    def views(self) -> tuple[str, ...]:
        """The views that are looked at."""
        return tuple(view for view in VIEWS if getattr(self, view))

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        """A layer that sees known pairs alone; `build` gives its layers the other views."""
        return self._layer(in_channels, out_channels, {})

    def build(
        self, in_channels: int, *, genes: int = 0, structure: int = 0, likeness: Likeness | None = None
    ) -> Encoder:
        """As `Network.build`, with the relations of `likeness`; without it known pairs are the only view."""
        relations = {} if likeness is None else {k: v for k, v in likeness.views.items() if k in self.views}
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
