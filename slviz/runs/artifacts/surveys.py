"""Surveys on disk: one pass over the scores of all pairs of a run, kept beside it in rankings/survey.safetensors."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Int64

from slviz.errors import DamagedRun
from slviz.runs.artifacts.owners import points_of
from slviz.runs.checks import in_range, require
from slviz.runs.damage import later, readable
from slviz.runs.files import make_folder, pack_checksummed, read_whole, saving, unpack_checksummed, write_atomically
from slviz.runs.plain_files import is_plain
from slviz.runs.schemas import AboutSurvey

RANKINGS = "rankings"
FILE = "survey.safetensors"
NOWHERE = np.finfo(np.float32).min
"""Stands for the score at a place that a ranking is too short for."""


@dataclass(frozen=True, eq=False)
class Survey:
    """The scores of all pairs of a run, summarised. G genes, J and L ranks, N highest pairs.

    Attributes:
        ranks: int64 [J], ascending from 1: which places of every gene's own ranking are kept.
        score_at: float32 [G, J], the score at each of these places among the genes that are neither the gene itself
            nor one of its training partners; `NOWHERE` where there are not so many.
        mean, spread: float64 [G], mean and standard deviation over the same genes of what a score is the logistic of
            (`log_odds`), or of the scores themselves where they do not lie between 0 and 1.
        pairs: int64 [N, 2], smaller gene number first: the pairs with the highest scores, known ones among them;
            level pairs in the order of their gene numbers.
        scores: float32 [N], falling.
        unreported_pairs, unreported_scores: the same of the pairs that nobody lists.
        all_ranks: int64 [L], ascending from 1, up to the number of pairs that nobody lists.
        all_score_at: float32 [L], the score at each of these places among all pairs that nobody lists.
    """

    ranks: Int64[np.ndarray, " ranks"]
    score_at: Float32[np.ndarray, "genes ranks"]
    mean: Float64[np.ndarray, " genes"]
    spread: Float64[np.ndarray, " genes"]
    pairs: Int64[np.ndarray, "highest 2"]
    scores: Float32[np.ndarray, " highest"]
    unreported_pairs: Int64[np.ndarray, "unreported 2"]
    unreported_scores: Float32[np.ndarray, " unreported"]
    all_ranks: Int64[np.ndarray, " all_ranks"]
    all_score_at: Float32[np.ndarray, " all_ranks"]

    def highest(self, count: int) -> Survey:
        """The same with so many of the highest pairs at most."""
        of_pairs = ("pairs", "scores", "unreported_pairs", "unreported_scores")
        return replace(self, **{name: getattr(self, name)[:count] for name in of_pairs})

    def arrays(self) -> dict[str, np.ndarray]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def survey_path(folder: Path) -> Path:
    """Where the survey of a run lies."""
    return folder / RANKINGS / FILE


def save_survey(folder: Path, survey: Survey) -> None:
    """Write a survey into the run's folder; raises `RunNotSaved`."""
    path = survey_path(folder)
    with saving(path):
        make_folder(path.parent, within=folder)
    write_atomically(path, pack_checksummed(survey.arrays(), {"run_id": folder.name}))


def read_survey(folder: Path) -> Survey | None:
    """The survey, checked; None where it was never made; raises `DamagedRun` naming the file."""
    path = survey_path(folder)
    if not is_plain(path):
        return None
    arrays, about = unpack_checksummed(read_whole(path), path, AboutSurvey)
    if about.run_id != folder.name:
        raise DamagedRun(
            f"{path.name} in run {readable(folder.name)} belongs to {about.run_id}. "
            f"Remove it from {RANKINGS}/ and rank again."
        )
    return _checked(arrays, points_of(folder), path)


def _checked(arrays: dict[str, np.ndarray], genes: int | None, path: Path) -> Survey:
    """The survey in these arrays; raises `DamagedRun` where they do not go together, or name genes not there."""
    names = {field.name for field in fields(Survey)}
    if set(arrays) - names:
        raise later(path, "holds more than this version knows of a survey")
    of_genes = len(require(arrays, "ranks", path, kind="iu", shape=[None]))
    over_all = len(require(arrays, "all_ranks", path, kind="iu", shape=[None]))
    require(arrays, "score_at", path, kind="f", shape=[genes, of_genes])
    for name in ("mean", "spread"):
        require(arrays, name, path, kind="f", shape=[len(arrays["score_at"])])
    require(arrays, "all_score_at", path, kind="f", shape=[over_all])
    for pairs, scores in (("pairs", "scores"), ("unreported_pairs", "unreported_scores")):
        count = len(require(arrays, scores, path, kind="f", shape=[None]))
        require(arrays, pairs, path, kind="iu", shape=[count, 2])
        in_range(arrays[pairs], len(arrays["score_at"]), pairs, path)
    for name in ("ranks", "all_ranks"):
        if len(arrays[name]) and (arrays[name][0] != 1 or (np.diff(arrays[name]) <= 0).any()):
            raise DamagedRun(f"The {name} of {path.name} do not ascend from 1. Remove it and rank again.")
    return Survey(**arrays)
