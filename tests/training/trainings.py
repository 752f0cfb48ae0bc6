"""Small trainings that several tests of this room look at."""

from __future__ import annotations

import dataclasses

from builders import tiny_spec

from slviz.training import train

TASKS = ("link", "confidence", "reconstruct")


def quick(graph, *, epochs=30, seed=0, task="link", network="gat", features="both", **settings):
    """A spec with small widths; `settings` are the optimiser's."""
    spec = tiny_spec(graph, task=task, network=network, features=features)
    network_settings = spec.network.replace(width=12, layers=2)
    return dataclasses.replace(
        spec, network=network_settings, optimiser=spec.optimiser.replace(epochs=epochs, **settings), seed=seed
    )


def run_of(graph, spec, **how):
    return train(graph, spec, spec.split.divide(graph), device="cpu", **how)
