"""Where searches lie: one SQLite file each in `<models>/.studies/`, and what can be read from it.

<name>.db        Optuna's own storage: trials, their settings, metrics by epoch
<name>.lock      held while the search runs
<name>.cancel    there when somebody asked it to stop
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from slviz import former_names
from slviz.disk.left_over import LeftOver, entries_in
from slviz.errors import DamagedRun, InvalidSetting, RunNotFound, RunNotSaved, nearest
from slviz.runs.damage import readable
from slviz.runs.files import saving
from slviz.runs.folder import holding, is_held
from slviz.runs.parsing import PARSER_ERRORS
from slviz.runs.plain_files import is_plain
from slviz.tuning.space import shortened

if TYPE_CHECKING:
    import pandas as pd
    from optuna.distributions import BaseDistribution
    from optuna.study import Study
    from optuna.trial import FrozenTrial

FOLDER = ".studies"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}")


@dataclass(frozen=True)
class About:
    """What a study searches, kept with it.

    Attributes:
        command: what was typed after `python -m slviz` to start it.
        metric: the validation metric that is compared, such as "ap".
        higher_is_better: its direction.
        data_name, data_fingerprint, synthetic: of the data set.
    """

    command: list[str] = field(default_factory=list)
    metric: str = ""
    higher_is_better: bool = True
    data_name: str = ""
    data_fingerprint: str = ""
    synthetic: bool = False


class StudyFolder:
    """The searches beside the runs of one models folder."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER

    def names(self) -> list[str]:
        """Names of all searches, the latest changed first."""
        dated = []
        for path in self.folder.glob("*.db"):
            if NAME.fullmatch(path.stem) and is_plain(path):
                with contextlib.suppress(OSError):  # removed a moment ago
                    dated.append((-path.stat().st_mtime, path.stem))
        return [name for _, name in sorted(dated)]

    def path(self, name: str) -> Path:
        """The file of a search; raises `InvalidSetting` for a name that is none."""
        if not NAME.fullmatch(name):
            raise InvalidSetting(
                f"'{readable(name, most=60)}' is not a name for a search: small letters, digits and - are."
            )
        return self.folder / f"{name}.db"

    def open(self, name: str) -> Study:
        """A search as Optuna's study; raises `RunNotFound` where there is none or it cannot be read."""
        import optuna

        path = self.path(name)
        if not is_plain(path):
            known = self.names()
            raise RunNotFound(f"No search is called '{name}'.{nearest(name, known)} There are {len(known)}.")
        try:
            study = optuna.load_study(study_name=name, storage=storage_of(path))
        except Exception as error:  # Optuna raises those of its database, and KeyError for a foreign file
            raise RunNotFound(
                f"The search '{name}' cannot be read ({type(error).__name__}); remove {path.name}."
            ) from error
        about(study)
        trials_table(study)
        return study

    def state(self, name: str) -> str:
        """ "running" while a process leads the search, else "resting"."""
        return "running" if is_held(self.path(name).with_suffix(".lock")) else "resting"

    def cancel(self, name: str) -> None:
        """Ask the process that leads a search to stop."""
        mark = self.path(name).with_suffix(".cancel")
        with saving(mark):
            mark.touch()

    def is_cancelled(self, name: str) -> bool:
        """Whether somebody asked it to stop."""
        return self.path(name).with_suffix(".cancel").exists()

    @contextlib.contextmanager
    def leading(self, name: str) -> Iterator[None]:
        """The right to lead a search for as long as the block runs; raises `RunAlreadyRunning`."""
        path = self.path(name)
        busy = f"The search '{name}' is led by another process already."
        with holding(path.with_suffix(".lock"), busy=busy, tidy=lambda: True, make_folder=True):
            with saving(path):
                path.with_suffix(".cancel").unlink(missing_ok=True)
            try:
                with _writing(path):
                    yield
            finally:
                with contextlib.suppress(OSError):  # the next start clears what stays
                    path.with_suffix(".cancel").unlink(missing_ok=True)


def left_over_studies(root: Path) -> list[LeftOver]:
    """Locks and wishes to stop that killed searches left in the models folder `root`; never a part of a search."""
    left_overs: list[LeftOver] = []
    for path in entries_in(root / FOLDER):
        if path.suffix in (".lock", ".cancel") and NAME.fullmatch(path.stem):
            what = "a lock" if path.suffix == ".lock" else "the wish that a search should stop"
            left_overs.append(LeftOver(path, what, guard=path.with_suffix(".lock")))
    return [left_over for left_over in left_overs if not left_over.is_in_use]


def storage_of(path: Path) -> Any:
    """Optuna's storage in a SQLite file."""
    from optuna.storages import RDBStorage

    return RDBStorage(f"sqlite:///{path}")


def about(study: Study) -> About:
    """What a study searches; raises `DamagedRun` where what is kept with it is altered, or of a later slviz."""
    with _reading(study):
        said = {former_names.STUDIES.get(key, key): value for key, value in study.user_attrs.items()}
        known = {key: value for key, value in said.items() if key in About.__dataclass_fields__}
        return msgspec.convert(known, About)


def trials_table(study: Study) -> pd.DataFrame:
    """One row a trial: `trial`, `state`, the validation `metric`, `epochs` reported, `run`, and each setting tried.

    Raises `DamagedRun` where a trial cannot be read.
    """
    import pandas as pd

    leading = ["trial", "state", "metric", "epochs", "run"]
    with _reading(study):
        rows = [_row(trial) for trial in study.get_trials(deepcopy=False)]
        return pd.DataFrame(rows) if rows else pd.DataFrame(columns=leading)


def _row(trial: FrozenTrial) -> dict[str, Any]:
    return {
        "trial": trial.number,
        "state": STATE_WORDS.get(trial.state.name, trial.state.name.lower()),
        "metric": float("nan") if trial.value is None else trial.value,
        "epochs": max(trial.intermediate_values, default=0),
        "run": str(trial.user_attrs.get("run_id", "")),
        **{key: _used(value, trial.distributions[key]) for key, value in trial.params.items()},
    }


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn what a database raises that the disk refuses, or that somebody holds or damaged, into `RunNotSaved`."""
    from optuna.exceptions import StorageInternalError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, StorageInternalError) as error:
        cause = error.__cause__ if isinstance(error, StorageInternalError) else error
        reason = getattr(cause, "orig", None) or type(error).__name__
        raise RunNotSaved(
            f"The search '{path.stem}' cannot be kept in {path.name} ({reason}). Its runs stay as they are. Make room "
            "on the disk, or remove the file where it is damaged, and give the same command again."
        ) from error


@contextlib.contextmanager
def _reading(study: Study) -> Iterator[None]:
    """Turn what a damaged database makes Optuna raise into a sentence: `DamagedRun`."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (*PARSER_ERRORS, SQLAlchemyError) as error:
        raise DamagedRun(
            f"The search '{study.study_name}' is damaged, or of a later slviz ({type(error).__name__}). "
            f"Remove {study.study_name}.db."
        ) from error


def _used(value: Any, drawn_from: BaseDistribution) -> Any:
    """The value that was trained; see `Tried.used`."""
    from optuna.distributions import FloatDistribution

    if not isinstance(drawn_from, FloatDistribution):
        return value
    return shortened(value, drawn_from.low, drawn_from.high)


STATE_WORDS = {
    "COMPLETE": "finished",
    "PRUNED": "stopped early",
    "FAIL": "failed",
    "RUNNING": "running",
    "WAITING": "waiting",
}
__all__ = ["FOLDER", "STATE_WORDS", "About", "StudyFolder", "about", "left_over_studies", "storage_of", "trials_table"]
