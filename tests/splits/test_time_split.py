"""The protocol `time`: what was published later is tested, what came before is learnt from, the undated is neither."""

from __future__ import annotations

import numpy as np
import pytest
from pair_cases import as_set
from test_split_protocols import cited_graph

from slviz.datasets.sources import open_dataset
from slviz.errors import DataError, InvalidSetting
from slviz.splits import SPLITS, Time
from slviz.splits.time import UNDATED, first_publication

PUBMEDS = [[str(100 + pair // 4)] for pair in range(80)]  # four pairs a publication, 100 to 119


def test_the_newest_fifth_is_tested_the_newest_of_the_rest_validates_and_publications_stay_whole():
    graph = cited_graph(PUBMEDS)
    split = Time(validation_share=0.1).divide(graph)
    first = {
        frozenset(pair): number for pair, number in zip(graph.pairs.tolist(), first_publication(graph), strict=True)
    }
    years = {
        part: [first[frozenset(pair)] for pair in split.pairs[split.rows(part)].tolist()]
        for part in ("train", "validation", "test")
    }
    assert (min(years["test"]), len(years["test"])) == (116, 16)
    assert max(years["train"]) < min(years["validation"]) <= max(years["validation"]) < 116
    assert len(years["validation"]) in (4, 8)  # 6.4 asked for, and publications have four pairs


def test_the_first_of_several_publications_dates_a_pair_and_undated_ones_are_counted_and_in_no_part():
    pubmeds = [list(each) for each in PUBMEDS]
    pubmeds[0] = ["900", "pmid:100"]
    pubmeds[79] = ["Nature 2019"]
    pubmeds[78] = [""]
    pubmeds[77] = ["Nature 2019", "119"]
    graph = cited_graph(pubmeds)
    first = first_publication(graph)
    assert (first[0], first[77]) == (100, 119)
    assert np.flatnonzero(first == UNDATED).tolist() == [78, 79]
    choice = Time(newer_than=117)
    split = choice.divide(graph)
    undated = as_set(graph.pairs[78:])
    assert not undated & as_set(split.pairs)
    assert as_set(split.pairs[split.rows("test")]) == as_set(graph.pairs[72:78])
    assert choice.remarks(graph) == (
        "6 of 78 dated pairs (8 %) were first published after PubMed 117; they are held out.",
        "2 pairs are left out: no publication of theirs has a PubMed number.",
    )


@pytest.mark.parametrize(
    ("newer_than", "said"),
    [
        (119, "newer_than=119 leaves nothing: no pair of 'tiny' is newer than that. Its first publications have PubMed "
              "numbers from 100 to 119."),
        (99, "newer_than=99 leaves nothing: no pair of 'tiny' is as old as that."),
        (100, "leaves 0 known pairs"),
    ],
)  # fmt: skip
def test_a_cut_off_that_leaves_nothing_is_said(newer_than, said):
    pubmeds = [["100"], *[["119"]] * 79] if newer_than == 100 else PUBMEDS
    with pytest.raises((InvalidSetting, DataError)) as refused:
        Time(newer_than=newer_than).divide(cited_graph(pubmeds))
    if newer_than == 100:
        assert "known pairs to" in str(refused.value)
    else:
        assert said in str(refused.value)


def test_data_without_numbers_or_with_one_publication_is_refused():
    with pytest.raises(DataError, match="No publication of 'tiny' has a PubMed number, so nothing says which pairs"):
        Time().divide(cited_graph([["Nature 2019"]] * 60))
    with pytest.raises(DataError, match="All dated pairs of 'tiny' come from one publication"):
        Time().divide(cited_graph([["7"]] * 60))


def test_the_demo_numbers_its_publications_in_their_order():
    demo = open_dataset("demo")
    split = SPLITS.make("time").divide(demo)
    share = len(split.rows("test")) / len(demo.pairs)
    assert 0.1 < share < 0.35
    assert set(split.kinds_of_negatives) == {"random", "degree-matched", "popularity-matched"}


def test_an_undated_pair_is_no_negative_either():
    graph = cited_graph([*PUBMEDS, *[[""]] * 120])
    split = Time(newer_than=110, ratio=2).divide(graph)
    assert len(split.pairs) > 200
    assert not as_set(graph.pairs[80:]) & as_set(split.pairs)
