"""The same baseline is one run, however it is asked for: what it does not read is set to one value."""

from __future__ import annotations

import dataclasses

from slviz.datasets import GeneGraph
from slviz.features import richest
from slviz.networks.baselines import Baseline
from slviz.runs.spec import RunSpec


def as_one_run(spec: RunSpec, graph: GeneGraph) -> RunSpec:
    """`spec` without what makes no difference to a baseline, so that it is not stored and listed several times.

    No baseline reads features or an optimiser; a formula, too, no seed and no setting of the task, since nothing is
    fitted. The spec of a network is given back as it is.
    """
    network = spec.network
    if not isinstance(network, Baseline):
        return spec
    unread = {"features": richest(graph), "optimiser": type(spec.optimiser)()}
    if network.formula:
        unread |= {"task": type(spec.task)(), "seed": 0}
    return dataclasses.replace(spec, **unread)
