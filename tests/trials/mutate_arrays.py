"""NumPy files and safetensors: headers that lie, other types and shapes, members gone, doubled or foreign."""

from __future__ import annotations

import io
import json
import struct
import warnings
import zipfile
from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
from trials import mutate_bytes, mutate_json, mutate_text
from trials.mutate_bytes import Mutator

DESCRIPTIONS = (
    *("'<f4'", "'<f8'", "'>f8'", "'<f2'", "'<i8'", "'|b1'", "'<c16'", "'|O'", "'<M8[s]'", "'|S5'", "'<U5'", "'|V8'"),
    *("'<U99999999'", "'|S999999999'", "'x'", "''", "[('a', '<f4'), ('b', '<i4')]", "None", "'<f4', '<f4'", "3"),
)
SHAPES = (
    *("()", "(0,)", "(1,)", "(2, 3, 4)", "(10**6,)", "(1000000000000,)", "(99999999999, 16)", "(-1, 4)", "(4, -1)"),
    *("(0, 0)", "(1, 0)", "(0, 7)", "[3, 4]", "3", "None", "(2.5, 2)", "(True, 4)", "(" * 300, "(" * 40_000, "'a'"),
)


def array_header(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """The header of an `.npy`, which is a Python literal, says something else."""
    if content[:6] != b"\x93NUMPY" or len(content) < 12:
        return content
    length = int.from_bytes(content[8:10], "little")
    text, body = content[10 : 10 + length].decode("latin-1"), content[10 + length :]
    change = random.randrange(6)
    if change == 0:
        text = f"{{'descr': {random.choice(DESCRIPTIONS)}, 'fortran_order': False, 'shape': {_shape(text)}, }}"
    elif change == 1:
        text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {random.choice(SHAPES)}, }}"
    elif change == 2:
        text = text.replace("False", random.choice(("True", "None", "1", "[]", "Fals")))
    elif change == 3:
        text = mutate_text.swap_token(text, random)
    elif change == 4:
        text = text.replace("descr", random.choice(("shape", "x", "des\x00r")), 1)
    else:
        text = random.choice(("", "{", "{}", "[]", "1", "{'descr': '<f4'}", "__import__('os')", "{1: 2}", "\x00" * 40))
    raw = (text.rstrip() + "\n").encode("latin-1", "replace")[:60_000]
    return content[:8] + len(raw).to_bytes(2, "little") + raw + body


def _shape(text: str) -> str:
    return "(" + text.partition("(")[2].partition(")")[0] + ")"


def other_array(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """A sound `.npy` of another kind."""
    buffer = io.BytesIO()
    np.save(buffer, an_array(random), allow_pickle=True)
    return buffer.getvalue()


def an_array(random: Random) -> np.ndarray:
    """An array that is sound and that nobody expects here."""
    numbers = np.arange(24)
    return random.choice(
        (
            lambda: numbers.reshape(6, 4).astype(np.float16),
            lambda: numbers.reshape(6, 4).astype(np.complex128),
            lambda: numbers.reshape(2, 3, 4).astype(np.float32),
            lambda: numbers.reshape(6, 4) > 3,
            lambda: numbers.astype("M8[s]"),
            lambda: numbers.astype("m8[s]"),
            lambda: numbers.astype(str),
            lambda: numbers.astype(bytes),
            lambda: np.array([b"\xff\xfe", b"a"]),
            lambda: np.array(["\x00a", "\u202e", "\x1b[31m", "a" * 3_000]),
            lambda: np.array(3, np.float32),
            lambda: np.zeros((0, 4), np.float32),
            lambda: np.zeros((6, 0), np.float32),
            lambda: np.full((6, 4), np.nan, np.float32),
            lambda: np.full((6, 4), np.inf),
            lambda: np.full((6, 4), 1e300),
            lambda: np.full((6, 4), 2**63, np.uint64),
            lambda: np.zeros(6, [("a", "<f4"), ("b", "<i4")]),
            lambda: np.array([{}, []], dtype=object),
            lambda: numbers.reshape(6, 4).astype(">f8"),
            lambda: np.zeros(6, "V8"),
            lambda: np.asfortranarray(numbers.reshape(6, 4).astype(np.float32)),
            lambda: np.zeros((300, 300), np.float32),
        )
    )()


def array_in_npz(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """One member of an `.npz` is renamed, removed, doubled, made anew, or has its own header changed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = [(name, packed.read(name)) for name in packed.namelist()]
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError):
        return content
    if not members:
        return content
    place = random.randrange(len(members))
    name, body = members[place]
    change = random.randrange(6)
    if change == 0:
        members[place] = (
            random.choice(("", "vectors", "x.npy", "names.npy", "../x.npy", "a" * 300, "é\u202e.npy")),
            body,
        )
    elif change == 1:
        del members[place]
    elif change == 2:
        members.append((random.choice((name, "more.npy", "z.npy")), other_array(body, random, ())))
    elif change == 3:
        members[place] = (name, other_array(body, random, ()))
    elif change == 4:
        members[place] = (name, array_header(body, random, ()))
    else:
        members[place] = (name, random.choice(list(mutate_bytes.MUTATORS.values()))(body, random, [body]))
    buffer = io.BytesIO()
    kind = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(buffer, "w", kind) as packed, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, body in members:
            packed.writestr(name, body)
    return buffer.getvalue()


def safetensors_header(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """The JSON header of safetensors, changed as JSON, with its right length or a wrong one."""
    header, body = split_safetensors(content)
    if header is None:
        return content
    change = random.randrange(4)
    tensors = [name for name in header if name != "__metadata__"]
    if change == 0 and tensors:
        tensor = header[random.choice(tensors)]
        tensor["shape"] = random.choice(([], [0], [2**40], [-1], [1, 2, 3], [1.5], None, "x", [2**64], [[1]]))
    elif change == 1 and tensors:
        header[random.choice(tensors)]["dtype"] = random.choice(
            ("F64", "I8", "BF16", "U64", "BOOL", "F8_E4M3", "X", 1, None)
        )
    elif change == 2 and tensors:
        header[random.choice(tensors)]["data_offsets"] = random.choice(
            ([0, 0], [0, 2**62], [9, 1], [-1, 4], [0], "a", None)
        )
    else:
        header = mutate_json.change_json(header, random)
    text = mutate_json.to_text(header).encode("utf-8", "surrogatepass")
    length = len(text) if random.random() < 0.9 else random.choice((0, 1, 2**63, 2**40, len(text) + 1, len(text) - 1))
    return struct.pack("<Q", length) + text + body


def split_safetensors(content: bytes) -> tuple[Any, bytes]:
    """The header as JSON, None where there is none, and the values."""
    length = int.from_bytes(content[:8], "little")
    try:
        return json.loads(content[8 : 8 + length]), content[8 + length :]
    except (ValueError, RecursionError, OverflowError):
        return None, content


def sealed_again(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """What a later version or another program might write: other arrays or another description, checksummed right."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    from slviz.runs.files import pack_checksummed

    header, _ = split_safetensors(content)
    try:
        arrays, about = dict(load(content)), json.loads(header["__metadata__"]["about"])
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return content
    if random.random() < 0.5:
        about = mutate_json.change_json(about, random)
        about = json.loads(json.dumps(about).replace(mutate_json.RAW, ""))
    else:
        arrays = other_arrays(arrays, random)
    try:
        return pack_checksummed(arrays, about)
    except (ValueError, TypeError, RecursionError):  # what it does not write, nobody else did either
        return content


def arrays_again(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Sound safetensors whose arrays are others."""
    from safetensors import SafetensorError
    from safetensors.numpy import load, save

    try:
        return save(other_arrays(dict(load(content)), random))
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return content


def other_arrays(arrays: dict[str, np.ndarray], random: Random) -> dict[str, np.ndarray]:
    """One array is gone, renamed, of another kind, cut, or has a value that is not finite."""
    if not arrays:
        return {"more": np.zeros(3, np.float32)}
    name = random.choice(sorted(arrays))
    array, change = arrays[name], random.randrange(6)
    if change == 0:
        del arrays[name]
    elif change == 1:
        arrays[random.choice(("x", "", "decoder.x", "attention.weight", "map.x"))] = arrays.pop(name)
    elif change == 2 and array.size:
        arrays[name] = np.ascontiguousarray(array[: len(array) // 2]) if array.ndim else array
    elif change == 3:
        made = an_array(random)
        arrays[name] = np.ascontiguousarray(made) if made.dtype.kind in "fiub" and made.dtype.isnative else array
    elif change == 4 and array.dtype.kind == "f" and array.size:
        changed = array.copy()
        changed.flat[random.randrange(changed.size)] = random.choice((np.nan, np.inf, -np.inf))
        arrays[name] = changed
    elif array.dtype.kind in "iu" and array.size:
        changed = array.copy()
        limits = np.iinfo(array.dtype)
        changed.flat[random.randrange(changed.size)] = random.choice((limits.max, limits.min))
        arrays[name] = changed
    else:
        arrays[name] = array.astype(random.choice((np.float64, np.int8, np.bool_)))
    return arrays


OF_NPY: dict[str, Mutator] = {"array_header": array_header, "other_array": other_array}
OF_NPZ: dict[str, Mutator] = {"array_in_npz": array_in_npz}
OF_SAFETENSORS: dict[str, Mutator] = {"safetensors_header": safetensors_header, "arrays_again": arrays_again}
OF_SEALED: dict[str, Mutator] = {"safetensors_header": safetensors_header, "sealed_again": sealed_again}
