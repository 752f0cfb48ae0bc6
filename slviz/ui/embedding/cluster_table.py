"""What the clusters of the map are: a publication, an enriched term, or nothing that can be told, in a table."""

from __future__ import annotations

import hashlib

import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.projections import Clusters
from slviz.projections.cluster_names import NOTHING, ClusterDescription, described
from slviz.runs import Run
from slviz.ui import address, columns, downloads
from slviz.ui.glossary import glossary_link
from slviz.ui.nouns import in_words

NAMED_FOR = (
    "Each is named for the publication that lists its genes, where that explains better who is in it than any enriched "
    "term does, else for the term; both are asked about by the same hypergeometric test (q < 0.05)."
)
HELP = (
    "Known pairs come from few publications, so genes may lie together because one paper listed them. For each "
    "cluster, terms and publications are sets of genes; those that hold more of its genes than chance (one-sided "
    "hypergeometric test against all genes of the map, q < 0.05 by Benjamini and Hochberg) are compared by how much "
    "they tell about who is in it (mutual information), and the one that tells more gives the name. The shares are of "
    "the publication that lists most pairs of its genes, whether it gives the name or not."
)
SHARES = ("Share of its pairs", "Share of its genes")


def show(graph: GeneGraph, run: Run, clusters: Clusters) -> None:
    """The table, folded away until it is wanted."""
    part = address.folded("What the clusters are", key="cluster-table", icon=":material/table:")
    if not part.open:
        return
    digest = hashlib.sha256(clusters.label.tobytes()).hexdigest()
    table = as_table(_described(graph.fingerprint, digest, clusters, graph))
    with part:
        st.caption(in_words(NAMED_FOR), help=in_words(f"{HELP} {glossary_link('q value')}"))
        st.dataframe(
            columns.in_percent(table, *SHARES),
            hide_index=True,
            placeholder="–",
            column_config={
                **{name: columns.percent_column(name) for name in SHARES},
                "q": st.column_config.NumberColumn(format="scientific"),
            },
        )
        downloads.table_button(f"{run.run_id}-clusters", lambda: table, source=downloads.provenance(graph, run))


def as_table(clusters: tuple[ClusterDescription, ...]) -> pd.DataFrame:
    """One row a cluster: its name, what it is named for, its commonest publication, its most enriched term."""
    nothing = float("nan")
    return pd.DataFrame(
        {
            "Cluster": [cluster.name for cluster in clusters],
            "Genes": [cluster.genes for cluster in clusters],
            "Named for": [
                cluster.named_for if cluster.named_for != NOTHING else "nothing enriched" for cluster in clusters
            ],
            "Commonest publication": [
                "" if cluster.commonest is None else cluster.commonest.name for cluster in clusters
            ],
            "Share of its pairs": [
                nothing if cluster.commonest is None else cluster.commonest.pairs for cluster in clusters
            ],
            "Share of its genes": [
                nothing if cluster.commonest is None else cluster.commonest.genes for cluster in clusters
            ],
            "Most enriched term": [cluster.term for cluster in clusters],
            "q": [cluster.term_q for cluster in clusters],
        }
    )


@st.cache_resource(max_entries=16, show_spinner="Asking what the clusters are …")
def _described(fingerprint: str, digest: str, _clusters: Clusters, _graph: GeneGraph) -> tuple[ClusterDescription, ...]:
    return described(_clusters, _graph)
