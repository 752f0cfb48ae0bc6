"""The trials themselves find what they look for: each kind of failure, planted, is told and made small."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest
from trials import endings, mutators, report
from trials.campaign import Failure, Tally
from trials.child import Child, Tracer, measured
from trials.mutate_tables import CANARY_TEXT, lay_canaries
from trials.shrink import shrunk
from trials.ways_in import WAYS, Harm, refuse_canary

from slviz.errors import SlvizError


@pytest.fixture
def small_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of pytest that has run many tests is larger than what a trial's own process may become."""
    monkeypatch.setattr("trials.child.peak_bytes", lambda: 100 << 20)


def raising(error: BaseException) -> endings.Ending:
    def read(_: bytes) -> list[str]:
        raise error

    return measured(read, b"", None)


@pytest.mark.parametrize(
    ("error", "place"),
    [
        (ValueError("x"), "ValueError in the trial itself"),
        (SlvizError(" "), "an empty sentence in the trial itself"),
        (Harm("it read another file"), "harm: it read another file"),
        (MemoryError(), "MemoryError in the trial itself"),
    ],
)
@pytest.mark.usefixtures("small_process")
def test_what_is_no_readable_sentence_is_a_failure(error: BaseException, place: str) -> None:
    ending = raising(error)
    assert (ending.kind, ending.place) == ("failure", place)


@pytest.mark.usefixtures("small_process")
def test_a_sentence_and_a_value_are_told_apart() -> None:
    assert raising(SlvizError("File x is empty. Choose another.")).kind == "sentence"
    assert measured(lambda content: [], b"", None).kind == "value"
    assert measured(lambda content: ["One gene was passed over.\nIt is 'X'."], b"", None).kind == "sentence"


def test_much_memory_and_much_time_are_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trials.child.MOST_BYTES", 1)
    assert "memory" in measured(lambda content: [], b"", None).place
    monkeypatch.setattr("trials.child.MOST_SECONDS", 0.01)

    def slow(_: bytes) -> list[str]:
        began = time.process_time()
        while time.process_time() - began < 0.05:
            pass
        return []

    assert measured(slow, b"", None).place.startswith("more than")


def test_a_place_is_the_last_line_of_slviz() -> None:
    from slviz.errors import nearest

    ending = measured(lambda content: [nearest(content, ["a"])], b"", None)  # type: ignore[arg-type]
    assert ending.place.startswith(("TypeError in errors.py:", "AttributeError in errors.py:"))


@pytest.mark.parametrize("mark", ["\x1b[31m", "\x00", "\r", "\u202e", "\u2028", "\ufeff"])
def test_a_sentence_that_a_terminal_would_obey_is_a_failure(mark: str) -> None:
    ending = measured(lambda content: [f"File {mark} is empty. Choose another."], b"", None)
    assert ending.place.startswith("control characters in the sentence from File")
    assert ending.detail.startswith(f"U+{ord(mark[0]):04X} in ")


def test_new_lines_are_told_once() -> None:
    from slviz.cores import __file__ as file
    from slviz.errors import nearest

    tracer = Tracer(frozenset())
    first = measured(lambda content: [nearest("a", ["b"])], b"", tracer)
    again = measured(lambda content: [nearest("a", ["b"])], b"", tracer)
    assert {Path(name).name for name, _ in first.new_lines} == {"errors.py"}
    assert Path(file).parent == Path(next(iter(first.new_lines))[0]).parent
    assert not again.new_lines


def test_a_word_of_a_foreign_file_is_noticed() -> None:
    import dataclasses

    from trials.seeds import a_vector_set

    points = a_vector_set()
    refuse_canary(points)
    with pytest.raises(Harm):
        refuse_canary(dataclasses.replace(points, names=(CANARY_TEXT, *points.names[1:])))


def test_a_process_that_dies_is_told_and_replaced(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    way = "data/genes.txt"
    [sound, *_] = child.seeds(way)
    child._process.kill()
    child._process.join()
    assert child.attempt(way, sound).kind == "sentence"  # the report of a folder in which all is well
    monkeypatch.setattr(Child, "_start", lambda self: None)
    child._process.kill()
    assert child.attempt(way, sound).place == "the process died with -9"


def test_an_input_becomes_small() -> None:
    found = shrunk(b"a" * 500 + b"!" + b"b" * 500, lambda content: b"!" in content, attempts=400, seconds=5.0)
    assert found == b"!"


@pytest.mark.parametrize("kind", mutators.OF_KIND)
def test_the_same_recipe_gives_the_same_damage_and_most_recipes_some(kind: str, child: Child) -> None:
    lay_canaries()
    way = next(name for name, way in WAYS.items() if way.kind == kind)
    sound = child.seeds(way)
    changed = 0
    for number in range(30):
        recipe = mutators.a_recipe(kind, Random(number), whole=True)
        damaged = mutators.apply(kind, sound[0], recipe, sound)
        if kind not in ("hdf5", "parquet", "zip", "npz", "checksummed"):  # those write the time, or a table in no order
            assert damaged == mutators.apply(kind, sound[0], recipe, sound)
        changed += damaged != sound[0]
    assert changed >= 15


def test_every_mutator_does_something_to_some_file(child: Child) -> None:
    lay_canaries()
    for kind in mutators.OF_KIND:
        ways = [name for name, way in WAYS.items() if way.kind == kind]
        sound = [content for way in ways[:3] for content in child.seeds(way)]
        for name in mutators.OF_KIND[kind]:
            tried = [
                mutators.apply(kind, each, ((name, number),), sound) != each for each in sound for number in range(8)
            ]
            assert any(tried), name


def test_the_report_is_markdown_with_a_row_a_format_and_a_list_of_failures(tmp_path: Path) -> None:
    tally = Tally("data/genes.txt", 7, attempts=12_345, failed=2, peak_bytes=200_000_000, longest_seconds=0.5)
    tally.failures["KeyError in a.py:1"] = Failure("KeyError in a.py:1", 2, "'KeyError: 3\\n'", 7, (), b"\x00GEN")
    tally.save(tmp_path)
    table = report.as_table(report.load(tmp_path), command="scripts/trials mutations --seed 7")
    assert "| `data/genes.txt` | 12,345 | 0 | 0 | 2 | 1 | 0 | 200 MB | 0 ms | 0.50 s | 0 s |" in table
    assert "`scripts/trials mutations --seed 7`" in table
    listed = report.as_list(report.load(tmp_path), folder=tmp_path)
    assert "**KeyError in a.py:1** — data/genes.txt (2)" in listed
    assert "\\x00GEN" in listed
