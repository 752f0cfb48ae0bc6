"""Which runs are compared: those of the address, what is wrong with the others, and what each is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.runs import Run, RunSpec
from slviz.runs.summary import RunSummary
from slviz.ui import access, address, cache, downloads, errors, layout, run_names
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

KEY = "compared runs"
MOST = 6
HELP = (
    "Other finished runs. Those evaluated on the very same pairs come first: of others (another protocol, fold, task "
    "or data set) embeddings and scores are compared, metrics are not, since a difference would mean nothing."
)
RESULT_PARTS = ("data_fingerprint", "task", "network", "features", "split", "optimiser", "seed")
"""The parts of a spec that a result depends on."""
Families = Callable[[RunSummary, Mapping[str, RunSummary], GeneGraph], None]
ALONE = "**There is no other finished run to compare with.**"


@dataclass(frozen=True, eq=False)
class ComparedRuns:
    """Runs side by side; the first is the one that the others are compared with.

    Attributes:
        graph: the data set of the first.
        summaries: of the runs, in their order.
        runs: opened.
        names: by run_id, what tells each from the others.
    """

    graph: GeneGraph
    summaries: tuple[RunSummary, ...]
    runs: tuple[Run, ...]
    names: Mapping[str, str]

    @property
    def first(self) -> Run:
        return self.runs[0]

    @property
    def others(self) -> tuple[Run, ...]:
        return self.runs[1:]

    @property
    def evaluated_alike(self) -> tuple[Run, ...]:
        """The first run and those of the others that were evaluated on the same pairs or genes."""
        alike = {summary.run_id for summary in comparable(self.summaries[0], self.summaries)}
        return (self.first, *(run for run in self.others if run.run_id in alike))

    @property
    def of_same_data(self) -> tuple[Run, ...]:
        """The first run and those of the others that are about the same data set."""
        fingerprint = self.first.spec.data_fingerprint
        return tuple(run for run in self.runs if run.spec.data_fingerprint == fingerprint)

    def provenance(self, *runs: Run) -> str:
        """The line of a download that shows these runs; all of them where none is named."""
        return downloads.provenance_of_runs(self.graph, runs or self.runs)

    def name(self, run: Run) -> str:
        """What a run is called among these."""
        return self.names[run.run_id]


def any_synthetic(runs: Iterable[Run]) -> bool:
    """Whether a figure of these runs shows synthetic data."""
    return any(run.spec.synthetic for run in runs)


def open_runs(summary: RunSummary, run: Run, graph: GeneGraph, *, families: Families) -> ComparedRuns:
    """The run of the page and those that the visitor chose; says what cannot be compared.

    Args:
        summary, run, graph: of the page.
        families: draws the buttons that choose runs that belong together, below the choice.
    """
    others = _choose(summary, graph, families)
    opened: list[tuple[RunSummary, Run]] = []
    for other in others:
        with errors.as_sentences():
            opened.append((other, cache.run(other)))
    summaries = (summary, *(other for other, _ in opened))
    names = distinct(told_apart(run_names.names(summaries)))
    return ComparedRuns(graph, summaries, (run, *(other for _, other in opened)), names)


def comparable(summary: RunSummary, others: Sequence[RunSummary]) -> list[RunSummary]:
    """Those of the others that were evaluated on the same pairs, or by the same of genes: same data, task and split."""
    spec = summary.spec
    return [
        other
        for other in others
        if spec is not None
        and other.spec is not None
        and other.state == "finished"
        and other.run_id != summary.run_id
        and other.spec.data_fingerprint == spec.data_fingerprint
        and other.spec.task.name == spec.task.name
        and other.spec.predicts_like(spec)
        and other.spec.split == spec.split
    ]


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """The names without what all of them share: task, data, and alike words in the brackets."""
    parted = {run_id: name.rstrip(")").partition(" (") for run_id, name in names.items()}
    heads = {run_id: head.partition(" — ")[0].rpartition(" · ")[0] for run_id, (head, _, _) in parted.items()}
    words = {run_id: inside.split(", ") for run_id, (_, _, inside) in parted.items()}
    shared = set.intersection(*map(set, words.values()))
    own_words = {run_id: [word for word in of_run if word not in shared] for run_id, of_run in words.items()}
    return {
        run_id: heads[run_id] + (f" ({', '.join(own_words[run_id])})" if own_words[run_id] else "") for run_id in names
    }


def distinct(names: Mapping[str, str]) -> dict[str, str]:
    """The names, those that several runs share followed by the run's own mark: tables and figures go by them."""
    listed = list(names.values())
    return {
        run_id: name if listed.count(name) == 1 else f"{name} · {run_id.rpartition('-')[2]}"
        for run_id, name in names.items()
    }


def _choose(summary: RunSummary, graph: GeneGraph, families: Families) -> list[RunSummary]:
    """The control over all other finished runs, those evaluated on the same pairs first; what is chosen."""
    everything = cache.store().summaries()
    fitting = {candidate.run_id: candidate for candidate in comparable(summary, everything)}
    finished = [
        candidate
        for candidate in everything
        if candidate.state == "finished" and candidate.spec is not None and candidate.run_id != summary.run_id
    ]
    _say_who_fits(summary, fitting, count=len(finished))
    offered = fitting | {candidate.run_id: candidate for candidate in sorted(finished, key=_nearest_to(summary))}
    wanted = list(dict.fromkeys(run_id for run_id in (address.value("with") or "").split(",") if run_id))
    _say_what_is_left_out(wanted, summary, offered)
    if not finished:
        return []
    start = list(fitting) or [run_id for run_id, other in offered.items() if _of_same_data(summary, other)]
    st.session_state[KEY] = [run_id for run_id in wanted if run_id in offered][:MOST] or ([] if wanted else start[:1])
    names = run_names.names([summary, *offered.values()])

    def changed() -> None:
        address.put(**{"with": ",".join(st.session_state[KEY])})

    chosen = st.multiselect(
        "Compared with",
        list(offered),
        key=KEY,
        format_func=lambda run_id: names[run_id],
        on_change=changed,
        max_selections=MOST,
        placeholder="Choose runs",
        help=HELP,
    )
    families(summary, offered, graph)
    return [offered[run_id] for run_id in chosen]


def _say_who_fits(summary: RunSummary, fitting: Mapping[str, RunSummary], *, count: int) -> None:
    what = "pairs" if summary.spec is None or summary.spec.task.scores_pairs else "genes"
    if fitting:
        rest = count - len(fitting)
        st.caption(
            in_words(
                f"{pluralise(len(fitting), 'other run')} evaluated on the very same {what}"
                + (f"; {pluralise(rest, 'finished run')} on other {what}, another task or other data." if rest else ".")
            )
        )
        return
    alone = "" if count else f"{ALONE} "
    st.info(
        in_words(
            f"{alone}**No other run was evaluated on the same {what}.** Train one on the same data and task, with the "
            f"same split ({escape_markdown(summary.spec.held_out) if summary.spec else ''})."
        ),
        icon=":material/compare_arrows:",
    )
    if access.may_work():
        layout.link(layout.TRAIN, "Train another", icon=":material/add:")


def _say_what_is_left_out(wanted: Sequence[str], summary: RunSummary, offered: Mapping[str, RunSummary]) -> None:
    """One line each on runs of the address that are not here, that are this very run, or that are too many."""
    unknown = [run_id for run_id in wanted if run_id not in offered and run_id != summary.run_id]
    damaged = {other.run_id: other.problem for other in cache.store().summaries() if other.state == "damaged"}
    sentences = [f"Left out: {damaged[run_id]}" for run_id in unknown if run_id in damaged]
    unknown = [run_id for run_id in unknown if run_id not in damaged]
    if unknown:
        sentences.append(
            f"Left out, because they are not here (deleted, unfinished or in another models folder): "
            f"{', '.join(unknown)[:200]}."
        )
    if summary.run_id in wanted:
        sentences.append(f"{summary.run_id} is named twice; a run differs from itself by nothing, so it stands once.")
    if (beyond := len([run_id for run_id in wanted if run_id in offered]) - MOST) > 0:
        sentences.append(f"{pluralise(beyond, 'run')} more than the {MOST} that fit beside the first: left out.")
    for sentence in sentences:
        st.warning(escape_markdown(sentence), icon=":material/link_off:")


def _nearest_to(summary: RunSummary) -> Callable[[RunSummary], tuple[bool, bool]]:
    """Order of other runs: the same data first, then the same task."""
    return lambda other: (not _of_same_data(summary, other), not _of_same_task(summary, other))


def _of_same_data(summary: RunSummary, other: RunSummary) -> bool:
    both = summary.spec is not None and other.spec is not None
    return both and summary.spec.data_fingerprint == other.spec.data_fingerprint  # pyright: ignore


def _of_same_task(summary: RunSummary, other: RunSummary) -> bool:
    return summary.spec is not None and other.spec is not None and summary.spec.task.name == other.spec.task.name


def alike_but(spec: RunSpec, candidates: Mapping[str, RunSummary], *, part: str) -> list[str]:
    """The names of the runs whose spec differs from this one by that part alone: "features" or "seed"."""
    shared = [name for name in RESULT_PARTS if name != part]
    return [
        run_id
        for run_id, candidate in candidates.items()
        if candidate.spec is not None
        and getattr(candidate.spec, part) != getattr(spec, part)
        and all(getattr(candidate.spec, name) == getattr(spec, name) for name in shared)
    ]


def same_but_seed(one: RunSpec, other: RunSpec) -> bool:
    """Whether two specs differ by their seed alone, or by nothing."""
    return all(getattr(one, part) == getattr(other, part) for part in RESULT_PARTS if part != "seed")
