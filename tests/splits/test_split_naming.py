"""Every protocol has words; what changes the figures is in them."""

from __future__ import annotations

from slviz.splits import SPLITS, in_words


def test_every_protocol_has_words_and_a_ratio_is_never_hidden() -> None:
    for name, split in SPLITS.items():
        assert in_words(split(ratio=5)).endswith(", 5 negatives per pair")
        assert "negatives per pair" not in in_words(split())
        assert split.title in in_words(split()) or name in ("publication", "file")
        assert split.asks.endswith(".")


def test_folds_and_publications_are_named() -> None:
    assert in_words(SPLITS.make("both-new", fold=2, folds=4)) == "pairs of two new genes (fold 2 of 4)"
    assert in_words(SPLITS.make("publication")) == "the publication with most pairs"
    assert in_words(SPLITS.make("publication", publication="small")) == "the small publications"
    assert in_words(SPLITS.make("publication", publication="123+45")) == "PubMed 123 + 45"
    assert in_words(SPLITS.make("publication", publication="demo-1")) == "publication demo-1"
