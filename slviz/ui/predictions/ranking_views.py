"""How a run ranks: all pairs that nobody lists, and the possible partners of each gene, beside every baseline."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.evaluation import CUTS, METRICS, TOP
from slviz.runs import NETWORK, Run
from slviz.runs.once_for_a_table import once_for_a_table
from slviz.text import percent
from slviz.ui import address, columns, downloads, metrics_table
from slviz.ui.glossary import glossary_link
from slviz.ui.key_metrics import metric_beside
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words
from slviz.ui.predictions import view_parts

ALL, EACH = "all-unknown", "per-gene"
HEADING = "Finding pairs in the whole map"
HELP = (
    "Telling a pair from one negative pair is the exam; this is the real task. The model scores every pair of genes "
    "outside the training pairs, and the test pairs should rank at the top. An unreported pair counts as wrong here, "
    "though some may be real: so the metrics are too low, and equally so for every model."
)
NOT_MEASURED = (
    "This run was evaluated before slviz ranked all unknown pairs. Remove it and train it again to see where its "
    "pairs stand."
)
NOT_ASKED = (
    "All unknown pairs were not ranked: this run was trained with rank_unknown=false. Train one without it to see "
    "where its pairs stand among all."
)
CUT_HELP = "How many of a gene's highest-ranked partners are looked at, as if that many went into a follow-up screen."


def show(graph: GeneGraph, run: Run) -> None:
    """Both rankings side by side, each with its sentence, its table and its download; a note where none was made."""
    st.subheader(HEADING, anchor=False, help=in_words(f"{HELP} {glossary_link('All unknown pairs')}"))
    if not {ALL, EACH} & set(view_parts.kinds_of(run.metrics)):
        st.caption(NOT_MEASURED if run.spec.task.ranks_unknown else NOT_ASKED)
        return
    st.caption(f"Test pairs of the split: {escape_markdown(run.spec.held_out)}.")
    left, right = columns.beside("rankings")
    with left:
        _all_unknown(graph, run)
    with right:
        _per_gene(graph, run)


def _all_unknown(graph: GeneGraph, run: Run) -> None:
    _titled(graph, run, "Among all unknown pairs", negative_kind=ALL)
    st.caption(escape_markdown(sentence(graph, run)))
    table = metrics_table.beside_baselines(run.metrics, part="test", negative_kind=ALL)
    metrics_table.show(table, own=run.spec.network.row_name, legend=False)


def sentence(graph: GeneGraph, run: Run) -> str:
    """Where the tested pairs stand among all that nobody lists, beside the best baseline."""
    tested = len(_tested_pairs(run.predictions))
    unlisted = len(graph) * (len(graph) - 1) // 2 - len(graph.pairs)
    recall = metric_beside(run.metrics, f"recall@{TOP}", negative_kind=ALL)
    if recall is None:
        return ""
    best = f" ({recall.baseline}, the best baseline: {percent(recall.baseline_value)})" if recall.baseline else ""
    return (
        f"{pluralise(tested, 'test pair')} ranked among {unlisted:,} unreported ones: the {TOP:,} highest contain "
        f"{percent(recall.value)} of them{best}."
    )


def _per_gene(graph: GeneGraph, run: Run) -> None:
    _titled(graph, run, "Partners of each gene", negative_kind=EACH)
    genes = _tested_genes(run.predictions)
    st.caption(
        in_words(
            f"For each of {pluralise(genes, 'gene')} with a tested pair, all genes that are not its known partners are "
            "ranked; the metrics are means over these genes."
        )
    )
    cut = address.one_of(
        st.segmented_control,
        "Looking at the first",
        [str(option) for option in CUTS],
        key="top",
        help=in_words(f"{CUT_HELP} {glossary_link('Partners of each gene')}"),
    )
    table = metrics_table.beside_baselines(run.metrics, part="test", negative_kind=EACH)
    columns = [key for key in table.columns if key in METRICS and key.endswith(f"@{cut}")]
    labels = {key: METRICS[key].label.removesuffix(f"@{cut}") for key in columns}
    ordered = _best_first(pd.DataFrame(table[["model", *columns]]))
    metrics_table.show(ordered, own=run.spec.network.row_name, legend=False, labels=labels)


@once_for_a_table
def _tested_pairs(predictions: pd.DataFrame) -> pd.DataFrame:
    return predictions.query("part == 'test' and negative_kind == 'known'")


@once_for_a_table
def _tested_genes(predictions: pd.DataFrame) -> int:
    tested = _tested_pairs(predictions)
    return len(set(tested["gene_a"]) | set(tested["gene_b"]))


def _best_first(table: pd.DataFrame) -> pd.DataFrame:
    """The network, then baselines by their first metric."""
    is_network = table["model"] == NETWORK
    others = table.loc[~is_network].sort_values(table.columns[1], ascending=False, kind="stable")
    return pd.concat([table.loc[is_network], others], ignore_index=True)


def _titled(graph: GeneGraph, run: Run, title: str, *, negative_kind: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{escape_markdown(title)}**", width="content")
        downloads.menu(
            f"{run.run_id}-ranking-{negative_kind}",
            source=downloads.provenance(graph, run),
            table=lambda: run.metrics.loc[run.metrics["negative_kind"] == negative_kind],
        )
