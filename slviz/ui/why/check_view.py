"""The check beside explanations: verdicts in sentences, removal curves, agreement, random weights, the whole run."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.evaluation.pair_verdict import PairVerdict, pair_verdict
from slviz.evaluation.rank_agreement import rank_agreement
from slviz.figures.explanation import removal_figure
from slviz.pipeline import commands
from slviz.runs import Run
from slviz.runs.artifacts.explanations import ATTENTION, EXPLAINER, GRADIENT, INTEGRATED, PairExplanation
from slviz.runs.artifacts.pair_faithfulness import unit_of
from slviz.ui import cache, charts, job_panel
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words
from slviz.ui.why import reasons_view
from slviz.ui.why.titles import TITLES

CHECKED = (ATTENTION, INTEGRATED, EXPLAINER, GRADIENT)
MOVED = "How far the prediction moves towards that without any edge, mean over 10 % to 75 % of the edges."
COLUMNS = {
    "Its first edges": st.column_config.NumberColumn("Its first edges", format="%.2f", help=MOVED),
    "Random edges": st.column_config.NumberColumn("Random edges", format="%.2f", help=MOVED),
}
HELP = (
    "The edges that an explanation puts first are removed, the same share of each gene’s, and the prediction is "
    "compared with that without as many random edges, 20 times. An explanation that holds moves it further than 95 % "
    "of these, and by more than a little. Hubs first and gradients first are drawn for comparison."
)


def headline(run: Run, explanation: PairExplanation) -> None:
    """The verdict on attention, or on the first explanation that there is, above what they say."""
    verdict = verdicts(run, explanation)[0]
    if verdict.measured is None:
        st.caption(in_words(verdict.sentence))
        return
    icon = ":material/check_circle:" if verdict.confirmed else ":material/block:"
    title, _, rest = verdict.sentence.partition(":")
    said = " ".join([f"**{title}**:{rest}", *verdict.remarks])
    st.markdown(f"{icon} {said}")


def show(run: Run, graph: GeneGraph, explanation: PairExplanation) -> None:
    """Whether each explanation holds: a table of verdicts, and the curves behind it."""
    checked = verdicts(run, explanation)
    if checked[0].measured is None:
        return
    st.markdown(
        "Do these explanations hold when edges are removed?", help=in_words(f"{HELP} {glossary_link('Removal curve')}")
    )
    st.dataframe(verdict_table(checked), hide_index=True, column_config=COLUMNS)
    for verdict in checked[1:]:
        for remark in verdict.remarks:
            st.caption(in_words(f"{TITLES[verdict.order]}: {remark}"))
    insertion = (
        st.segmented_control(
            "Edges are",
            ("removed", "put back"),
            default="removed",
            key=f"why {run.run_id} {explanation.pair} curves",
            label_visibility="collapsed",
        )
        == "put back"
    )
    titles = {order: TITLES[order] for order in explanation.curves.orders}
    name = reasons_view.name_of(run, graph, explanation, "insertion" if insertion else "deletion")
    charts.draw(
        removal_figure(explanation.curves, titles, unit=reasons_view.unit_of(run), insertion=insertion),
        name=name,
        synthetic=graph.synthetic,
        alt="The prediction as edges are removed in the order of each explanation, beside random orders",
    )
    _agreement(explanation)
    if run.attention is not None:
        whole_run(run)


def verdicts(run: Run, explanation: PairExplanation) -> list[PairVerdict]:
    """The verdict on each explanation that there is, attention first."""
    return [
        pair_verdict(
            explanation.curves,
            explanation.values,
            explanation.randomised,
            target=explanation.edges[1],
            tested=unit_of(run.spec.task),
            order=order,
            title=TITLES[order],
        )
        for order in CHECKED
        if order in explanation.curves.orders
    ]


def verdict_table(checked: Sequence[PairVerdict]) -> pd.DataFrame:
    """One row an explanation: its verdict, and how far its first edges and random ones move the prediction."""
    rows = []
    for verdict in checked:
        measured = verdict.measured
        assert measured is not None
        rows.append(
            {
                "Explanation": TITLES[verdict.order],
                "Verdict": "✓ confirmed" if verdict.confirmed else "✗ refused",
                "Its first edges": round(measured.top, 2) + 0.0,
                "Random edges": round(measured.random, 2) + 0.0,
                "90 % of random": f"{measured.low:.2f} to {measured.high:.2f}",
            }
        )
    return pd.DataFrame(rows)


def _agreement(explanation: PairExplanation) -> None:
    with st.expander("How far explanations agree", icon=":material/compare_arrows:"):
        st.dataframe(agreement_table(explanation), hide_index=True)
        st.caption(
            in_words(
                "Rank agreement among the edges into each gene, from −1 to 1. With random weights: the same "
                "explanation of a network that learnt nothing; near 1 it shows little of what was learnt "
                "(Adebayo 2018)."
            )
        )


def agreement_table(explanation: PairExplanation) -> pd.DataFrame:
    """Spearman's ρ and Kendall's τ of every two explanations, and of each with itself at random weights.

    What gives all partners of each gene the same has no order to agree with, and no row.
    """
    names, target = list(explanation.values), explanation.edges[1]
    compared = [
        (TITLES[one], TITLES[other], explanation.values[one], explanation.values[other])
        for place, one in enumerate(names)
        for other in names[place + 1 :]
    ]
    compared += [
        (TITLES[name], "the same with random weights", explanation.values[name], value)
        for name, value in explanation.randomised.items()
    ]
    rows = []
    for one, other, left, right in compared:
        agreement = rank_agreement(left, right, target=target)
        numbers = {"Spearman’s ρ": agreement.spearman, "Kendall’s τ": agreement.kendall}
        rows.append({"Explanation": one, "beside": other, **numbers})
    return pd.DataFrame(rows).dropna().round(2)


def whole_run(run: Run) -> None:
    """Faithfulness over many pairs of the run: a sentence, or how to measure it."""
    measured = cache.faithfulness_of(run.run_id)
    if measured is None:
        with st.expander("And over this whole run?", icon=":material/query_stats:"):
            job_panel.panel(faithfulness_job(run))
        return
    verdict = measured.verdict(run.spec.task)
    icon = ":material/check_circle:" if verdict.faithful else ":material/block:"
    st.markdown(
        f"{icon} **This run**: {escape_markdown(verdict.sentence)} Faithfulness {verdict.beaten:.2f} (0.5 by chance)."
    )


def faithfulness_job(run: Run) -> job_panel.Job:
    """Measuring the faithfulness of a run over its pairs."""
    return job_panel.Job(
        key=f"faithfulness {run.run_id}",
        artifacts=lambda: [cache.store().artifacts(run.run_id).faithfulness_artifact()],
        command=commands.measure_faithfulness(run.run_id),
        what="the faithfulness of this run",
        offer="Whether attention holds over 200 pairs of this run is not measured yet. It becomes a column of Results.",
        button="Test 200 pairs",
        takes="From one to some minutes.",
    )
