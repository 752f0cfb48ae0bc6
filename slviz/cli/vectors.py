"""`vectors`: embeddings of other things, brought in, listed, mapped, exported and removed."""

from __future__ import annotations

import argparse
from pathlib import Path

from slviz.cli.project import settings_given
from slviz.cli.settings_help import settings_help
from slviz.errors import InvalidSetting
from slviz.export.formats import FORMATS, format_called
from slviz.projections import PROJECTIONS
from slviz.runs.damage import readable
from slviz.runs.files import write_atomically
from slviz.vectors import REFERENCES, Given, VectorStore, read_vectors, reference
from slviz.vectors.vector_set import SYNTHETIC


def add_vectors_commands(commands: argparse._SubParsersAction) -> None:
    """Add `vectors` and its verbs to the command line."""
    command = commands.add_parser(
        "vectors",
        help="bring in vectors of other things and map them",
        description="Without more words: list all sets of vectors that were brought in.",
        allow_abbrev=False,
    )
    command.set_defaults(action=_list)
    verbs = command.add_subparsers(title="with vectors", metavar="VERB")
    verbs.add_parser("list", help="list all sets", allow_abbrev=False).set_defaults(action=_list)
    _add_add(verbs)
    _add_project(verbs)
    _add_export(verbs)
    remove = verbs.add_parser("remove", help="remove a set and its maps", allow_abbrev=False)
    remove.add_argument("set", metavar="SET", help="name of a set, as `vectors` lists it")
    remove.set_defaults(action=_remove)


def _add_add(verbs: argparse._SubParsersAction) -> None:
    add = verbs.add_parser(
        "add",
        help="bring in a file, or a reference set",
        description="Bring in an .h5ad, a table whose first column names the points (.tsv, .csv, also .gz), an .npy or "
        f".npz, a Projector pair, or a reference set ({', '.join(REFERENCES)}).",
        allow_abbrev=False,
    )
    add.add_argument("file", metavar="FILE", help=f"a file, or one of: {', '.join(REFERENCES)}")
    add.add_argument("--metadata", metavar="FILE", help="the other file of a Projector pair")
    add.add_argument("--name", metavar="TEXT", help="what to call the set (default: the file's name)")
    add.add_argument("--vectors", metavar="NAME", help="which matrix of an .h5ad or .npz, such as X_pca")
    add.add_argument("--labels", metavar="A,B", help="columns of a table that are labels though they hold numbers")
    add.set_defaults(action=_add)


def _add_project(verbs: argparse._SubParsersAction) -> None:
    project = verbs.add_parser(
        "project",
        help="make a map of a set",
        epilog=settings_help({"method": PROJECTIONS}),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    project.add_argument("set", metavar="SET", help="name of a set, as `vectors` lists it")
    which = project.add_mutually_exclusive_group(required=True)
    which.add_argument("--method", metavar="NAME", help=", ".join(PROJECTIONS))
    which.add_argument("--given", metavar="MAP", help="measure a map that came with the vectors")
    project.add_argument("--seed", metavar="N", type=int, default=0, help="of its random start (default: 0)")
    project.add_argument("settings", metavar="key=value", nargs="*", help="any of the settings listed below")
    project.set_defaults(action=_project)


def _add_export(verbs: argparse._SubParsersAction) -> None:
    export = verbs.add_parser("export", help="write a set and its maps for another program", allow_abbrev=False)
    export.add_argument("set", metavar="SET", help="name of a set, as `vectors` lists it")
    export.add_argument("--format", metavar="NAME", default="h5ad", help=f"{', '.join(FORMATS)} (default: h5ad)")
    export.add_argument("--out", metavar="FILE", help="where to write it (default: named for the set, here)")
    export.set_defaults(action=_export)


def _list(_asked: argparse.Namespace) -> int:
    summaries = VectorStore.default().summaries()
    if not summaries:
        print("No vectors were brought in yet. Bring some in with `python -m slviz vectors add FILE`.")
    for summary in summaries:
        if summary.problem:
            print(f"{summary.id:<32}  damaged    {summary.problem}")
            continue
        mark = "  (synthetic)" if SYNTHETIC in summary.origin else ""
        print(f"{summary.id:<32}  {summary.points:>9,} points × {summary.width:<5}  {readable(summary.title)}{mark}")
    return 0


def _add(options: argparse.Namespace) -> int:
    labels = tuple(options.labels.split(",")) if options.labels else None
    if options.file in REFERENCES:
        points = reference(options.file)
    else:
        metadata = Path(options.metadata) if options.metadata else None
        points = read_vectors(
            Path(options.file), metadata=metadata, name=options.name, vectors=options.vectors, labels=labels
        )
    store = VectorStore.default()
    kept = store.keep(points)
    for coordinates in points.maps:
        store.artifacts(kept).make_map(Given(map=coordinates), 0)
    count, width = points.vectors.shape
    print(f"{kept}: {count:,} points with {width:,} numbers each ({points.origin}).")
    print(f"Its page: embedding?vectors={kept}")
    return 0


def _project(options: argparse.Namespace) -> int:
    if options.given is not None:
        VectorStore.default().artifacts(options.set).make_map(Given(map=options.given), 0)
        print(f"Measured how well the map {options.given} of {options.set} keeps neighbours.")
        return 0
    method = PROJECTIONS.make(options.method, **settings_given(options.method, options.settings))
    if not 0 <= options.seed < 2**31:
        raise InvalidSetting(f"seed={options.seed} is outside the range 0 to {2**31 - 1}.")
    VectorStore.default().artifacts(options.set).make_map(method, options.seed)
    print(f"The {method.title} map of {options.set} is kept with it.")
    return 0


def _export(options: argparse.Namespace) -> int:
    from slviz.export import of_stored_vectors

    chosen = format_called(options.format)
    path = Path(options.out or f"{options.set}.{chosen.ending}")
    if not path.absolute().parent.is_dir():
        raise InvalidSetting(f"--out {path}: there is no folder {path.parent}. Make it first.")
    write_atomically(path, chosen.write(of_stored_vectors(VectorStore.default(), options.set)))
    print(f"Wrote {path}, {path.stat().st_size / 1e6:.1f} MB.")
    return 0


def _remove(options: argparse.Namespace) -> int:
    VectorStore.default().remove(options.set)
    print(f"Removed {options.set}.")
    return 0
