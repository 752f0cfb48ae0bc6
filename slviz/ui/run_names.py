"""What a run is called on a page: in words, with what tells it from the others; its address keeps its run_id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from slviz.runs import RunSpec
from slviz.runs.once_for_a_table import once_for_a_table
from slviz.runs.spec import TABLES
from slviz.runs.summary import RunSummary
from slviz.splits.publication import publication_words
from slviz.tasks import Reconstruct
from slviz.ui.key_metrics import key_metric

SAID_ANYWAY = frozenset({("split", key) for key in ("name", "fold", "publication", "negatives per pair")})
MOST_LETTERS = 12
LETTERS_OF_A_SHORT_FORM = 4
SPELT = {
    "gatv2": "GATv2",
    "multihead_gat": "Multi-head GAT",
    "adamic_adar": "Adamic–Adar",
    "ppi_degree_product": "PPI degree product",
    "coursework_gat": "Coursework GAT",
    "coursework_multihead": "Coursework multi-head GAT",
}


def names(summaries: Sequence[RunSummary]) -> dict[str, str]:
    """By run_id such as "GAT · both · link — demo (fold 0, seed 0)"; runs alike but for a setting say that one too."""
    alike: dict[str, list[RunSummary]] = defaultdict(list)
    for summary in summaries:
        alike[summary.run_id if summary.spec is None else _base(summary.spec)].append(summary)
    return {run_id: name for base, group in alike.items() for run_id, name in _told_apart(base, group).items()}


def labels(summaries: Sequence[RunSummary]) -> dict[str, str]:
    """The names with the key metric of each run right behind the model, for a list to choose from, which cuts ends.

    Such as "GAT · AUC 0.867 · GO + PPI · link — demo (fold 0, seed 0) · degree-matched".
    """
    known = names(summaries)
    return {summary.run_id: _with_metric(known[summary.run_id], _metric(summary)) for summary in summaries}


def _with_metric(name: str, metric: str) -> str:
    if not metric:
        return name
    model, _, rest = name.partition(" · ")
    value, _, measured_on = metric.removesuffix(")").partition(" (")
    return " · ".join(filter(None, [model, value, rest, measured_on]))


def _metric(summary: RunSummary) -> str:
    if summary.spec is None:
        return ""
    return _short_metric(summary.metrics, summary.spec.task.name)


@once_for_a_table
def _short_metric(metrics: pd.DataFrame, task: str) -> str:
    """Of a run that never changes again once it is finished; every page lists all runs with every click."""
    metric = key_metric(task, metrics)
    return "" if metric is None else metric.short


def _base(spec: RunSpec) -> str:
    data = Path(spec.data_name).name or spec.data_name
    features = [spec.features.title] if spec.network.learns_in_epochs else []
    return f"{' · '.join([network_name(spec.network.name), *features, spec.task.name])} — {data}"


def network_name(name: str) -> str:
    """Such as "GAT" or "Boosted trees"."""
    if name in SPELT:
        return SPELT[name]
    return name.upper() if len(name) <= LETTERS_OF_A_SHORT_FORM else name.replace("_", " ").capitalize()


def _told_apart(base: str, group: Sequence[RunSummary]) -> dict[str, str]:
    settings = {summary.run_id: _settings(summary.spec) for summary in group if summary.spec is not None}
    keys = dict.fromkeys(key for of_run in settings.values() for key in of_run)
    differing = [
        key
        for key in keys
        if key not in SAID_ANYWAY and len({of_run[key] for of_run in settings.values() if key in of_run}) > 1
    ]
    names: dict[str, str] = {}
    for summary in group:
        if summary.spec is None:
            names[summary.run_id] = base
            continue
        own = settings[summary.run_id]
        usual = (
            _usual(summary.spec) if len(differing) > 1 else {}
        )  # many runs apart by many settings: say what is unusual
        extra = [
            f"{key[1]} {_short(own[key])}"
            for key in differing
            if key in own and (_is_width(key, summary.spec) or not (key in usual and own[key] == usual[key]))
        ]
        names[summary.run_id] = f"{base} ({', '.join([_held_out(summary.spec), f'seed {summary.spec.seed}', *extra])})"
    return names


def _is_width(key: tuple[str, str], spec: RunSpec) -> bool:
    """Whether a setting is the width of the embedding where features are given back: it is said, also the usual one."""
    return spec.task.name == Reconstruct.name and key[0] == "network" and key[1].startswith("width")


def _held_out(spec: RunSpec) -> str:
    """What was held out in a few words; random pairs are what is meant where only a fold is named."""
    publication, fold = getattr(spec.split, "publication", None), getattr(spec.split, "fold", None)
    if publication is not None:
        what = publication_words(publication).removeprefix("the ")
    else:
        short = spec.split.title if spec.split.short is None else spec.split.short
        what = ", ".join(filter(None, [short, "" if fold is None else f"fold {fold}"]))
    return what if spec.split.ratio == 1 else f"{what}, 1:{spec.split.ratio}"


def _settings(spec: RunSpec) -> dict[tuple[str, str], Any]:
    """Every setting by its part and its label in small letters, and the data's fingerprint."""
    settings: dict[tuple[str, str], Any] = {("data", "data"): spec.data_fingerprint}
    for part in TABLES:
        choice = getattr(spec, part)
        settings[part, "name"] = choice.name
        settings |= {(part, setting.label.lower()): getattr(choice, setting.key) for setting in choice.settings()}
    return settings


def _usual(spec: RunSpec) -> dict[tuple[str, str], Any]:
    """The default of every setting, by the same keys."""
    return {
        (part, setting.label.lower()): setting.default for part in TABLES for setting in getattr(spec, part).settings()
    }


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= MOST_LETTERS else text[:8]
