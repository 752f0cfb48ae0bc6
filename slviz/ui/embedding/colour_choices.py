"""Colours of the map that say something of the genes: cluster, terms, part, error, place, kind, or a visitor's own.

`figures/colouring.py` makes them; here is what each asks of the visitor, and the sentence beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.datasets.own_table import OwnTable, read_own_table
from slviz.errors import SlvizError
from slviz.figures import Colouring
from slviz.files.limited import run_limited_if_large
from slviz.projections import CLUSTERINGS, Clusters, Projection
from slviz.projections.cluster_names import named
from slviz.runs import Run
from slviz.runs.uploads import MOST_MEBIBYTES, OWN_TABLES, stage, staged
from slviz.ui import access, address, cache, errors
from slviz.ui.embedding import cluster_table
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words
from slviz.ui.server_paths import without_paths

CLUSTER, TERM, PART, ERROR, CHROMOSOME, GENE_TYPE, OWN = (
    "Cluster",
    "Members of a term",
    "Train or test",
    "Prediction error",
    "Chromosome",
    "Gene type",
    "A column of my table",
)
IDS = {
    CLUSTER: "cluster",
    TERM: "term",
    PART: "part",
    ERROR: "error",
    CHROMOSOME: "chromosome",
    GENE_TYPE: "gene-type",
    OWN: "own",
}
HELP: dict[str, str] = {
    CLUSTER: "groups of genes that lie together, each named for the publication or the enriched term that explains it",
    TERM: "the genes of one term, such as DNA repair; type to search it",
    PART: "which parts a gene's known pairs are in: train, validation, test, or several",
    ERROR: "how far the network is off on the held-out pairs of a gene",
    CHROMOSOME: "where the gene lies in the genome",
    GENE_TYPE: "protein-coding, ncRNA, …",
    OWN: "upload a table with a column of genes",
}
METHODS = {"Leiden": "leiden", "k-means": "kmeans", "HDBSCAN": "hdbscan"}
FINENESS = {
    "leiden": ("resolution", "Resolution", 0.2, 5.0, 1.0, 0.1, "Higher gives more and smaller clusters."),
    "kmeans": ("clusters", "Clusters", 2, 40, 10, 1, "How many clusters."),
}
MOST_FOR_LEIDEN = 20_000
"""With more genes the search for each one's nearest takes many seconds, which a page should not."""
NO_INFO = "This data set gives no gene a value, so all are grey."
OF_GENE_INFO = {CHROMOSOME: "chromosome", GENE_TYPE: "gene_type"}
"""Colours that many a data set has nothing to say for, and the column of `GeneGraph.gene_info` that they show."""


def colouring(name: str, graph: GeneGraph, run: Run, projection: Projection) -> tuple[Colouring, str]:
    """What the colour means, and a sentence about it; asks for what it needs to know."""
    if name == CLUSTER:
        return _by_cluster(graph, run, projection)
    if name == TERM:
        return _by_term(graph)
    if name == OWN:
        return _by_own_column(graph)
    simple: Mapping[str, tuple[Callable[[], Colouring], str]] = {
        PART: (lambda: figures.by_part(graph, run), _of_genes_or_pairs(run, _PARTS_OF_GENES, _PART_SENTENCE)),
        ERROR: (lambda: figures.by_error(graph, run), _of_genes_or_pairs(run, _ERROR_OF_GENES, _ERROR_SENTENCE)),
        CHROMOSOME: (lambda: figures.by_chromosome(graph), "The chromosome of each gene."),
        GENE_TYPE: (lambda: figures.by_gene_type(graph), "The type of each gene."),
    }
    make, sentence = simple[name]
    made = make()
    if made.kind == "categorical" and not set(made.categories) - {""}:
        sentence = NO_INFO
    return made, sentence


def tells(name: str, graph: GeneGraph) -> bool:
    """Whether a colour may tell genes apart: for one of `OF_GENE_INFO`, whether they have two values or more."""
    if name not in OF_GENE_INFO:
        return True
    if graph.gene_info is None:
        return False
    return len(set(graph.gene_info[OF_GENE_INFO[name]].tolist()) - {""}) > 1


_PART_SENTENCE = (
    "Held-out are validation and test pairs. A gene with training pairs was seen in training, its held-out pairs not."
)
_PARTS_OF_GENES = "The network learnt from the training genes; the others were held out."
_ERROR_OF_GENES = "How far the network is off on each gene; grey genes were not evaluated."
_ERROR_SENTENCE = (
    "Grey genes have nothing held out. A gene with one or two pairs has a large or a small error easily by chance."
)


def computed_on(default: str) -> str:
    """Whether clusters or densities are those of the "map" or of the "embedding", as the visitor chooses."""
    order = (default, "embedding" if default == "map" else "map")
    return address.one_of(
        st.segmented_control,
        "Computed on",
        order,
        key=f"space-{default}",
        help="The map is what you see; the embedding is what the network learnt, before it was flattened.",
    )


def _of_genes_or_pairs(run: Run, of_genes: str, of_pairs: str) -> str:
    return of_genes if "gene" in run.predictions else of_pairs


# --- clusters ------------------------------------------------------------------------------------------------


def _by_cluster(graph: GeneGraph, run: Run, projection: Projection) -> tuple[Colouring, str]:
    space = computed_on("embedding")
    large = len(graph) > MOST_FOR_LEIDEN
    titles = [title for title, method in METHODS.items() if not large or method == "kmeans"]
    summaries = {title: escape_markdown(CLUSTERINGS[METHODS[title]].summary()) for title in titles}
    title = address.one_of(
        st.selectbox,
        "Clusters by",
        titles,
        key="clustering",
        ids=METHODS,
        help=in_words(
            "\n".join(
                f"- **{title}**: {summary} {glossary_link(METHODS[title])}" for title, summary in summaries.items()
            )
        ),
    )
    method = METHODS[title]
    settings = {}
    if method in FINENESS:
        key, label, low, high, default, step, help_text = FINENESS[method]
        settings[key] = address.number(
            label, key=f"{method}-{key}", low=low, high=high, default=default, step=step, help=help_text
        )
    clusters = clusters_of(graph, run, projection, method, on_map=space == "map", **settings)
    return figures.by_cluster(clusters), f"{clusters.how} {cluster_table.NAMED_FOR}"


def clusters_of(
    graph: GeneGraph, run: Run, projection: Projection, method: str, *, on_map: bool, **settings: float
) -> Clusters:
    """Named clusters of the embedding, or of the map; found once and shared by all visitors."""
    wanted = json.dumps([method, settings], sort_keys=True)
    where = f"{projection.method.to_json()} {projection.seed}" if on_map else ""
    vectors = projection.coordinates if on_map else run.embedding
    return _clusters(run.run_id, where, wanted, vectors, graph)


@st.cache_resource(max_entries=32, show_spinner="Finding clusters …")
def _clusters(run_id: str, where: str, wanted: str, _vectors: np.ndarray, _graph: GeneGraph) -> Clusters:
    method, settings = json.loads(wanted)
    clusters = CLUSTERINGS.make(method, **settings).find(_vectors, space="map" if where else "embedding")
    return named(clusters, _graph)


# --- terms ---------------------------------------------------------------------------------------------------


def _by_term(graph: GeneGraph) -> tuple[Colouring, str]:
    if graph.terms is None:
        st.info("This data set has no terms. Add a terms.gmt to its folder.", icon=":material/info:")
        return figures.by_degree(graph), "Known partners, held-out ones included."
    labels = _term_labels(graph.fingerprint, graph)
    number_of = _term_numbers(graph.fingerprint, graph)
    term, key = address.value("term"), "term box"
    st.session_state[key] = term if term in number_of else None

    def changed() -> None:
        address.put(term=st.session_state[key])

    st.selectbox(
        "Term",
        graph.terms.ids,
        index=None,
        key=key,
        on_change=changed,
        format_func=lambda identifier: labels[number_of[identifier]],
        filter_mode="contains",
        placeholder="Type a term, such as repair",
        icon=":material/search:",
        help="Searches names and ids of the data set's terms.",
    )
    if term is None or term not in number_of:
        said = "Choose a term; until then the colour is the number of known partners."
        if term is not None:
            said = f"The address asks for the term “{term[:40]}”, which this data set does not have. {said}"
        st.info(escape_markdown(said), icon=":material/search:")
        return figures.by_degree(graph), "Known partners, held-out ones included."
    number = number_of[term]
    members = np.flatnonzero(graph.terms.membership[:, [number]].toarray()[:, 0])
    name = graph.terms.names[number]
    made = figures.by_members(members, len(graph), title="Members of a term", called=name)
    return made, escape_markdown(f"{pluralise(len(members), 'gene')} of the map in {name} ({term}).")


@st.cache_resource(max_entries=4, show_spinner=False)
def _term_labels(fingerprint: str, _graph: GeneGraph) -> list[str]:
    assert _graph.terms is not None
    size = np.bincount(_graph.terms.membership.indices, minlength=len(_graph.terms.ids)).tolist()
    terms = zip(_graph.terms.names, size, _graph.terms.ids, strict=True)
    return [f"{name} · {pluralise(count, 'gene')} · {identifier}" for name, count, identifier in terms]


@st.cache_resource(max_entries=4, show_spinner=False)
def _term_numbers(fingerprint: str, _graph: GeneGraph) -> dict[str, int]:
    assert _graph.terms is not None
    return {identifier: number for number, identifier in enumerate(_graph.terms.ids)}


# --- a visitor's own table -----------------------------------------------------------------------------------


def _by_own_column(graph: GeneGraph) -> tuple[Colouring, str]:
    key = "own table"

    def uploaded() -> None:
        file = st.session_state.get(key)
        if file is None:
            address.put(table=None)
            return
        try:
            path = stage(cache.store().root, file.getvalue(), name=file.name, place=OWN_TABLES)
            address.put(table=path.stem[:16])
        except SlvizError as error:
            st.session_state["own table refused"] = without_paths(error)

    if access.may_work():
        st.file_uploader(
            "Table",
            ["tsv", "csv", "txt", "gz"],
            key=key,
            max_upload_size=MOST_MEBIBYTES,
            on_change=uploaded,
            help="As R, pandas, Seurat, DepMap and spreadsheets write text: columns with tabs, commas, semicolons or "
            "blanks between them. One column, or the heading, holds symbols, aliases, or Ensembl, Entrez or UniProt "
            "ids; any other column can colour the map. It stays on this server, for those who have the address.",
        )
    table = _asked_table(graph)
    if table is None:
        return figures.by_degree(graph), "Until a table is there: known partners, held-out ones included."
    column = address.one_of(st.selectbox, "Column", list(table.columns), key="column")
    for remark in table.remarks:
        st.caption(f":material/info: {escape_markdown(remark)}")
    sentence = (
        f"“{column}” of your table: {pluralise(table.genes_found, 'gene')} of {pluralise(table.rows, 'row')} found by "
        f"“{table.genes_in}”; grey without a value."
    )
    numbers = table.numbers(column)
    return figures.by_column(column, table.columns[column] if numbers is None else numbers), escape_markdown(sentence)


def _asked_table(graph: GeneGraph) -> OwnTable | None:
    """The table of the address; a sentence and None where there is none that can be used."""
    refused, digest = st.session_state.pop("own table refused", None), address.value("table")
    if refused:
        st.error(escape_markdown(refused), icon=":material/error:")
        return None
    if digest is None:
        st.info(in_words("Upload a table with one row a gene."), icon=":material/upload_file:")
        return None
    path = staged(cache.store().root, digest, place=OWN_TABLES)
    if path is None:
        st.warning("The table of this address is not on this server. Upload it again.", icon=":material/link_off:")
        return None
    try:
        return _table(graph.fingerprint, path.stem, graph, path.read_bytes())
    except SlvizError as error:
        errors.show(error)
        return None


@st.cache_resource(max_entries=8, show_spinner="Reading the table …")
def _table(fingerprint: str, sha256: str, _graph: GeneGraph, _content: bytes) -> OwnTable:
    whole, index = len(_graph), cache.index_of(_graph)
    return run_limited_if_large(
        read_own_table, _content, "your table", what="Your table", size_bytes=len(_content), genes=whole, index=index
    )
