"""Every error that slviz raises on purpose.

    SlvizError
    ├─ DataError                something is wrong with a data set
    │  ├─ MissingDataFile       a file that is needed is not there
    │  ├─ MalformedData         a file is there and cannot be used; carries the whole report
    │  │  ├─ TableTooLarge      a table of more rows, columns or cells than are read (`slviz.files.table_limits`)
    │  │  └─ UnreadableText     a file that is no text in any encoding (`slviz.tables.text`)
    │  ├─ UnknownGene           no such gene in this data set; names the nearest
    │  ├─ FetchFailed           a download did not arrive whole
    │  ├─ UnknownSelection      no selection of that name is kept
    │  ├─ SelectionExists       a selection of that name is kept already, with other genes
    │  └─ DamagedSelection      the file of a selection is cut or altered
    ├─ ChoiceError              something was requested that cannot be had
    │  ├─ UnknownChoice         no network, feature set, … of that name
    │  └─ InvalidSetting        a setting that does not exist, or a value outside its range
    ├─ RunError                 something is wrong with a run folder
    │  ├─ RunNotFound           no run of that name
    │  ├─ RunUnfinished         it is running, cancelled, failed or interrupted
    │  ├─ RunAlreadyRunning     a living worker holds its lock
    │  ├─ RunCancelled          somebody told a worker to stop
    │  ├─ DamagedRun            a file is missing, cut, altered or foreign
    │  └─ RunNotSaved           the disk refused a write (full, read-only)
    ├─ TrainingDiverged         the loss is no longer a finite number
    ├─ NoProxy                  HAProxy is not installed, or refuses its settings (`slviz.serving.haproxy`)
    └─ ServerFailed             a process of a shared server does not stay (`slviz.serving.fleet`)

A message says what, which value, and what to do. `slviz.ui` and `slviz.cli` show a
`SlvizError` as a sentence; any other exception is a defect and keeps its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from slviz.text import sentences

LONGEST_NAME = 200
"""Letters of a name that others are compared with; comparing takes the square of it."""
MOST_COMPARED = 10_000
"""Names that one is compared with, which takes a tenth of a second."""


class SlvizError(Exception):
    """Root of the tree; `str(error)` is a sentence for a person, in which unseen marks of foreign words are spelt out.

    It may have several lines; no other control character, no bidirectional and no zero-width mark is left in it, and
    of what is longer than anybody reads the middle is left out (`slviz.text.sentences`).
    """

    def __str__(self) -> str:
        return sentences(super().__str__())

    def __reduce__(self) -> tuple[Any, ...]:
        """For the way from a child process: whatever an error's own `__init__` asks for, it arrives as it was."""
        return as_it_was, (type(self), self.args, dict(self.__dict__))


def as_it_was(kind: type[SlvizError], arguments: tuple[Any, ...], state: dict[str, Any]) -> SlvizError:
    """An error of this kind without a call of its `__init__`."""
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class DataError(SlvizError):
    """Something is wrong with a data set.

    Attributes:
        report: the `slviz.datasets.report.Report` that `str(error)` spells out, where a folder was read; else None.
    """

    def __init__(self, sentence: str, *, report: Any = None) -> None:
        self.report = report
        super().__init__(sentence)


class MissingDataFile(DataError):
    """A file that is needed is not there."""


class MalformedData(DataError):
    """A data folder that cannot be used; `str(error)` is the report of all that is wrong."""


class UnknownGene(DataError):
    """No gene of that name, alias or identifier in the data set."""


class FetchFailed(DataError):
    """A download that did not arrive whole; what had arrived is kept for the next try."""


class UnknownSelection(DataError):
    """No selection of that name is kept for this data set."""


class SelectionExists(DataError):
    """A selection of that name is kept already, with other genes."""


class DamagedSelection(DataError):
    """The file of a kept selection is cut or altered."""


class ChoiceError(SlvizError):
    """Something was asked for that cannot be had."""


class UnknownChoice(ChoiceError):
    """No network, feature set, projection, … of that name."""


class InvalidSetting(ChoiceError):
    """A setting that does not exist, or a value outside its range."""


class RunError(SlvizError):
    """Something is wrong with a run folder."""


class RunNotFound(RunError):
    """No run of that name in any models folder."""


class RunUnfinished(RunError):
    """The run has no result: it is running, was cancelled, failed or was interrupted."""


class RunAlreadyRunning(RunError):
    """A living worker holds the lock of this run."""


class RunCancelled(RunError):
    """Somebody asked the worker to stop; raised in the worker by its epoch callback."""


class DamagedRun(RunError):
    """A file of the run is missing, cut, altered or foreign; the message names it."""


class RunNotSaved(RunError):
    """The disk refused a write (full, read-only); nothing that was finished is harmed."""


class TrainingDiverged(SlvizError):
    """The loss is no longer a finite number.

    Attributes:
        epoch: the epoch, counted from 1, whose loss was not finite.
        loss: that loss.
    """

    def __init__(self, epoch: int, loss: float) -> None:
        self.epoch = epoch
        self.loss = loss
        super().__init__(
            f"Training diverged: the loss of epoch {epoch} is {loss}. "
            "Try a smaller learning_rate, or clip the gradients harder."
        )


def nearest(name: str, known: Iterable[str], *, limit: int = 3) -> str:
    """A phrase such as " Did you mean 'gat'?" for the known names closest to `name`, or "" (also for a long text).

    Of very many names those that begin like `name` are compared with it.
    """
    if len(name) > LONGEST_NAME:
        return ""
    folded_name = name.casefold()
    by_folded = {candidate.casefold(): candidate for candidate in known}
    candidates = list(by_folded)
    for letters in range(1, len(folded_name) + 1):
        if len(candidates) <= MOST_COMPARED:
            break
        candidates = [candidate for candidate in candidates if candidate.startswith(folded_name[:letters])]
    close = difflib.get_close_matches(folded_name, candidates[:MOST_COMPARED], n=limit, cutoff=0.6)
    if not close:
        return ""
    quoted = " or ".join(f"'{by_folded[folded]}'" for folded in close)
    return f" Did you mean {quoted}?"
