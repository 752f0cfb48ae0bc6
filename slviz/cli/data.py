"""`data`: check, list and fetch data sets, make the demo, build features."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from slviz import places
from slviz.datasets.cache import load_folder
from slviz.datasets.demo import SEED, write_demo
from slviz.datasets.download import MIRROR, Progress
from slviz.datasets.fetch import DATA_SETS, build_from_downloads, fetch_synlethdb
from slviz.datasets.folder import read_folder
from slviz.datasets.sources import default_source, known_datasets, locate
from slviz.datasets.spectral import WIDTH
from slviz.errors import DataError, MalformedData
from slviz.features.build import build_features, write_feature

DATA = places.own_data()


def add_data_commands(commands: argparse._SubParsersAction) -> None:
    """Add `data` with `check`, `list`, `demo`, `fetch` and `features` to the command line."""
    whole = commands.add_parser(
        "data",
        help="check, list and fetch data sets, make the demo, build features",
        description="Everything about data sets before a network sees them.",
        allow_abbrev=False,
    )
    kinds = whole.add_subparsers(title="commands", dest="data_command", metavar="COMMAND", required=True)
    _add_check(kinds)
    _add_list(kinds)
    _add_demo(kinds)
    _add_fetch(kinds)
    _add_features(kinds)


def _add_check(kinds: argparse._SubParsersAction) -> None:
    command = kinds.add_parser(
        "check",
        help="read a data folder and report all that is wrong with it",
        description="Read a data folder and report all that is wrong with it. Ends with 1 when it cannot be used.",
        allow_abbrev=False,
    )
    command.add_argument("folder", metavar="FOLDER", help="a folder with genes and pairs; or demo, or synlethdb")
    command.set_defaults(action=check)


def _add_list(kinds: argparse._SubParsersAction) -> None:
    command = kinds.add_parser(
        "list",
        help="the data sets that are here",
        description="The data sets that are here, with size and place; * marks the one that is opened by default.",
        allow_abbrev=False,
    )
    command.set_defaults(action=list_datasets)


def _add_demo(kinds: argparse._SubParsersAction) -> None:
    command = kinds.add_parser(
        "demo",
        help="make the synthetic demo anew",
        description="Make the synthetic demo anew: the same seed gives the same bytes.",
        allow_abbrev=False,
    )
    command.add_argument("--out", metavar="FOLDER", type=Path, default=DATA / "demo", help="default: data/demo")
    command.add_argument("--seed", metavar="N", type=int, default=SEED, help=f"default: {SEED}")
    command.set_defaults(action=demo)


def _add_fetch(kinds: argparse._SubParsersAction) -> None:
    command = kinds.add_parser(
        "fetch",
        help="download a public data set",
        description="Download SynLethDB's genes, pairs and interactions from the repositories of DDGCN and SLMGAE, "
        "names from HGNC and terms from Gene Ontology, and build the features ppi and go. human-sl adds systematic and "
        "curated interactions, paralogs and essential genes. SynLethDB is free for academic use.",
        allow_abbrev=False,
    )
    command.add_argument("name", metavar="NAME", choices=list(DATA_SETS), help=" or ".join(DATA_SETS))
    command.add_argument("--to", metavar="FOLDER", type=Path, help="default: data/synlethdb or data/human-sl")
    command.add_argument(
        "--mirror", metavar="ADDRESS", default=MIRROR, help=f"serves the same paths; default: {MIRROR}"
    )
    command.add_argument("--downloaded", metavar="FOLDER", type=Path, help="use files that were saved by hand there")
    command.set_defaults(action=fetch)


def _add_features(kinds: argparse._SubParsersAction) -> None:
    command = kinds.add_parser(
        "features",
        help="build ppi and go features from interactions and terms",
        description="Build the features ppi (from interactions) and go (from terms) by truncated singular value "
        "decomposition, and write them as feature_<name>_<columns>.txt.",
        allow_abbrev=False,
    )
    command.add_argument("folder", metavar="FOLDER", help="a data folder; or demo, or synlethdb")
    command.add_argument("--out", metavar="FOLDER", type=Path, help="where to write; default: the data folder itself")
    command.add_argument("--columns", metavar="N", type=int, default=WIDTH, help=f"default: {WIDTH}")
    command.add_argument("--seed", metavar="N", type=int, default=0, help="of the iteration's start; default: 0")
    command.add_argument("--force", action="store_true", help="replace feature files that are there")
    command.set_defaults(action=features)


def check(options: argparse.Namespace) -> int:
    """Print the report of a folder; 1 when it cannot be used."""
    _, folder = locate(options.folder)
    try:
        _, report = read_folder(folder)
    except MalformedData as error:
        print(error)
        return 1
    print(report.text())
    return 0


def list_datasets(_asked: argparse.Namespace) -> int:
    """Print the data sets that are here, one a line."""
    default = locate(default_source())[1].resolve()
    for entry in known_datasets():
        mark = "*" if entry.path.resolve() == default else " "
        label = " [synthetic]" if entry.synthetic else ""
        try:
            graph, _ = load_folder(entry.path)
            size = f"{len(graph):,} genes, {len(graph.pairs):,} pairs"
        except DataError:
            size = f"cannot be used: see `python -m slviz data check {entry.source}`"
        print(f"{mark} {entry.source}\t{entry.title}{label}\t{size}\t{entry.path}")
    return 0


def demo(options: argparse.Namespace) -> int:
    """Write the demo."""
    write_demo(options.out, seed=options.seed)
    graph, _ = read_folder(options.out)
    print(f"Wrote the demo to {options.out}: {len(graph):,} genes, {len(graph.pairs):,} pairs, all of them invented.")
    return 0


def fetch(options: argparse.Namespace) -> int:
    """Download a data set, or build it from files saved by hand."""
    files, place = DATA_SETS[options.name], options.to or DATA / options.name
    if options.downloaded is not None:
        folder = build_from_downloads(place, options.downloaded, files=files)
    else:
        bar = _Bar()
        try:
            folder = fetch_synlethdb(place, mirror=options.mirror, files=files, on_progress=bar)
        finally:
            bar.close()
    graph, _ = read_folder(folder)
    edges = 0 if graph.interactions is None else graph.interactions.shape[1]
    terms = 0 if graph.terms is None else len(graph.terms.ids)
    print(
        f"{graph.title} lies in {folder}: {len(graph):,} genes, {len(graph.pairs):,} pairs, {edges:,} interactions, "
        f"{terms:,} terms; features: {', '.join(graph.features) or 'none'}."
    )
    return 0


def features(options: argparse.Namespace) -> int:
    """Build and write feature files."""
    if options.columns < 1:
        raise DataError(f"--columns {options.columns} is too few; ask for at least 1.")
    _, folder = locate(options.folder)
    out = options.out or folder
    graph, _ = load_folder(folder)
    if not out.is_dir():
        raise DataError(f"'{out}' is no folder. Make it first, or leave --out away.")
    for built in build_features(graph, width=options.columns, seed=options.seed):
        path = write_feature(out, built, force=options.force)
        genes, columns = built.matrix.shape
        print(f"Wrote {path}: {genes:,} genes, {columns} columns.{' ' + built.note if built.note else ''}")
    return 0


class _Bar:
    """A progress bar on standard error: a moving line on a terminal, one line a file elsewhere."""

    def __init__(self) -> None:
        self._moving = sys.stderr.isatty()
        self._name = ""
        self._drawn_at = 0.0

    def __call__(self, name: str, progress: Progress) -> None:
        done = progress.total_bytes is not None and progress.done_bytes >= progress.total_bytes
        if self._moving and (done or name != self._name or time.monotonic() - self._drawn_at > 0.1):
            self.close() if name != self._name else None
            print(f"\r{self._line(name, progress)}", end="", file=sys.stderr, flush=True)
            self._drawn_at = time.monotonic()
        elif not self._moving and done:
            print(self._line(name, progress), file=sys.stderr, flush=True)
        self._name = name

    def close(self) -> None:
        """Ends the moving line."""
        if self._moving and self._name:
            print(file=sys.stderr, flush=True)

    @staticmethod
    def _line(name: str, progress: Progress) -> str:
        done = f"{progress.done_bytes / 1024:,.0f} KiB"
        if not progress.total_bytes:
            return f"{name}: {done}"
        share = min(1.0, progress.done_bytes / progress.total_bytes)
        blocks = "#" * round(20 * share)
        return f"{name}: [{blocks:<20}] {share:4.0%} of {progress.total_bytes / 1024:,.0f} KiB"
