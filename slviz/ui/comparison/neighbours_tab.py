"""Compare, Neighbours: how alike two embeddings are, which genes changed most, and what became of their neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from slviz import figures
from slviz.pipeline import commands
from slviz.pipeline.embedding_comparison import tells_no_gene
from slviz.projections.embedding_similarity import (
    EmbeddingSimilarity,
    NeighbourChange,
    embedding_similarity,
    neighbour_change,
)
from slviz.ranking.disagreement import better_on_held_out
from slviz.runs import Run
from slviz.runs.shared_genes import SharedGenes, drawn
from slviz.ui import address, cache, charts, downloads, errors, genes, job_panel
from slviz.ui.comparison import gene_change, shared_genes
from slviz.ui.comparison.compared_runs import ComparedRuns, alike_but, any_synthetic
from slviz.ui.comparison.disagreements_tab import pick_other
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

LISTED = 200
NAMED = 5
MOST_PAIRS = 8_000_000
"""Distances that a page computes of each embedding: less than a second. More are a sample, and a job for all."""
FEWEST_SAMPLED = 50
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
class SeedPair:
    """A run beside another seed of it: what changes without a reason.

    Attributes:
        words: such as "GAT · no features, seed 0 beside 1".
        run: of which the seed differs.
        sibling: the other seed of it.
        shared: the genes of both.
        similarity: of the two, of all or some of these genes.
    """

    words: str
    run: Run
    sibling: Run
    shared: SharedGenes
    similarity: EmbeddingSimilarity


def show(compared: ComparedRuns) -> None:
    """The two embeddings as a whole, the genes that changed most, and one of them in full."""
    if not compared.others:
        st.info(NO_OTHER, icon=":material/compare_arrows:")
        return
    other = pick_other(compared)
    runs = (compared.first, other)
    shared = shared_genes.of_runs(runs)
    if shared is None or _says_no_gene_apart(compared, runs):
        return
    count = int(
        address.number(
            in_words("Nearest genes"), key="k", low=5, high=50, default=10, help="How many nearest are compared."
        )
    )
    similarity = similarity_of(runs[0], runs[1], shared, count)
    seeds = _between_seeds(compared, other, count)
    _whole(compared, other, similarity, seeds, shared, count)
    _offer_all(compared, other, similarity, shared, count)
    chosen = _ranked(compared, other, similarity, seeds, shared, count)
    if chosen is not None:
        change = of_gene(runs[0], runs[1], shared, count, chosen)
        gene_change.show(compared, other, change, shared, chosen)


def _says_no_gene_apart(compared: ComparedRuns, runs: tuple[Run, Run]) -> bool:
    """Whether one of the embeddings has no neighbours, which is then told."""
    flat = [compared.name(run) for run in runs if tells_no_gene(run)]
    if flat:
        st.info(
            escape_markdown(
                f"{' and '.join(flat)} gives every gene the same vector, or none, so no gene has neighbours there."
            ),
            icon=":material/info:",
        )
    return bool(flat)


def similarity_of(one: Run, other: Run, shared: SharedGenes, count: int) -> EmbeddingSimilarity:
    """Of all shared genes where that was measured or takes a moment, else of a sample of them, among all."""
    stored = cache.comparison(one, other, shared, count)
    return stored or _sampled(cache.stamps(one, other), len(shared.genes), count, one, other, shared)


def sample_size(genes: int) -> int:
    """Of how many genes the nearest are compared at once on a page: all of few, a sample of many."""
    return genes if genes**2 <= MOST_PAIRS else min(genes, max(FEWEST_SAMPLED, MOST_PAIRS // genes))


@st.cache_resource(max_entries=24, show_spinner="Comparing neighbours …")
def _sampled(
    stamps: tuple[tuple[str, int], ...], genes: int, count: int, _one: Run, _other: Run, _shared: SharedGenes
) -> EmbeddingSimilarity:
    chosen = drawn(genes, sample_size(genes))
    return embedding_similarity(*_shared.vectors((_one, _other)), count=count, genes=chosen)


def of_gene(one: Run, other: Run, shared: SharedGenes, count: int, gene: int) -> NeighbourChange:
    """The change of one gene alone."""
    return _of_gene(cache.stamps(one, other), len(shared.genes), count, gene, one, other, shared)


@st.cache_resource(max_entries=64, show_spinner=False)
def _of_gene(
    stamps: tuple[tuple[str, int], ...],
    genes: int,
    count: int,
    gene: int,
    _one: Run,
    _other: Run,
    _shared: SharedGenes,
) -> NeighbourChange:
    return neighbour_change(*_shared.vectors((_one, _other)), count=count, genes=np.array([gene]))


def _between_seeds(compared: ComparedRuns, other: Run, count: int) -> list[SeedPair]:
    """Each of the two runs beside another seed of it, where such a run is stored."""
    finished = {summary.run_id: summary for summary in cache.store().summaries() if summary.state == "finished"}
    pairs: list[SeedPair] = []
    for run in (compared.first, other):
        siblings = alike_but(run.spec, finished, part="seed")
        if not siblings or run.spec.network.baseline:
            continue
        with errors.as_sentences():
            sibling = cache.run(finished[siblings[0]])
            shared = SharedGenes.of((run, sibling))
            words = SEEDS.format(compared.name(run), run.spec.seed, sibling.spec.seed)
            pairs.append(SeedPair(words, run, sibling, shared, similarity_of(run, sibling, shared, count)))
    return pairs


def _offer_all(
    compared: ComparedRuns, other: Run, similarity: EmbeddingSimilarity, shared: SharedGenes, count: int
) -> None:
    """Where only a sample was compared, the work that compares all genes."""
    if len(similarity.change.genes) == len(shared.genes):
        return
    one_name, other_name = (escape_markdown(compared.name(run)) for run in (compared.first, other))
    store, first_id, other_id = cache.store(), compared.first.run_id, other.run_id
    mark = cache.comparison_mark(compared.first, other, shared)
    job_panel.panel(
        job_panel.Job(
            key=f"compare {first_id} {other_id} {count}",
            artifacts=lambda: [store.artifacts(first_id).comparison_artifact(other_id, count, mark)],
            command=commands.compare(first_id, other_id, neighbours=count),
            what=in_words(f"the comparison of {one_name} with {other_name}, gene by gene"),
            offer=in_words(
                f"**{len(similarity.change.genes):,} of {len(shared.genes):,} genes were compared**, drawn by chance "
                "and the same every time, each among all genes: the list below is theirs. A gene that is searched is "
                "compared, too."
            ),
            button=in_words(f"Compare all {len(shared.genes):,} genes"),
            takes="It takes some seconds.",
        )
    )


def _whole(
    compared: ComparedRuns,
    other: Run,
    similarity: EmbeddingSimilarity,
    seeds: Sequence[SeedPair],
    shared: SharedGenes,
    count: int,
) -> None:
    """Both measures beside chance and beside another seed, as bars, a sentence and a table."""
    one_name, other_name = compared.name(compared.first), compared.name(other)
    compared_here = {BETWEEN.format(one_name, other_name): similarity}
    everything = compared_here | {pair.words: pair.similarity for pair in seeds}
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
            source=compared.provenance(compared.first, other, *(pair.sibling for pair in seeds)),
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


def similarity_table(similarities: Mapping[str, EmbeddingSimilarity]) -> pd.DataFrame:
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


def _sentence(similarity: EmbeddingSimilarity, seeds: Sequence[SeedPair], shared: SharedGenes, count: int) -> str:
    kept, null = similarity.change.agreement.mean, similarity.change.agreement.null
    said = (
        f"Linear CKA is **{similarity.cka:.2f}** (genes permuted: {similarity.cka_null.mean:.2f}). Of each gene's "
        f"{similarity.change.agreement.neighbours} nearest, **{100 * kept:.0f} %** are the same "
        f"(genes permuted {null.permutations} times: {100 * null.mean:.1f} %), mean over "
        f"{len(similarity.change.genes):,} genes."
    )
    if seeds:
        between = ", ".join(
            f"{escape_markdown(pair.words)}: CKA {pair.similarity.cka:.2f}, "
            f"{100 * pair.similarity.change.agreement.mean:.0f} %"
            for pair in seeds
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
    similarity: EmbeddingSimilarity,
    seeds: Sequence[SeedPair],
    shared: SharedGenes,
    count: int,
) -> int | None:
    """The list of genes, the most changed first; the number among the shared genes of the one that is open."""
    table = changed_table(compared, other, similarity.change, seeds, shared)
    name = f"{compared.first.run_id}-{other.run_id}-changed-genes"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(in_words("Genes that changed most"), anchor=False, width="content")
        downloads.menu(name, source=compared.provenance(compared.first, other), table=lambda: table)
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
            f"The first {min(LISTED, len(table)):,} of {len(table):,} compared genes: fewest of {count} neighbours "
            "shared first, then those whose former neighbours are farthest away. Click a row for what became of them."
        )
    )
    return _open_gene(compared, shared)


def _open_gene(compared: ComparedRuns, shared: SharedGenes) -> int | None:
    """The number among the shared genes of the one that is searched or was clicked."""
    number = genes.search(compared.graph, label="A gene in full")
    if number is None:
        return None
    symbol = compared.graph.genes[number]
    place = shared.place_of(symbol)
    if place is None:
        st.caption(escape_markdown(in_words(f"{symbol} is not among the genes that both runs have.")))
    return place


def changed_table(
    compared: ComparedRuns,
    other: Run,
    change: NeighbourChange,
    seeds: Sequence[SeedPair],
    shared: SharedGenes,
) -> pd.DataFrame:
    """One row a gene, the most changed first: what it keeps, gains and loses, and who was right on held-out pairs."""
    order = change.order
    symbols = np.asarray(shared.genes, dtype=object)
    columns: dict[str, object] = {"Gene": symbols[change.genes[order]], "Neighbours shared": change.shared[order]}
    between = _kept_between_seeds(seeds, symbols[change.genes])
    if between is not None:
        columns["Shared between seeds"] = between[order]
    columns["Place of former neighbours"] = change.mean_place[order].round(1)
    gained, lost = gained_and_lost(change, symbols)
    columns |= {"Neighbours gained": gained[order], "Neighbours lost": lost[order]}
    runs = (compared.first, other)
    mine, theirs = (of_run[change.genes] for of_run in _better_on_held_out(cache.stamps(*runs), *runs, shared.genes))
    if (mine + theirs).any():
        one_name, other_name = compared.name(compared.first), compared.name(other)
        said = [_right(*counts, one_name, other_name) for counts in zip(mine, theirs, strict=True)]
        columns["Held-out pairs"] = np.array(said, dtype=object)[order]
    return pd.DataFrame(columns)


@st.cache_data(max_entries=16, show_spinner="Putting predictions side by side …")
def _better_on_held_out(
    stamps: tuple[tuple[str, int], ...], _one: Run, _other: Run, _genes: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """As of the ranking; the shared genes follow from the runs."""
    return better_on_held_out(_one, _other, _genes)


def _kept_between_seeds(seeds: Sequence[SeedPair], symbols: np.ndarray) -> np.ndarray | None:
    """The lower of what each gene keeps between seeds of either run, NaN where it was not compared there."""
    rows = []
    for pair in seeds:
        change = pair.similarity.change
        row = pd.Index(np.asarray(pair.shared.genes, dtype=object)[change.genes]).get_indexer(pd.Index(symbols))
        rows.append(np.where(row >= 0, change.shared[row], np.nan))
    return np.min(rows, axis=0) if rows else None


def gained_and_lost(change: NeighbourChange, symbols: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each gene the names of neighbours that only the other, and only the first embedding has, nearest first."""
    row = np.arange(len(change.genes))[:, None] * len(symbols)
    is_kept = np.isin(change.nearest_one + row, change.nearest_other + row)
    is_old = np.isin(change.nearest_other + row, change.nearest_one + row)
    return _listed(change.nearest_other, ~is_old, symbols), _listed(change.nearest_one, ~is_kept, symbols)


def _listed(nearest: np.ndarray, wanted: np.ndarray, symbols: np.ndarray) -> np.ndarray:
    names = symbols[nearest]
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
