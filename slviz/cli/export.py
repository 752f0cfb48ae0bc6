"""`export`: the embedding of a finished run and all its maps as a file for another program."""

from __future__ import annotations

import argparse
from pathlib import Path

from slviz.errors import InvalidSetting
from slviz.export.formats import FORMATS, about_formats, format_called
from slviz.runs.data_of import data_of_run
from slviz.runs.files import write_atomically
from slviz.runs.store import RunStore


def add_export_command(commands: argparse._SubParsersAction) -> None:
    """Add `export` to the command line."""
    command = commands.add_parser(
        "export",
        help="write an embedding and its maps for another program",
        description="Write the embedding of a finished run, what is known of its genes, and every map that was made "
        "of it.",
        epilog=about_formats(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
    command.add_argument("--format", metavar="NAME", default="h5ad", help=f"{', '.join(FORMATS)} (default: h5ad)")
    command.add_argument("--out", metavar="FILE", help="where to write it (default: named for the run, here)")
    command.set_defaults(action=_export)


def _export(options: argparse.Namespace) -> int:
    from slviz.export import of_stored_run

    chosen = format_called(options.format)
    store = RunStore.default()
    run = store.open(options.run)
    path = Path(options.out or f"{run.run_id}.{chosen.ending}")
    if not path.absolute().parent.is_dir():
        raise InvalidSetting(f"--out {path}: there is no folder {path.parent}. Make it first.")
    write_atomically(path, chosen.write(of_stored_run(store, run, data_of_run(run))))
    print(f"Wrote {path}, {path.stat().st_size / 1e6:.1f} MB.")
    return 0
