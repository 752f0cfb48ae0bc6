"""Leading a search: ask Optuna for settings, train them as runs, tell it the validation metric, stop what lags.

The search knows a run by its record of epochs alone, in which no test pair has any part: nothing of a
run's metrics, predictions or split is ever opened here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from slviz.errors import RunError, RunNotFound, SlvizError
from slviz.runs.spec import RunSpec
from slviz.runs.spec_validation import SpecValidation
from slviz.runs.store import RunStore
from slviz.sweeps.runner import Ending, Job, Runner
from slviz.tuning.search import Search
from slviz.tuning.space import grid_of
from slviz.tuning.studies import About, StudyFolder, storage_of

if TYPE_CHECKING:
    from optuna.pruners import BasePruner
    from optuna.samplers import BaseSampler
    from optuna.study import Study
    from optuna.trial import FrozenTrial, Trial

POLL_SECONDS = 0.25
FIRST_UNPRUNED = 5
"""So many trials go to their end before one is stopped for lagging behind them."""
FAILURE = "failure"
"""The attribute of a failed trial that says why."""
WARM_UP = 0.2
"""Share of the epochs in which nothing is stopped."""


class Tuner:
    """One search under way.

    Args of the constructor:
        search: what is searched.
        store: where its runs are written; the study lies beside them.
        runner: trains the runs.
        job_of: the job for a spec.
        possible: refuses settings that cannot be trained.
        tell: says a sentence to whoever watches.
    """

    def __init__(
        self,
        search: Search,
        store: RunStore,
        runner: Runner,
        *,
        job_of: Callable[[RunSpec], Job],
        validation: SpecValidation,
        tell: Callable[[str], None],
    ) -> None:
        self.search = search
        self.store = store
        self.runner = runner
        self.job_of = job_of
        self.validation = validation
        self.tell = tell
        self.studies = StudyFolder(store.root)
        self.study = self._study()
        self._trials: dict[str, list[Trial]] = {}
        self._reported: dict[str, int] = {}
        self._pruned: set[str] = set()

    def run(self) -> Study:
        """Train trials until there are enough, or the search is cancelled; gives the study."""
        while True:
            while len(self._trials) < self.runner.workers and self._left() > 0:
                self._ask()
            if not self._trials or self.studies.is_cancelled(self.search.name):
                return self.study
            endings = self.runner.wait(POLL_SECONDS)
            for run_id in self._trials:
                self._report(run_id)
            for ending in endings:
                self._take(ending)

    def _left(self) -> int:
        """How many trials are still to be begun; one that was interrupted is to be begun again."""
        begun = [
            trial
            for trial in self.study.get_trials(deepcopy=False)
            if trial.state.name in ("COMPLETE", "PRUNED", "RUNNING") or FAILURE in trial.user_attrs
        ]
        return self.search.trials - len(begun)

    def _study(self) -> Study:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        task = self.search.base.task
        study = optuna.create_study(
            study_name=self.search.name,
            storage=storage_of(self.studies.path(self.search.name)),
            sampler=_sampler(self.search),
            pruner=_pruner(self.search),
            direction="maximize" if task.higher_is_better else "minimize",
            load_if_exists=True,
        )
        about = About(
            command=self.search.command,
            metric=task.metric,
            higher_is_better=task.higher_is_better,
            data_name=Path(self.search.base.data_name).name,
            data_fingerprint=self.search.base.data_fingerprint,
            synthetic=self.search.base.synthetic,
        )
        for key, value in vars(about).items():
            study.set_user_attr(key, value)
        _give_back_interrupted(study)
        if self.search.sampler == "grid":
            for values in grid_of(self.search.tried):
                study.enqueue_trial(values, skip_if_exists=True)
        return study

    def _ask(self) -> None:
        """Begin one trial; settings that cannot be trained fail it with a sentence."""
        from optuna.trial import TrialState

        trial = self.study.ask({setting.key: setting.distribution() for setting in self.search.tried})
        try:
            spec = self.search.spec_of(trial.params)
            self.validation.check(spec)
        except SlvizError as error:
            self.tell(f"Trial {trial.number} is left out: {error}")
            trial.set_user_attr(FAILURE, str(error))
            self.study.tell(trial, state=TrialState.FAIL)
            return
        trial.set_user_attr("run_id", spec.run_id)
        waiting = self._trials.setdefault(spec.run_id, [])
        waiting.append(trial)
        if len(waiting) == 1:  # the same settings twice are one run
            self._reported[spec.run_id] = 0
            self.runner.start([self.job_of(spec)])

    def _report(self, run_id: str) -> None:
        """Tell Optuna the epochs that are new, and stop the run where it says that it lags."""
        for epoch, value in self._validation_values(run_id):
            if epoch <= self._reported[run_id] or not np.isfinite(value):
                continue
            for trial in self._trials[run_id]:
                trial.report(value, epoch)
            self._reported[run_id] = epoch
        if run_id in self._pruned or not self.search.prune or not self._reported[run_id]:
            return
        if all(trial.should_prune() for trial in self._trials[run_id]):
            with contextlib.suppress(RunError):  # it ended in this moment
                self.store.cancel(run_id)
                self._pruned.add(run_id)

    def _validation_values(self, run_id: str) -> list[tuple[int, float]]:
        """Epoch and validation metric of every epoch so far."""
        try:
            history = self.store.progress(run_id)
        except RunNotFound:  # its worker has not begun
            return []
        if self.search.base.task.metric not in history:
            return []
        values = history[self.search.base.task.metric].to_numpy(dtype=float)
        return list(zip(history["epoch"].astype(int).tolist(), values.tolist(), strict=True))

    def _take(self, ending: Ending) -> None:
        """Tell Optuna how a run ended."""
        from optuna.trial import TrialState

        self._report(ending.run_id)
        values = [value for _, value in self._validation_values(ending.run_id) if np.isfinite(value)]
        best = max if self.search.base.task.higher_is_better else min
        for trial in self._trials.pop(ending.run_id):
            if ending.end == "finished" and values:
                self.study.tell(trial, best(values))
                said = f"{self.search.base.task.metric} {best(values):.4f}"
            elif ending.end == "cancelled":
                self.study.tell(trial, state=TrialState.PRUNED)
                lags = ending.run_id in self._pruned
                said = f"stopped after epoch {len(values)}{', behind the others' if lags else ''}"
            else:
                trial.set_user_attr(FAILURE, ending.message)
                self.study.tell(trial, state=TrialState.FAIL)
                said = f"failed: {ending.message}"
            self.tell(f"Trial {trial.number}: {said}  {_in_short(trial.params)}  {ending.run_id}")


def best_trial(study: Study) -> FrozenTrial | None:
    """The finished trial with the best validation metric; None before the first."""
    try:
        return study.best_trial
    except ValueError:
        return None


def _give_back_interrupted(study: Study) -> None:
    """Trials that a killed search left running are closed and tried again: their runs are resumed."""
    from optuna.trial import TrialState

    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
        study.enqueue_trial(trial.params, user_attrs={"again": trial.number})


def _sampler(search: Search) -> BaseSampler:
    from optuna.samplers import RandomSampler, TPESampler

    return TPESampler(seed=search.seed) if search.sampler == "tpe" else RandomSampler(seed=search.seed)


def _pruner(search: Search) -> BasePruner:
    from optuna.pruners import MedianPruner, NopPruner

    if not search.prune:
        return NopPruner()
    epochs = int(getattr(search.base.optimiser, "epochs", 0))
    return MedianPruner(n_startup_trials=FIRST_UNPRUNED, n_warmup_steps=round(WARM_UP * epochs))


def _in_short(params: dict[str, Any]) -> str:
    return " ".join(
        f"{key}={value:.4g}" if isinstance(value, float) else f"{key}={value}" for key, value in params.items()
    )
