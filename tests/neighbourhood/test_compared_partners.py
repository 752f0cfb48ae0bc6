"""One gene under several runs: the partners that any of them puts first, by symbol, with the ranks of each run."""

from __future__ import annotations

import dataclasses

import numpy as np
from builders import tiny_graph, tiny_run, tiny_screens

from slviz.figures.compared_partners import compared_neighbourhoods
from slviz.neighbourhood import HELD_OUT, KNOWN, AttentionIndex
from slviz.neighbourhood.compared_partners import MISSING, UNREPORTED, compared_partners, gene_under_run
from slviz.ranking.known_pairs import TESTED_HIT, TESTED_NON_HIT

GRAPH = tiny_graph()
RUN = tiny_run(GRAPH)
INDEX = AttentionIndex.build(GRAPH, RUN)
SCORES = np.linspace(0, 1, 40).astype(np.float32)


def under(name="a", run=RUN, *, scores=SCORES, attention_decides=False, known=3, further=4):
    return gene_under_run(
        GRAPH,
        run,
        5,
        name=name,
        index=INDEX,
        scores=scores,
        attention_decides=attention_decides,
        known=known,
        further=further,
    )


def test_what_a_run_puts_first_is_told_apart_by_what_it_learnt():
    of_run = under()
    trained = {gene for gene in GRAPH.partners(5).tolist() if of_run.relation[gene] == KNOWN}
    assert trained
    assert set(of_run.own[: min(3, len(trained))].tolist()) <= trained
    free = [gene for gene in range(39, -1, -1) if gene not in trained and gene != 5]
    assert of_run.own[-4:].tolist() == free[:4]
    assert of_run.rank[39] == 1
    assert of_run.rank[5] == 0
    assert of_run.rank[0] == 39
    assert (of_run.width_is, of_run.order_is) == ("score", "score")
    assert set(of_run.relation) <= {KNOWN, HELD_OUT, UNREPORTED}


def test_attention_decides_only_where_it_passed_and_a_run_without_scores_goes_by_nearness():
    attended = under(attention_decides=True)
    assert attended.width_is == "attention"
    edges = INDEX.edges_of(5, "into")
    others = INDEX.edges[0, edges] != 5
    into = dict(zip(INDEX.edges[0, edges].tolist(), RUN.attention.averaged()[edges].tolist(), strict=True))
    assert attended.weight[INDEX.edges[0, edges][others][0]] == np.float32(into[int(INDEX.edges[0, edges][others][0])])
    plain = gene_under_run(
        GRAPH, RUN, 5, name="c", index=INDEX, scores=None, attention_decides=False, known=1, further=1
    )
    assert (plain.width_is, plain.order_is) == ("", "nearness")
    distance = np.linalg.norm(RUN.embedding - RUN.embedding[5], axis=1)
    distance[5] = np.inf
    assert plain.rank[distance.argmin()] == 1


def test_partners_stand_by_symbol_and_a_run_may_lack_them():
    other_genes = (*GRAPH.genes[:30], *(f"NEW{number}" for number in range(10)))
    elsewhere = dataclasses.replace(under("b", scores=SCORES[::-1].copy()), genes=other_genes)
    partners = compared_partners("GENE5", [under(), elsewhere])
    assert partners.runs == ("a", "b")
    lacking = [at for at, partner in enumerate(partners.partners) if partner not in other_genes]
    assert lacking
    assert (partners.relation[1, lacking] == MISSING).all()
    assert np.isnan(partners.rank[1, lacking]).all()
    assert not partners.is_own[1, lacking].any()
    table = partners.table()
    assert table["rank_in:a"].notna().all()
    assert int(table[["rank_in:a", "rank_in:b"]].iloc[0].min()) == 1
    is_known = np.isin(partners.relation, [KNOWN, HELD_OUT]).any(axis=0)
    assert (np.diff(is_known.astype(int)) <= 0).all()  # known partners come first on the ring


def test_the_figure_has_every_partner_at_one_place_in_all_panels():
    flipped = under("b", scores=SCORES[::-1].copy())
    partners = compared_partners("GENE5", [under(), flipped])
    figure = compared_neighbourhoods(partners)
    places = {"x": {}, "x2": {}}
    for trace in figure.data:
        if trace.mode == "markers":
            for number, x, y in zip(np.ravel(trace.customdata), trace.x, trace.y, strict=True):
                places[trace.xaxis][int(number)] = (float(x), float(y))
    assert places["x"] == places["x2"]
    assert len(places["x"]) == len(partners.partners)
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert max(trace.line.width for trace in lines) <= 7
    assert len({trace.line.width for trace in lines}) > 1


def test_the_widest_edge_never_reads_as_certain():
    certain = under(scores=np.where(np.arange(len(SCORES)) == 7, 0.99999, 0.5).astype(np.float32))
    title = compared_neighbourhoods(compared_partners("GENE5", [certain])).layout.annotations
    assert any("widest edge: score > 0.999" in (note.text or "") for note in title)


def test_a_partner_that_screens_tested_is_none_that_nobody_knows():
    screens = tiny_screens()
    graph = tiny_graph(screens=screens)
    gene = int(screens.pairs[0, 0])
    tested, hit = screens.of_gene(gene, genes=len(graph))
    mine = (screens.pairs == gene).any(axis=1)
    assert tested.sum() == len(np.unique(screens.pairs[mine], axis=0))
    assert set(np.flatnonzero(hit)) == set(screens.pairs[mine & screens.hit].sum(axis=1) - gene)
    index = AttentionIndex.build(graph, RUN)
    of_run = gene_under_run(
        graph, RUN, gene, name="a", index=index, scores=SCORES, attention_decides=False, known=3, further=40
    )
    unlisted = ~np.isin(np.arange(40), graph.partners(gene))
    assert (of_run.relation[tested & hit & unlisted] == TESTED_HIT).all()
    assert (of_run.relation[tested & ~hit & unlisted] == TESTED_NON_HIT).all()
    assert TESTED_NON_HIT in of_run.relation
    assert compared_neighbourhoods(compared_partners(graph.genes[gene], [of_run])).data
