"""A feature set is a file in the data folder: form, command line, run, pages and export follow."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from page_tools import Open, asked, said

from slviz.cli import main
from slviz.datasets.sources import locate
from slviz.errors import MalformedData
from slviz.runs.data_of import data_of
from slviz.runs.store import RunStore

JOINED = "ppi+expression"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo with one more feature file, and one more column over genes."""
    place = tmp_path / "with expression"
    shutil.copytree(locate("demo")[1], place)
    toml = (place / "dataset.toml").read_text()
    (place / "dataset.toml").write_text(f'{toml}expression = "feature_expression_2.txt"\n')
    genes = (place / "genes.txt").read_text().split()
    (place / "feature_expression_2.txt").write_text("".join(f"{n % 7} {n % 11 / 10}\n" for n in range(len(genes))))
    (place / "gene_columns.tsv").write_text(
        "gene\tage\n" + "".join(f"{gene}\t{n % 5}\n" for n, gene in enumerate(genes))
    )
    return place


def test_the_form_offers_it_and_writes_the_command(store: RunStore, folder: Path, open_page: Open) -> None:
    app = open_page("train", data=str(folder))
    assert not app.exception
    assert [name for name in ("expression", "age") if name in app.selectbox(key="features").options] == [
        "expression",
        "age",
    ]
    app.selectbox(key="features").set_value("expression").run()
    assert "--features expression" in app.code[0].value
    assert asked(app, "features") == "expression"
    joined = open_page("train", data=str(folder), features=JOINED)
    assert not joined.exception
    assert joined.selectbox(key="features").value == JOINED
    assert f"--features {JOINED}" in joined.code[0].value
    unknown = open_page("train", data=str(folder), features="expresion")
    assert "Did you mean 'expression'" in said(unknown).replace("\\", "")


def test_it_is_trained_shown_and_exported(
    store: RunStore, folder: Path, tmp_path: Path, open_page: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    words = f"train --data {shlex.quote(str(folder))} --network mlp --features expression+ppi epochs=2 width=4"
    words += " --no-projections"
    assert main(shlex.split(words)) == 0
    [summary] = store.summaries()
    assert summary.state == "finished"
    assert summary.run_id.startswith("mlp-ppi_expression-link-")
    assert summary.spec is not None
    assert summary.spec.features.name == JOINED
    run = store.open(summary.run_id)
    graph = data_of(replace(run.spec, data_source=str(folder)))
    assert run.spec.features.matrix(graph).shape == (1000, 32 + 2)
    assert main(["runs"]) == 0
    assert summary.run_id in capsys.readouterr().out
    for page in ("overview", "embedding"):
        app = open_page(page, run=summary.run_id, data=str(folder))
        assert not app.exception
        assert "ppi + expression" in said(app)
    assert main(["export", summary.run_id, "--format", "tsv", "--out", str(tmp_path / "run.tsv")]) == 0
    assert f"features {JOINED};" in (tmp_path / "run.tsv").read_text()


def test_a_column_over_genes_that_changed_is_noticed(store: RunStore, folder: Path) -> None:
    words = f"train --data {shlex.quote(str(folder))} --network mlp --features age epochs=1 width=4 --no-projections"
    assert main(shlex.split(words)) == 0
    [first] = store.run_ids()
    assert store.find(store.open(first).spec) is not None
    columns = (folder / "gene_columns.tsv").read_text()
    (folder / "gene_columns.tsv").write_text(columns.replace("\t4\n", "\t9\n"))
    with pytest.raises(MalformedData, match="has changed since run"):
        data_of(replace(store.open(first).spec, data_source=str(folder)))
    assert main(shlex.split(words)) == 0
    assert len(store.run_ids()) == 2, "on other columns it is another run"
