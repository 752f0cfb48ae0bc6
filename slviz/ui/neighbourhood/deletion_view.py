"""The deletion test beside attention: what it found for the run and for the gene, or the button that starts it."""

from __future__ import annotations

import time

import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.errors import SlvizError
from slviz.evaluation.faithfulness import Faithfulness, faithfulness
from slviz.figures.deletion import falls_by_gene, falls_of_draws
from slviz.pipeline import commands, jobs
from slviz.runs import Run
from slviz.runs.deletions import FEWEST_EDGES, DeletionFiles, DeletionTest, edges_into
from slviz.runs.summary import RunSummary
from slviz.ui import access, cache, charts, downloads, errors
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import ATTENTION, as_code, escape_markdown
from slviz.ui.server_paths import without_paths

POLL_SECONDS = 1.0
START_SECONDS = 30.0
HELP = (
    "The edges into a gene that have most attention, up to a third of them and at most ten, are taken out of the "
    "graph along which the network passes messages. If attention matters, the scores of the gene's ten best new "
    "partners then fall further than they do without as many random other edges (20 draws)."
)
BELOW = "The deletion test below says whether it does."
NO_PAIRS = "There is no deletion test of it: this run predicts no pairs, so no score could fall."


def show(summary: RunSummary, graph: GeneGraph, run: Run, gene: int) -> None:
    """The test of the run and of the gene, as far as they were made, each in a sentence; else how to make them."""
    st.warning(f"{ATTENTION} {BELOW if run.decoder else NO_PAIRS}", icon=":material/psychology_alt:")
    if not run.decoder:
        return
    with st.container(border=True):
        st.markdown("**Deletion test**", help=f"{HELP} {glossary_link('Edge ablation')}")
        of_run = DeletionFiles(summary.folder)
        of_gene = DeletionFiles(summary.folder, gene)
        sample = _told(of_run, run, graph, words="some genes of this run")
        one = (sample.of(gene) if sample is not None else None) or _of_gene(of_gene, run, graph, gene)
        if one is not None:
            _verdict(faithfulness(one.fall_top, one.fall_random), escape_markdown(graph.genes[gene]))
        if sample is not None or one is not None:
            _details(graph, run, sample, one)


def _told(files: DeletionFiles, run: Run, graph: GeneGraph, *, words: str) -> DeletionTest | None:
    test = _opened(files)
    if test is None:
        _offer(files, run, graph, words=words)
    elif files.gene is None:
        _verdict(faithfulness(test.fall_top, test.fall_random), "This run")
    return test


def _of_gene(files: DeletionFiles, run: Run, graph: GeneGraph, gene: int) -> DeletionTest | None:
    symbol = graph.genes[gene]
    if run.attention is not None and edges_into(run.attention, len(graph))[gene] < FEWEST_EDGES:
        st.caption(
            f"{escape_markdown(symbol)} has fewer than {FEWEST_EDGES} known partners in training: too few to compare "
            "its most attended edges with others."
        )
        return None
    return _told(files, run, graph, words=symbol)


def _opened(files: DeletionFiles) -> DeletionTest | None:
    try:
        return cache.deletion(files)
    except SlvizError as error:
        errors.show(error)
        return None


def _verdict(found: Faithfulness, label: str) -> None:
    icon = ":material/check_circle:" if found.faithful else ":material/block:"
    st.markdown(f"{icon} **{label}.** {escape_markdown(found.sentence)}")


def _offer(files: DeletionFiles, run: Run, graph: GeneGraph, *, words: str) -> None:
    alive = files.state() == "running" or _is_starting(files)
    waiting = st.fragment(_wait, run_every=POLL_SECONDS if alive else None)
    waiting(files, run, graph, words, was_alive=alive)


@errors.as_sentences()
def _wait(files: DeletionFiles, run: Run, graph: GeneGraph, words: str, *, was_alive: bool) -> None:
    state = files.state()
    if state == "running" or (state == "none" and _is_starting(files)):
        _progress(files, state, words)
        return
    if was_alive:
        st.session_state.pop(_key(files), None)
        st.rerun()
    if state == "failed":
        st.error(escape_markdown(without_paths(files.failure())), icon=":material/error:")
    if not access.may_work():
        st.caption(f"The test of {escape_markdown(words)} has not been made.")
        return
    command = commands.ablate_edges(run.run_id, None if files.gene is None else graph.genes[files.gene])
    typed = commands.in_terminal(command)
    if st.button(
        f"Test {escape_markdown(words)}",
        key=f"test {_key(files)}",
        icon=":material/science:",
        help=f"Takes from seconds to a minute. The same in a terminal: {as_code(typed)}",
    ):
        st.session_state[_key(files)] = time.monotonic()
        jobs.start(command)
        access.note_started(_key(files))
        st.rerun()


def _progress(files: DeletionFiles, state: str, words: str) -> None:
    done, of = files.progress()
    testing = f"Testing {escape_markdown(words)}"
    text = f"{testing}: gene {done + 1} of {of}" if of > 1 else f"{testing} …"
    st.progress(done / of if of else 0.0, text=text)
    may_cancel = state == "running" and access.may_cancel(_key(files))
    if may_cancel and st.button("Cancel", key=f"cancel {_key(files)}", icon=":material/stop_circle:"):
        files.cancel()
        st.session_state.pop(_key(files), None)


def _key(files: DeletionFiles) -> str:
    return f"deletion {files.folder.name} {files.name}"


def _is_starting(files: DeletionFiles) -> bool:
    return time.monotonic() - st.session_state.get(_key(files), float("-inf")) < START_SECONDS


def _details(graph: GeneGraph, run: Run, sample: DeletionTest | None, one: DeletionTest | None) -> None:
    with st.expander("What was measured", icon=":material/scatter_plot:"):
        if one is not None:
            symbol = graph.genes[int(one.genes[0])]
            name = f"{run.run_id}-deletion-{symbol}"
            charts.draw(
                falls_of_draws(one, symbol),
                name=name,
                synthetic=graph.synthetic,
                alt=f"Fall of the predictions of {symbol} without its most attended edges and without others",
            )
        if sample is not None:
            name = f"{run.run_id}-deletion"
            charts.draw(
                falls_by_gene(sample, graph.genes),
                name=name,
                synthetic=graph.synthetic,
                alt="Each tested gene: fall without its most attended edges over that without others",
            )
            st.caption("Each point a gene, its line 90 % of the draws. Above the dashed line attention matters.")
        _downloads(graph, run, sample, one)


def _downloads(graph: GeneGraph, run: Run, sample: DeletionTest | None, one: DeletionTest | None) -> None:
    tests = [each for each in (sample, one) if each is not None]
    shown = tests[0]
    downloads.menu(
        f"{run.run_id}-deletion-{'sample' if sample is not None else graph.genes[int(shown.genes[0])]}",
        source=downloads.provenance(graph, run),
        figure=lambda: (
            falls_by_gene(shown, graph.genes)
            if len(shown.genes) > 1
            else falls_of_draws(shown, graph.genes[int(shown.genes[0])])
        ),
        table=lambda: pd.concat([table(each, graph) for each in tests]).drop_duplicates("gene"),
    )


def table(test: DeletionTest, graph: GeneGraph) -> pd.DataFrame:
    """One row a gene: edges, how many were removed, its score, and the falls."""
    draws = pd.DataFrame(test.fall_random, columns=[f"fall_random_{draw}" for draw in range(1, test.draws + 1)])
    leading = pd.DataFrame(
        {
            "gene": [graph.genes[gene] for gene in test.genes.tolist()],
            "edges": test.edges,
            "edges_removed": test.removed,
            "score_before": test.score,
            "fall_most_attended": test.fall_top,
            "fall_random_mean": test.fall_random.mean(axis=1),
        }
    )
    return pd.concat([leading, draws], axis=1)
