"""Pictures of a data folder: an `.npz`, IDX files as those of MNIST, or files of pictures, one folder a class."""

from __future__ import annotations

import io
import struct
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32

from slviz.datasets.content import Content, without_file
from slviz.datasets.picture_shape import COLOUR, GREY, WHITE, PictureShape
from slviz.datasets.report import Report
from slviz.errors import MalformedData
from slviz.files.idx import read_idx
from slviz.files.limits import Budget, shown
from slviz.files.npy import NpyHeader, read_npz
from slviz.text import spelt_out, storable

if TYPE_CHECKING:
    from PIL import Image

LABEL = "label"
"""What the classes that come with pictures are called."""
IMAGES, LABELS, NAMES = ("images", "pictures", "x"), ("labels", "label", "y"), ("names",)
"""Names of arrays in an `.npz`, in any case of letters; the first that is there is taken."""
FEWEST = 10
MOST_NUMBERS = 100_000_000
"""Pixels and channels of all pictures together; 400 MB."""
LONGEST_SIDE = 1024
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "PPM")
"""What Pillow may read; no format that runs a program."""
REAL, WHOLE = "fiub", "iub"
TOGETHER = "the pictures"
"""What files of pictures are called together."""
MORE = "Take a sample, or make the pictures smaller."


@dataclass(frozen=True, eq=False)
class PictureTable:
    """Pictures as a data set has them. N pictures.

    Attributes:
        shape: of each.
        pixels: float32 [N, size], from 0 (black) to 1 (white).
        label: text [N], the class of each, "" where it has none; None where nothing is said.
        names: of each, where the files say it; None otherwise.
    """

    shape: PictureShape
    pixels: Float32[np.ndarray, "pictures size"]
    label: np.ndarray | None = None
    names: tuple[str, ...] | None = None


def read_pictures(content: Content, labels: Content | None, report: Report) -> PictureTable | None:
    """The pictures of one file, an `.npz` or IDX, and the labels beside them; None with every fault in the report."""
    try:
        if content.raw[:2] == b"PK":
            table = _of_npz(content)
        elif not content.raw:
            raise MalformedData(f"{shown(content.name)} is empty. Save or copy it again.")
        elif content.name.casefold().endswith(".npz"):
            raise MalformedData(
                f"{shown(content.name)} is called .npz and is none: it does not begin as a zip file does. Save it "
                "again with numpy.savez."
            )
        else:
            table = _of_arrays(read_idx(content.raw, content.name), content.name)
        if labels is not None:
            given = _labels(read_idx(labels.raw, labels.name), labels.name, len(table.pixels))
            table = PictureTable(table.shape, table.pixels, given, table.names)
    except MalformedData as error:
        name = labels.name if labels is not None and str(error).startswith(shown(labels.name)) else content.name
        report.add(name, *_told(error, name))
        return None
    return _checked(table, content.name, report)


def read_picture_files(contents: Mapping[str, Content], files: Sequence[str], report: Report) -> PictureTable | None:
    """Pictures of one file each; the folder that a picture lies in is its class. None with faults in the report."""
    images = decoded_pictures(contents, files, report)
    if images is None:
        return None
    try:
        table = _of_arrays(images, TOGETHER)
    except MalformedData as error:
        report.add("", *_told(error, TOGETHER))
        return None
    label, names = labels_and_names(files)
    return _checked(PictureTable(table.shape, table.pixels, label, names), "", report)


def decoded_pictures(contents: Mapping[str, Content], files: Sequence[str], report: Report) -> np.ndarray | None:
    """Pictures of one file each, uint8 [N, h, w] or [N, h, w, 3]; None with faults in the report.

    What all files say of their sizes is looked at before any is unpacked.
    """
    present = [file for file in files if file in contents]
    sizes: dict[str, tuple[int, int]] = {}
    for file in present:
        try:
            sizes[file] = _declared_size(contents[file])
        except MalformedData as error:
            report.add(file, *_told(error, file))
    if report.fatal or not sizes:
        return None
    counted = Counter(sizes.values())
    (height, width), usual = counted.most_common(1)[0]
    other = [file for file in present if sizes[file] != (height, width)]
    if other:
        first = sizes[other[0]]
        what = f"has {first[0]} × {first[1]} pixels, and {usual:,} of {len(present):,} pictures have {height} × {width}"
        report.add(other[0], what, "Bring all pictures to one size first.")
        return None
    if (numbers := height * width * len(present)) > MOST_NUMBERS:
        what = f"say that they hold {numbers:,} pixels, more than the {MOST_NUMBERS:,} that are read"
        report.add("", f"{TOGETHER} {what}", MORE)
        return None
    decoded: list[np.ndarray] = []
    for file in present:
        try:
            decoded.append(_decoded(contents[file]))
        except MalformedData as error:
            report.add(file, *_told(error, file))
    if report.fatal:
        return None
    if any(picture.ndim == COLOUR for picture in decoded):
        decoded = [
            picture if picture.ndim == COLOUR else np.repeat(picture[:, :, None], 3, axis=2) for picture in decoded
        ]
    return np.stack(decoded)


def labels_and_names(files: Sequence[str]) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Class and name of pictures from their paths: the folder, where any lies in one, and the file without ending."""
    folders = [PurePosixPath(file).parent.name for file in files]
    label = np.array([storable(spelt_out(folder)) for folder in folders], dtype=object) if any(folders) else None
    return label, _names_of(files)


def _told(error: MalformedData, name: str) -> tuple[str, str]:
    """What is wrong and what to do, without the name of the file, which the report says itself."""
    return without_file(MalformedData(str(error).removeprefix(f"{shown(name)}: ")), name)


def picture_names(count: int, thing: str) -> tuple[str, ...]:
    """Names for pictures that have none: the word of the data set and a number, such as "digit-0001"."""
    digits = len(str(count))
    return tuple(f"{thing.replace(' ', '-')}-{number:0{digits}d}" for number in range(1, count + 1))


def _of_npz(content: Content) -> PictureTable:
    """`images` [N, h, w] or [N, h, w, c], and, where they are there, `labels` [N] and `names` [N]."""
    name = content.name

    def wanted(key: str, header: NpyHeader) -> bool:
        return key.casefold() in (*IMAGES, *LABELS, *NAMES)

    arrays = {key.casefold(): array for key, array in read_npz(content.raw, name, wanted=wanted).items()}
    images = _first(arrays, IMAGES)
    if images is None:
        raise MalformedData(
            f"{shown(name)} holds no array 'images'. Save the pictures as images [pictures, height, width] or "
            "[pictures, height, width, channels], and their classes, if any, as labels [pictures]."
        )
    table = _of_arrays(images, name)
    labels, names = _first(arrays, LABELS), _first(arrays, NAMES)
    return PictureTable(
        table.shape,
        table.pixels,
        None if labels is None else _labels(labels, name, len(table.pixels)),
        None if names is None else tuple(_labels(names, name, len(table.pixels), what="names").tolist()),
    )


def _first(arrays: Mapping[str, np.ndarray], names: Sequence[str]) -> np.ndarray | None:
    return next((arrays[name] for name in names if name in arrays), None)


def _of_arrays(images: np.ndarray, name: str) -> PictureTable:
    """Pixels from 0 to 1 of an array of pictures; raises `MalformedData`, whose sentence begins with `name`."""
    called = shown(name)
    if images.ndim not in (3, 4) or images.dtype.kind not in REAL:
        raise MalformedData(
            f"{called} holds an array of {images.dtype} of shape {images.shape}. Pictures are numbers [pictures, "
            "height, width] or [pictures, height, width, channels]."
        )
    if not len(images):
        raise MalformedData(f"{called} holds no pictures.")
    channels = images.shape[3] if images.ndim == 4 else GREY
    if channels == COLOUR + 1:  # how far each pixel is seen through says nothing here
        images, channels = images[..., :COLOUR], COLOUR
    if channels not in (GREY, COLOUR) or 0 in images.shape:
        raise MalformedData(
            f"{called} holds pictures of shape {images.shape[1:]}. Give grey ones (1 channel) or red, green and blue "
            "(3), with one pixel or more."
        )
    if len(images) < FEWEST:
        raise MalformedData(f"{called} holds {len(images):,} pictures; a network needs {FEWEST} or more. Add some.")
    if images.size > MOST_NUMBERS:
        raise MalformedData(
            f"{called} holds {images.size:,} pixels and channels, more than the {MOST_NUMBERS:,} that are read. {MORE}"
        )
    Budget(name, images.nbytes).check(4 * images.size)
    shape = PictureShape(images.shape[1], images.shape[2], channels)
    return PictureTable(shape, _scaled(images.reshape(len(images), shape.size), called))  # [N, h, w(, c)] -> [N, h·w·c]


def _scaled(values: np.ndarray, called: str) -> Float32[np.ndarray, "pictures size"]:
    """Values brought to 0 … 1: broken numbers up to 1 stay, others are divided by the largest of all pictures."""
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        lost = ~np.isfinite(values)
        rows = np.flatnonzero(lost.any(axis=1))
        raise MalformedData(
            f"{called} has {int(lost.sum()):,} pixels that are missing or infinite, in {len(rows):,} pictures; the "
            f"first is picture {rows[0] + 1:,}. Fill them in, or leave these pictures out."
        )
    low, high = float(values.min()), float(values.max())
    if low == high:
        raise MalformedData(
            f"{called} holds pictures whose pixels are all {high:g}, so there is nothing to learn. Check how they "
            "were saved."
        )
    low = min(low, 0.0)
    high = 1.0 if values.dtype.kind == "f" and high <= 1 else high
    return ((values.astype(np.float32) - np.float32(low)) / np.float32(high - low)).astype(np.float32)


def _labels(values: np.ndarray, name: str, count: int, *, what: str = LABELS[0]) -> np.ndarray:
    """Text [N] of an array of labels or names; raises `MalformedData`."""
    if values.shape != (count,):
        raise MalformedData(
            f"{shown(name)} has {what} of shape {values.shape} for {count:,} pictures. Each picture needs one."
        )
    if values.dtype.kind == "f":
        whole = np.isfinite(values) & (values == np.rint(values))
        if not whole.all():
            raise MalformedData(
                f"{shown(name)} has {what} that are missing or no whole numbers, in {int((~whole).sum()):,} pictures. "
                "Write a class as a whole number or as a text."
            )
        values = values.astype(np.int64)
    if values.dtype.kind not in "iubUS":
        raise MalformedData(f"{shown(name)} has {what} of {values.dtype}. Write whole numbers or texts.")
    texts = [text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text) for text in values.tolist()]
    return np.array([storable(spelt_out(text.strip())) for text in texts], dtype=object)


def _declared_size(content: Content) -> tuple[int, int]:
    """Height and width that a file of a picture says it has, read from its first bytes; raises `MalformedData`."""
    name = shown(content.name)
    with _opened(content) as picture:
        width, height = picture.size
    if max(height, width) > LONGEST_SIDE:
        raise MalformedData(
            f"{name} has {height:,} × {width:,} pixels; up to {LONGEST_SIDE:,} on a side are read. Make it smaller."
        )
    return height, width


def _decoded(content: Content) -> np.ndarray:
    """Values uint8 [h, w] or [h, w, 3] of one file of a picture, whose size was looked at before."""
    with _opened(content) as picture:
        if picture.mode.startswith("I"):  # 16 bits a pixel, of which the upper eight stay
            return (np.asarray(picture).astype(np.int64) >> 8).clip(0, WHITE).astype(np.uint8)
        return np.asarray(picture.convert("L" if picture.mode in ("1", "L", "LA") else "RGB"))


@contextmanager
def _opened(content: Content) -> Iterator[Image.Image]:
    """A picture whose pixels are not read yet; raises `MalformedData` for what Pillow cannot read, then or later."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content.raw), formats=FORMATS) as picture:
                yield picture
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        struct.error,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise MalformedData(
            f"{shown(content.name)} cannot be read as a picture: it is damaged, too large, or none of "
            f"{', '.join(FORMATS)}. Save it again."
        ) from error


def _names_of(files: Sequence[str]) -> tuple[str, ...]:
    """Names of files without their ending; with the folder where two folders have the same."""
    stems = [PurePosixPath(file).stem for file in files]
    if len(set(stems)) < len(stems):
        stems = ["-".join(PurePosixPath(file).with_suffix("").parts) for file in files]
    return tuple(storable(spelt_out(stem)) for stem in stems)


def _checked(table: PictureTable, file: str, report: Report) -> PictureTable | None:
    """The table, with what is to be said of its names and classes."""
    if table.names is not None and not checked_names(table.names, file, report):
        return None
    if table.label is not None:
        classes = sorted(set(table.label.tolist()) - {""})
        if len(classes) == 1:
            what = "is the only class of the pictures, so the task classify has nothing to tell apart"
            report.add(file, what, "Label a second class, or take the task reconstruct.", value=classes[0], fatal=False)
    report.read["pictures"] = len(table.pixels)
    return table


def checked_names(names: Sequence[str], file: str, report: Report) -> bool:
    """Whether each picture has a name of its own; where not, the report says which name it is."""
    counted = Counter(names)
    twice = next((name for name, times in counted.items() if times > 1 or not name), None)
    if twice is not None:
        report.add(file, "is the name of two pictures, or of none", "Give each picture a name of its own.", value=twice)
    return twice is None
