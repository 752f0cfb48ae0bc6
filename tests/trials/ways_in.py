"""Every way in which a file of somebody else's comes into slviz: its reader, and sound files to begin from.

The one table, `WAYS`. A reader takes the content of a file and gives the sentences it was answered with; where
slviz renames a function, its line here is the only one to change.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trials import run_files, seeds
from trials.endings import Harm
from trials.mutate_tables import CANARY_TEXT

Reader = Callable[[bytes], list[str]]
"""Reads a content as slviz would; gives the sentences, and raises what slviz raises."""


@dataclass(frozen=True)
class WayIn:
    """A way in.

    Attributes:
        name: of the way, such as "vectors/cells.h5ad".
        kind: which mutators know its structure: a key of `mutators.OF_KIND`.
        reader: from an empty folder of its own, a `Reader`.
        seeds: sound contents; called once, since some take a moment to make.
        owner: whose part of slviz it is.
    """

    name: str
    kind: str
    reader: Callable[[Path], Reader]
    seeds: Callable[[], Sequence[bytes]]
    owner: str = "tables"


# --- data folders ----------------------------------------------------------------------------------------


def data_file(name: str) -> Callable[[Path], Reader]:
    """One file of a data folder, the others sound."""

    def reader(place: Path) -> Reader:
        from slviz.datasets.folder import read_folder

        folder = seeds.write_data_folder(place / "data")
        if name.endswith(".gz"):
            for other in (name.removesuffix(".gz"), "dataset.toml"):
                (folder / other).unlink()

        def read(content: bytes) -> list[str]:
            (folder / name).write_bytes(content)
            _, report = read_folder(folder)
            return [report.text()]

        return read

    return reader


def picture_file(name: str) -> Callable[[Path], Reader]:
    """The one file of a data folder of pictures."""

    def reader(place: Path) -> Reader:
        from slviz.datasets.folder import read_folder

        folder = place / "pictures"
        folder.mkdir()

        def read(content: bytes) -> list[str]:
            (folder / name).write_bytes(content)
            _, report = read_folder(folder)
            return [report.text()]

        return read

    return reader


def data_upload(name: str) -> Callable[[Path], Reader]:
    """A file that came through the browser as (a part of) a data folder."""

    def reader(place: Path) -> Reader:
        from slviz.datasets.cache import load_folder
        from slviz.datasets.uploads import keep_upload

        beside = {} if name.endswith(".zip") else {k: v for k, v in seeds.data_files().items() if k != name}

        def read(content: bytes) -> list[str]:
            folder = keep_upload({**beside, name: content})
            try:
                _, report = load_folder(folder)
            finally:
                shutil.rmtree(folder.parents[1], ignore_errors=True)
            return [report.text()]

        return read

    return reader


# --- vectors ---------------------------------------------------------------------------------------------


def vector_file(name: str, *, beside: str = "") -> Callable[[Path], Reader]:
    """A file of vectors, read, kept and opened again; `beside` is the pair's other file, which is sound."""

    def reader(place: Path) -> Reader:
        from slviz.vectors import VectorStore, read_vectors

        store = VectorStore(place / "kept")
        path, other = place / name, place / beside if beside else None
        if other is not None:
            other.write_bytes(seeds.projector_pair()[beside])
        vectors_first = name != "metadata.tsv"

        def read(content: bytes) -> list[str]:
            path.write_bytes(content)
            if name.endswith(".h5ad"):
                from slviz.vectors.h5ad import vector_choices

                vector_choices(path)
            points = (
                read_vectors(path, metadata=other, name=name)
                if vectors_first
                else read_vectors(place / beside, metadata=path, name=name)
            )
            refuse_canary(points)
            try:
                refuse_canary(store.open(store.keep(points)))
            finally:
                shutil.rmtree(store.root, ignore_errors=True)
            return []

        return read

    return reader


def refuse_canary(points: Any) -> None:
    """`Harm` where a word of another file came with the points."""
    words = " ".join(points.names[:100]) + points.columns.head(100).to_csv()
    stolen = points.vectors[:40].tobytes()
    if CANARY_TEXT in words or CANARY_TEXT.encode()[:8] in stolen:
        raise Harm("a foreign file was read and came back with the points")


# --- tables, lists and pairs of a visitor ----------------------------------------------------------------


def own_table(name: str) -> Callable[[Path], Reader]:
    """A visitor's own table of genes."""

    def reader(place: Path) -> Reader:
        from slviz.datasets.own_table import read_own_table
        from slviz.files.limited import run_limited_if_large
        from slviz.runs.uploads import OWN_TABLES, stage

        graph, index = seeds.demo_and_index()

        def read(content: bytes) -> list[str]:
            staged = stage(place, content, name=name, place=OWN_TABLES)
            try:
                kept = staged.read_bytes()
                table = run_limited_if_large(  # as the Embedding page does
                    read_own_table,
                    kept,
                    "your table",
                    what="Your table",
                    size_bytes=len(kept),
                    genes=len(graph),
                    index=index,
                )
            finally:
                staged.unlink()
            for column in table.columns:
                table.numbers(column)
            return list(table.remarks)

        return read

    return reader


def lab_table(name: str) -> Callable[[Path], Reader]:
    """A visitor's own table of points for the lab."""

    def reader(place: Path) -> Reader:
        from slviz.lab.own_points import own_points, read_lab_table

        def read(content: bytes) -> list[str]:
            table = read_lab_table(content, name)
            return [remark for label in table.labels for remark in own_points(table, label).remarks]

        return read

    return reader


def gene_list(place: Path) -> Reader:
    """A list of genes that is pasted, or that stands in an address."""
    _, index = seeds.demo_and_index()

    def read(content: bytes) -> list[str]:
        from slviz.errors import SlvizError

        text = content.decode("utf-8", "replace")
        index.map_many(text)
        index.search(text[:200])
        sentences = []
        for word in (text[:3_000], text.split("\n")[0]):
            try:
                index.find(word)
            except SlvizError as error:
                sentences.append(str(error))
        return sentences

    return read


LARGEST_HERE = 1 << 20
"""Bytes of an unpacked text that a trial reads in its own process; the page reads each packed one in a child."""


def gunzipped_start(content: bytes) -> bytes:
    """What gzip holds, no more than one byte beyond `LARGEST_HERE`; b"" where it is damaged."""
    with contextlib.suppress(zlib.error):
        return zlib.decompressobj(wbits=31).decompress(content, LARGEST_HERE + 1)
    return b""


def gmt(place: Path) -> Reader:
    """An uploaded GMT file: terms, and selections of its genes."""
    from slviz.files.gz import is_gzip
    from slviz.files.limited import run_limited_if_large
    from slviz.gene_sets import read_gmt, sets_of, to_gmt

    graph, index = seeds.demo_and_index()

    def read(content: bytes) -> list[str]:
        unpacked_is_large = is_gzip(content) and len(gunzipped_start(content)) > LARGEST_HERE
        terms, report = run_limited_if_large(  # as the Embedding page does; a small packed file is read here
            read_gmt,
            content,
            "your.gmt",
            what="your.gmt",
            size_bytes=len(content),
            graph=graph,
            index=index,
            packed=unpacked_is_large,
        )
        if terms is not None:
            to_gmt(sets_of(terms, graph, note="a trial"), provenance="a trial")
        return [report.text()]

    return read


def held_out(name: str, *, negatives: bool = False) -> Callable[[Path], Reader]:
    """Held-out pairs or their negatives, as `train` takes them and as the Train page does."""

    def reader(place: Path) -> Reader:
        from slviz.splits import HeldOut

        graph, _ = seeds.demo_and_index()
        path, pairs = place / name, place / "sound-pairs.tsv"
        pairs.write_bytes(seeds.held_out_pairs()[0])

        def read(content: bytes) -> list[str]:
            path.write_bytes(content)
            found = HeldOut.read(graph, pairs, negatives=path) if negatives else HeldOut.read(graph, path)
            found.split().divide(graph, held_out=found)
            return []

        return read

    return reader


def staged_held_out(place: Path) -> Reader:
    """Held-out pairs that were uploaded: unpacked and kept first."""
    from slviz.files.limited import run_limited_if_large
    from slviz.runs.uploads import stage
    from slviz.splits import HeldOut

    graph, _ = seeds.demo_and_index()

    def read(content: bytes) -> list[str]:
        path = stage(place, content, name="pairs.tsv.gz")
        try:
            size = path.stat().st_size
            run_limited_if_large(HeldOut.read, graph, path, what="The file of pairs", size_bytes=size)
        finally:
            path.unlink()
        return []

    return read


def command_line(name: str, *arguments: str) -> Callable[[Path], Reader]:
    """A file that a command reads; FILE stands for it among the arguments, RUN for a finished run."""

    def reader(place: Path) -> Reader:
        from slviz.cli import main

        run = run_files.a_finished_run(place / "models")
        path = place / name
        words = [{"FILE": str(path), "RUN": run.run_id}.get(each, each) for each in arguments]

        def read(content: bytes) -> list[str]:
            path.write_bytes(content)
            told, shown = io.StringIO(), io.StringIO()
            with (
                run_files.models_in(place / "models"),
                contextlib.redirect_stderr(told),
                contextlib.redirect_stdout(shown),
            ):
                main(words)
            return [line for line in told.getvalue().split("\n") if line.strip()]

        return read

    return reader


def sweep_file(name: str) -> Callable[[Path], Reader]:
    """A file of a sweep's runs, read and made into a plan."""

    def reader(place: Path) -> Reader:
        from slviz.sweeps.plan import SweepEntry, make_plan
        from slviz.sweeps.reading import read_entries

        graph, _ = seeds.demo_and_index()
        path = place / name

        def read(content: bytes) -> list[str]:
            path.write_bytes(content)
            entries, refused = read_entries(path, beside=SweepEntry({}))
            plan = make_plan(graph, entries, source="demo")
            return [str(each) for each in (*refused, *plan.refused)]

        return read

    return reader


def kept_selection(place: Path) -> Reader:
    """The file of a kept selection, in the models folder."""
    from slviz.gene_sets import GeneSet, GeneSets

    graph, _ = seeds.demo_and_index()
    sets = GeneSets(place, graph.fingerprint)
    sets.keep(GeneSet.of("another", graph, [3, 4]))
    sets.keep(GeneSet.of("mine", graph, [0, 1, 2]))
    path = next(each for each in sets.folder.glob("*.json") if b'"mine"' in each.read_bytes())

    def read(content: bytes) -> list[str]:
        from slviz.errors import SlvizError

        path.write_bytes(content)
        if "another" not in {each.name for each in sets.all()}:
            raise Harm("another selection is not listed any more")
        for each in sets.all():
            each.numbers(graph)
        sentences = []
        for work in (lambda: sets.open("mine").numbers(graph), lambda: sets.keep(GeneSet.of("mine", graph, [5]))):
            try:
                work()
            except SlvizError as error:
                sentences.append(str(error))
        return sentences

    return read


def cached_folder(place: Path) -> Reader:
    """An entry of the cache of data folders: damage costs time and nothing else."""
    from slviz.datasets import cache

    folder = seeds.write_data_folder(place / "data")
    with run_files.environment(SLVIZ_CACHE=str(place / "cache")):
        cache.load_folder(folder)
        path = next((place / "cache").glob(f"*{cache.SUFFIX}"))

    def read(content: bytes) -> list[str]:
        path.write_bytes(content)
        with run_files.environment(SLVIZ_CACHE=str(place / "cache")):
            cache.load_folder(folder)
        return []

    return read


def cache_entry() -> Sequence[bytes]:
    """The bytes of a sound entry of the cache."""
    import tempfile

    from slviz.datasets import cache

    with tempfile.TemporaryDirectory() as place, run_files.environment(SLVIZ_CACHE=place):
        cache.load_folder(seeds.write_data_folder(Path(place) / "data"))
        return [next(Path(place).glob(f"*{cache.SUFFIX}")).read_bytes()]


def _data(*names: str, kind: str = "text") -> list[WayIn]:
    return [
        WayIn(f"data/{name}", kind, data_file(name), lambda name=name: seeds.data_file_seeds(name)) for name in names
    ]


def _run_file(name: str, kind: str, *states: str) -> list[WayIn]:
    return [
        WayIn(
            f"{state}/{name}",
            kind,
            lambda place, name=name, state=state: run_files.reader(place, name=name, state=state),
            lambda name=name, state=state: run_files.seeds(name, state=state),
            "runs",
        )
        for state in states
    ]


ALL_STATES = ("finished", "foreign", "unfinished")

LAB_TABLE = b"length,width,kind\n" + b"1.5,2,a\n0.25,-3,b\n7,1e3,c\n" * 8

WAYS: Mapping[str, WayIn] = {
    way.name: way
    for way in (
        *_data("genes.txt", "pairs.tsv", "interactions.tsv", "terms.gmt", "classes.tsv", "gene_info.tsv"),
        *_data("evidence.tsv", "feature_ppi_3.txt", "dataset.toml"),
        *_data("screens.tsv", "paralogs.tsv", "gene_columns.tsv", "sets_pfam.gmt"),
        *_data("pairs.tsv.gz", "genes.txt.gz", kind="gzip"),
        WayIn("pictures/pictures.npz", "npz", picture_file("pictures.npz"), seeds.pictures_npz, "binary"),
        WayIn(
            "pictures/images-idx3-ubyte",
            "gzip",
            picture_file("images-idx3-ubyte"),
            lambda: seeds.packed(seeds.pictures_idx()),
            "binary",
        ),
        WayIn("upload/data.zip", "zip", data_upload("data.zip"), lambda: [seeds.data_zip()], "binary"),
        WayIn("upload/pairs.tsv", "text", data_upload("pairs.tsv"), lambda: seeds.data_file_seeds("pairs.tsv")),
        WayIn("cache/entry", "safetensors", cached_folder, cache_entry, "binary"),
        WayIn("lab/table.csv", "text", lab_table("table.csv"), lambda: [LAB_TABLE]),
        WayIn("vectors/table.tsv", "text", vector_file("table.tsv"), seeds.vector_tables),
        WayIn("vectors/table.csv", "text", vector_file("table.csv"), seeds.vector_tables),
        WayIn("vectors/table.txt", "text", vector_file("table.txt"), seeds.vector_tables),
        WayIn("vectors/table.tsv.gz", "gzip", vector_file("table.tsv.gz"), lambda: seeds.packed(seeds.vector_tables())),
        WayIn("vectors/array.npy", "npy", vector_file("array.npy"), seeds.npy_files, "binary"),
        WayIn("vectors/arrays.npz", "npz", vector_file("arrays.npz"), seeds.npz_files, "binary"),
        WayIn("vectors/cells.h5ad", "hdf5", vector_file("cells.h5ad"), seeds.h5ad_files, "binary"),
        WayIn(
            "vectors/vectors.tsv",
            "text",
            vector_file("vectors.tsv", beside="metadata.tsv"),
            lambda: [seeds.projector_pair()["vectors.tsv"]],
        ),
        WayIn(
            "vectors/metadata.tsv",
            "text",
            vector_file("metadata.tsv", beside="vectors.tsv"),
            lambda: [seeds.projector_pair()["metadata.tsv"]],
        ),
        WayIn("vectors/pair.zip", "zip", vector_file("pair.zip"), lambda: [seeds.projector_zip()], "binary"),
        WayIn("own/table.tsv", "text", own_table("table.tsv"), seeds.own_tables),
        WayIn("own/table.tsv.gz", "gzip", own_table("table.tsv.gz"), lambda: seeds.packed(seeds.own_tables())),
        WayIn("own/genes", "text", gene_list, seeds.gene_lists),
        WayIn("own/terms.gmt", "text", gmt, seeds.gmt_files),
        WayIn("own/terms.gmt.gz", "gzip", gmt, lambda: seeds.packed(seeds.gmt_files())),
        WayIn("held-out/pairs.tsv", "text", held_out("pairs.tsv"), seeds.held_out_pairs, "splits"),
        WayIn("held-out/negatives.tsv", "text", held_out("negatives.tsv", negatives=True), seeds.negatives, "splits"),
        WayIn(
            "held-out/pairs.tsv.gz",
            "gzip",
            held_out("pairs.tsv.gz"),
            lambda: seeds.packed(seeds.held_out_pairs()),
            "splits",
        ),
        WayIn("held-out/upload", "gzip", staged_held_out, lambda: seeds.packed(seeds.held_out_pairs()), "splits"),
        WayIn(
            "predict/pairs.tsv",
            "text",
            command_line("pairs.tsv", "predict", "RUN", "--pairs", "FILE"),
            seeds.held_out_pairs,
            "splits",
        ),
        WayIn(
            "predict/pairs.tsv.gz",
            "gzip",
            command_line("pairs.tsv.gz", "predict", "RUN", "--pairs", "FILE"),
            lambda: seeds.packed(seeds.held_out_pairs()),
            "splits",
        ),
        WayIn("sweep/runs.txt", "text", sweep_file("runs.txt"), seeds.sweep_lines, "runs"),
        WayIn("sweep/runs.toml", "text", sweep_file("runs.toml"), seeds.sweep_toml, "runs"),
        WayIn("selection/kept.json", "json", kept_selection, seeds.kept_selections, "runs"),
        *_run_file("spec.json", "json", *ALL_STATES),
        *_run_file("manifest.json", "json", "finished", "foreign"),
        *_run_file("metrics.json", "json", "finished", "foreign"),
        *_run_file("progress.jsonl", "jsonl", *ALL_STATES),
        *_run_file("error.json", "json", "unfinished"),
        *_run_file("log.txt", "text", "finished", "unfinished"),
        *_run_file("device", "text", "unfinished"),
        *_run_file("arrays.safetensors", "safetensors", "finished", "foreign"),
        *_run_file("weights.safetensors", "safetensors", "finished", "foreign"),
        *_run_file("training.safetensors", "safetensors", "finished", "foreign"),
        *_run_file("predictions.parquet", "parquet", "finished", "foreign"),
        *_run_file("split.parquet", "parquet", *ALL_STATES),
        *_run_file("checkpoint.safetensors", "checksummed", "unfinished"),
        *_run_file("projections/MAP", "checksummed", "finished"),
        *_run_file("projections/TRUST", "checksummed", "finished"),
        *_run_file("projections/MAP.error.json", "json", "finished"),
        *_run_file("projections/MAP.progress", "json", "finished"),
        *_run_file("controls/untrained/embedding.safetensors", "checksummed", "finished"),
        *_run_file("deletions/sample.safetensors", "checksummed", "finished"),
        *_run_file("deletions/pairs.safetensors", "checksummed", "finished"),
        *_run_file("explanations/pair-0-1.safetensors", "checksummed", "finished"),
        *_run_file("rankings/survey.safetensors", "checksummed", "finished"),
        *_run_file("comparisons/gat-both-link-00000000-3-0.safetensors", "checksummed", "finished"),
        *_run_file("outliers/noise-permuted.safetensors", "checksummed", "finished"),
        *_run_file(".sources", "text", "finished"),
        WayIn("kept/vectors.safetensors", "checksummed", run_files.kept_vectors, run_files.kept_vector_seeds, "runs"),
        WayIn("kept/points.parquet", "parquet", run_files.kept_points, run_files.kept_point_seeds, "runs"),
    )
}
