"""The section of benchmarks/RESULTS.md that one command writes: every model by every protocol, and how to repeat it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from slviz.errors import InvalidSetting
from slviz.results.collect import Collected
from slviz.results.questions_text import questions_as_markdown
from slviz.results.repeat import sweep_commands
from slviz.results.standings import Bootstrap, standings
from slviz.results.table import Column, ResultTable, across, tables
from slviz.results.text import as_markdown, heading, in_markdown, leaders
from slviz.runs.files import write_atomically
from slviz.runs.spec import RunSpec

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
OVERVIEW: dict[str, tuple[Column, ...]] = {
    "link": (("random", "auc"), ("degree-matched", "auc"), ("popularity-matched", "auc")),
    "screen": (("paralog screens", "auc"), ("screens", "auc")),
    "confidence": (("all", "rmse"),),
}
"""The metrics that are shown by every protocol side by side."""


def section(
    collected: Collected,
    specs: Mapping[str, RunSpec],
    *,
    title: str,
    command: str,
    source: str,
    lead: str | None = None,
    bootstrap: Bootstrap | None = None,
) -> str:
    """The whole section as Markdown, without its markers.

    Args:
        collected: the metrics.
        specs: by run_id, of the runs that they come from.
        title: what the data set is called.
        command: what writes this section anew.
        source: how the data set is opened.
        lead: a network of which is said where it leads and where not; None leaves that away.
        bootstrap: gives intervals where there are too few splits for one.
    """
    result_tables = tables(collected)
    by_question = questions_as_markdown(standings(collected, result_tables, bootstrap=bootstrap))
    lines = _lines(
        collected, result_tables, specs, title=title, command=command, source=source, lead=lead, by_question=by_question
    )
    return "\n".join(lines).rstrip()


def _lines(
    collected: Collected,
    result_tables: Sequence[ResultTable],
    specs: Mapping[str, RunSpec],
    *,
    title: str,
    command: str,
    source: str,
    lead: str | None,
    by_question: str,
) -> Iterator[str]:
    runs = collected.metrics["run_id"].nunique()
    yield f"## Every model by every protocol: {in_markdown(title)}"
    yield ""
    yield f"{runs} finished runs, written by one command on {date.today().isoformat()}; nothing here is typed by hand:"
    yield f"\n    {command}\n"
    yield from (f"{note}\n" for note in collected.notes)
    yield by_question
    if lead is not None:
        yield from _leading(result_tables, lead)
    for task in dict.fromkeys(table.task for table in result_tables):
        of_task = [table for table in result_tables if table.task == task]
        for column in OVERVIEW.get(task, ()) if len(of_task) > 1 else ():
            yield as_markdown(across(of_task, column)).replace("every protocol", f"{heading(column)[:-2]}, by protocol")
            yield ""
        for table in of_task:
            yield as_markdown(table)
            yield ""
            yield from _repeat(table, specs, source=source)


def _repeat(table: ResultTable, specs: Mapping[str, RunSpec], *, source: str) -> Iterator[str]:
    wanted = dict.fromkeys(run_id for row in table.rows if row.is_network for run_id in row.run_ids)
    commands = sweep_commands([specs[run_id] for run_id in wanted], source=source)
    if commands:
        yield "To repeat:"
        yield ""
        yield from (f"    {line}" for line in commands)
        yield ""


def _leading(result_tables: Sequence[ResultTable], model: str) -> Iterator[str]:
    """One line a table: where a network is best of all rows, and where it is not."""
    lines = []
    for table in result_tables:
        try:
            leads, behind = leaders(table, model)
        except ValueError:
            continue
        said = [f"{word} {', '.join(heading(column) for column in which)}" for word, which in
                (("leads", leads), ("does not lead", behind)) if which]  # fmt: skip
        lines.append(f"- {table.task} · {table.protocol}: {'; '.join(said)}")
    if lines:
        yield f"### Where `{model}` leads, and where not"
        yield ""
        yield from lines
        yield ""


def write_section(path: Path, text: str) -> None:
    """Put the section between its markers in a Markdown file, at the end where it has none yet.

    Raises `InvalidSetting` for a file that is not there or has one marker without the other.
    """
    if not path.is_file():
        raise InvalidSetting(f"{path.name} is not there; name the Markdown file that the section belongs into.")
    old = path.read_text(encoding="utf-8")
    whole = f"{BEGIN}\n{text}\n{END}"
    if (BEGIN in old) != (END in old) or old.find(END) < old.find(BEGIN):
        raise InvalidSetting(f"{path.name} has one of the markers {BEGIN} and {END} without the other; mend it first.")
    if BEGIN in old:
        head, tail = old[: old.index(BEGIN)], old[old.index(END) + len(END) :]
        new = head + whole + tail
    else:
        new = f"{old.rstrip()}\n\n{whole}\n"
    write_atomically(path.resolve(), new.encode())
