"""The glossary: whatever the pages measure and offer has an entry, and their help leads to entries that are there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from slviz.evaluation import METRICS
from slviz.projections import CLUSTERINGS, DENSITIES, PROJECTIONS
from slviz.splits import SPLITS
from slviz.tasks import TASKS
from slviz.ui.embedding.map_quality import MEASURES
from slviz.ui.glossary import anchor, entries, glossary_link
from slviz.ui.labels import BASELINE_WORDS

CHECKOUT = Path(__file__).resolve().parents[2]
ANCHORS = {anchor(entry.term) for entry in entries()} | {anchor(entry.group) for entry in entries()}
NAMED = {
    **{f"metric {key}": metric.label for key, metric in METRICS.items()},
    **{
        f"{table.kind} {name}": name for table in (TASKS, SPLITS, PROJECTIONS, CLUSTERINGS, DENSITIES) for name in table
    },
    **{f"baseline {name}": name for name in BASELINE_WORDS},
    **{f"measure {name}": name for name in MEASURES if name != "lower of both"},
}


def anchor_in(markdown: str) -> str:
    found = re.fullmatch(r"\[Glossary\]\(glossary#([a-z0-9-]+)\)", markdown)
    assert found, markdown
    return found[1]


def test_every_term_has_an_anchor_of_its_own_and_says_something() -> None:
    assert len(entries()) > 80
    assert not [found for found, count in Counter(anchor(entry.term) for entry in entries()).items() if count > 1]
    assert all(len(entry.text) > 30 and entry.group for entry in entries())


@pytest.mark.parametrize("name", NAMED)
def test_what_the_pages_name_is_explained(name: str) -> None:
    assert anchor_in(glossary_link(NAMED[name])) in ANCHORS


def test_the_links_of_the_pages_lead_to_terms() -> None:
    linked = set()
    for path in [*(CHECKOUT / "slviz" / "ui").rglob("*.py"), *(CHECKOUT / "pages").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "glossary_link":
                linked |= {term.value for term in node.args if isinstance(term, ast.Constant)}
    assert {"Protocol", "Negatives", "Edge ablation", "q value"} <= linked
    assert not {term for term in linked if anchor_in(glossary_link(term)) not in ANCHORS}


def test_the_page_shows_every_term_under_its_anchor_and_finds_words() -> None:
    app = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=60)
    app.session_state["navigated"] = False
    app.switch_page("pages/glossary.py").run()
    assert not app.exception
    assert [shown.proto.anchor for shown in app.subheader] == [anchor(entry.term) for entry in entries()]
    app.text_input[0].set_value("degree-matched configuration").run()
    assert [shown.proto.anchor for shown in app.subheader] == ["degree-matched-negatives"]
    app.text_input[0].set_value("zebra *crossing*").run()
    assert "zebra" in app.info[0].value
