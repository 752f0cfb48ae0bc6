"""What the arrays and tables of a run must be before anything uses them: kinds, shapes, and numbers within range.

A checksum says that a file is as somebody wrote it, not that it is right. G genes, D embedding width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from slviz.networks.training_record import BINS, REDRAWN
from slviz.runs.damage import damaged, later, readable
from slviz.runs.run import CLASS_COLUMNS, GENE_COLUMNS, PAIR_COLUMNS, PARTS, leading_columns
from slviz.scorers.blend_scorer import BLEND, OLD_BLEND
from slviz.scorers.pair_decoder import NAMES as OF_DECODER
from slviz.scorers.trees import LEAF
from slviz.scorers.trees import NAMES as OF_TREES
from slviz.splits.pair_split import NEGATIVE_KINDS, UNUSED
from slviz.tasks import Task

SEEN = ("seen.pairs", "seen.score", "seen.source", "seen.sources")
LOW_RANK = "low rank."
MOST_SOURCES = 1000
MOST_PARTS = 100
"""Of a network; those of today have at most ten."""
FLOATS, WHOLES = "f", "iu"


def require(
    arrays: Mapping[str, np.ndarray], name: str, path: Path, *, kind: str, shape: Sequence[int | None]
) -> np.ndarray:
    """An array that is there, of this kind of numbers and this shape (None: of any length), all finite.

    Raises `DamagedRun` naming `path`.
    """
    if name not in arrays:
        raise damaged(path, f"lacks '{readable(name)}'")
    array = arrays[name]
    fits = len(array.shape) == len(shape) and all(
        wanted is None or have == wanted for have, wanted in zip(array.shape, shape, strict=True)
    )
    if array.dtype.kind not in kind or not fits:
        wanted_shape = " × ".join("any" if length is None else f"{length:,}" for length in shape)
        raise damaged(
            path,
            f"is altered: '{readable(name)}' has {array.dtype} of shape {array.shape}, and should have shape "
            f"{wanted_shape}",
        )
    if array.dtype.kind == FLOATS and not np.isfinite(array).all():
        raise damaged(path, f"is altered: '{readable(name)}' holds values that are not finite")
    return array


def in_range(array: np.ndarray, stop: int, name: str, path: Path) -> None:
    """`DamagedRun` where a number of `array` is none of 0 … `stop` − 1."""
    if array.size and not (int(array.min()) >= 0 and int(array.max()) < stop):
        raise damaged(path, f"is altered: '{name}' names numbers from {array.min()} to {array.max()}, of {stop:,}")


def genes_in(arrays: Mapping[str, np.ndarray], path: Path) -> tuple[str, ...]:
    """The symbols that arrays.safetensors names; raises `DamagedRun` for what is no list of different names."""
    packed = require(arrays, "genes", path, kind=WHOLES, shape=[None])
    try:
        genes = tuple(packed.tobytes().decode().split("\n"))
    except UnicodeDecodeError as error:
        raise damaged(path, "is altered: its genes are not text") from error
    if packed.dtype != np.uint8 or len(set(genes)) != len(genes) or "" in genes:
        raise damaged(path, "is altered: a gene of it has no name, or two have the same")
    return genes


def check_record(arrays: Mapping[str, np.ndarray], path: Path) -> None:
    """`DamagedRun` where what a `TrainingRecord` consists of does not go together."""
    parts = require(arrays, "parts", path, kind=WHOLES, shape=[None])
    try:
        names = parts.tobytes().decode().split("\n")
    except UnicodeDecodeError as error:
        raise damaged(path, "is altered: its parts are not text") from error
    if parts.dtype != np.uint8 or len(names) > MOST_PARTS or len(set(names)) != len(names):
        raise damaged(path, f"is altered: its parts are no list of at most {MOST_PARTS} different names")
    epochs = require(arrays, "epochs", path, kind=WHOLES, shape=[None])
    moments = require(arrays, "moments", path, kind=WHOLES, shape=[None])
    for order, name in ((epochs, "epochs"), (moments, "moments")):
        if (np.diff(order) <= 0).any() or (order < 0).any():
            raise damaged(path, f"is altered: '{name}' does not rise")
    require(arrays, "gradient_norm", path, kind=FLOATS, shape=[len(epochs), len(names)])
    dead = require(arrays, "dead", path, kind=FLOATS, shape=[len(epochs), None])
    if dead.shape[1] > MOST_PARTS or (dead < 0).any() or (dead > 1).any():
        raise damaged(
            path, f"is altered: shares of dead units lie outside 0 to 1, or are of more than {MOST_PARTS} layers"
        )
    for name in ("low", "high"):
        require(arrays, name, path, kind=FLOATS, shape=[len(moments), len(names)])
    counts = require(arrays, "counts", path, kind=WHOLES, shape=[len(moments), len(names), BINS])
    memory = require(arrays, "memory_bytes", path, kind=WHOLES, shape=[1])
    if any(name in arrays for name in REDRAWN):
        _check_redrawn(arrays, path)
    if (counts < 0).any() or memory[0] < 0 or (arrays["low"] > arrays["high"]).any():
        raise damaged(path, "is altered: a count is below 0, or a least weight above the largest")


def _check_redrawn(arrays: Mapping[str, np.ndarray], path: Path) -> None:
    """`DamagedRun` where pictures as they became do not go together."""
    epochs, genes = (require(arrays, name, path, kind=WHOLES, shape=[None]) for name in REDRAWN[:2])
    pixels = require(arrays, REDRAWN[2], path, kind=WHOLES, shape=[len(epochs), len(genes), None])
    if pixels.dtype != np.uint8 or (np.diff(epochs) <= 0).any() or (epochs < 0).any() or (genes < 0).any():
        raise damaged(path, "is altered: its pictures are no bytes, or their epochs do not rise")


def check_attention(arrays: Mapping[str, np.ndarray], genes: int, path: Path) -> None:
    """`DamagedRun` where edges and weights do not go together, or an edge leads to a gene that is not there."""
    weight = require(arrays, "attention.weight", path, kind=FLOATS, shape=[None, None, None])
    edges = require(arrays, "attention.edges", path, kind=WHOLES, shape=[2, weight.shape[2]])
    if not weight.shape[0] or not weight.shape[1]:
        raise damaged(path, "is altered: its attention has no layer or no head")
    in_range(edges, genes, "attention.edges", path)


def check_decoder(decoder: Mapping[str, np.ndarray], genes: int, width: int, path: Path) -> None:
    """`DamagedRun` where the arrays that score pairs do not go together, or name genes that are not there."""
    if all(name in decoder for name in OF_DECODER):  # what is not whole scores no pair: see `PairDecoder`
        _check_pair_decoder(decoder, width, path)
    if "bounds" in decoder and len(require(decoder, "bounds", path, kind=FLOATS, shape=[None])) not in (0, 2):
        raise damaged(path, "is altered: its scores have one bound, or more than two")
    if any(name in decoder for name in SEEN):
        _check_seen(decoder, genes, path)
    if any(name.startswith("trees.") for name in decoder):
        _check_trees(decoder, path)
    for name in decoder:
        if name.startswith(LOW_RANK) and name.endswith(" vectors"):
            ranks = require(decoder, name, path, kind=FLOATS, shape=[genes, None]).shape[1]
            require(decoder, f"{name.removesuffix(' vectors')} values", path, kind=FLOATS, shape=[ranks])


def _check_pair_decoder(decoder: Mapping[str, np.ndarray], width: int, path: Path) -> None:
    hidden = require(decoder, "readout", path, kind=FLOATS, shape=[None]).shape[0]
    shapes = {"bilinear": [width, width], "linear": [width], "hidden_bias": [hidden], "bias": [1], "bounds": [None]}
    shapes |= {key: [hidden, width] for key in ("sum", "product", "difference")}
    for name, shape in shapes.items():
        require(decoder, name, path, kind=FLOATS, shape=shape)


def _check_seen(decoder: Mapping[str, np.ndarray], genes: int, path: Path) -> None:
    pairs = require(decoder, "seen.pairs", path, kind=WHOLES, shape=[None, 2])
    in_range(pairs, genes, "seen.pairs", path)
    require(decoder, "bounds", path, kind=FLOATS, shape=[None])
    is_formula = "seen.score" not in decoder  # it reads the pairs alone
    if OLD_BLEND in decoder:  # written until November 2026
        require(decoder, OLD_BLEND, path, kind=FLOATS, shape=[2 if is_formula else None])
    weights = [name for name in decoder if name.startswith(BLEND)]
    for name in weights:
        require(decoder, name, path, kind=FLOATS, shape=[1])
    if not weights and OLD_BLEND not in decoder:
        raise damaged(path, "lacks the weights of its score")
    if is_formula:
        return
    require(decoder, "seen.score", path, kind=FLOATS, shape=[len(pairs)])
    sources = require(decoder, "seen.sources", path, kind=WHOLES, shape=[1])
    in_range(sources, MOST_SOURCES, "seen.sources", path)
    source = require(decoder, "seen.source", path, kind=WHOLES, shape=[len(pairs)])
    in_range(source, int(sources[0]) + 1, "seen.source", path)
    require(decoder, "views", path, kind="bu", shape=[None])


def _check_trees(decoder: Mapping[str, np.ndarray], path: Path) -> None:
    """Every child stands behind its parent, so that each way down ends at a leaf."""
    nodes = require(decoder, "trees.feature", path, kind=WHOLES, shape=[None])
    kinds = {name: FLOATS if name in ("threshold", "value", "start") else WHOLES for name in OF_TREES}
    lengths = {name: {"roots": None, "start": 1}.get(name, len(nodes)) for name in OF_TREES}
    tree = {
        name: require(decoder, f"trees.{name}", path, kind=kinds[name], shape=[lengths[name]])
        if name != "threshold"
        else _thresholds(decoder, len(nodes), path)
        for name in OF_TREES
    }
    in_range(tree["roots"], len(nodes), "trees.roots", path)
    inner = np.flatnonzero(nodes != LEAF)
    if (nodes < LEAF).any():
        raise damaged(path, "is altered: its trees read a feature that there is not")
    for side in ("left", "right"):
        children = tree[side][inner]
        in_range(children, len(nodes), f"trees.{side}", path)
        if (children <= inner).any():
            raise damaged(path, "is altered: a way down its trees never ends")


def _thresholds(decoder: Mapping[str, np.ndarray], nodes: int, path: Path) -> np.ndarray:
    """Infinite thresholds are allowed: everything goes left there."""
    known = {**decoder, "trees.threshold": np.nan_to_num(decoder.get("trees.threshold", np.empty(0)))}
    return require(known, "trees.threshold", path, kind=FLOATS, shape=[nodes])


def check_predictions(table: pd.DataFrame, genes: Sequence[str], task: Task, path: Path) -> None:
    """`DamagedRun` where a table of predictions is not one of `task`, or names other genes or parts than there are."""
    leading = PAIR_COLUMNS if task.scores_pairs else leading_columns(table)
    if tuple(table.columns[: len(leading)]) != leading:
        names = ", ".join(readable(str(column), most=30) for column in table.columns[:12])
        raise damaged(path, f"has the columns {names}; the first should be {', '.join(leading)}")
    _check_kinds(table, leading, path)
    for end in ("gene_a", "gene_b", "gene"):
        if end in leading:
            require_among(pd.Series(table[end]), genes, f"a gene in '{end}'", path)
    require_among(pd.Series(table["part"]), PARTS if "gene_a" in table else (*PARTS, UNUSED), "a part", path)
    if "negative_kind" in leading and (later_kinds := _others(pd.Series(table["negative_kind"]), NEGATIVE_KINDS)):
        kind = readable(str(later_kinds[0]), most=60)
        raise later(path, f"compares with pairs of the kind '{kind}', which this version does not know")
    if task.negative_kinds and _others(pd.Series(table["actual"]), (0, 1)):
        raise damaged(path, "is altered: whether a pair is known should be 1 or 0")


def _check_kinds(table: pd.DataFrame, leading: Sequence[str], path: Path) -> None:
    texts = {"gene_a", "gene_b", "gene", "part", "negative_kind"}
    of_classes = tuple(leading) == CLASS_COLUMNS
    assert leading in (PAIR_COLUMNS, GENE_COLUMNS, CLASS_COLUMNS)
    for name in table.columns:
        text = name in texts or (of_classes and name != "score")
        column = pd.Series(table[name])
        is_text, is_number = is_text_column(column), pd.api.types.is_float_dtype(column)
        if len(table) and not (is_text if text else is_number):
            wanted = "text" if text else "numbers"
            raise damaged(path, f"is altered: its column '{readable(str(name), most=60)}' should hold {wanted}")
        if name in ("actual", "prediction", "score") and is_number and not np.isfinite(column.to_numpy()).all():
            raise damaged(path, f"is altered: a value of its column '{name}' is missing or infinite")


def is_text_column(column: pd.Series) -> bool:
    """Whether each value is a text; none is missing."""
    return bool(pd.api.types.is_string_dtype(column) and not column.isna().any())


def require_among(column: pd.Series, known: Sequence[str], what: str, path: Path) -> None:
    """`DamagedRun` where a value of `column` is none of `known`."""
    if others := _others(column, known):
        value = readable(str(others[0]), most=60)
        raise damaged(path, f"is altered: it names {what} that there is not, '{value}'")


def _others(column: pd.Series, known: Sequence[object]) -> list[object]:
    """The different values of `column` that are none of `known`."""
    listed = set(known)
    return [value for value in column.unique().tolist() if value not in listed]
