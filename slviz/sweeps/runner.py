"""What runs a sweep: jobs given to workers, endings taken back; here and on a cluster the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from slviz.runs.spec import RunSpec

End = Literal["finished", "failed", "cancelled", "busy"]


@dataclass(frozen=True)
class Job:
    """One run for a worker.

    Attributes:
        spec: what to train, with the place its data set is opened from.
        device: "auto", "cpu", "cuda" or "mps".
        maps: whether to make its maps, too.
        places: how many runs the worker's machine trains at once.
        events: whether to write TensorBoard event files.
    """

    spec: RunSpec
    device: str = "auto"
    maps: bool = False
    places: int = 1
    events: bool = False

    @property
    def run_id(self) -> str:
        return self.spec.run_id

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "spec": self.spec.to_json()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Job:
        """The job that `to_json` wrote."""
        return cls(**{**stored, "spec": RunSpec.from_json(stored["spec"])})


@dataclass(frozen=True)
class Ending:
    """How a run ended.

    Attributes:
        run_id: which.
        end: "finished"; "failed" or "cancelled" with the sentence why; "busy" where another process has it.
        message: the sentence; "" for a finished run.
    """

    run_id: str
    end: End
    message: str = ""

    def to_line(self) -> str:
        """One line of JSON, as workers answer."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Ending:
        """The ending that `to_line` wrote."""
        return cls(**json.loads(line))


class Runner(Protocol):
    """Workers that take jobs; used as a context, which ends them."""

    @property
    def workers(self) -> int:
        """How many runs are trained at once."""
        ...

    def start(self, jobs: Sequence[Job]) -> None:
        """Begin with these jobs; more may follow later."""
        ...

    def wait(self, seconds: float) -> list[Ending]:
        """Endings that came within `seconds`; each run ends once."""
        ...

    def running(self) -> list[str]:
        """Names of the runs that are under way."""
        ...

    def __enter__(self) -> Runner: ...

    def __exit__(self, *_: object) -> None: ...
