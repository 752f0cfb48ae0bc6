"""A further page is one file and one line in the table of `app.py`: it is linked, opens a run, keeps its address."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from page_tools import said
from run_folders import CHECKOUT
from streamlit.testing.v1 import AppTest

from slviz import places
from slviz.runs import Run

PAGE = '''"""Widths: how many numbers describe a gene."""

import streamlit as st

from slviz.ui import address, downloads, layout, run_choice


def page() -> None:
    """The width of the run of the address."""
    summary, run, graph = run_choice.open_run("Widths")
    unit = address.one_of(st.segmented_control, "Unit", ["numbers", "bytes"], key="unit")
    st.markdown(f"{run.embedding.shape[1] * (4 if unit == 'bytes' else 1)} {unit} a gene")
    source = downloads.provenance(graph, run)
    downloads.table_button("widths", lambda: run.metrics, source=source, label="Metrics (TSV)")


layout.show(page)
'''
LAST = "        st.Page(layout.VECTORS,"
LINE = '        st.Page("pages/widths.py", title="Widths", icon=":material/straighten:"),\n'


def test_a_file_and_a_line_are_a_page(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "pages", lambda: tmp_path / "pages")
    shutil.copytree(CHECKOUT / "pages", tmp_path / "pages")
    (tmp_path / "pages" / "widths.py").write_text(PAGE)
    table = (CHECKOUT / "app.py").read_text()
    assert LAST in table
    (tmp_path / "app.py").write_text(table.replace(LAST, LINE + LAST))
    app = AppTest.from_file(str(tmp_path / "app.py"), default_timeout=60).run()
    assert "Widths" in [each.label for each in app.sidebar.get("page_link")]
    app.query_params["run"] = run.run_id
    app.query_params["unit"] = "bytes"
    app.session_state["navigated"] = False
    app.switch_page("pages/widths.py").run()
    assert not app.exception
    assert not app.error
    assert [each.value for each in app.title] == ["Widths"]
    assert f"{4 * run.embedding.shape[1]} bytes a gene" in said(app)
    assert "SYNTHETIC" in said(app)
