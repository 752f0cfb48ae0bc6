"""MultiView: partners, interactions, terms and location learnt jointly, beside boosted trees over each pair."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.features.pair_knowledge import PairKnowledge
from slviz.networks.baseline import similarity_of
from slviz.networks.bench import MEASURES_READ, Bench
from slviz.networks.model import Fitted, Training
from slviz.networks.network import GraphNetwork
from slviz.scorers.blend import fit_blend_scorer
from slviz.scorers.blend_scorer import BlendScorer
from slviz.scorers.pair_scorer import PairScorer
from slviz.scorers.screen_blend import fit_screen_blend
from slviz.scorers.tested_pairs import Tests
from slviz.scorers.views import VIEWS, View
from slviz.splits import PairSplit
from slviz.splits.newest import validated_by_newest
from slviz.splits.pair_split import HIT
from slviz.tasks import Task

if TYPE_CHECKING:
    from torch import nn

    from slviz.networks.encoders import Encoder
    from slviz.scorers.similarity import Similarity

BENCH = Bench()
"""Its measures of a pair and its penalty are those of experiments here, too."""
SHARED = "network of known pairs"
"""What fits of one run share: it has read no test."""
DATABASE, TIME, SCREEN = "database", "time", "screen"


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
    uses_similarity: ClassVar[bool] = True
    head: bool = setting(
        True, "Add boosted trees over structural features of each pair.", label="Structural head", advanced=True
    )

    fitted_for: str = setting(
        DATABASE,
        "Which question the blend is fitted for: pairs like those that are held out (database), the newest pairs, "
        "with inner folds of whole publications (time), or tested pairs, by whole screens (screen). For the task "
        "screen it is always the last.",
        options=(DATABASE, TIME, SCREEN),
        advanced=True,
        omit_default=True,
    )

    @property
    def views(self) -> tuple[str, ...]:
        """The views that are looked at."""
        return tuple(view for view in VIEWS if getattr(self, view))

    @property
    def needs_data(self) -> bool:
        return self.head

    def refuse(self, task: Task, graph: GeneGraph) -> None:
        for view in (VIEWS[name] for name in self.views):
            if view.needs and not view.parts(graph):
                raise InvalidSetting(
                    f"{view.name}=true looks at {' or '.join(view.needs)}, and the data set '{graph.name}' has none of "
                    "them. Leave it out, or name their files in dataset.toml."
                )
        if self.fitted_for == TIME and task.positives == HIT:
            raise InvalidSetting(
                f"The task '{task.name}' asks about experiments, and fitted_for=time about the newest pairs of a "
                "database. Leave it out, or take --task link."
            )
        if self.fitted_for != DATABASE and not task.negative_kinds:
            raise InvalidSetting(
                f"fitted_for={self.fitted_for} says which pairs a score is to tell from others, and the task "
                f"'{task.name}' tells none apart. Leave it out, or take --task link."
            )
        if self.fitted_for == SCREEN and (graph.screens is None or not self.head):
            lacking = (
                f"the data set '{graph.name}' has no screens" if self.head else "head=false leaves no blend to fit"
            )
            raise InvalidSetting(f"fitted_for=screen fits the blend by tested pairs, and {lacking}. Leave it out.")

    def reads(self, graph: GeneGraph) -> tuple[str, ...]:
        of_views = tuple(part for name in self.views for part in VIEWS[name].parts(graph))
        return of_views if self.fitted_for != SCREEN else (*of_views, "screens")

    def learns_from_tests(self) -> bool:
        return not self.head

    def reads_for(self, task: Task, graph: GeneGraph) -> tuple[str, ...]:
        of_bench = BENCH.reads(graph) if self.head and task.positives == HIT else ()
        return (*self.reads(graph), *of_bench)

    def learning_split(self, split: PairSplit, graph: GeneGraph, *, seed: int) -> PairSplit:
        return validated_by_newest(split, graph, seed=seed) if self.fitted_for == TIME else split

    def fit(self, training: Training) -> Fitted:
        if self.head and training.task.positives == HIT:
            return self._fit_to_screens(training)
        fitted = super().fit(training)
        if not self.head or not training.task.scores_pairs:
            return fitted
        split = self.learning_split(training.split, training.graph, seed=training.seed)
        scorer, arrays = fit_blend_scorer(
            training.graph,
            split,
            negative_kinds=training.task.negative_kinds,
            protocol=training.protocol,
            seed=training.seed,
            embedding=fitted.embedding,
            decoder=fitted.arrays,
            views=self.views,
            negatives_per_pair=training.task.negatives_in_training,
            new_publication=None if self.fitted_for == DATABASE else True,
            weighed_by=Tests.outside(training.graph, split) if self.fitted_for == SCREEN else None,
        )
        return dataclasses.replace(fitted, scorer=scorer, arrays=arrays)

    def _fit_to_screens(self, training: Training) -> Fitted:
        """The network learns known pairs that no screen tested, once a run; screens say how much each side counts."""
        if SHARED not in training.shared:
            training.shared[SHARED] = super().fit(training)
        fitted: Fitted = training.shared[SHARED]
        scorer, arrays = fit_screen_blend(
            training.graph,
            training.split,
            embedding=fitted.embedding,
            decoder=fitted.arrays,
            views=self.views,
            measures=MEASURES_READ[BENCH.measures],
            penalty=BENCH.penalty,
            seed=training.seed,
            shared=training.shared,
        )
        return dataclasses.replace(fitted, scorer=scorer, arrays=arrays)

    def scorer(self, arrays: Mapping[str, np.ndarray], *, embedding: np.ndarray, graph: GeneGraph | None) -> PairScorer:
        if not self.head:
            return super().scorer(arrays, embedding=embedding, graph=graph)
        knowledge = None if graph is None else PairKnowledge(graph)
        return BlendScorer.from_arrays(
            arrays, embedding=embedding, similarity=similarity_of(graph), knowledge=knowledge
        )

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        """A layer that sees known pairs alone; `build` gives its layers the other views."""
        return self._layer(in_channels, out_channels, {})

    def build(
        self, in_channels: int, *, genes: int = 0, structure: int = 0, similarity: Similarity | None = None
    ) -> Encoder:
        """As `Network.build`, with the relations of `similarity`; without it known pairs are the only view."""
        relations = {} if similarity is None else similarity.relations_of(self.views)
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
