"""Tables of vectors as other programs write them: every point and every column is there."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slviz import export
from slviz.errors import MalformedData
from slviz.vectors import VectorSet
from slviz.vectors.tables import read_projector_pair, read_vector_table

NUMBERS = [[0.5, 0.25], [1.5, 1.25], [2.5, 4.25], [3.5, 9.25]]
GENES = ["TP53", "BRCA1", "KRAS", "PARP1"]


def rows(mark: str, quote: str = "") -> str:
    return "".join(f"{quote}{g}{quote}{mark}{a}{mark}{b}\n" for g, (a, b) in zip(GENES, NUMBERS, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "gene\tx\ty\n" + rows("\t"),
        "#gene\tx\ty\n" + rows("\t"),
        rows("\t"),
        rows(" "),
        f"{len(GENES)} 2\n" + rows(" "),
        '"x","y"\n' + rows(",", '"'),
        '"","x","y"\n' + rows(",", '"'),
        ",0,1\n" + rows(","),
        "gene;x;y\n" + rows(";").replace(".", ","),
        "\ufeffgene\tx\ty\n" + rows("\t"),
    ],
)
def test_the_same_points_in_ten_ways(text: str) -> None:
    points = read_vector_table(text.removeprefix("\ufeff"), name="map.tsv")
    assert points.names == tuple(GENES)
    assert points.vectors.tolist() == NUMBERS


def test_decimals_in_the_first_column_are_no_names() -> None:
    text = "map_x\tcluster\tgene\tmap_y\n" + "".join(
        f"{a}\tc{n % 2}\t{g}\t{b}\n" for n, (g, (a, b)) in enumerate(zip(GENES, NUMBERS, strict=True))
    )
    points = read_vector_table(text, name="map.tsv")
    assert points.names == tuple(GENES)
    assert points.vectors.tolist() == NUMBERS
    assert points.columns["cluster"].tolist() == ["c0", "c1", "c0", "c1"]


def test_points_without_names_are_numbered() -> None:
    points = read_vector_table("x\ty\n" + "".join(f"{a}\t{b}\n" for a, b in NUMBERS), name="map.tsv")
    assert points.names == ("1", "2", "3", "4")
    assert points.vectors.tolist() == NUMBERS


def test_a_counter_of_pandas_is_neither_name_nor_number() -> None:
    frame = pd.DataFrame({"gene": GENES, "x": [a for a, _ in NUMBERS], "y": [b for _, b in NUMBERS]})
    points = read_vector_table(frame.to_csv(), name="map.csv")
    assert points.names == tuple(GENES)
    assert points.vectors.tolist() == NUMBERS
    assert list(points.columns) == []


def test_identifiers_stay_what_they_are() -> None:
    text = "gene\tentrez\tcode\tkind\tx\ty\n" + "".join(
        f"{g}\t{100133941 + n}\t00{n}\t{('a', 'NA', 'null', 'b')[n]}\t{a}\t{b}\n"
        for n, (g, (a, b)) in enumerate(zip(GENES, NUMBERS, strict=True))
    )
    points = read_vector_table(text, name="map.tsv", labels=("entrez",))
    assert points.columns["entrez"].tolist() == [100133941, 100133942, 100133943, 100133944]
    assert points.columns["code"].tolist() == ["000", "001", "002", "003"]
    assert points.columns["kind"].tolist() == ["a", "", "", "b"]
    assert points.vectors.tolist() == NUMBERS


def test_metadata_of_a_pair_with_a_blank_row_is_refused_with_a_count() -> None:
    vectors = "".join(f"{a}\t{b}\n" for a, b in NUMBERS)
    with pytest.raises(MalformedData, match=r"1 of the 4 rows of metadata\.tsv are blank"):
        read_projector_pair(vectors, "name\tkind\nA\ta\n\t\nC\tb\nD\tc\n", name="pair")
    with pytest.raises(MalformedData, match="line 2 has 'x'"):
        read_projector_pair(vectors.replace("1.5", "x"), "A\nB\nC\nD\n", name="pair")


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zs", "Zl", "Zp"))
NAMES = st.lists(st.text(LETTERS, min_size=1, max_size=6), min_size=4, max_size=4, unique=True)


@settings(deadline=None)
@given(names=NAMES, kinds=NAMES)
def test_what_slviz_writes_comes_back(names: list[str], kinds: list[str]) -> None:
    columns = pd.DataFrame({"kind": [f"k{kind}" for kind in kinds]})
    made = VectorSet("set", tuple(names), np.array(NUMBERS, dtype=np.float32), columns)
    content = export.of_vectors(made)
    points = read_vector_table(export.to_embedding_tsv(content).decode(), name="set")
    assert points.names == made.names
    assert points.columns["kind"].tolist() == made.columns["kind"].tolist()
    assert np.allclose(points.vectors, made.vectors)
    with zipfile.ZipFile(io.BytesIO(export.to_projector(content))) as packed:
        texts = [packed.read(name).decode() for name in ("vectors.tsv", "metadata.tsv", "provenance.txt")]
    points = read_projector_pair(texts[0], texts[1], name="set", provenance=texts[2])
    assert points.names == made.names
    assert points.columns["kind"].tolist() == made.columns["kind"].tolist()
