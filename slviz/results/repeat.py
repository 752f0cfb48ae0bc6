"""The commands that make a table's runs anew: what a person types to repeat every row."""

from __future__ import annotations

from collections.abc import Sequence

from slviz.pipeline import commands
from slviz.results.collect import SPLIT_SETTINGS
from slviz.runs.settings_parser import words_of
from slviz.runs.spec import DEFAULTS, RunSpec

LISTED = ("fold", "publication")
SEEDS = "split_seed"


def sweep_commands(specs: Sequence[RunSpec], *, source: str) -> list[str]:
    """`python -m slviz sweep …` lines that train these runs.

    Networks that share feature set, folds (or publications), seeds and all settings come from one line. A
    line trains every one of its folds with every one of its seeds; a user's own file of pairs has no line.
    """
    evaluated: dict[tuple[Shared, str, str], set[tuple[str, str]]] = {}
    for spec in specs:
        if spec.split.name != "file":
            key = _shared(spec), spec.features.name, spec.network.name
            evaluated.setdefault(key, set()).add((_held_out(spec), str(spec.seed)))
    lines: dict[tuple[Shared, str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for (shared, features, network), on in evaluated.items():
        held_out = tuple(sorted({held_out_name for held_out_name, _ in on}))
        seeds = tuple(sorted({seed for _, seed in on}, key=int))
        lines.setdefault((shared, features, held_out, seeds), []).append(network)
    return [_command(*key, networks, source=source) for key, networks in lines.items()]


Shared = tuple[str, ...]


def _shared(spec: RunSpec) -> Shared:
    """Task, split, optimiser and every setting that is not at its default, as they are typed."""
    parts = {"task": spec.task, "network": spec.network, "split": spec.split, "optimiser": spec.optimiser}
    words = words_of(parts, leave_out=SPLIT_SETTINGS)
    if spec.split.split_seed:
        words.append(f"{SEEDS}={spec.split.split_seed}")
    return spec.task.name, spec.split.name, spec.optimiser.name, *words


def _held_out(spec: RunSpec) -> str:
    return next((str(getattr(spec.split, key)) for key in LISTED if hasattr(spec.split, key)), "")


def _command(
    shared: Shared,
    features: str,
    held_out: tuple[str, ...],
    seeds: tuple[str, ...],
    networks: Sequence[str],
    *,
    source: str,
) -> str:
    task, split, optimiser, *words = shared
    axes = {"task": [task], "split": [split], "network": networks, "features": [features]}
    axes |= {"optimiser": [optimiser]} if optimiser != DEFAULTS["optimiser"] else {}
    axes["publication" if split == "publication" else "fold"] = held_out
    return commands.in_terminal(commands.sweep(axes | {"seed": seeds}, words, source=source))
