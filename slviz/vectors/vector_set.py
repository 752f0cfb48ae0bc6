"""VectorSet: points with a name, a vector and what is known of them, checked once when it is made."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from jaxtyping import Float32, UInt8

from slviz.errors import MalformedData
from slviz.files.limits import shown
from slviz.text import storable

FEWEST = 3
MOST_POINTS = 5_000_000
SHOWN = 3
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, marks that turn the direction of what follows them, and halves of a character."""
SYNTHETIC = "SYNTHETIC DATA"
"""Stands in the origin of vectors that slviz itself wrote from generated data."""


@dataclass(frozen=True, eq=False)
class VectorSet:
    """Any set of vectors that a map can be made of. N points, D numbers each.

    Attributes:
        name: short name, such as "digits".
        names: what each point is called [N], unique, none empty.
        vectors: float32 [N, D], D at least 2, all finite, not all alike.
        columns: one row a point in the order of `names`; text ("" where unknown), numbers (NaN where
            unknown) or truths. Their names are unique texts.
        maps: maps that came with the vectors, by name: float32 [N, 2 or 3], all finite.
        images: uint8 [N, height, width], a grey picture of each point (0 black, 255 white); or None.
        title: for a person; `name` where left out.
        origin: where the vectors come from, in words.
        fingerprint: SHA-256 over all of the above but title and origin; computed when left out.
    """

    name: str
    names: tuple[str, ...]
    vectors: Float32[np.ndarray, "points width"]
    columns: pd.DataFrame
    maps: Mapping[str, Float32[np.ndarray, "points dimensions"]] = field(default_factory=dict)
    images: UInt8[np.ndarray, "points rows columns"] | None = None
    title: str = ""
    origin: str = ""
    fingerprint: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", _plain_columns(self.columns))
        for name in ("name", "title", "origin"):
            object.__setattr__(self, name, storable(getattr(self, name)))
        for problem in (*_about_vectors(self), *_about_the_rest(self)):
            raise MalformedData(f"{shown(self.name)}: {problem}")
        for array in (self.vectors, self.images, *self.maps.values()):
            if array is not None:
                array.setflags(write=False)
        if not self.fingerprint:
            object.__setattr__(self, "fingerprint", _fingerprint(self))

    def __len__(self) -> int:
        return len(self.names)

    @property
    def id(self) -> str:
        """Readable and unique, such as `digits-3f9c2a81`: the content decides it."""
        readable = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")[:40].strip("-")
        return f"{readable or 'vectors'}-{self.fingerprint[:8]}"


def marked(origin: str, *, synthetic: bool) -> str:
    """Where vectors come from, with the word that tells generated data wherever they are shown."""
    return f"{origin}, {SYNTHETIC}" if synthetic else origin


def _plain_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Numbers and truths as they are, all else as text with "" where it is missing; rows numbered."""

    def plain(column: pd.Series) -> np.ndarray:
        values = column.to_numpy()
        if values.dtype.kind in "fiub":
            return values.astype(_native(values.dtype))
        return column.astype(object).where(column.notna(), "").map(_as_text).to_numpy(dtype=object)

    made = [pd.Series(column := plain(table.iloc[:, place]), dtype=column.dtype) for place in range(table.shape[1])]
    if not made:
        return pd.DataFrame(index=range(len(table)))
    return pd.concat(made, axis=1).set_axis([str(title) for title in table.columns], axis=1)


def _as_text(value: object) -> str:
    return storable(str(value))


def _native(dtype: np.dtype) -> np.dtype:
    """The type that parquet and pandas can hold: in the byte order of this machine, real numbers of 32 or 64 bits."""
    if dtype.kind == "f" and dtype.itemsize not in (4, 8):
        return np.dtype(np.float32 if dtype.itemsize < 4 else np.float64)
    return dtype.newbyteorder("=")


def _about_vectors(given: VectorSet) -> Iterable[str]:
    """Sentences on what is wrong with the numbers."""
    vectors = given.vectors
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        yield f"The vectors should be float32, one row a point; they are {vectors.dtype} of shape {vectors.shape}."
        return
    count, width = vectors.shape
    if count < FEWEST:
        yield f"A map needs at least {FEWEST} points; there {'is' if count == 1 else 'are'} {count}."
    elif count > MOST_POINTS:
        yield f"{count:,} points are more than the {MOST_POINTS:,} that slviz takes. Take a sample."
    elif width < 2:
        yield (
            f"Each point has {width} number{'' if width == 1 else 's'}; a map needs at least 2. Were the columns "
            "separated by something else than the file's name says?"
        )
    else:
        yield from _about_values(given)


def _about_values(given: VectorSet) -> Iterable[str]:
    vectors = given.vectors
    if not np.isfinite(vectors.sum(dtype=np.float64)):  # one pass, without an array of truths as large as the vectors
        lost = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
        if len(lost):
            first = shown(given.names[lost[0]]) if lost[0] < len(given.names) else f"row {lost[0] + 1}"
            yield (
                f"{len(lost):,} of {len(vectors):,} points have a number that is missing or infinite, the first is "
                f"'{first}'. Fill them in or leave these points out."
            )
    elif (vectors == vectors[0]).all():
        yield "All points have the same vector, so there is nothing to map."


def _about_the_rest(given: VectorSet) -> Iterable[str]:
    """Sentences on what is wrong with names, columns, maps and images."""
    count = len(given.vectors)
    if len(given.names) != count:
        yield f"There are {len(given.names):,} names for {count:,} vectors. Each vector needs one."
    elif len(set(given.names)) != count:
        yield _named_twice(given.names)
    elif "" in set(given.names):
        yield f"Point {given.names.index('') + 1:,} has no name. Give each point one."
    elif (marked_name := next(filter(HIDDEN.search, given.names), None)) is not None:
        yield (
            f"The name '{shown(marked_name)}' (point {given.names.index(marked_name) + 1:,}) holds a control character "
            "(here �). Remove it."
        )
    if len(given.columns) != count:
        yield f"The table of labels has {len(given.columns):,} rows for {count:,} points."
    titles = [str(title) for title in given.columns.columns]
    if len(set(titles)) != len(titles):
        twice = next(title for title in titles if titles.count(title) > 1)
        yield f"Two columns are called '{shown(twice)}'. Name each column once."
    if (marked_title := next(filter(HIDDEN.search, titles), None)) is not None:
        yield f"The name of the column '{shown(marked_title)}' holds a control character (here �). Remove it."
    for name, place in given.maps.items():
        if HIDDEN.search(name):
            yield f"The name of the map '{shown(name)}' holds a control character (here �). Remove it."
        if place.shape not in ((count, 2), (count, 3)):
            yield f"The map '{shown(name)}' has shape {place.shape} for {count:,} points."
        elif not np.isfinite(place).all():
            yield f"The map '{shown(name)}' holds a place that is not finite."
    if given.images is not None and (given.images.ndim != 3 or len(given.images) != count):
        yield f"The images have shape {given.images.shape} for {count:,} points."


def _named_twice(names: tuple[str, ...]) -> str:
    twice = [(name, times) for name, times in Counter(names).most_common() if times > 1]
    named = ", ".join(f"'{shown(name)}' ({times:,} times)" for name, times in twice[:SHOWN])
    more = f" and {len(twice) - SHOWN:,} more" if len(twice) > SHOWN else ""
    return f"Names should be unique, and these are not: {named}{more}. Number them, or take another column as names."


def _fingerprint(given: VectorSet) -> str:
    digest = hashlib.sha256()

    def add(part: str, content: bytes) -> None:
        digest.update(f"{part}:{len(content)}:".encode())
        digest.update(content)

    add("names", "\n".join(given.names).encode())
    add("vectors", np.ascontiguousarray(given.vectors, dtype="<f4").tobytes())
    for column in given.columns.columns:
        values = given.columns[column].to_numpy()
        text = values.dtype == object
        add(f"column {column}", "\n".join(values).encode() if text else values.astype("<f8").tobytes())
    for name in sorted(given.maps):
        add(f"map {name}", np.ascontiguousarray(given.maps[name], dtype="<f4").tobytes())
    if given.images is not None:
        add(f"images {given.images.shape}", np.ascontiguousarray(given.images).tobytes())
    return digest.hexdigest()
