"""Nonsense in the address of every page: no traceback, and a sentence where the page was asked for a run or a gene.

Half of the visits find an odd run beside the sound one: a file of it was damaged and the manifest checksummed again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from unittest import mock

from builders import tiny_run
from run_folders import CHECKOUT, a_map, finish
from streamlit import config
from streamlit.testing.v1 import AppTest
from trials import mutators, run_files, seeds
from trials.campaign import Failure, Tally
from trials.child import forget_peak, peak_bytes
from trials.endings import FAILURE, MOST_BYTES, SENTENCE, VALUE, Ending, fault_of
from trials.mutate_text import WORDS
from trials.run_files import environment

from slviz.runs.manifest import MANIFEST
from slviz.runs.store import RunStore
from slviz.vectors import VectorStore, reference

FILES = {
    "spec.json": "json",
    "manifest.json": "json",
    "metrics.json": "json",
    "progress.jsonl": "jsonl",
    "arrays.safetensors": "safetensors",
    "predictions.parquet": "parquet",
    "split.parquet": "parquet",
}
"""Files of a run that pages read, and their kinds."""
LEADS_TO = {"neighbourhood": "gene"}
PAGES = tuple(sorted(path.stem for path in (CHECKOUT / "pages").glob("*.py")))
KEY = re.compile(r"`([a-z][a-z0-9-]*)`")
MOST_SECONDS = 30.0
"""Of a page in Streamlit's test runner on a busy machine; the reading of an address itself has ten."""
WORD_JOINER = "\u2060"
"""Pages put it into an address that is text, so that no browser makes a link of it."""
SHARE_OF_ODD = 0.5
SHARE_OF_RIGHT = 0.6
"""So often a key that needs a run, a gene or a set of vectors has one that is there, so that the rest is read."""
VALUES = (
    *(word for word in WORDS if "\x00" not in word),
    *("../../etc/passwd", "/etc/passwd", "/", "~", "file:///etc/passwd", "[x](javascript:1)", "<img src=x onerror=a>"),
    *("9" * 5_000, "9" * 131_072, "1e400", "-1", "nan", "true", "[1, 2]", "{}", "None", "%00", "%s%n", "a,b,,c,", ","),
    *(
        "gat-both-link-00000000",
        "gat-both-link-3f9c2a81,gat",
        "💥" * 200,
        "a" * 20_000,
        "\u202egnp.exe",
        "0x7f",
        "１２",
    ),
)


@dataclass(frozen=True)
class Address:
    """A page and what its address says."""

    page: str
    query: Mapping[str, str]


@dataclass(frozen=True)
class Known:
    """What is there to be asked for: values by key, and the folder of a run that may be damaged."""

    values: Mapping[str, str]
    odd: Path


def keys() -> tuple[str, ...]:
    """Every key of an address that `docs/pages.md` names."""
    text = (CHECKOUT / "docs" / "pages.md").read_text(encoding="utf-8")
    table = text.partition("## Address")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return tuple(dict.fromkeys(key for row in rows for key in KEY.findall(row)))


def an_address(random: Random, known: Known) -> Address:
    """One to five keys with nonsense, some keys with what is there."""
    query = {key: value for key, value in known.values.items() if random.random() < SHARE_OF_RIGHT}
    if random.random() < 0.8:
        query.pop("vectors", None)  # it takes the place of a run
    for key in random.sample(keys(), random.choice((1, 1, 2, 5))):
        query[key] = random.choice(VALUES)
    if random.random() < 0.1:
        query[random.choice(("x", "__proto__", "embed", "run ", "RUN", "é", "a" * 3_000))] = random.choice(VALUES)
    return Address(random.choice(PAGES), query)


@contextlib.contextmanager
def served(place: Path) -> Iterator[Known]:
    """A models folder with a finished run on the demo, its map and a set of vectors; no page starts a worker."""
    models = place / "models"
    with (
        environment(SLVIZ_MODELS=str(models), SLVIZ_CACHE=str(place / "cache")),
        mock.patch("slviz.runs.store.SHIPPED", place / "nothing shipped"),
        mock.patch("slviz.pipeline.jobs.start"),
    ):
        store, run = RunStore.default(), tiny_run(seeds.demo_and_index()[0])
        finish(store, run)
        store.artifacts(run.run_id).save_map(a_map(run))
        vectors = VectorStore.default().keep(reference("iris"))
        config.set_option("client.showErrorDetails", "full")  # visitors see none of it; a trial has to
        odd = finish(store, dataclasses.replace(run, spec=dataclasses.replace(run.spec, seed=7)))
        yield Known({"run": run.run_id, "gene": run.genes[3], "data": "demo", "vectors": vectors}, odd)


@contextlib.contextmanager
def with_an_odd_run(known: Known, random: Random) -> Iterator[str]:
    """A file of the second run is damaged for as long as the block runs; says which and how."""
    name = random.choice(list(FILES))
    path, manifest = known.odd / name, known.odd / MANIFEST
    sound, checksummed = path.read_bytes(), manifest.read_bytes()
    recipe = mutators.a_recipe(FILES[name], random, whole=True)
    try:
        damaged = mutators.apply(FILES[name], sound, recipe, [sound])
        path.write_bytes(damaged)
        run_files.seal_again(known.odd, name, damaged)
        yield f"{name} {recipe}"
    finally:
        path.write_bytes(sound)
        manifest.write_bytes(checksummed)


def visit(address: Address, known: Known) -> Ending:
    """Open a page by its address, as a first visit."""
    forget_peak()
    began = time.process_time()
    app = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=4 * MOST_SECONDS)
    for key, value in address.query.items():
        app.query_params[key] = value
    app.session_state["navigated"] = False  # AppTest forgets, from run to run, that app.py has a table of pages
    app.switch_page(f"pages/{address.page}.py").run()
    kind, place, detail = _what_came(app, address, known)
    seconds, peak = time.process_time() - began, peak_bytes()
    if kind != FAILURE and seconds > MOST_SECONDS:
        kind, place = FAILURE, f"more than {MOST_SECONDS:.0f} s on {address.page}"
    if kind != FAILURE and peak > 2 * MOST_BYTES:  # the test runner is in this process too
        kind, place = FAILURE, f"more than 2 GB of memory on {address.page}"
    return Ending(kind, place, detail, seconds, peak)


def _what_came(app: AppTest, address: Address, known: Known) -> tuple[str, str, str]:
    if app.exception:
        raised = app.exception[0]
        where = re.findall(r'slviz/([\w/]+\.py)", line (\d+)', "\n".join(raised.stack_trace))
        place = ":".join(where[-1]) if where else "a library"
        first = str(raised.value).split("\n")[0]
        return FAILURE, f"{raised.proto.type or 'an exception'} in {place}", f"{address.page}: {ascii(first)[:300]}"
    wanted = LEADS_TO.get(address.page, address.page).capitalize()
    if wanted not in [title.value for title in app.title]:
        return FAILURE, f"{address.page} did not open", ascii([title.value for title in app.title])
    alerts = [str(alert.value) for kind in (app.error, app.warning, app.info) for alert in kind]
    for alert in alerts:
        if fault := fault_of(alert.replace(WORD_JOINER, "")):
            return FAILURE, f"{fault} on {address.page}", ascii(alert)[:300]
    asked = address.query.get("run")
    of_a_run = address.page in ("embedding", "predictions", "neighbourhood") and "vectors" not in address.query
    if of_a_run and asked not in (None, "", known.values["run"], known.odd.name) and not alerts:
        return FAILURE, f"no sentence on {address.page} for a run that is not there", ascii(asked)[:100]
    return (SENTENCE, "", alerts[0][:200]) if alerts else (VALUE, "", "")


def run(seconds: float, seed: int, *, count: int = 500) -> Tally:
    """Visit `count` addresses, or as many as `seconds` allow; every page gets its share."""
    logging.getLogger("streamlit").setLevel(logging.ERROR)  # it warns at every visit that there is no server
    random, tally, began = Random(seed), Tally("addresses", seed), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="slviz-trials-") as place, served(Path(place)) as known:
        while tally.attempts < count and time.monotonic() - began < seconds:
            address, beside = an_address(random, known), ""
            with contextlib.ExitStack() as stack:
                if random.random() < SHARE_OF_ODD:
                    beside = stack.enter_context(with_an_odd_run(known, random))
                    if random.random() < SHARE_OF_ODD:
                        address = Address(address.page, {**address.query, "run": known.odd.name})
                ending = visit(address, known)
            tally.add(ending)
            if ending.failed:
                _note(tally, ending, f"{address!r} beside {beside}")
    tally.wall_seconds = time.monotonic() - began
    return tally


def _note(tally: Tally, ending: Ending, told: str) -> None:
    """Count a failure; the shortest address of its kind stays."""
    content = told.encode("utf-8", "backslashreplace")
    known = tally.failures.setdefault(ending.place, Failure(ending.place, 0, ending.detail, tally.seed, (), content))
    known.count += 1
    if len(content) < len(known.content):
        known.content, known.detail = content, ending.detail
