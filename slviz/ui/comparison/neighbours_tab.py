"""Compare, Neighbours: how alike two embeddings are, which genes changed most, and what became of their neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from slviz import figures
from slviz.projections.agreement import Null
from slviz.projections.embedding_similarity import NeighbourChange, cka_null, linear_cka, neighbour_change
from slviz.ranking.disagreement import better_on_held_out
from slviz.runs import Run
from slviz.ui import address, cache, charts, downloads, errors
from slviz.ui.comparison import gene_change, shared_genes
from slviz.ui.comparison.compared_runs import ComparedRuns, alike_but, any_synthetic
from slviz.ui.comparison.disagreements_tab import pick_other
from slviz.ui.comparison.shared_genes import SharedGenes
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

MOST_GENES = 20_000
LISTED = 200
NAMED = 5
MOST_KEPT = 24
NO_OTHER = "Choose another run above to see whose neighbours changed."
BETWEEN = "{} beside {}"
SEEDS = "{}, seed {} beside {}"
KEPT_HELP = (
    "Share of a gene's nearest neighbours, by Euclidean distance in the embeddings themselves, that are its nearest in "
    "both. Maps play no part."
)
PLACE_HELP = (
    "Where a gene's nearest of one embedding stand in the other, among all genes: the geometric mean of both "
    "directions. 1 is the nearest; a gene whose neighbours are scattered has a high place."
)
SEEDS_HELP = (
    "The same share between this run and one that differs by its seed alone: what changes without a reason. A gene "
    "changed beyond that where it keeps fewer here."
)
RIGHT_HELP = (
    "On how many of the gene's held-out known pairs each run is nearer to the truth: it scores them higher, or for "
    "confidence with the smaller error."
)


@dataclass(frozen=True, eq=False)
class Similarity:
    """How alike two embeddings are: CKA and shared neighbours, each with what permuted names give."""

    cka: float
    cka_null: Null
    change: NeighbourChange


def show(compared: ComparedRuns) -> None:
    """The two embeddings as a whole, the genes that changed most, and one of them in full."""
    if not compared.others:
        st.info(NO_OTHER, icon=":material/compare_arrows:")
        return
    other = pick_other(compared)
    runs = (compared.first, other)
    shared = shared_genes.of_runs(runs)
    if shared is None or _says_too_much(compared, runs, shared):
        return
    count = int(
        address.number(
            in_words("Nearest genes"), key="k", low=5, high=50, default=10, help="How many nearest are compared."
        )
    )
    similarity = _similarity(runs[0], runs[1], shared, count)
    seeds = _between_seeds(compared, other, count)
    _whole(compared, other, similarity, seeds, shared, count)
    chosen = _ranked(compared, other, similarity, seeds, shared, count)
    if chosen is not None:
        gene_change.show(compared, other, similarity.change, shared, chosen)


def _says_too_much(compared: ComparedRuns, runs: tuple[Run, Run], shared: SharedGenes) -> bool:
    """Whether there is a reason not to compare, which is then told."""
    flat = [compared.name(run) for run in runs if not run.embedding.size or np.ptp(run.embedding, axis=0).max() == 0]
    if flat:
        st.info(
            escape_markdown(
                f"{' and '.join(flat)} gives every gene the same vector, or none, so no gene has neighbours there."
            ),
            icon=":material/info:",
        )
    if len(shared.genes) > MOST_GENES:
        st.info(in_words(f"Neighbours are compared for up to {MOST_GENES:,} genes; here are {len(shared.genes):,}."))
    return bool(flat) or len(shared.genes) > MOST_GENES


def _similarity(one: Run, other: Run, shared: SharedGenes, count: int) -> Similarity:
    """Of two runs, found once and kept; the page shows how far it is and can be left meanwhile."""
    kept = _kept_similarities()
    key = (one.run_id, other.run_id, count)
    similarity = kept.get(key)
    if similarity is None:
        bar = st.progress(0.0, "Comparing neighbours …")
        vectors = shared.vectors((one, other))
        change = neighbour_change(
            *vectors, count=count, on_progress=lambda share: bar.progress(share, "Comparing neighbours …") and None
        )
        kept[key] = similarity = Similarity(linear_cka(*vectors), cka_null(*vectors), change)
        for oldest in list(kept)[:-MOST_KEPT]:  # other visitors keep theirs meanwhile
            kept.pop(oldest, None)
        bar.empty()
    return similarity


@st.cache_resource
def _kept_similarities() -> dict[tuple[str, str, int], Similarity]:
    """By both runs and how many neighbours; a finished run never changes."""
    return {}


def _between_seeds(compared: ComparedRuns, other: Run, count: int) -> dict[str, tuple[Run, Similarity]]:
    """By words, each of the two runs beside another seed of it, where such a run is stored."""
    finished = {summary.run_id: summary for summary in cache.store().summaries() if summary.state == "finished"}
    pairs: dict[str, tuple[Run, Similarity]] = {}
    for run in (compared.first, other):
        siblings = alike_but(run.spec, finished, part="seed")
        if not siblings or run.spec.network.baseline:
            continue
        with errors.as_sentences():
            sibling = cache.run(finished[siblings[0]])
            words = SEEDS.format(compared.name(run), run.spec.seed, sibling.spec.seed)
            pairs[words] = (run, _similarity(run, sibling, SharedGenes.of((run, sibling)), count))
    return pairs


def _whole(
    compared: ComparedRuns,
    other: Run,
    similarity: Similarity,
    seeds: Mapping[str, tuple[Run, Similarity]],
    shared: SharedGenes,
    count: int,
) -> None:
    """Both measures beside chance and beside another seed, as bars, a sentence and a table."""
    one_name, other_name = compared.name(compared.first), compared.name(other)
    compared_here = {BETWEEN.format(one_name, other_name): similarity}
    everything = compared_here | {words: of_seeds for words, (_, of_seeds) in seeds.items()}
    name = f"{compared.first.run_id}-{other.run_id}-similarity"
    stays = {words: of_pair.change.agreement for words, of_pair in everything.items()}
    table = similarity_table(everything)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(
            "How alike the embeddings are",
            anchor=False,
            width="content",
            help=in_words(
                "Linear CKA compares all similarities between genes at once: 1 for embeddings that are the same but "
                "for a turn and a scale (Kornblith et al. 2019). The nearest neighbours compare what is close by. "
                f"{glossary_link('Linear CKA')} · {glossary_link('Neighbour agreement')}"
            ),
        )
        downloads.menu(
            name,
            source=downloads.provenance(compared.graph, compared.first),
            figure=lambda: figures.agreement_bars(stays),
            table=lambda: table,
        )
    st.markdown(_sentence(similarity, seeds, shared, count))
    charts.draw(
        figures.agreement_bars(stays),
        name=name,
        synthetic=any_synthetic((compared.first, other)),
        alt="Share of nearest neighbours that are the same in both embeddings, beside chance and another seed",
    )
    st.dataframe(table, hide_index=True, placeholder="–")


def similarity_table(similarities: Mapping[str, Similarity]) -> pd.DataFrame:
    """One row a comparison: CKA and the share of nearest neighbours shared, each with its permutation null."""
    return pd.DataFrame(
        [
            {
                "Embeddings": words,
                "Linear CKA": round(of_pair.cka, 3),
                "CKA, genes permuted": round(of_pair.cka_null.mean, 3),
                "Neighbours shared": round(of_pair.change.agreement.mean, 3),
                "Shared, genes permuted": round(of_pair.change.agreement.null.mean, 4),
                "Shared, highest of the permutations": round(of_pair.change.agreement.null.highest, 4),
            }
            for words, of_pair in similarities.items()
        ]
    )


def _sentence(
    similarity: Similarity, seeds: Mapping[str, tuple[Run, Similarity]], shared: SharedGenes, count: int
) -> str:
    kept, null = similarity.change.agreement.mean, similarity.change.agreement.null
    said = (
        f"Linear CKA is **{similarity.cka:.2f}** (genes permuted: {similarity.cka_null.mean:.2f}). Of each gene's "
        f"{similarity.change.agreement.neighbours} nearest, **{100 * kept:.0f} %** are the same "
        f"(genes permuted {null.permutations} times: {100 * null.mean:.1f} %), mean over {len(shared.genes):,} genes."
    )
    if seeds:
        between = ", ".join(
            f"{escape_markdown(words)}: CKA {of_seeds.cka:.2f}, {100 * of_seeds.change.agreement.mean:.0f} %"
            for words, (_, of_seeds) in seeds.items()
        )
        said += f" Beside that, what another seed alone leaves alike: {between}."
    else:
        said += (
            " No other seed of either run is stored, so what a seed alone changes is not known: train one to tell the "
            "models' difference from it."
        )
    return in_words(said)


def _ranked(
    compared: ComparedRuns,
    other: Run,
    similarity: Similarity,
    seeds: Mapping[str, tuple[Run, Similarity]],
    shared: SharedGenes,
    count: int,
) -> int | None:
    """The list of genes, the most changed first; the number among the shared genes of the one that is open."""
    table = changed_table(compared, other, similarity.change, seeds, shared)
    name = f"{compared.first.run_id}-{other.run_id}-changed-genes"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(in_words("Genes that changed most"), anchor=False, width="content")
        downloads.menu(name, source=downloads.provenance(compared.graph, compared.first), table=lambda: table)
    state = f"table {name}"

    def chosen() -> None:
        cells = st.session_state[state]["selection"]["cells"]
        if cells:
            address.put(gene=str(table["Gene"].iloc[cells[0][0]]))

    help_of = {
        "Neighbours shared": KEPT_HELP,
        "Shared between seeds": SEEDS_HELP,
        "Place of former neighbours": PLACE_HELP,
        "Held-out pairs": RIGHT_HELP,
    }
    st.dataframe(
        table.head(LISTED),
        key=state,
        hide_index=True,
        placeholder="–",
        height=320,
        column_config={
            column: st.column_config.NumberColumn(column, help=in_words(text), format="percent")
            if column.startswith(("Neighbours", "Shared"))
            else st.column_config.Column(column, help=in_words(text))
            for column, text in help_of.items()
            if column in table
        },
        on_select=chosen,
        selection_mode="single-cell",
    )
    st.caption(
        in_words(
            f"The first {min(LISTED, len(table)):,} of {len(table):,} genes: fewest of {count} neighbours shared "
            "first, then those whose former neighbours are farthest away. Click a row for what became of them."
        )
    )
    wanted = address.value("gene")
    if wanted in shared.genes:
        return shared.genes.index(wanted)
    if wanted:
        st.caption(escape_markdown(f"“{wanted[:80]}” is not among the genes that both runs have."))
    return None


def changed_table(
    compared: ComparedRuns,
    other: Run,
    change: NeighbourChange,
    seeds: Mapping[str, tuple[Run, Similarity]],
    shared: SharedGenes,
) -> pd.DataFrame:
    """One row a gene, the most changed first: what it keeps, gains and loses, and who was right on held-out pairs."""
    order = change.order
    genes = np.asarray(shared.genes, dtype=object)
    columns: dict[str, object] = {"Gene": genes[order], "Neighbours shared": change.shared[order]}
    between = _kept_between_seeds(seeds, shared)
    if between is not None:
        columns["Shared between seeds"] = between[order]
    columns["Place of former neighbours"] = change.mean_place[order].round(1)
    gained, lost = gained_and_lost(change, genes)
    columns |= {"Neighbours gained": gained[order], "Neighbours lost": lost[order]}
    mine, theirs = _better_on_held_out(compared.first.run_id, other.run_id, compared.first, other, shared.genes)
    if (mine + theirs).any():
        one_name, other_name = compared.name(compared.first), compared.name(other)
        said = [_right(*counts, one_name, other_name) for counts in zip(mine, theirs, strict=True)]
        columns["Held-out pairs"] = np.array(said, dtype=object)[order]
    return pd.DataFrame(columns)


@st.cache_data(max_entries=16, show_spinner="Putting predictions side by side …")
def _better_on_held_out(
    one_id: str, other_id: str, _one: Run, _other: Run, _genes: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """As of the ranking; the shared genes follow from the runs."""
    return better_on_held_out(_one, _other, _genes)


def _kept_between_seeds(seeds: Mapping[str, tuple[Run, Similarity]], shared: SharedGenes) -> np.ndarray | None:
    """The lower of what each gene keeps between seeds of either run, NaN where it is not there."""
    rows = []
    for run, of_seeds in seeds.values():
        row = pd.Index(run.genes).get_indexer(pd.Index(shared.genes))
        rows.append(np.where(row >= 0, of_seeds.change.shared[row], np.nan))
    return np.min(rows, axis=0) if rows else None


def gained_and_lost(change: NeighbourChange, genes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each gene the names of neighbours that only the other, and only the first embedding has, nearest first."""
    row = np.arange(len(genes))[:, None] * len(genes)
    is_kept = np.isin(change.nearest_one + row, change.nearest_other + row)
    is_old = np.isin(change.nearest_other + row, change.nearest_one + row)
    return _listed(change.nearest_other, ~is_old, genes), _listed(change.nearest_one, ~is_kept, genes)


def _listed(nearest: np.ndarray, wanted: np.ndarray, genes: np.ndarray) -> np.ndarray:
    names = genes[nearest]
    texts = [
        ", ".join(row[keep][:NAMED]) + (", …" if keep.sum() > NAMED else "")
        for row, keep in zip(names, wanted, strict=True)
    ]
    return np.array(texts, dtype=object)


def _right(mine: int, theirs: int, one_name: str, other_name: str) -> str:
    if not mine + theirs:
        return ""
    if mine == theirs:
        return f"level ({mine} each)"
    return f"{one_name} ({mine} of {mine + theirs})" if mine > theirs else f"{other_name} ({theirs} of {mine + theirs})"
