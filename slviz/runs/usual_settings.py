"""The settings that choices take together where nobody says another: each one's defaults, or those of a paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slviz.networks import NETWORKS
from slviz.optimisers import OPTIMISERS
from slviz.splits import SPLITS
from slviz.tasks import Classify


def usual_settings(names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """By part, the settings that are usual for these choices together and are not each one's own defaults.

    For classes of genes on a split that `takes_published`, these are `Model.published`, otherwise `Model.usual`; those
    of the optimiser only with the one that is taken first, as papers did. A command line, a form, a sweep and a search
    all begin with them, and a command that is printed says what differs from them.

    Args:
        names: by part of `slviz.runs.spec.TABLES`; what is not named is not looked at.
    """
    task, network, split = (names.get(part, "") for part in ("task", "network", "split"))
    if not network:
        return {}
    of_paper = task == Classify.name and bool(split) and SPLITS[split].takes_published
    usual = NETWORKS[network].published if of_paper and NETWORKS[network].published else NETWORKS[network].usual
    first = next(iter(OPTIMISERS))
    return {
        part: dict(settings)
        for part, settings in usual.items()
        if part != "optimiser" or names.get(part, first) == first
    }
