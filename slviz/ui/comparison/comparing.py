"""The Compare page: runs that were evaluated on the same pairs, their metrics and how sure the differences are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.evaluation import METRICS
from slviz.evaluation.comparison import Difference, compare_links, compare_values
from slviz.figures.comparison import difference_intervals
from slviz.figures.theme import noted
from slviz.runs import NETWORK, Run
from slviz.runs.summary import RunSummary
from slviz.ui import access, address, cache, charts, downloads, errors, layout, metrics_table, run_names
from slviz.ui.glossary import glossary_link
from slviz.ui.key_metrics import KEY_METRICS, LACKS_POPULARITY_MATCHED, NEGATIVE_KIND_WORDS, lacks_popularity_matched
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

KEY = "compared runs"
MOST = 6
HELP = (
    "Other finished runs on the same data whose test pairs and negatives are the very same. Runs with another "
    "protocol, fold or ratio were evaluated on other pairs, so a difference would mean nothing."
)
INTERVAL_HELP = (
    "The tested pairs are drawn anew a thousand times, the same ones for both runs; in 95 of 100 draws the difference "
    "lies inside. Pairs that share a gene count as independent here, so true intervals are somewhat wider."
)
KEYS = ["gene_a", "gene_b", "negative_kind"]
RANKINGS = {"all-unknown": ("recall@5000",), "per-gene": ("ndcg@10",)}
WITHOUT_PAIRS = "Runs of this task predict no pairs, so there are none to compare them on."


def page() -> None:
    """Which runs, whether they may be compared, their metrics, and the differences."""
    summary, run, graph = layout.open_run("Compare")
    if "negative_kind" not in run.predictions:
        st.info(WITHOUT_PAIRS, icon=":material/info:")
        return
    others, runs = _opened(_choose(summary))
    runs = [run, *runs]
    names = told_apart(run_names.names([summary, *others]))
    kinds = _kinds(runs)
    negative_kind = kinds[0] if len(kinds) == 1 else _pick_negative_kind(kinds)
    if lacking := [names[run.run_id] for run in runs if lacks_popularity_matched(run, graph)]:
        said = f"{LACKS_POPULARITY_MATCHED} ({', '.join(lacking)})."
        st.caption(f":material/info: {escape_markdown(said)}")
    _metrics(graph, runs, names, negative_kind=negative_kind)
    if others:
        _differences(graph, runs, names, negative_kind=negative_kind)


def _opened(others: Sequence[RunSummary]) -> tuple[list[RunSummary], list[Run]]:
    """Those of the other runs that can be read, and what is wrong with each of the rest."""
    opened: list[tuple[RunSummary, Run]] = []
    for other in others:
        with errors.as_sentences():
            opened.append((other, cache.run(other)))
    return [summary for summary, _ in opened], [run for _, run in opened]


def comparable(summary: RunSummary, others: Sequence[RunSummary]) -> list[RunSummary]:
    """Those of the others that were evaluated on the same pairs: same data, task and split."""
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


def _choose(summary: RunSummary) -> list[RunSummary]:
    everything = cache.store().summaries()
    fitting = {candidate.run_id: candidate for candidate in comparable(summary, everything)}
    finished = sum(candidate.state == "finished" for candidate in everything) - 1
    if not fitting:
        st.info(
            f"**No other run was evaluated on the same pairs.** Train one on the same data and task, with the same "
            f"split ({escape_markdown(summary.spec.held_out) if summary.spec else ''}).",
            icon=":material/compare_arrows:",
        )
        if access.may_work():
            layout.link(layout.TRAIN, "Train another", icon=":material/add:")
        return []
    wanted = [run_id for run_id in (st.query_params.get("with") or "").split(",") if run_id]
    unknown = [run_id for run_id in wanted if run_id not in fitting and run_id != summary.run_id]
    if unknown:
        st.warning(
            escape_markdown(
                "Left out, because they were not evaluated on the same pairs or are not here: "
                f"{', '.join(unknown)[:200]}."
            ),
            icon=":material/link_off:",
        )
    st.session_state[KEY] = [run_id for run_id in wanted if run_id in fitting][:MOST] or (
        [] if wanted else list(fitting)[:1]
    )
    names = run_names.names([summary, *fitting.values()])

    def changed() -> None:
        address.put(**{"with": ",".join(st.session_state[KEY])})

    chosen = st.multiselect(
        "Compared with",
        list(fitting),
        key=KEY,
        format_func=lambda run_id: names[run_id],
        on_change=changed,
        max_selections=MOST,
        placeholder="Choose runs",
        help=HELP,
    )
    left_out = finished - len(fitting)
    st.caption(
        f"{pluralise(len(fitting), 'other run')} evaluated on the very same pairs"
        + (f"; {pluralise(left_out, 'finished run')} on other pairs, another task or other data." if left_out else ".")
    )
    return [fitting[run_id] for run_id in chosen]


def _kinds(runs: Sequence[Run]) -> list[str]:
    """The kinds of negatives that all the runs have, that of the key metric first."""
    of_runs = [set(run.predictions["negative_kind"].unique()) - {"known"} for run in runs]
    present = [str(kind) for kind in set.intersection(*of_runs)]
    order = KEY_METRICS["link"][1]
    return sorted(present, key=lambda kind: order.index(kind) if kind in order else len(order)) or ["all"]


def _pick_negative_kind(kinds: Sequence[str]) -> str:
    return address.one_of(
        st.segmented_control,
        "Negatives",
        kinds,
        key="negatives",
        help=f"Which negatives the test pairs are compared with. {glossary_link('Negatives')}",
    )


def _metrics(graph: GeneGraph, runs: Sequence[Run], names: Mapping[str, str], *, negative_kind: str) -> None:
    table = comparison_table(runs, names, negative_kind=negative_kind)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Metrics on test pairs", anchor=False, width="content")
        name = f"{runs[0].run_id}-compared-figures-{negative_kind}"
        downloads.menu(name, source=downloads.provenance(graph, runs[0]), table=lambda: table)
    held_out, kind = runs[0].spec.held_out, NEGATIVE_KIND_WORDS.get(negative_kind, negative_kind)
    st.caption(escape_markdown(f"Split: {held_out}; {kind}."))
    metrics_table.show(table)


def comparison_table(runs: Sequence[Run], names: Mapping[str, str], *, negative_kind: str) -> pd.DataFrame:
    """One row a run, then the baselines of the first; rankings beside the metrics on pairs where all runs have them."""
    tables = [_of_run(run, negative_kind=negative_kind) for run in runs]
    rows = [table.loc[table["model"] == NETWORK] for table in tables]
    named = [row.assign(model=names[run.run_id]) for run, row in zip(runs, rows, strict=True)]
    baselines = tables[0].loc[tables[0]["model"] != NETWORK]
    whole = pd.concat([*named, baselines], ignore_index=True)
    measured = whole.iloc[: len(runs)].notna().all()
    return whole.loc[:, measured | (whole.columns == "model")]


def _of_run(run: Run, *, negative_kind: str) -> pd.DataFrame:
    whole = metrics_table.beside_baselines(run.metrics, part="test", negative_kind=negative_kind)
    for kind, keys in RANKINGS.items():
        more = metrics_table.beside_baselines(run.metrics, part="test", negative_kind=kind)
        wanted = [key for key in keys if key in more.columns]
        if wanted:
            whole = whole.merge(more[["model", *wanted]], on="model", how="left")
    return whole


def _differences(graph: GeneGraph, runs: Sequence[Run], names: Mapping[str, str], *, negative_kind: str) -> None:
    first = runs[0]
    differences_of: dict[str, list[Difference]] = {}
    for other in runs[1:]:
        if same_rows(first, other, negative_kind=negative_kind):
            differences_of[names[other.run_id]] = _compared(first.run_id, other.run_id, negative_kind, first, other)
        else:
            st.error(
                escape_markdown(
                    f"{names[other.run_id]} should have been evaluated on the same pairs, but its rows differ."
                ),
                icon=":material/error:",
            )
    if not differences_of:
        return
    reference = names[first.run_id]
    name = f"{first.run_id}-differences-{negative_kind}"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(
            "Differences",
            anchor=False,
            width="content",
            help=in_words(f"{INTERVAL_HELP} {glossary_link('Confidence interval')}"),
        )
        downloads.menu(
            name,
            source=downloads.provenance(graph, first),
            figure=lambda: _drawn(differences_of, first, reference, negative_kind),
            table=lambda: differences_table(differences_of, reference),
        )
    for other, differences in differences_of.items():
        st.markdown("- " + escape_markdown(sentence(other, reference, differences)))
    charts.draw(
        _drawn(differences_of, first, reference, negative_kind),
        name=name,
        synthetic=graph.synthetic,
        alt=f"Differences of each run's metrics to {reference}, with 95 % intervals",
    )


def _drawn(differences: Mapping[str, Sequence[Difference]], run: Run, reference: str, negative_kind: str):
    evaluated = f"Test pairs {NEGATIVE_KIND_WORDS.get(negative_kind, negative_kind)}; 95 % intervals"
    return noted(difference_intervals(differences, reference=reference), [evaluated, f"Split: {run.spec.held_out}"])


def same_rows(one: Run, other: Run, *, negative_kind: str) -> bool:
    """Whether both runs' test pairs and their negatives of one kind are the very same, in the same order."""
    left, right = (_compared_rows(run, negative_kind)[KEYS].to_numpy(dtype=object) for run in (one, other))
    return left.shape == right.shape and bool((left == right).all())


def _compared_rows(run: Run, negative_kind: str) -> pd.DataFrame:
    tested = run.predictions.loc[run.predictions["part"] == "test"]
    return tested.loc[tested["negative_kind"].isin(["known", negative_kind])]


@st.cache_data(max_entries=32, show_spinner="Drawing the pairs anew …")
def _compared(one_id: str, other_id: str, negative_kind: str, _one: Run, _other: Run) -> list[Difference]:
    actual = _compared_rows(_one, negative_kind)["actual"].to_numpy(dtype=np.float64)
    scores = [_compared_rows(run, negative_kind)["prediction"].to_numpy(dtype=np.float64) for run in (_one, _other)]
    compare = compare_values if negative_kind == "all" else compare_links
    return compare(actual, scores[0], scores[1])


def sentence(other: str, reference: str, differences: Sequence[Difference]) -> str:
    """Such as "MLP … against GAT …: ROC AUC −0.050 (−0.061 to −0.039), worse; …"."""
    return f"{other} against {reference}: {'; '.join(map(_said, differences))}."


def _said(difference: Difference) -> str:
    metric = METRICS[difference.metric]
    if not difference.is_clear:
        verdict = "no clear difference"
    else:
        verdict = "better" if (difference.value > 0) == metric.higher_is_better else "worse"
    return f"{metric.label} {difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f}), {verdict}"


def differences_table(differences_of: Mapping[str, Sequence[Difference]], reference: str) -> pd.DataFrame:
    """One row a run and metric."""
    return pd.DataFrame(
        [
            {
                "run": name,
                "reference": reference,
                "metric": difference.metric,
                "value": difference.other,
                "value_of_reference": difference.one,
                "difference": difference.value,
                "low_95": difference.low,
                "high_95": difference.high,
            }
            for name, differences in differences_of.items()
            for difference in differences
        ]
    )
