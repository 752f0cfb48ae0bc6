"""What each JSON file of a run holds, as types that msgspec checks while it parses.

A key that is not named here was written by a later slviz, and the sentence on the file says so.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(max_length=10_000)]
"""Of people and their data: any letters."""
Line = Annotated[str, msgspec.Meta(max_length=1000, pattern=r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*\Z")]
"""Of slviz itself, printed as it is."""
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
FileName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\Z")]
Size = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Seed = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
Count = Annotated[int, msgspec.Meta(ge=0, lt=2**40)]
Value = bool | Integer | float | Text | None
ChoiceJson = dict[Line, Value]
"""A choice as `Choice.to_json` gives it."""


class Stored(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of all: nothing beyond what is named."""


class FormatOnly(msgspec.Struct):
    """The format of a file, read before anything else of it."""

    format: Value = None


class StoredData(Stored):
    """The data set of a spec."""

    name: Text
    source: Text
    fingerprint: Sha256
    synthetic: bool
    parts: dict[Line, Sha256] = {}


class StoredSpec(Stored):
    """spec.json."""

    format: Integer
    data: StoredData
    task: ChoiceJson
    network: ChoiceJson
    features: ChoiceJson
    split: ChoiceJson
    optimiser: ChoiceJson
    seed: Seed


class StoredEvaluation(Stored):
    """evaluating.json of a run that is being evaluated: the share that is done, and about the seconds that are left."""

    share: Annotated[float, msgspec.Meta(ge=0, le=1)]
    seconds_left: Annotated[float, msgspec.Meta(ge=0, le=1e9)] | None = None


class StoredFile(Stored):
    """What a manifest says of a file."""

    sha256: Sha256
    bytes: Size


class StoredManifest(Stored):
    """manifest.json, its own checksum and format aside."""

    run_id: Line
    files: dict[FileName, StoredFile]
    versions: dict[Line, Line]
    device: Line
    seconds: Annotated[float, msgspec.Meta(ge=0)] | None
    finished: Line


class StoredMetric(Stored):
    """One row of metrics.json."""

    model: Text
    part: Literal["train", "validation", "test"]
    negative_kind: Text
    metric: Line
    value: float | None


class FormerMetric(Stored):
    """The same as earlier versions wrote it: see `slviz.former_names.COLUMNS`."""

    scorer: Text
    part: Literal["train", "validation", "test"]
    against: Text
    metric: Line
    value: float | None

    def today(self) -> StoredMetric:
        """The row with the names of today."""
        return StoredMetric(self.scorer, self.part, self.against, self.metric, self.value)


StoredEpoch = dict[Line, float | None]
"""One line of progress.jsonl."""


class StoredFailure(Stored):
    """error.json."""

    error: Text
    message: Annotated[str, msgspec.Meta(max_length=1_000_000)]


class StoredProgress(Stored):
    """How far the making of something beside a run is."""

    share: float
    doing: Text


class AboutCheckpoint(Stored):
    """The description in a checkpoint."""

    run_id: Line
    epoch: Count
    history: str


class Owned(msgspec.Struct):
    """The description in any file that was made beside a run: whose it is."""

    run_id: Line


class AboutMap(Stored):
    """The description in the file of a map, or in that of its quality."""

    method: ChoiceJson
    seed: Integer
    run_id: Line
    of: Line = ""
    axes: tuple[Text, ...] = ()
    neighbours: Count = 0


class AboutControl(Stored):
    """The description in the file of a control."""

    run_id: Line
    of: Line
    metrics: list[StoredMetric]


class AboutEdgeAblation(Stored):
    """The description in the file of an edge ablation."""

    run_id: Line


class AboutSurvey(Stored):
    """The description in the file of a survey of all pairs."""

    run_id: Line


class AboutNoise(Stored):
    """The description in the file of noise that was put through the network of a run."""

    run_id: Line
    kind: Line


class AboutComparison(Stored):
    """The description in the file that compares the embeddings of two runs."""

    run_id: Line


class AboutExplanation(Stored):
    """The description in the file that explains a pair."""

    run_id: Line
