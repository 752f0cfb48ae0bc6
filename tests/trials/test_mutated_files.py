"""Damaged files over every way in, a few of each: a value or a sentence. `scripts/trials mutations` tries thousands."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from trials import mutators
from trials.child import Child
from trials.endings import SENTENCE, VALUE
from trials.ways_in import WAYS

SEED = int(os.environ.get("SLVIZ_TRIALS_SEED", "11"))
EXAMPLES = 5
EXAMPLES_OF_RUNS = 3
"""Each looks at everything that can be read of a run, which takes longer."""


def damages(kind: str) -> st.SearchStrategy[mutators.Recipe]:
    """One to three kinds of damage that a file of this kind can suffer."""
    own, every = list(mutators.OF_KIND[kind]), list(mutators.named(kind))
    one = st.tuples(st.sampled_from(own) | st.sampled_from(every), st.integers(0, 2**32 - 1))
    return st.lists(one, min_size=1, max_size=3).map(mutators.ordered)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.slow
def test_a_damaged_file_ends_in_a_value_or_in_a_sentence(way: str, child: Child) -> None:
    kind, sound = WAYS[way].kind, child.seeds(way)

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES_OF_RUNS if WAYS[way].owner == "runs" else EXAMPLES,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(range(len(sound))), damages(kind))
    def attempt(number: int, recipe: mutators.Recipe) -> None:
        content = mutators.apply(kind, sound[number], recipe, sound)
        ending = child.attempt(way, content)
        assert ending.kind in (VALUE, SENTENCE), f"{ending.place}: {ending.detail}\n{content[:2_000]!r}"

    attempt()


@pytest.mark.parametrize("way", WAYS)
def test_a_sound_file_is_read(way: str, child: Child) -> None:
    """The trials would find nothing if they began from files that are refused at once."""
    endings = [child.attempt(way, content) for content in child.seeds(way)]
    assert not [f"{ending.place}: {ending.detail}" for ending in endings if ending.failed]
