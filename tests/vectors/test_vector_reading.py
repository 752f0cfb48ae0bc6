"""Vectors of other things come in from every format, or a sentence says why not."""

from __future__ import annotations

import dataclasses
import gzip
import io
import pickle
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from builders import tiny_graph, tiny_run
from run_folders import a_map

from slviz import export
from slviz.errors import MalformedData, MissingDataFile, UnknownChoice
from slviz.export.h5ad import to_h5ad
from slviz.vectors import VectorSet, read_vectors, reference
from slviz.vectors.h5ad import vector_choices
from slviz.vectors.vector_set import SYNTHETIC

TABLE = "cell\tkind\tu\tv\tage\nA\tT\t1\t2\t30\nB\t\t3.5\t-1e3\t\nC\tB\t0\t7\t12\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.fixture
def vectors() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


@pytest.fixture
def points(vectors: np.ndarray) -> VectorSet:
    columns = pd.DataFrame({"kind": list("aabbc "), "size": np.arange(6.0)})
    return VectorSet(name="six", names=tuple("ABCDEF"), vectors=vectors, columns=columns)


@pytest.mark.parametrize("separator", ["\t", ",", ";"])
def test_a_table_gives_names_numbers_and_labels(separator: str, tmp_path: Path) -> None:
    path = write(tmp_path, "cells.csv", "# where from\n" + TABLE.replace("\t", separator))
    found = read_vectors(path, labels=("age",))
    assert found.names == ("A", "B", "C")
    assert np.array_equal(found.vectors, np.array([[1, 2], [3.5, -1000], [0, 7]], dtype=np.float32))
    assert found.columns["kind"].tolist() == ["T", "", "B"]
    assert found.columns["age"].iloc[[0, 2]].tolist() == [30, 12]
    assert np.isnan(found.columns["age"].iloc[1])


def test_a_packed_table_is_the_same(tmp_path: Path) -> None:
    plain = read_vectors(write(tmp_path, "cells.tsv", TABLE), labels=("age",), name="x")
    packed = read_vectors(
        write(tmp_path, "cells.tsv.gz", gzip.compress(TABLE.encode(), mtime=0)), labels=("age",), name="x"
    )
    assert packed.fingerprint == plain.fingerprint


def test_what_slviz_writes_it_reads_again(tmp_path: Path) -> None:
    graph = tiny_graph()
    run = tiny_run(graph)
    content = export.of_run(run, graph, [a_map(run)])
    for ending, written in (
        ("h5ad", to_h5ad(content)),
        ("tsv", export.to_embedding_tsv(content)),
        ("zip", export.to_projector(content)),
    ):
        found = read_vectors(write(tmp_path, f"run.{ending}", written))
        assert found.names == graph.genes, ending
        assert np.allclose(found.vectors, run.embedding, rtol=1e-4), ending
        assert found.columns["known_partners"].tolist() == graph.degree.tolist()
    back = read_vectors(tmp_path / "run.h5ad")
    assert np.allclose(back.maps["pca"], content.maps["pca"].coordinates)


def test_a_vector_set_comes_back_from_its_own_export(points: VectorSet, tmp_path: Path) -> None:
    found = read_vectors(write(tmp_path, "six.h5ad", to_h5ad(export.of_vectors(points))), name="six")
    assert np.array_equal(found.vectors, points.vectors)
    assert found.columns["kind"].tolist() == points.columns["kind"].tolist()


def test_an_h5ad_offers_its_matrices_and_takes_sparse_ones(vectors: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "data.h5ad"
    sparse = sp.csr_matrix(np.where(vectors > 0, vectors, 0))
    with h5py.File(path, "w") as root:
        group = root.create_group("X")
        group.attrs["encoding-type"], group.attrs["shape"] = "csr_matrix", sparse.shape
        for part in ("data", "indices", "indptr"):
            group.create_dataset(part, data=getattr(sparse, part))
        obs = root.create_group("obs")
        obs.attrs["_index"] = "barcode"
        obs.create_dataset("barcode", data=[f"cell {each}" for each in range(6)])
        batch = obs.create_group("batch")
        batch.create_dataset("codes", data=np.array([0, 1, -1, 0, 1, 0], dtype=np.int8))
        batch.create_dataset("categories", data=[7, 9])
        obs.create_dataset("old", data=np.array([1, 0, 1, 0, 1, 0]))
        kept = obs.create_group("__categories")
        obs["old"].attrs["categories"] = kept.create_dataset("old", data=["no", "yes"]).ref
        nullable = obs.create_group("count")
        nullable.create_dataset("values", data=np.arange(6))
        nullable.create_dataset("mask", data=np.arange(6) == 2)
        root.create_group("obsm").create_dataset("X_umap", data=vectors[:, :2])
        root["obsm"].create_dataset("X_pca", data=vectors)
    assert list(vector_choices(path)) == ["X_pca", "X"]
    assert np.array_equal(read_vectors(path).vectors, vectors)
    found = read_vectors(path, vectors="X")
    assert np.array_equal(found.vectors, sparse.toarray())
    assert found.columns["batch"].tolist() == ["7", "9", "", "7", "9", "7"]
    assert found.columns["old"].tolist() == ["yes", "no"] * 3
    assert np.isnan(found.columns["count"].iloc[2])
    assert set(found.maps) == {"umap"}
    with pytest.raises(MalformedData, match=r"no vectors called 'X_pcb'\. Did you mean .*It has: X_pca, X_umap, X"):
        read_vectors(path, vectors="X_pcb")


@pytest.mark.parametrize(
    ("remove", "says"),
    [
        ("obs", "no table 'obs'"),
        ("X", "no vectors called 'X'"),
        ("obs/name", "does not say what its points are called"),
    ],
)
def test_an_h5ad_without_what_is_needed_says_what(remove: str, says: str, vectors: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "part.h5ad"
    with h5py.File(path, "w") as root:
        root.create_dataset("X", data=vectors)
        obs = root.create_group("obs")
        obs.attrs["_index"] = "name"
        obs.create_dataset("name", data=list("ABCDEF"))
        del root[remove]
    with pytest.raises(MalformedData, match=says):
        read_vectors(path)


def test_a_projector_pair_may_repeat_its_labels(tmp_path: Path) -> None:
    vectors = write(tmp_path, "v.tsv", "1\t2\n3\t4\n5\t6\n")
    one = read_vectors(vectors, metadata=write(tmp_path, "m.tsv", "cat\ncat\ndog\n"))
    assert one.names == ("cat (1)", "cat (2)", "dog (3)")
    assert one.columns["name"].tolist() == ["cat", "cat", "dog"]
    several = read_vectors(vectors, metadata=write(tmp_path, "m.tsv", "word\tcount\na\t1\nb\t2\nc\t\n"))
    assert several.names == ("a", "b", "c")
    assert several.columns["count"].iloc[:2].tolist() == [1, 2]
    with pytest.raises(MalformedData, match="3 vectors and 2 lines of metadata"):
        read_vectors(vectors, metadata=write(tmp_path, "m.tsv", "a\nb\n"))


def test_arrays_are_read_and_objects_refused(vectors: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", vectors)
    assert read_vectors(tmp_path / "a.npy").names == tuple("123456")
    np.savez(tmp_path / "a.npz", vectors=vectors, names=np.array(list("ABCDEF")), size=np.arange(6))
    found = read_vectors(tmp_path / "a.npz")
    assert found.names == tuple("ABCDEF")
    assert found.columns["size"].tolist() == list(range(6))

    class Runs:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "was run",))

    np.save(tmp_path / "bad.npy", np.array([Runs()], dtype=object), allow_pickle=True)
    (tmp_path / "worse.npy").write_bytes(pickle.dumps(Runs()))
    for name in ("bad.npy", "worse.npy"):
        with pytest.raises(MalformedData, match="refused"):
            read_vectors(tmp_path / name)
    assert not (tmp_path / "was run").exists()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.tsv", "", "is empty"),
        ("a.tsv", "name\nA\nB\n", "one column only"),
        ("a.tsv", "name\ta\tb\nA\tx\ty\n", "no column of numbers"),
        ("a.tsv", "name\ta\nA\t1\nB\t2\nC\t3\n", "has 1 number; a map needs at least 2"),
        ("a.tsv", "name\ta\tb\nA\t1\t2\nB\t3\t4\n", "at least 3 points; there are 2"),
        ("a.tsv", "name\ta\tb\nA\t1\t2\nB\t3\t\nC\t5\t6\n", "missing or infinite, the first is 'B'"),
        ("a.tsv", "name\ta\tb\nA\t1\t2\nB\tinf\t3\nC\t5\t6\n", "missing or infinite, the first is 'B'"),
        ("a.tsv", "name\ta\tb\nA\t1\t2\nB\t1\t2\nC\t1\t2\n", "same vector, so there is nothing to map"),
        ("a.tsv", "name\ta\tb\nA\t1\t2\nA\t3\t4\nC\t5\t6\n", r"'A' \(2 times\)"),
        ("a.tsv", "name\ta\tb\nA\t1\t2\n\t3\t4\nC\t5\t6\n", "Point 2 has no name"),
        ("a.tsv", "name\ta\ta\nA\t1\t2\n", "two columns are called 'a'"),
        ("a.tsv", "# a line\nname\ta\tb\nA\t1\t2\nB\t3\t4\t9\n", "line 4 has 4 cells, the heading 3"),
        ("a.tsv", "name\ta\tb\nÉÀÈ".encode() + b"\xff\t1\t2\n", "damaged letter"),
        ("a.tsv.gz", b"\x1f\x8bbroken", "is a damaged gzip file"),
        (
            "a.tsv",
            "name\ta\tb\tc\n" + "".join(f"P{n}\t{n}\t{n * n}\t{'oops' if n == 7 else n}\n" for n in range(20)),
            "'oops' at 'P7'",
        ),
        ("a.h5ad", b"no hdf5", "no .h5ad file"),
        ("a.zip", b"PK nothing", "is no zip, or its end is missing"),
        ("a.npy", b"nothing", "is no array of NumPy"),
        ("a.xlsx", b"", "does not read. Give an .h5ad"),
    ],
)
def test_bad_files_get_a_sentence(name: str, content: str | bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(MalformedData, match=says):
        read_vectors(write(tmp_path, name, content))


def test_a_zip_without_the_pair_and_a_missing_file_are_named(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("other.tsv", "1")
    with pytest.raises(MalformedData, match=r"should hold vectors\.tsv and metadata\.tsv; it holds: other\.tsv"):
        read_vectors(write(tmp_path, "a.zip", packed.getvalue()))
    with pytest.raises(MissingDataFile, match="There is no file"):
        read_vectors(tmp_path / "nowhere.tsv")


def test_a_column_that_is_a_vector_of_text_or_unknown_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tsv", "name\tembedding_1\tembedding_2\nA\t1\tx\n")
    with pytest.raises(MalformedData, match="column 'embedding_2' holds text"):
        read_vectors(path)
    with pytest.raises(MalformedData, match="no column 'ages'"):
        read_vectors(write(tmp_path, "b.tsv", TABLE), labels=("ages",))


def test_a_set_is_checked_whole_when_it_is_made(points: VectorSet) -> None:
    for changes, says in (
        ({"names": tuple("ABCDE")}, "5 names for 6 vectors"),
        ({"columns": points.columns.head(5)}, "5 rows for 6 points"),
        ({"maps": {"umap": np.zeros((5, 2), np.float32)}}, "map 'umap' has shape"),
        ({"images": np.zeros((5, 8, 8), np.uint8)}, "images have shape"),
        ({"columns": pd.concat([points.columns, points.columns], axis=1)}, "Two columns are called 'kind'"),
    ):
        with pytest.raises(MalformedData, match=says):
            dataclasses.replace(points, **changes, fingerprint="")


def test_the_fingerprint_sees_every_part(points: VectorSet) -> None:
    vectors = points.vectors.copy()
    vectors[0, 0] += 1
    changed = [
        {"names": tuple("ABCDEG")},
        {"vectors": vectors},
        {"columns": points.columns.assign(size=1.0)},
        {"maps": {"umap": vectors[:, :2]}},
        {"images": np.zeros((6, 2, 2), np.uint8)},
    ]
    found = {dataclasses.replace(points, **each, fingerprint="").fingerprint for each in changed}
    assert len(found | {points.fingerprint}) == 6
    assert dataclasses.replace(points, title="other", fingerprint="").fingerprint == points.fingerprint


def test_reference_sets_hold_what_they_say() -> None:
    digits, iris = reference("digits"), reference("iris")
    assert (len(digits), len(iris)) == (1797, 150)
    assert digits.images is not None
    assert np.allclose(255 - digits.images[7].ravel(), digits.vectors[7] * 255 / 16, atol=0.51)
    assert digits.columns["digit"].tolist()[:10] == list("0123456789")
    assert iris.columns["species"].value_counts().tolist() == [50, 50, 50]
    with pytest.raises(UnknownChoice, match="Did you mean 'iris'"):
        reference("irsi")


def test_what_slviz_wrote_of_generated_data_stays_synthetic(tmp_path: Path) -> None:
    rows = "".join(f"P{n}\t{n}\t{n * n}\n" for n in range(5))
    for heading, synthetic in (
        ("# SYNTHETIC data set demo; run x\n", True),
        ("# data set synlethdb\n", False),
        ("", False),
    ):
        (tmp_path / "a.tsv").write_text(f"{heading}name\ta\tb\n{rows}")
        assert (SYNTHETIC in read_vectors(tmp_path / "a.tsv").origin) is synthetic
