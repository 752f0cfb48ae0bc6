"""Compare, Neighbours: how alike two embeddings are as a whole; below, the genes that changed most and one in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from slviz import figures
from slviz.pipeline import commands
from slviz.pipeline.embedding_comparison import tells_no_gene
from slviz.projections.embedding_similarity import EmbeddingSimilarity
from slviz.runs import Run
from slviz.runs.shared_genes import SharedGenes
from slviz.ui import address, cache, charts, downloads, job_panel
from slviz.ui.comparison import changed_genes, gene_change, shared_genes
from slviz.ui.comparison.compared_runs import ComparedRuns, any_synthetic
from slviz.ui.comparison.disagreements_tab import pick_other
from slviz.ui.comparison.neighbour_similarity import SeedPair, between_seeds, of_gene, similarity_of
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

NO_OTHER = "Choose another run above to see whose neighbours changed."
BETWEEN = "{} beside {}"


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
    seeds = between_seeds(compared, other, count)
    _whole(compared, other, similarity, seeds, shared, count)
    _offer_all(compared, other, similarity, shared, count)
    chosen = changed_genes.show(compared, other, similarity, seeds, shared, count)
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
