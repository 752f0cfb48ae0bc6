"""The report of a plan: the pairs to test in their order, with boxes to tick, controls, and what to expect."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slviz.export.provenance import provenance
from slviz.figures.ranked import plan_curve
from slviz.ranking import Plan, Ranker, share_text
from slviz.ranking.plan import COUNTS
from slviz.reports.document import Document
from slviz.reports.wording import question_sentence, whole

BOX = "☐"


def plan_report(ranker: Ranker, plan: Plan) -> bytes:
    """The page of a plan, UTF-8, made to be printed and filled in at the bench."""
    graph = ranker.graph
    page = Document("Test plan", provenance=provenance(ranker.run, graph), synthetic=graph.synthetic)
    page.sentence(plan.sentence, lead=True)
    page.sentence(plan.expected_sentence)
    page.sentence(question_sentence(ranker))
    if len(plan.table):
        page.heading("Pairs to test")
        page.table(_pairs(plan), numbers=("", "Rank", "Adjusted for hubs", "Hits among such"))
        page.figure(plan_curve(plan.table), what="What the tests of the plan add up to, one after another")
        page.sentence(f"Spread over partners and families, a pair counts as follows. {COUNTS}")
    if len(plan.controls):
        page.heading("Controls to run beside them")
        controls = plan.controls.rename(
            columns={"kind": "Control", "gene_a": "Gene", "gene_b": "Partner", "reason": "Why"}
        )
        page.table(controls.assign(Result=BOX))
    return page.to_bytes()


def _pairs(plan: Plan) -> pd.DataFrame:
    table = plan.table
    shown = {
        "": [str(order) for order in table["order"].tolist()],
        "Gene": table["gene_a"].tolist(),
        "Partner": table["gene_b"].tolist(),
        "Rank": [f"{rank:,}" for rank in table["rank"].tolist()],
        "Adjusted for hubs": [whole(rank) for rank in table["hub_adjusted_rank"].tolist()],
        "Status": table["status"].tolist(),
        "Why": table["reason"].tolist(),
        "Flags": table["flags"].tolist(),
        "Family": table["family"].tolist(),
        "Result": [BOX] * len(table),
    }
    if np.isfinite(table["hit_probability"].to_numpy()).any():
        shown["Hits among such"] = [share_text(value) for value in table["hit_probability"].tolist()]
    return pd.DataFrame(shown)
