"""Later knowledge on the Predictions page: a newer list or a screen is uploaded; how the run ranked it."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from slviz.errors import SlvizError
from slviz.ranking import Ranker, score_text
from slviz.ranking.later import LaterKnowledge
from slviz.ui import access, address, downloads, errors, rankings
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

MOST_MEBIBYTES = 4
MOST_ROWS = 500
MOST_NAMED = 12
HELP = (
    "Two columns name genes, by symbol, alias or identifier. A column called hit, result or label that says 1 and 0, "
    "yes and no, or hit and non-hit makes it a screen. Other columns are not read; rows that cannot be used are left "
    "out and counted. The file is not stored."
)


TITLE = "A newer list or a screen: how this run ranked it"


def show(open_ranker: Callable[[], Ranker]) -> None:
    """The uploader, and what the file tells of the run; the ranker is made once there is a file.

    Where nothing may be uploaded it stands there only for an address that opens it, and says so.
    """
    if not access.may_work() and not address.value("later"):
        return
    with address.folded(TITLE, key="later", icon=":material/update:") as part:
        if not part.open:
            return
        if not access.may_work():
            st.caption("Files cannot be uploaded to this server.")
            return
        uploaded = st.file_uploader(
            "Pairs that were found later",
            ["tsv", "txt", "csv", "gz"],
            key="later pairs",
            max_upload_size=MOST_MEBIBYTES,
            help=in_words(HELP),
        )
        if uploaded is None:
            st.caption(in_words("The run must not have known them: pairs that it learnt from are told and left out."))
            return
        ranker = open_ranker()
        try:
            later = rankings.later(ranker, uploaded.getvalue(), name=uploaded.name)
        except SlvizError as error:
            errors.show(error)
            return
        show_metrics(ranker, later, name=uploaded.name)


def show_metrics(ranker: Ranker, later: LaterKnowledge, *, name: str) -> None:
    """What was read, the metrics beside baselines, and the pairs."""
    st.markdown(escape_markdown(summary(later, name)))
    if later.unknown_genes:
        named = ", ".join(later.unknown_genes[:MOST_NAMED])
        more = f" and {len(later.unknown_genes) - MOST_NAMED:,} more" if len(later.unknown_genes) > MOST_NAMED else ""
        st.caption(in_words(escape_markdown(f"Names that are no gene of this data set: {named}{more}")))
    for remark in later.remarks:
        st.caption(in_words(escape_markdown(remark)))
    if len(later.metrics):
        st.dataframe(later.metrics.round(3), hide_index=True)
    rows = later.rows.sort_values("score", ascending=False, kind="stable")
    st.dataframe(shown_rows(rows.head(MOST_ROWS), bounded=ranker.bounded), hide_index=True)
    source = downloads.provenance(ranker.graph, ranker.run)
    with st.container(horizontal=True):
        downloads.table_button(f"{ranker.run.run_id}-later-metrics", lambda: later.metrics, source=source,
                               label="Metrics (TSV)")  # fmt: skip
        downloads.table_button(f"{ranker.run.run_id}-later-pairs", lambda: rows, source=source, label="Pairs (TSV)")


def summary(later: LaterKnowledge, name: str) -> str:
    """What was read from the file, in a sentence or two."""
    hits = int(later.rows["hit"].to_numpy(dtype=bool).sum())
    of_screen = f"a screen: {pluralise(hits, 'hit')} and {len(later.rows) - hits:,} others"
    of_list = f"a list of {pluralise(len(later.rows), 'pair')}"
    sentences = [f"{name} is {of_screen if later.kind == 'screen' else of_list}."]
    if later.known_already:
        sentences.append(f"The run learnt from {later.known_already:,} of them, which are not evaluated.")
    if later.left_out:
        sentences.append(f"{pluralise(later.left_out, 'row')} could not be used.")
    sentences += [f"{count:,} are among the first {cut:,} unreported pairs." for cut, count in later.among_all.items()]
    return " ".join(sentences)


def shown_rows(rows: pd.DataFrame, *, bounded: bool) -> pd.DataFrame:
    """The pairs of the file in the words of a page."""
    return pd.DataFrame(
        {
            "Gene": rows["gene_a"],
            "Partner": rows["gene_b"],
            "Hit": ["yes" if hit else "no" for hit in rows["hit"]],
            "In the run": [known or "not listed" for known in rows["known"]],
            "Score": [score_text(score, bounded=bounded) for score in rows["score"]],
            "Rank among all": rows["rank_among_all"],
        }
    )
