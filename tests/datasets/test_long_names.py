"""A name without end costs no more than a short one, and ends in a sentence."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

import pytest
from builders import tiny_graph

from slviz.choices import Choice, setting
from slviz.datasets.gene_index import GeneIndex
from slviz.errors import InvalidSetting, UnknownGene

ENDLESS = {
    "digits": "1" * 200_000,
    "version upon version": "123456." * 20_000 + "1",
    "letters": "a" * 200_000,
    "points": "." * 200_000,
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_gene_without_end_is_unknown_at_once(kind: str) -> None:
    index = GeneIndex(tiny_graph())
    began = time.process_time()
    with pytest.raises(UnknownGene) as unknown:
        index.find(ENDLESS[kind])
    assert len(str(unknown.value)) < 1000
    assert not len(index.map_many(ENDLESS[kind]).genes)
    assert time.process_time() - began < 2


@dataclass(frozen=True)
class Sized(Choice):
    """A choice with a setting of either kind of number."""

    name: ClassVar[str] = "sized"
    width: int = setting(8, "Width", low=1, high=64)
    rate: float = setting(0.1, "Rate", low=0.0, high=1.0)


@pytest.mark.parametrize("text", ["9" * 5000, "-" + "9" * 5000, "nan", "inf", "1e400", "x" * 5000])
@pytest.mark.parametrize("key", ["width", "rate"])
def test_a_value_without_end_is_refused_in_a_short_sentence(key: str, text: str) -> None:
    of = {each.key: each for each in Sized.settings()}[key]
    with pytest.raises(InvalidSetting) as refused:
        of.check(of.parse(text))
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("value", [10**400, -(10**400)])
def test_a_whole_number_beyond_all_floats_is_refused_in_a_sentence(value: int) -> None:
    with pytest.raises(InvalidSetting, match=r"finite|should be a float"):
        next(each for each in Sized.settings() if each.key == "rate").check(value)
