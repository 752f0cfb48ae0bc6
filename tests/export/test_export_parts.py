"""What is downloaded can be read elsewhere, says where it comes from, and runs nothing."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import shutil
import xml.etree.ElementTree
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from builders import tiny_graph, tiny_run

from slviz import __version__, export
from slviz.errors import InvalidSetting, SlvizError
from slviz.neighbourhood import Neighbourhood, neighbourhood

needs_browser = pytest.mark.skipif(
    not any(shutil.which(name) for name in export.BROWSERS), reason="no Chrome or Chromium on this machine"
)


@pytest.fixture(scope="module")
def around() -> Neighbourhood:
    graph = tiny_graph()
    return neighbourhood(graph, tiny_run(graph), 3, hops=2)


@pytest.fixture(scope="module")
def line() -> str:
    graph = tiny_graph()
    return export.provenance(tiny_run(graph), graph)


def test_what_shows_several_runs_names_all_of_them() -> None:
    graph = tiny_graph()
    runs = [tiny_run(graph)]
    spec = dataclasses.replace(runs[0].spec, seed=4)
    runs.append(dataclasses.replace(runs[0], spec=spec))
    line = export.provenance_of_runs(runs, graph)
    assert line.startswith(export.provenance(runs[0], graph))
    assert line.endswith(f"; beside run {spec.run_id} (network gat, features both, seed 4)")


def test_provenance_names_all_that_a_reader_needs(line: str) -> None:
    graph = tiny_graph()
    run = tiny_run(graph)
    for part in ("SYNTHETIC data set tiny", "network gat", "features both", "seed 0", run.run_id, __version__):
        assert part in line
    assert "\n" not in line
    measured = dataclasses.replace(graph, synthetic=False)
    spec = dataclasses.replace(run.spec, synthetic=False)
    assert "SYNTHETIC" not in export.provenance(dataclasses.replace(run, spec=spec), measured)
    assert "SYNTHETIC" in export.data_provenance(graph)


def test_graphml_is_read_back_by_networkx(around: Neighbourhood, line: str) -> None:
    network = nx.read_graphml(io.BytesIO(export.to_graphml(around, provenance=line)))
    assert network.is_directed()
    assert network.graph["provenance"] == line
    assert set(network) == set(around.symbols)
    assert set(network.edges) == set(zip(around.edge_table()["source"], around.edge_table()["target"], strict=True))
    table = around.table().set_index("gene")
    gene = around.symbols[1]
    assert network.nodes[gene]["attention"] == pytest.approx(table.loc[gene, "attention"], abs=1e-6)
    assert network.nodes[gene]["evidence"] == table.loc[gene, "evidence"]
    for source, target, attributes in network.edges(data=True):
        assert attributes["kind"]
        assert np.isfinite(attributes["attention"]), (source, target)


def test_gexf_is_read_back_by_networkx_and_says_where_it_comes_from(around: Neighbourhood, line: str) -> None:
    names = np.array([f"\x00\uffff & <{number}>" for number in range(len(around.names))], dtype=object)
    content = export.to_gexf(dataclasses.replace(around, names=names), provenance=line)
    network = nx.read_gexf(io.BytesIO(content))
    assert set(network) == set(around.symbols)
    assert network.number_of_edges() == len(around.edge_table())
    assert all(network.nodes[gene]["label"] == gene for gene in network)
    row = around.edge_table().iloc[0]
    assert network.edges[row["source"], row["target"]]["kind"] == row["kind"]
    assert f"<description>{line}</description>".encode() in content
    assert b"lastmodified" not in content


def test_graphml_survives_characters_that_xml_forbids(around: Neighbourhood) -> None:
    names = around.names.copy()
    names[1] = 'a <b> & "c" \x07 \uffff \ufffe \x85 é 🧬\r'
    content = export.to_graphml(dataclasses.replace(around, names=names), provenance="x & y \x00\ud800")
    network = nx.read_graphml(io.BytesIO(content))
    told = network.nodes[around.symbols[1]]["full_name"]
    assert told == 'a <b> & "c" \\x07 \\uffff \\ufffe \x85 é 🧬\\r'
    assert network.graph["provenance"] == "x & y \\x00\\ud800"


@pytest.mark.parametrize("symbol", ["a\x01b", "\uffff", "A\tB", 'A"B', "<A&B>", "]]>", "\u202eA", "A B", "É"])
def test_graphml_takes_any_symbol_as_a_node(around: Neighbourhood, symbol: str) -> None:
    symbols = around.symbols.copy()
    symbols[1] = symbol
    content = export.to_graphml(dataclasses.replace(around, symbols=symbols), provenance="x")
    xml.etree.ElementTree.fromstring(content)
    network = nx.read_graphml(io.BytesIO(content))
    assert len(network) == len(symbols)
    (node,) = set(network) - set(map(str, np.delete(symbols, 1)))
    assert network.nodes[node]["name"] == node
    assert {"a\x01b": r"a\x01b", "\uffff": r"\uffff"}.get(symbol, symbol) == node


def test_graphml_names_each_node_by_its_symbol_and_no_key_twice(around: Neighbourhood, line: str) -> None:
    content = export.to_graphml(around, provenance=line)
    network = nx.read_graphml(io.BytesIO(content))
    assert all(attributes["name"] == gene for gene, attributes in network.nodes(data=True))
    assert network.nodes[around.symbols[0]]["full_name"] == around.names[0]
    keys = re.findall(r'<key id="([^"]+)"', content.decode())
    assert len(keys) == len(set(keys)) > 4
    names = re.findall(r'<key id="[^"]+" for="node" attr.name="([^"]+)"', content.decode())
    assert sorted(names) == sorted(set(names))


def test_igraph_calls_the_vertices_by_their_symbols(around: Neighbourhood, line: str, tmp_path: Path) -> None:
    igraph = pytest.importorskip("igraph", reason="igraph is not installed")
    path = tmp_path / "network.graphml"
    path.write_bytes(export.to_graphml(around, provenance=line))
    assert set(igraph.Graph.Read_GraphML(str(path)).vs["name"]) == set(around.symbols)


def test_cytoscape_is_json_with_the_same_network(around: Neighbourhood, line: str) -> None:
    content = json.loads(export.to_cytoscape(around, provenance=line))
    assert content["data"]["provenance"] == line
    assert {node["data"]["id"] for node in content["elements"]["nodes"]} == set(around.symbols)
    edges = [edge["data"] for edge in content["elements"]["edges"]]
    assert len(edges) == around.edges.shape[1]
    assert len({edge["id"] for edge in edges}) == len(edges)
    assert all(isinstance(edge["attention"], float) for edge in edges)
    nodes = {node["data"]["id"]: node["data"] for node in content["elements"]["nodes"]}
    assert all(node["name"] == gene for gene, node in nodes.items())


def test_cytoscape_gives_no_two_elements_one_id(around: Neighbourhood) -> None:
    symbols = around.symbols.copy()
    symbols[0], symbols[1], symbols[2] = "A", "A→B", "B"
    content = json.loads(export.to_cytoscape(dataclasses.replace(around, symbols=symbols), provenance="x \ud800"))
    elements = [*content["elements"]["nodes"], *content["elements"]["edges"]]
    ids = [element["data"]["id"] for element in elements]
    assert len(ids) == len(set(ids))
    assert content["data"]["provenance"] == "x \ud800"


def test_sif_keeps_its_columns_whatever_a_symbol_holds(around: Neighbourhood) -> None:
    symbols = around.symbols.copy()
    symbols[:3] = ["A\tB", "C\nD", "E\x85F"]
    rows = export.to_sif(dataclasses.replace(around, symbols=symbols)).decode().split("\n")[:-1]
    assert len(rows) == around.edges.shape[1]
    assert {len(row.split("\t")) for row in rows} == {3}
    assert {"A B", "C D"} <= {cell for row in rows for cell in row.split("\t")}


def test_sif_has_three_columns(around: Neighbourhood, line: str) -> None:
    rows = [row.split("\t") for row in export.to_sif(around).decode().splitlines()]
    assert len(rows) == around.edges.shape[1]
    assert {len(row) for row in rows} == {3}
    assert [rows[0][0], rows[0][2]] == around.edge_table().iloc[0, :2].tolist()
    assert {row[1] for row in rows} <= {"known_in_training", "known_held_out", "predicted"}


def test_table_comes_back_as_it_was(around: Neighbourhood, line: str) -> None:
    table = around.table()
    content = export.to_tsv(table, provenance=line)
    assert content.decode().splitlines()[0] == f"# {line}"
    back = pd.read_csv(io.BytesIO(content), sep="\t", comment="#", keep_default_na=False, na_values={"attention": ""})
    assert list(back.columns) == list(table.columns)
    assert back["gene"].tolist() == table["gene"].tolist()
    assert np.allclose(back["attention"], table["attention"], rtol=1e-5, equal_nan=True)


def test_table_runs_no_formula_and_keeps_rows_whole() -> None:
    table = pd.DataFrame(
        {"gene": ["=HYPERLINK(1)", "@A", "-5", "A\tB\nC", 'say "hi"', None], "value": [-1.5, 2, np.nan, 0, 1, 1]}
    )
    rows = [row.split("\t") for row in export.to_tsv(table, provenance="a\nb").decode().splitlines()]
    assert rows[0] == ["# a b"]
    assert rows[1] == ["gene", "value"]
    assert [row[0] for row in rows[2:]] == ["'=HYPERLINK(1)", "'@A", "-5", "A B C", 'say "hi"', ""]
    assert rows[2][1] == "-1.5"


def test_table_with_a_column_name_twice_is_written() -> None:
    table = pd.DataFrame([["=1", "@x", 0.5]], columns=["=gene", "=gene", "\u2028=x"])
    lines = export.to_tsv(table, provenance="a").decode().split("\n")
    assert lines[1:3] == ["'=gene\t'=gene\t' =x", "'=1\t'@x\t0.5"]


def test_html_works_offline_and_names_its_source() -> None:
    figure = go.Figure(go.Scatter(x=[1], y=[2], text=["<b>A</b>"]))
    page = export.figure_to_html(figure, provenance="data & run <1>", title="A <script>").decode()
    drawing = page[page.index("Plotly.newPlot") :]
    assert "data &amp; run &lt;1&gt;" in drawing  # in the figure itself, where the camera of the file sees it
    assert "<title>A &lt;script&gt;</title>" in page
    assert "plotly.js v" in page
    assert 'src="http' not in page


def test_html_holds_no_script_of_a_name() -> None:
    hostile = "</script><script>alert(1)</script><!--"
    figure = go.Figure(go.Scatter(x=[1], y=[2], text=[hostile], name=hostile, customdata=[hostile]))
    plain = export.figure_to_html(go.Figure(go.Scatter(x=[1], y=[2])), provenance="x").decode()
    page = export.figure_to_html(figure, provenance=hostile, title=hostile).decode()
    assert "<script>alert(1)" not in page
    assert page.count("<script") == plain.count("<script")
    assert page.count("</script") == plain.count("</script")


def test_html_has_the_width_of_a_column_when_asked() -> None:
    figure = go.Figure(go.Scatter(x=[1], y=[2]))
    for width_mm in (89, 183):
        page = export.figure_to_html(figure, provenance="x", width_mm=width_mm).decode()
        found = [float(each) for each in re.findall(r'"width":([\d.]+)', page)]
        assert pytest.approx(width_mm / 25.4 * 96, abs=1) in found
    with pytest.raises(InvalidSetting, match="5 mm cannot be made: write a width from 20 to 1000 mm"):
        export.figure_to_html(figure, provenance="x", width_mm=5)


def test_figure_for_print_has_the_size_of_a_column() -> None:
    figure = go.Figure(go.Scatter(x=[1], y=[2]))
    drawn = export.for_print(figure, width_mm=89, provenance="where from")
    assert drawn.layout.width == export.NARROW_PIXELS
    assert export.for_print(figure, width_mm=183).layout.width == export.WIDE_PIXELS
    assert export.for_print(figure, width_mm=89, height_mm=89).layout.height == export.NARROW_PIXELS
    assert drawn.layout.legend.orientation == "h"
    assert drawn.layout.paper_bgcolor == "#FFFFFF"
    assert "where from" in drawn.layout.annotations[-1].text.replace("<br>", " ")
    assert figure.layout.width is None


@needs_browser
@pytest.mark.browser
@pytest.mark.slow
def test_pictures_are_what_they_say() -> None:
    figure = go.Figure(go.Scatter(x=[1, 2, 3], y=[2, 1, 3], mode="markers", name="points of A"))
    svg = export.figure_to_image(figure, "svg", width_mm=89, provenance="where from").decode()
    assert svg.startswith("<svg")
    assert "where from" in svg
    assert "<image" not in svg
    assert float(re.search(r'width="([\d.]+)"', svg)[1]) == pytest.approx(89 / 25.4 * 96, abs=2)
    png = export.figure_to_image(figure, "png", width_mm=89)
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20]) == pytest.approx(89 / 25.4 * 300, abs=4)


def test_without_a_browser_the_camera_button_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slviz.export.pictures.shutil.which", lambda name: None)
    with pytest.raises(SlvizError, match="camera button"):
        export.figure_to_image(go.Figure())


def test_browser_that_does_not_draw_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> bytes:
        raise RuntimeError("no display")

    monkeypatch.setattr("slviz.export.pictures._browser", lambda: "/nowhere/chromium")
    monkeypatch.setattr("kaleido.calc_fig_sync", broken)
    with pytest.raises(SlvizError, match="did not draw the picture"):
        export.figure_to_image(go.Figure())


@pytest.mark.parametrize(("kind", "width"), [("gif", 89), ("svg", 5), ("svg", float("nan"))])
def test_bad_picture_settings_get_a_sentence(kind: str, width: float) -> None:
    with pytest.raises(InvalidSetting, match=r"is not one of|write a width from 20 to 1000 mm"):
        export.figure_to_image(go.Figure(), kind, width_mm=width)
