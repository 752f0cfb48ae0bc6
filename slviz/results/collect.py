"""From finished runs to one tidy table of metrics, with the proof that they were evaluated on the same pairs."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slviz.errors import SlvizError
from slviz.runs.contents import SPLIT
from slviz.runs.manifest import Manifest
from slviz.runs.run import NETWORK, WITH_EARLIER
from slviz.runs.settings_parser import words_of
from slviz.runs.spec import DEFAULTS, RunSpec
from slviz.runs.store import RunStore
from slviz.runs.summary import RunSummary
from slviz.splits.held_out import FROM_FILES
from slviz.splits.pair_split import GENE_ROW, POPULARITY_MATCHED

WITHIN = "within sources"
OF_ATTENTION = ("attention", "faithfulness")
"""What is measured of a run on request (`slviz.runs.artifacts.pair_faithfulness`), as a column."""
OF_ONE = ("class ", "screen ")
RECONSTRUCT = "reconstruct"
WIDTH = "width="
COLUMNS = ("task", "protocol", "model", "is_network", "features", "split", "held_out", "run_id", "seed")
RESULT_COLUMNS = (*COLUMNS, "negative_kind", "metric", "value")
SPLIT_SETTINGS = frozenset({"fold", "split_seed", "publication", *FROM_FILES})
"""What tells splits of one protocol apart; other settings make it another protocol."""


@dataclass(frozen=True, eq=False)
class Collected:
    """Metrics of finished runs on test pairs.

    Attributes:
        metrics: one row a value, columns `RESULT_COLUMNS`. `model` is the network with the settings that
            are not at their default, or a baseline's name; `split` identifies the split with all its
            settings; `held_out` says it for people, such as "fold 2". A baseline is there once a split.
        notes: sentences on runs that were left out.
    """

    metrics: pd.DataFrame
    notes: tuple[str, ...] = ()


def collect(store: RunStore, summaries: Sequence[RunSummary]) -> Collected:
    """The metrics of the finished runs among `summaries`, all of one data set.

    Runs of the same split are there only if their frozen splits are the same, pair by pair; the notes
    name those that were left out, and the damaged ones.
    """
    broken = [
        f"Run {summary.run_id} is left out: {summary.problem}" for summary in summaries if summary.state == "damaged"
    ]
    finished = [summary for summary in summaries if summary.state == "finished" and summary.spec is not None]
    kept, notes = _evaluated_on_the_same_pairs(store, finished)
    notes = [*broken, *notes]
    rows = [_metrics(store, summary, summary.spec) for summary in kept if summary.spec is not None]
    if not rows:
        return Collected(pd.DataFrame(columns=list(RESULT_COLUMNS)), tuple(notes))
    metrics = pd.concat(rows, ignore_index=True)
    # Every run of a split carries the same baselines; the latest run's are taken.
    repeated = metrics.duplicated(["task", "split", "model", "negative_kind", "metric"]) & ~metrics["is_network"]
    return Collected(metrics.loc[~repeated].reset_index(drop=True), tuple(notes))


def split_of(spec: RunSpec) -> str:
    """What identifies the pairs that a run is evaluated on: the data set and every setting of its split."""
    return json.dumps([spec.data_fingerprint, spec.split.to_json()], sort_keys=True)


def protocol_of(spec: RunSpec) -> str:
    """The split with all that makes it another question, such as "pairs" or "pairs (ratio=5)".

    A task about genes asks for what its settings say, and features are given back themselves.
    """
    words = words_of({"split": spec.split}, leave_out=SPLIT_SETTINGS)
    if not spec.task.scores_pairs:
        words += words_of({"task": spec.task})
    if spec.task.name == RECONSTRUCT:
        words += [f"features={spec.features.name}"]
    return _named(spec.split.name, words)


def model_of(spec: RunSpec) -> str:
    """The network with all that is not at its default, such as "gat (heads=2, epochs=50)".

    Where features are given back, its width is always said: a PCA of the same width stands beside it.
    """
    asked_for = ("network", "task", "optimiser") if spec.task.scores_pairs else ("network", "optimiser")
    parts = {part: getattr(spec, part) for part in asked_for}
    words = words_of(parts, leave_out=frozenset(spec.task.of_evaluation), names=spec.names)
    other = [] if spec.optimiser.name == DEFAULTS["optimiser"] else [f"optimiser={spec.optimiser.name}"]
    if spec.task.name == RECONSTRUCT and not any(word.startswith(WIDTH) for word in words):
        other = [f"{WIDTH}{spec.network.embedding_width}", *other]
    return _named(spec.network.name, [*other, *words])


def held_out_of(spec: RunSpec) -> str:
    """What of its protocol a run holds out, such as "fold 2" or "publication 26637171"."""
    split = spec.split
    if hasattr(split, "fold"):
        said = f"fold {getattr(split, 'fold')}"  # noqa: B009 (not every split has it)
    elif hasattr(split, "publication"):
        said = f"publication {getattr(split, 'publication') or '(the largest)'}"  # noqa: B009
    elif hasattr(split, "newer_than"):
        said = f"cut-off {getattr(split, 'newer_than') or '(about the newest fifth)'}"  # noqa: B009
    else:
        said = "a file" if split.name == "file" else split.title
    return said if not split.split_seed else f"{said}, split seed {split.split_seed}"


def _model_of(spec: RunSpec, model: str) -> str:
    """What a row is called."""
    if model == NETWORK:
        return spec.network.baseline or model_of(spec)
    if model == WITH_EARLIER:
        return f"{model_of(spec)}, {WITH_EARLIER}"
    return baseline_name(spec, model)


def baseline_name(spec: RunSpec, model: str) -> str:
    """What a baseline row of a run is called beside rows of other runs: a PCA is as wide as the network beside it."""
    if spec.task.name == RECONSTRUCT and model == "PCA":
        return f"{model} ({spec.network.embedding_width} wide)"
    return model


def _named(name: str, words: Sequence[str]) -> str:
    return f"{name} ({', '.join(words)})" if words else name


def _metrics(store: RunStore, summary: RunSummary, spec: RunSpec) -> pd.DataFrame:
    """Rows of `RESULT_COLUMNS` of one run; for confidence also the mean rank correlation within kinds of evidence.

    Where the faithfulness of its attention was measured, that is a row too.
    """
    table = summary.metrics
    table = table.loc[(table["part"] == "test") & (table["metric"] != "threshold")].dropna(subset=["value"])
    table = table.loc[~table["negative_kind"].str.startswith(OF_ONE)]  # on the Predictions page, for one run at a time
    if spec.task.name == "confidence":
        table = pd.concat([table, _within_sources(table)], ignore_index=True)
    table = pd.concat([table, _faithfulness(store, summary.run_id, spec)], ignore_index=True)
    stands_everywhere = bool(spec.network.baseline)  # a formula is the same beside every run
    is_network = (table["model"] == NETWORK).to_numpy() & (not stands_everywhere)
    return pd.DataFrame(
        {
            "task": spec.task.name,
            "protocol": protocol_of(spec),
            "model": table["model"].map(lambda model: _model_of(spec, model)).to_numpy(),
            "is_network": is_network,
            "features": pd.Series(is_network).map({True: spec.features.name, False: ""}).to_numpy(),
            "split": split_of(spec),
            "held_out": held_out_of(spec),
            "run_id": summary.run_id,
            "seed": spec.seed,
            "negative_kind": table["negative_kind"].to_numpy(),
            "metric": table["metric"].to_numpy(),
            "value": table["value"].to_numpy(),
        }
    )


def _faithfulness(store: RunStore, run_id: str, spec: RunSpec) -> pd.DataFrame:
    """One row, or none where it was not measured or its file is damaged, which the run's page says."""
    measured = None
    with contextlib.suppress(SlvizError):
        measured = store.artifacts(run_id).open_faithfulness()
    negative_kind, metric = OF_ATTENTION
    value = [] if measured is None else [measured.verdict(spec.task).beaten]
    return pd.DataFrame(
        {
            "model": [NETWORK] * len(value),
            "part": ["test"] * len(value),
            "negative_kind": [negative_kind] * len(value),
            "metric": [metric] * len(value),
            "value": np.array(value, dtype=np.float64),
        }
    )


def _within_sources(table: pd.DataFrame) -> pd.DataFrame:
    """One row a scorer: the mean of its rank correlations within each kind of evidence, all kinds alike."""
    ranked = table.loc[(table["metric"] == "spearman") & (table["negative_kind"] != "all")]
    means = ranked.groupby("model", sort=False)["value"].mean()
    return pd.DataFrame(
        {"model": means.index, "part": "test", "negative_kind": WITHIN, "metric": "spearman", "value": means.to_numpy()}
    )


def _evaluated_on_the_same_pairs(store: RunStore, runs: Sequence[RunSummary]) -> tuple[list[RunSummary], list[str]]:
    """The runs whose frozen pairs are those of most runs of the same split; and a sentence on each other."""
    by_split: dict[str, list[tuple[str, RunSummary]]] = defaultdict(list)
    notes: list[str] = []
    for run in runs:
        assert run.spec is not None
        try:
            checksum = str(Manifest.read(run.folder).files[SPLIT]["sha256"])
            by_split[split_of(run.spec)].append((checksum, run))
        except (SlvizError, KeyError) as error:
            notes.append(f"Run {run.run_id} is left out: its split cannot be read ({error}).")
    kept: list[RunSummary] = []
    for group in by_split.values():
        same = _of_one_content(store, group)
        kept += [run for run in (run[1] for run in group) if run.run_id in same]
        notes += [
            f"Run {run.run_id} is left out: it was evaluated on other pairs than the other runs of "
            f"{held_out_of(run.spec)} of '{run.spec.split.name}'. Train it again to compare it."
            for _, run in group
            if run.run_id not in same and run.spec is not None
        ]
    order = {run.run_id: place for place, run in enumerate(runs)}
    return sorted(kept, key=lambda run: order[run.run_id]), notes


def _of_one_content(store: RunStore, group: Sequence[tuple[str, RunSummary]]) -> set[str]:
    """Names of the largest part of the group that has one split; files that differ are compared by content."""
    counts = Counter(checksum for checksum, _ in group)
    if len(counts) == 1:
        return {run.run_id for _, run in group}
    # Another version of the library that writes tables may pack the same rows otherwise.
    content = {checksum: _content(store, run) for checksum, run in reversed(group)}
    most = Counter(content[checksum][0] for checksum, _ in group).most_common(1)[0][0]
    same = [(content[checksum][1], run) for checksum, run in group if content[checksum][0] == most]
    matched = Counter(popularity_matched for popularity_matched, _ in same if popularity_matched)
    allowed = {"", *(content_hash for content_hash, _ in matched.most_common(1))}
    return {run.run_id for popularity_matched, run in same if popularity_matched in allowed}


def _content(store: RunStore, run: RunSummary) -> tuple[str, str]:
    """What is learnt from and evaluated on in a split: all of it but the negatives of training and validation.

    Earlier versions drew these without regard to the test part. Popularity-matched ones come second, "" where there are
    none: earlier versions did not draw them, and they decide nothing that was there before.
    """
    try:
        table = store.open_split(run.run_id)
    except SlvizError as error:
        return f"unreadable: {error}", ""
    tested = table["part"] == "test"
    matched = table["negative_kind"] == POPULARITY_MATCHED
    others = table.loc[table["negative_kind"].isin(("known", GENE_ROW)) | (tested & ~matched)]
    return _digest(others), _digest(table.loc[tested & matched]) if bool(matched.any()) else ""


def _digest(table: pd.DataFrame) -> str:
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()
