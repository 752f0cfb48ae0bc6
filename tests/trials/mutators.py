"""The table of what damages a file of each kind, and a recipe: which damage, in which order, by which numbers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from random import Random

from trials import mutate_arrays, mutate_bytes, mutate_json, mutate_tables, mutate_text, mutate_zip
from trials.mutate_bytes import LARGEST_BYTES, Mutator

Recipe = tuple[tuple[str, int], ...]
"""Names of mutators with the number that each one's chance begins from: the same recipe gives the same damage."""

OF_KIND: Mapping[str, Mapping[str, Mutator]] = {
    "text": mutate_text.MUTATORS,
    "json": mutate_json.MUTATORS | {name: mutate_text.MUTATORS[name] for name in ("swap_token", "nest", "insert_word")},
    "jsonl": mutate_json.MUTATORS_OF_LINES
    | {name: mutate_text.MUTATORS[name] for name in ("swap_token", "nest", "double_line", "break_lines", "drop_line")},
    "npy": mutate_arrays.OF_NPY,
    "npz": mutate_arrays.OF_NPZ | mutate_zip.OF_ZIP,
    "zip": mutate_zip.OF_ZIP,
    "gzip": mutate_zip.OF_GZIP,
    "hdf5": mutate_tables.OF_HDF5,
    "safetensors": mutate_arrays.OF_SAFETENSORS,
    "checksummed": mutate_arrays.OF_SEALED,
    "parquet": mutate_tables.OF_PARQUET,
}
"""What knows the structure of a kind of file. The damage of bytes stands beside all of them."""
ONLY_WHOLE = frozenset({"hdf5_element", "parquet_table"})
"""Done by libraries in C: on sound files alone, since a damaged one could end the process that damages."""
SHARE_OF_BYTES = 0.25
"""So often the damage is one of bytes, which most readers notice at once."""


def named(kind: str) -> dict[str, Mutator]:
    """Every mutator for files of a kind, by name."""
    return {**mutate_bytes.MUTATORS, **OF_KIND[kind]}


def a_recipe(kind: str, random: Random, *, whole: bool) -> Recipe:
    """One to five damages by chance; `whole` says that the content is still sound."""
    own = [name for name in OF_KIND[kind] if whole or name not in ONLY_WHOLE]
    count = random.choice((1, 1, 1, 2, 2, 3, 5))
    of_bytes = list(mutate_bytes.MUTATORS)
    names = [random.choice(own if own and random.random() > SHARE_OF_BYTES else of_bytes) for _ in range(count)]
    return ordered((name, random.getrandbits(32)) for name in names)


def ordered(damages: Iterable[tuple[str, int]]) -> Recipe:
    """Those that need a sound file go first."""
    return tuple(sorted(damages, key=lambda damage: damage[0] not in ONLY_WHOLE))


def apply(kind: str, content: bytes, recipe: Recipe, others: Sequence[bytes]) -> bytes:
    """The content after every damage of the recipe, never longer than `LARGEST_BYTES`."""
    mutators = named(kind)
    for name, number in recipe:
        # What is damaged already may be beyond a damage that needs its structure; then that one is left out.
        with contextlib.suppress(Exception):
            content = mutators[name](content, Random(number), others)[:LARGEST_BYTES]
    return content
