"""HDF5 that stays inside its file: links and foreign storage are refused, and sizes are checked before each read.

HDF5 follows soft and external links, external storage and virtual data sets to any file that this process may read, and
a data set may declare any shape, whatever is stored. So a file is walked once when it is opened, and whatever is taken
of it goes through `take`, which checks the data set again, since a reference may lead to one that no link names.
"""

from __future__ import annotations

import contextlib
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from h5py import h5a, h5d, h5g, h5i, h5l, h5o, h5r, h5t, h5z  # pyright: ignore[reportAttributeAccessIssue]
from jaxtyping import Float32

from slviz.errors import MalformedData
from slviz.files.limits import OBJECTS, Budget, shown
from slviz.files.lzf import lzf_unpack

LZF = 32000
FILTERS = {h5z.FILTER_DEFLATE, h5z.FILTER_SHUFFLE, h5z.FILTER_FLETCHER32, LZF}
FOREIGN_FILTERS = {
    h5z.FILTER_SZIP: "szip", h5z.FILTER_NBIT: "nbit", h5z.FILTER_SCALEOFFSET: "scale-offset", 307: "bzip2",
    32001: "Blosc", 32004: "LZ4", 32008: "bitshuffle", 32015: "Zstandard", 32026: "Blosc2",
}  # fmt: skip
DEEPEST = 32
LONGEST_ATTRIBUTE = 1 << 20
TEXT_BYTES = 128
"""What a short text takes as a Python object, in a row and in a set, beside its letters."""
FLETCHER_BYTES = 4
LZF_RATIO = 88
"""LZF copies at most 264 bytes for three."""
MOST_CHUNKS, MOST_CHUNKS_IN_BLOCKS = 20_000, 100_000
"""HDF5 takes about 4 KB of memory and 20 µs for each chunk that it reads at once."""
BLOCK_BYTES = 8 << 20
HEAP_ENTRY = np.dtype([("length", "<u4"), ("address", "<u8"), ("index", "<u4")])
ENTRY_OVER_POINTER = HEAP_ENTRY.itemsize - 8
"""How a text of variable length stands in a data set: its length, and where it lies in the file's heap."""
AGAIN = "Save the file again with anndata's write_h5ad, and copy it whole."
WHAT_H5PY_RAISES = (
    OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, OverflowError, SystemError, IndexError,
    zlib.error,
)  # fmt: skip
"""For a damaged file; which of them depends on the byte that is wrong."""


class Hdf5:
    """An HDF5 file that is open and was found to stay inside itself.

    Attributes:
        root: its root group.
        name: what to call it in a sentence.
        budget: what may still be taken of it.
    """

    def __init__(self, root: h5py.File, name: str, size_bytes: int) -> None:
        self.root = root
        self.name = shown(name)
        self.budget = Budget(name, size_bytes)
        _walk(root, self.name)

    def take(self, dataset: h5py.Dataset) -> np.ndarray:
        """The values of a data set; texts of variable length come as `str` objects.

        Raises `MalformedData` where it leads out of the file, is damaged, or takes more than is left.
        """
        called = shown(dataset.name or "a reference")
        with self.reading(called):
            self._check(dataset, called)
            kind = dataset.id.get_type()
            self.budget.charge(math.prod(dataset.shape) * (TEXT_BYTES if _has_texts(kind) else kind.get_size()), called)
            if _has_texts(kind):
                self.budget.charge(self._text_bytes(dataset, called), called)
            if _is_text(kind):
                return np.asarray(dataset.asstr(errors="replace")[()], dtype=object)
            return np.asarray(dataset[()])

    def take_float32(self, dataset: h5py.Dataset) -> Float32[np.ndarray, "rows columns"]:
        """A matrix of numbers as float32, read in blocks of rows, so that one of float64 is never there whole.

        Raises `MalformedData` as `take` does, and for a matrix of anything but integers, truths and real numbers.
        """
        called = shown(dataset.name or "a reference")
        with self.reading(called):
            self._check(dataset, called, most_chunks=MOST_CHUNKS_IN_BLOCKS)
            if dataset.dtype.kind not in "fiub" or dataset.ndim != 2:
                raise MalformedData(f"{self.name}: '{called}' is not a matrix of real numbers. Choose another.")
            rows, columns = dataset.shape
            self.budget.charge(rows * columns * 4, called)
            high = dataset.chunks[0] if dataset.chunks else 1
            fitting = max(BLOCK_BYTES // max(columns * dataset.dtype.itemsize, 1), 1)
            step = max(fitting // high, 1) * high
            matrix = np.empty((rows, columns), dtype=np.float32)
            for start in range(0, rows, step):
                with np.errstate(over="ignore"):  # what is beyond float32 becomes infinite, and is refused as such
                    matrix[start : start + step] = dataset[start : start + step]
            return matrix

    @contextlib.contextmanager
    def reading(self, called: str) -> Iterator[None]:
        """Turns what h5py raises for a damaged file into a sentence that names the part `called`."""
        try:
            yield
        except WHAT_H5PY_RAISES as error:
            raise MalformedData(
                f"{self.name}: '{shown(called)}' cannot be read, so the file is damaged. {AGAIN}"
            ) from error
        except MemoryError as error:
            raise MalformedData(f"{self.name}: '{shown(called)}' does not fit into the memory.") from error

    def attribute(self, element: Any, key: str, usual: Any = None) -> Any:
        """The value of an attribute, as text where it is text; `usual` where there is none."""
        with self.reading(f"{shown(element.name or '?')}, attribute {key}"):
            if not h5a.exists(element.id, key.encode()):
                return usual
            attribute = h5a.open(element.id, key.encode())
            if math.prod(attribute.shape) * attribute.get_type().get_size() > LONGEST_ATTRIBUTE:
                raise MalformedData(f"{self.name}: the attribute '{shown(key)}' is too long to be one. {AGAIN}")
            value = element.attrs[key]
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

    def text_attribute(self, element: Any, key: str) -> str:
        """An attribute that is one text; "" where there is none, and where it is a list, a number or nothing."""
        value = self.attribute(element, key)
        return value if isinstance(value, str) else ""

    def names_attribute(self, element: Any, key: str) -> list[str] | None:
        """An attribute that is a list of names; None where there is none, and where it is something else."""
        value = self.attribute(element, key)
        names = np.atleast_1d(value).ravel().tolist() if isinstance(value, str | bytes | np.ndarray) else None
        if names is None or not all(isinstance(name, str | bytes) for name in names):
            return None
        return [name.decode("utf-8", "replace") if isinstance(name, bytes) else name for name in names]

    def referred(self, reference: Any) -> h5py.Dataset | None:
        """The data set that an object reference points to inside this file; None for any other kind of reference."""
        if not isinstance(reference, h5py.h5r.Reference) or isinstance(reference, h5py.h5r.RegionReference):
            return None
        with self.reading("a reference"):
            if not reference or h5r.get_obj_type(reference, self.root.id) != h5g.DATASET:
                return None
            target = h5r.dereference(reference, self.root.id)
            _refuse_foreign(target, self.name, "a reference")
            return h5py.Dataset(target)

    def _check(self, dataset: h5py.Dataset, called: str, *, most_chunks: int = MOST_CHUNKS) -> None:
        """Raises `MalformedData` for what may not be read at all, and for chunks that unpack to too much."""
        _refuse_foreign(dataset.id, self.name, called)
        if dataset.shape is None:
            raise MalformedData(f"{self.name}: '{called}' holds nothing. {AGAIN}")
        _refuse_kind(dataset.id.get_type(), self.name, called)
        self._check_chunks(dataset, called, most_chunks=most_chunks)

    def _text_bytes(self, dataset: h5py.Dataset, called: str) -> int:
        """Bytes of all texts of variable length: many entries may point to the same long text."""
        total, size, places = 0, _stored_size(dataset.id.get_type()), _text_places(dataset.id.get_type())
        for stored in self._stored(dataset, called):
            count = len(stored) // size
            elements = np.frombuffer(stored, dtype=np.uint8, count=count * size).reshape(count, size)
            for place in places:
                entries = np.ascontiguousarray(elements[:, place : place + HEAP_ENTRY.itemsize]).view(HEAP_ENTRY)
                total += int(entries["length"].sum(dtype=np.uint64))
        return total

    def _stored(self, dataset: h5py.Dataset, called: str) -> Iterator[bytes]:
        """The bytes of a data set as they stand in the file, chunk by chunk, unpacked within the size of a chunk."""
        if dataset.id.get_storage_size() == 0:
            return
        if dataset.chunks is None:
            yield self._contiguous(dataset, called)
            return
        whole = math.prod(dataset.chunks) * _stored_size(dataset.id.get_type())
        for offset, size in _chunk_places(dataset.id):
            if size > self.budget.size_bytes:
                raise MalformedData(f"{self.name}: '{called}' has a chunk larger than the file. {AGAIN}")
            mask, packed = dataset.id.read_direct_chunk(offset)
            yield _unpacked(dataset.id, packed, mask, whole, f"{self.name}: '{called}'")

    def _contiguous(self, dataset: h5py.Dataset, called: str) -> bytes:
        offset, size = dataset.id.get_offset(), dataset.id.get_storage_size()
        if (
            offset is None
        ):  # in the header of the data set, where only HDF5 finds it: each text may be a whole file long
            self.budget.check(math.prod(dataset.shape) * self.budget.size_bytes, called)
            return b""
        if size > self.budget.size_bytes:
            raise MalformedData(f"{self.name}: '{called}' is larger than the file. {AGAIN}")
        with Path(self.root.filename).open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def _check_chunks(self, dataset: h5py.Dataset, called: str, *, most_chunks: int) -> None:
        """A packed chunk may unpack to more than its chunk holds; HDF5 notices only when it has unpacked all of it."""
        if dataset.chunks is None:
            return
        whole = math.prod(dataset.chunks) * _stored_size(dataset.id.get_type())
        self.budget.check(whole, called)
        across = [math.ceil(have / part) for have, part in zip(dataset.shape, dataset.chunks, strict=True)]
        if math.prod(across) > most_chunks:
            raise MalformedData(f"{self.name}: '{called}' is cut into more than {most_chunks:,} chunks. {AGAIN}")
        if LZF in _filters(dataset.id):
            for _, size in _chunk_places(dataset.id):
                self.budget.check(size * LZF_RATIO, called)
        elif _filters(dataset.id) and not _has_texts(dataset.id.get_type()):
            for _ in self._stored(dataset, called):
                pass


@contextlib.contextmanager
def opened_hdf5(path: Path, name: str) -> Iterator[Hdf5]:
    """An HDF5 file, walked and found to stay inside itself; raises `MalformedData` with the reason where it is not."""
    try:
        file = h5py.File(path, "r")
    except WHAT_H5PY_RAISES as error:
        raise MalformedData(f"{shown(name)} is no .h5ad file (HDF5), or a part of it is missing. {AGAIN}") from error
    with file:
        if file.id.get_create_plist().get_sizes() != (8, 8):
            raise MalformedData(f"{shown(name)} is HDF5 of a kind that slviz does not read. {AGAIN}")
        yield Hdf5(file, name, path.stat().st_size)


def _walk(root: h5py.File, name: str) -> None:
    """Look at every object of the file once; raises `MalformedData` for what leads out of it."""
    try:
        seen: set[tuple[int, int]] = set()
        waiting: list[tuple[Any, str, int]] = [(h5g.open(root.id, b"/"), "", 0)]
        while waiting:
            group, path, depth = waiting.pop()
            if depth > DEEPEST:
                raise MalformedData(f"{name} has groups in groups, more than {DEEPEST} deep. {AGAIN}")
            for link in _links(group, name):
                called = f"{path}/{link.decode('utf-8', 'replace')}"
                if group.links.get_info(link).type != h5l.TYPE_HARD:
                    raise MalformedData(_leads_out(name, called, "is a link to another place"))
                element = h5o.open(group, link)
                about = h5o.get_info(element)
                if (key := (about.fileno, about.addr)) in seen:
                    continue
                seen.add(key)
                if len(seen) > OBJECTS.value:
                    raise MalformedData(
                        f"{name} holds more than {OBJECTS.value:,} groups and data sets. {OBJECTS.raised()}"
                    )
                if h5i.get_type(element) == h5i.DATASET:
                    _refuse_foreign(element, name, called)
                elif h5i.get_type(element) == h5i.GROUP:
                    waiting.append((element, called, depth + 1))
    except WHAT_H5PY_RAISES as error:
        raise MalformedData(f"{name} is damaged: its list of contents cannot be read. {AGAIN}") from error


def _links(group: Any, name: str) -> list[bytes]:
    """Names of the links of a group, never more than a file may have."""
    links: list[bytes] = []

    def add(link: bytes) -> bool | None:
        links.append(link)
        return True if len(links) > OBJECTS.value else None

    group.links.iterate(add)
    if len(links) > OBJECTS.value:
        raise MalformedData(f"{name} holds more than {OBJECTS.value:,} groups and data sets. {OBJECTS.raised()}")
    return links


def _refuse_foreign(dataset: Any, name: str, called: str) -> None:
    """Raises `MalformedData` for a data set whose values lie in another file, or need a program to be unpacked."""
    plist = dataset.get_create_plist()
    if plist.get_external_count() > 0:
        raise MalformedData(_leads_out(name, called, "keeps its values in another file"))
    if plist.get_layout() == h5d.VIRTUAL:
        raise MalformedData(_leads_out(name, called, "is put together from other data sets (virtual)"))
    for code in _filters(dataset):
        if code not in FILTERS:
            kind = FOREIGN_FILTERS.get(code, f"the filter {code}")
            raise MalformedData(
                f"{name}: '{shown(called)}' is packed with {kind}, which slviz does not unpack. Save the file "
                "again with write_h5ad(compression='gzip')."
            )
    packing = [code for code in _filters(dataset) if code in (h5z.FILTER_DEFLATE, LZF)]
    if len(packing) > 1:
        raise MalformedData(f"{name}: '{shown(called)}' is packed twice over, which slviz does not unpack. {AGAIN}")


def _leads_out(name: str, called: str, what: str) -> str:
    return (
        f"{name}: '{shown(called)}' {what}, which slviz does not follow. Write a file that holds its values "
        "itself, with anndata's write_h5ad."
    )


def _filters(dataset: Any) -> list[int]:
    plist = dataset.get_create_plist()
    return [plist.get_filter(number)[0] for number in range(plist.get_nfilters())]


def _refuse_kind(kind: Any, name: str, called: str) -> None:
    """Raises `MalformedData` for lists of variable length and for references, which stand for no value."""
    parts = (
        [kind.get_member_type(at) for at in range(kind.get_nmembers())]
        if isinstance(kind, h5t.TypeCompoundID)
        else [kind]
    )
    for part in parts:
        if isinstance(part, h5t.TypeArrayID):
            part = part.get_super()
        if isinstance(part, (h5t.TypeVlenID, h5t.TypeReferenceID, h5t.TypeCompoundID)):
            raise MalformedData(
                f"{name}: '{shown(called)}' holds lists, references or records, where plain values should be. {AGAIN}"
            )


def _has_texts(kind: Any) -> bool:
    return bool(_text_places(kind))


def _text_places(kind: Any) -> list[int]:
    """Where in a stored element the entries of its texts of variable length begin, in bytes."""
    if not isinstance(kind, h5t.TypeCompoundID):
        return [0] if _is_text(kind) else []
    texts = [at for at in range(kind.get_nmembers()) if _is_text(kind.get_member_type(at))]
    return [kind.get_member_offset(at) + before * ENTRY_OVER_POINTER for before, at in enumerate(texts)]


def _stored_size(kind: Any) -> int:
    """Bytes of an element in the file; HDF5 itself tells the size in memory, where a text is a pointer."""
    return kind.get_size() + ENTRY_OVER_POINTER * len(_text_places(kind))


def _is_text(kind: Any) -> bool:
    return isinstance(kind, h5t.TypeStringID) and bool(kind.is_variable_str())


def _chunk_places(dataset: Any) -> list[tuple[tuple[int, ...], int]]:
    """Offset and stored size in bytes of each chunk that is stored."""
    places: list[tuple[tuple[int, ...], int]] = []
    dataset.chunk_iter(lambda chunk: places.append((chunk.chunk_offset, chunk.size)))
    return places


def _unpacked(dataset: Any, packed: bytes, mask: int, whole: int, called: str) -> bytes:
    """A chunk as it was before it was packed; raises `MalformedData` where that is longer than a chunk."""
    filters = _filters(dataset)
    for number in reversed(range(len(filters))):
        if mask >> number & 1:
            continue  # this chunk was left as it was
        if filters[number] == h5z.FILTER_FLETCHER32:
            packed = packed[:-FLETCHER_BYTES]
        elif filters[number] == h5z.FILTER_DEFLATE:
            packed = zlib.decompressobj().decompress(packed, whole + FLETCHER_BYTES + 1)
        elif filters[number] == LZF:
            packed = lzf_unpack(packed, most_bytes=whole + FLETCHER_BYTES + 1)
        elif filters[number] == h5z.FILTER_SHUFFLE:
            packed = _unshuffled(packed, _stored_size(dataset.get_type()))
        if len(packed) > whole + FLETCHER_BYTES:
            raise MalformedData(f"{called} has a chunk that unpacks to more than a chunk holds. {AGAIN}")
    return packed


def _unshuffled(content: bytes, size: int) -> bytes:
    """The first bytes of all elements, then the second, … put back element by element."""
    count = len(content) // size
    body = np.frombuffer(content, dtype=np.uint8, count=count * size).reshape(size, count)  # [byte, element]
    return body.T.tobytes() + content[count * size :]
