"""A downloaded embedding can be opened by anndata, by TensorBoard's Projector and by a spreadsheet."""

from __future__ import annotations

import dataclasses
import io
import json
import subprocess
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_run
from run_folders import CHECKOUT, a_map, finish

from slviz import export
from slviz.cli import main
from slviz.datasets import GeneGraph
from slviz.errors import UnknownChoice
from slviz.export.formats import format_called
from slviz.export.h5ad import to_h5ad
from slviz.formulas import is_formula, unguarded
from slviz.projections import PCA, TSNE
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.vectors import read_vectors

ANNDATA = CHECKOUT / ".venv-anndata" / "bin" / "python"
READ = """
import sys, json, warnings
warnings.simplefilter("error")
import anndata, numpy
data = anndata.read_h5ad(sys.argv[1])
data.write_h5ad(sys.argv[2])  # what anndata cannot write again it has not understood
print(json.dumps({
    "shape": data.shape, "names": list(data.obs_names), "columns": list(data.obs.columns),
    "chromosome": data.obs["chromosome"].astype(object).where(data.obs["chromosome"].notna(), None).tolist(),
    "chromosome_kind": str(data.obs["chromosome"].dtype),
    "partners": data.obs["known_partners"].tolist(),
    "obsm": {name: data.obsm[name].tolist() for name in data.obsm},
    "pairs": numpy.stack(data.obsp["known_pairs"].nonzero()).tolist(),
    "score": data.obsp["known_pairs"].data.tolist(),
    "attention": data.obsp["attention"].toarray().tolist(),
    "uns": dict(data.uns),
}))
"""


@pytest.fixture
def graph() -> GeneGraph:
    """Some chromosomes unknown and repeated, as in real gene info."""
    made = tiny_graph()
    assert made.gene_info is not None
    info = made.gene_info.assign(chromosome=[("", "1", "X")[number % 3] for number in range(len(made))])
    return dataclasses.replace(made, gene_info=info)


@pytest.fixture
def run(graph: GeneGraph) -> Run:
    return tiny_run(graph)


@pytest.fixture
def content(graph: GeneGraph, run: Run) -> export.Annotated:
    second = dataclasses.replace(a_map(run, seed=1), method=TSNE())
    flat = dataclasses.replace(a_map(run), method=TSNE())
    return export.of_run(run, graph, [a_map(run), flat, second, a_map(run, dimensions=3)])


@pytest.mark.skipif(not ANNDATA.is_file(), reason="no .venv-anndata here; scripts/test makes it")
def test_anndata_opens_the_h5ad_and_finds_all_that_went_in(
    graph: GeneGraph, run: Run, content: export.Annotated, tmp_path: Path
) -> None:
    (tmp_path / "run.h5ad").write_bytes(to_h5ad(content))
    command = [str(ANNDATA), "-c", READ, str(tmp_path / "run.h5ad"), str(tmp_path / "again.h5ad")]
    read = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert read["shape"] == list(run.embedding.shape)
    assert read["names"] == list(graph.genes)
    assert read["partners"] == graph.degree.tolist()
    assert read["chromosome_kind"] == "category"
    assert read["chromosome"][:4] == [None, "1", "X", None]
    assert set(read["obsm"]) == {"X_embedding", "X_pca", "X_tsne", "X_tsne_2", "X_pca_3d"}
    assert np.allclose(read["obsm"]["X_embedding"], run.embedding)
    assert np.allclose(read["obsm"]["X_tsne_2"], content.maps["tsne_2"].coordinates)
    assert {tuple(pair) for pair in np.transpose(read["pairs"])} == {
        each for a, b in graph.pairs.tolist() for each in ((a, b), (b, a))
    }
    assert sum(read["score"]) == pytest.approx(2 * float(graph.score.sum()), rel=1e-5)
    assert np.allclose(np.sum(read["attention"], axis=1), 1, atol=1e-5)
    assert read["uns"]["provenance"] == export.provenance(run, graph)
    assert json.loads(read["uns"]["map_tsne_2"])["seed"] == 1


def test_attention_stands_in_the_row_of_the_gene_that_looks(graph: GeneGraph, run: Run) -> None:
    assert run.attention is not None
    matrix = export.of_run(run, graph).pairs["attention"].toarray()
    source, target = run.attention.edges[:, -1]
    assert matrix[target, source] == pytest.approx(float(run.attention.averaged()[-1]), rel=1e-5)
    assert matrix[source, target] != pytest.approx(matrix[target, source])


def test_generated_data_stays_synthetic_when_it_is_brought_in_again(content: export.Annotated, tmp_path: Path) -> None:
    for name in ("h5ad", "tsv", "projector"):
        kind = format_called(name)
        (tmp_path / f"a.{kind.ending}").write_bytes(kind.write(content))
        assert read_vectors(tmp_path / f"a.{kind.ending}").origin.endswith("SYNTHETIC DATA")


def test_every_element_of_the_h5ad_says_what_it_is(content: export.Annotated) -> None:
    with h5py.File(io.BytesIO(to_h5ad(content))) as root:
        silent: list[str] = []
        inside = {"obs/_index"}

        def note(name: str, element: object) -> None:
            if "encoding-type" not in element.attrs and name not in inside:  # type: ignore[attr-defined]
                silent.append(name)

        root.visititems(note)
        assert not silent
        assert root.attrs["encoding-type"] == "anndata"
        assert list(root["obs"].attrs["column-order"]) == list(content.columns.columns)


def test_odd_columns_come_through(content: export.Annotated) -> None:
    count = len(content.names)
    odd = pd.DataFrame(
        {"a/b": ["x", *[""] * (count - 1)], "_index": np.arange(count), "truth": np.arange(count) % 2 == 0}
    ).assign(none="")
    with h5py.File(io.BytesIO(to_h5ad(dataclasses.replace(content, columns=odd)))) as root:
        names = list(root["obs"].attrs["column-order"])
        assert names == ["a_b", "_index_2", "truth", "none"]
        assert root["obs/a_b/codes"][:3].tolist() == [0, -1, -1]
        assert root["obs/none/codes"][:].tolist() == [-1] * count


def test_the_projector_pair_has_a_line_a_gene_in_both_files(graph: GeneGraph, run: Run) -> None:
    packed = zipfile.ZipFile(io.BytesIO(export.to_projector(export.of_run(run, graph))))
    vectors = pd.read_csv(packed.open("vectors.tsv"), sep="\t", header=None)
    assert np.allclose(vectors.to_numpy(), run.embedding)
    metadata = pd.read_csv(packed.open("metadata.tsv"), sep="\t", keep_default_na=False)
    assert metadata["gene"].tolist() == list(graph.genes)
    assert metadata["known_partners"].tolist() == graph.degree.tolist()
    assert export.provenance(run, graph) in packed.read("provenance.txt").decode()
    configuration = packed.read("projector_config.pbtxt").decode()
    assert all(f'"{name}"' in configuration for name in ("vectors.tsv", "metadata.tsv"))


def test_metadata_of_one_column_has_no_heading(content: export.Annotated) -> None:
    bare = dataclasses.replace(content, columns=pd.DataFrame(index=range(len(content.names))))
    packed = zipfile.ZipFile(io.BytesIO(export.to_projector(bare)))
    assert packed.read("metadata.tsv").decode().splitlines() == list(content.names)


def test_the_table_holds_columns_maps_and_vectors(content: export.Annotated) -> None:
    clash = content.columns.assign(tsne_1="theirs")
    text = export.to_embedding_tsv(dataclasses.replace(content, columns=clash))
    table = pd.read_csv(io.BytesIO(text), sep="\t", comment="#", keep_default_na=False)
    assert table["gene"].tolist() == list(content.names)
    assert np.allclose(table["tsne_1"], content.maps["tsne"].coordinates[:, 0], atol=1e-4)
    assert (table["tsne_1_column"] == "theirs").all()
    assert np.allclose(table[[f"embedding_{each}" for each in range(1, 7)]], content.vectors, rtol=1e-5)
    assert text.decode().startswith(f"# {content.provenance}\n")


def test_the_command_writes_every_format_with_every_stored_map(
    run: Run, graph: GeneGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("slviz.runs.data_of.open_dataset", lambda source: graph)
    store = RunStore.default()
    finish(store, run)
    store.artifacts(run.run_id).save_map(dataclasses.replace(a_map(run), method=TSNE()))
    for name in export.FORMATS:
        assert main(["export", run.run_id, "--format", name, "--out", str(tmp_path / name)]) == 0
    with h5py.File(tmp_path / "h5ad") as root:
        assert set(root["obsm"]) == {"X_embedding", "X_pca", "X_tsne"}
        assert np.allclose(root["obsm/X_pca"][:], PCA().fit(run.embedding, 0).coordinates)
    assert zipfile.is_zipfile(tmp_path / "projector")
    assert main(["export", run.run_id, "--out", str(tmp_path / "nowhere" / "x")]) == 1
    assert "there is no folder" in capsys.readouterr().err
    monkeypatch.setattr("slviz.runs.data_of.open_dataset", lambda source: tiny_graph(seed=3))
    assert main(["export", run.run_id]) == 1
    assert "has changed" in capsys.readouterr().err


def test_an_unknown_format_lists_the_known_ones() -> None:
    with pytest.raises(UnknownChoice, match=r"Did you mean 'h5ad'\? There are: h5ad, tsv, projector"):
        format_called("h5da")


HOSTILE = ("=1+1", "a\x00b", "a\x01b", "\uffff", "../x", ".", "a/b", "<b>", "\u202eq", "@x")


def hostile(content: export.Annotated) -> export.Annotated:
    """The content with odd names of points, columns, maps and keys."""
    count = len(content.names)
    names = (*HOSTILE, *content.names[len(HOSTILE) :])
    columns = pd.DataFrame(
        {each: [HOSTILE[n % len(HOSTILE)] for n in range(count)] for each in (*HOSTILE, "..", "a_b")}
    )
    maps = {f"{each}{n}": place for n, each in enumerate(("a/b", ".")) for place in content.maps.values()}
    about = {**content.about, "a/b": "x\x00y \ud800", "..": "z"}
    return dataclasses.replace(content, names=names, columns=columns, maps=maps, about=about)


def test_an_h5ad_holds_every_name(content: export.Annotated) -> None:
    odd = hostile(content)
    with h5py.File(io.BytesIO(to_h5ad(odd))) as root:
        names = list(root["obs"].attrs["column-order"])
        assert len(set(names)) == len(names) == len(odd.columns.columns)
        assert all(name in root["obs"] and "/" not in name and name.strip(".") for name in names)
        assert root["obs/_index"].asstr()[: len(HOSTILE)].tolist() == [each.replace("\0", r"\x00") for each in HOSTILE]
        assert set(root["obsm"]) == {"X_embedding", "X_a_b0", "X_.1"}
        assert root["uns/a_b"].asstr()[()] == r"x\x00y \ud800"
        assert all(root[f"obsm/{name}"].ndim == 2 for name in root["obsm"])


def test_the_projector_pair_and_the_table_run_no_formula(content: export.Annotated) -> None:
    odd = hostile(content)
    metadata = zipfile.ZipFile(io.BytesIO(export.to_projector(odd))).read("metadata.tsv").decode()
    for text in (metadata, export.to_embedding_tsv(odd).decode()):
        rows = [line.split("\t") for line in text.split("\n") if line and not line.startswith("#")]
        assert len(rows) == len(odd.names) + 1
        assert len({len(row) for row in rows}) == 1
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if is_formula(cell) and not cell.startswith("'")]
        assert {"'=1+1", "'@x"} <= set(cells)
        assert [unguarded(row[0]) for row in rows[1 : 1 + len(HOSTILE)]] == list(HOSTILE)
