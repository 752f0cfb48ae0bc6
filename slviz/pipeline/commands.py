"""Every command that slviz spells out: what a person could type after `python -m slviz`, and what a page starts.

What is at its default is left out. A test types each of them.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from slviz.choices import Choice
from slviz.errors import InvalidSetting
from slviz.projections.method import ProjectionMethod
from slviz.runs.settings_parser import words_of
from slviz.runs.spec import TABLES, RunSpec
from slviz.splits.held_out import FROM_FILES

PROGRAM = ("python", "-m", "slviz")
FROM_A_FILE = frozenset(FROM_FILES)
"""Settings of a split that follow from the user's own files."""


def in_terminal(arguments: Sequence[str]) -> str:
    """The whole line, as it is typed in a terminal."""
    return shlex.join([*PROGRAM, *arguments])


def train(
    spec: RunSpec,
    *,
    source: str,
    device: str = "auto",
    test_pairs: Path | str | None = None,
    test_negatives: Path | str | None = None,
    validation_pairs: Path | str | None = None,
    train_negatives: Path | str | None = None,
) -> list[str]:
    """Train `spec`.

    Args:
        spec: what to train.
        source: where the data set is opened from, as `open_dataset` takes it.
        device: "auto", "cpu", "cuda" or "mps".
        test_pairs, test_negatives, validation_pairs, train_negatives: the user's own files, for the split `file`.

    Raises `InvalidSetting` for the split `file` without its file.
    """
    if spec.split.name == "file" and test_pairs is None:
        raise InvalidSetting("The split 'file' needs its file of test pairs: give it with --test-pairs FILE.")
    command = ["train", "--data", source]
    for part in ("task", "network", "features"):
        command += [f"--{part}", getattr(spec, part).name]
    if spec.split.name == "file":
        files = {
            "--test-pairs": test_pairs,
            "--test-negatives": test_negatives,
            "--validation-pairs": validation_pairs,
            "--train-negatives": train_negatives,
        }
        command += [word for option, path in files.items() if path is not None for word in _option(option, str(path))]
    else:
        command += ["--split", spec.split.name]
    if spec.optimiser.name != next(iter(TABLES["optimiser"])):
        command += ["--optimiser", spec.optimiser.name]
    command += [*_seeded(spec.seed), *(["--device", device] if device != "auto" else [])]
    return command + words_of({part: getattr(spec, part) for part in TABLES}, leave_out=FROM_A_FILE)


def train_example(words: Sequence[str], *, source: str) -> list[str]:
    """Train a run that answers a question; `words` are its options as they are typed."""
    return ["train", "--data", source, *words]


def resume(run_id: str) -> list[str]:
    """Resume an unfinished run."""
    return ["train", "--resume", run_id]


def remove(run_id: str) -> list[str]:
    """Remove a run."""
    return ["runs", "remove", run_id]


def project(run_id: str, method: ProjectionMethod, *, seed: int = 0, seeds: int = 1) -> list[str]:
    """Make a map of a run, or those of several seeds."""
    several = ["--seeds", str(seeds)] if seeds > 1 else []
    return ["project", run_id, "--method", method.name, *_seeded(seed), *several, *words_of({"method": method})]


def project_vectors(set_id: str, method: ProjectionMethod, *, seed: int = 0) -> list[str]:
    """Make a map of a vector set."""
    return ["vectors", "project", set_id, "--method", method.name, *_seeded(seed), *words_of({"method": method})]


def measure_given_map(set_id: str, name: str) -> list[str]:
    """Measure a map that came with a vector set."""
    return ["vectors", "project", set_id, *_option("--given", name)]


def controls(run_id: str, kinds: Sequence[str], method: Choice, *, seed: int = 0) -> list[str]:
    """Make controls of a run and a map of each."""
    of_kinds = [word for kind in kinds for word in ("--of", kind)]
    return ["controls", run_id, *of_kinds, "--method", method.name, *_seeded(seed), *words_of({"method": method})]


def ablate_edges(run_id: str, gene: str | None = None) -> list[str]:
    """Test the attention of a run, or of one gene of it, by removing edges."""
    return ["edge-ablation", run_id, *([] if gene is None else _option("--gene", gene))]


def outliers(run_id: str, kind: str = "permuted") -> list[str]:
    """Put noise through the network of a run, and tell which measure of outlierness tells it from genes."""
    return ["outliers", run_id, *([] if kind == "permuted" else ["--noise", kind])]


def survey(run_id: str) -> list[str]:
    """Score all pairs of a run once, and keep what hub adjustment reads."""
    return ["rank", run_id, "--top", "1"]


def measure_faithfulness(run_id: str) -> list[str]:
    """Test the attention of a run over many of its pairs, by removing edges."""
    return ["edge-ablation", run_id, "--pairs"]


def compare(run_id: str, other_id: str, *, neighbours: int = 10) -> list[str]:
    """How alike the embeddings of two runs are."""
    count = ["--neighbours", str(neighbours)] if neighbours != 10 else []
    return ["compare", run_id, other_id, *count]


def explain(run_id: str, gene_a: str, gene_b: str) -> list[str]:
    """Why a run scores a pair as it does, and whether that holds when edges are removed."""
    genes = [gene_a, gene_b]
    return ["explain", run_id, *(["--"] if any(gene.startswith("-") for gene in genes) else []), *genes]


def sweep(axes: Mapping[str, Sequence[str]], words: Sequence[str], *, source: str) -> list[str]:
    """Train every combination of some entries, folds and seeds.

    Args:
        axes: values by option, such as `{"network": ["gat", "gcn"], "fold": ["0", "1"]}`.
        words: settings, `key=value`.
        source: where the data set is opened from.
    """
    said = {axis: values for axis, values in axes.items() if any(values) and (axis, *values) != ("seed", "0")}
    return ["sweep", "--data", source, *_options(said), *words]


def tune(names: Mapping[str, str], words: Sequence[str], *, source: str, options: Mapping[str, object]) -> list[str]:
    """Search for settings.

    Args:
        names: the entry of each part.
        words: what holds still and what is tried, `key=value`.
        source: where the data set is opened from.
        options: such as `{"trials": 20}`; what is empty or 0 is left out.
    """
    parts = {part: [name] for part, name in names.items() if part != "optimiser" or name != next(iter(TABLES[part]))}
    said = {key: [str(value)] for key, value in options.items() if value}
    return ["tune", "--data", source, *_options(parts), *_options(said), *words]


def results(filters: Mapping[str, Sequence[str] | None], *, source: str, more: Sequence[str] = ()) -> list[str]:
    """Write the tables of the results of runs with these entries; `more` are options as they are typed."""
    said = {part: names for part, names in filters.items() if names}
    return ["results", "--data", source, *_options(said), *more]


def lab(
    words: Sequence[str], *, table: Path | str | None = None, label: str = "", epoch: int = 0, autograd: bool = False
) -> list[str]:
    """Train a small network of the lab.

    Args:
        words: settings, `key=value`.
        table, label: a person's own table of points and its column of classes.
        epoch: where gradients are looked at.
        autograd: beside PyTorch's autograd, as JSON.
    """
    own = [] if table is None else [*_option("--table", str(table)), *(_option("--label", label) if label else [])]
    beside = ["--autograd", "--json"] if autograd else []
    return ["lab", *own, *(["--epoch", str(epoch)] if epoch else []), *beside, *words]


def _option(name: str, value: str) -> list[str]:
    """An option and its value, in one word where the value would itself be taken for an option."""
    return [f"{name}={value}"] if value.startswith("-") else [name, value]


def _options(values: Mapping[str, Sequence[str]]) -> list[str]:
    return [word for key, listed in values.items() for word in (f"--{key}", *listed)]


def _seeded(seed: int) -> list[str]:
    return ["--seed", str(seed)] if seed else []
