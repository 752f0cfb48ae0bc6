"""Fetching SynLethDB's genes, pairs and interactions from the public repositories that give them.

The addresses name a commit, so their content cannot change. What arrives is checked by a SHA-256 over its *content*
(line ends and the order of rows left aside, see `_content_of_…`), because that is what could be verified against a
copy of the data set; the digests of the raw files were not at hand when this was written.

    genes          CXX1113/Dual-DropoutGCN (DDGCN, Cai et al. 2020, doi:10.1093/bioinformatics/btaa211)
    pairs          the same; SynLethDB is free for academic use (Guo et al. 2016, doi:10.1093/nar/gkv1108)
    interactions   DiNg1011/SLMGAE (Hao et al. 2021, doi:10.1109/JBHI.2021.3079302), from BioGRID (MIT)
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from slviz.datasets.download import MIRROR, Progress, download
from slviz.disk.left_over import LeftOver, entries_in
from slviz.disk.locks import LockBusy, take
from slviz.disk.whole_files import folder_in_work
from slviz.errors import DataError, FetchFailed

DDGCN = "CXX1113/Dual-DropoutGCN/66079e74d23a09076435d52de9d7e7c83cd9f829"
SLMGAE = "DiNg1011/SLMGAE/3d0747b3714eff87a88fc388bc633ed7420da827"
PART, READY = ".part", ".ready"
LOCK = ".lock"
DATASET_TOML = """title = "SynLethDB: human synthetic lethality"
citation = "Guo et al. 2016, doi:10.1093/nar/gkv1108; interactions from BioGRID"
licence = "SynLethDB: academic use; BioGRID: MIT"

[files]
genes = "List_Proteins_in_SL.txt"
pairs = "SL_Human_FinalCheck.txt"
interactions = "ppi_edges.tsv"
"""


@dataclass(frozen=True)
class RemoteFile:
    """A file at a pinned address.

    Attributes:
        role: "genes", "pairs" or "interactions".
        path: repository, commit and path, as raw.githubusercontent.com wants them.
        content_sha256: of the content in the form that `_CONTENT[role]` gives it.
    """

    role: str
    path: str
    content_sha256: str

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[1]


SYNLETHDB = (
    RemoteFile(
        "genes",
        f"{DDGCN}/data/sl/List_Proteins_in_SL.txt",
        "e51bbf1ba1a4b0e5ebe2eef9a5a93191f6cf560c70612794b9f6112bec8a8041",
    ),
    RemoteFile(
        "pairs",
        f"{DDGCN}/data/sl/SL_Human_Approved.txt",
        "39362af42399a939c379770c95d137ba41150fa8e45f7a86f13dd71a3a8393ac",
    ),
    RemoteFile(
        "interactions",
        f"{SLMGAE}/data/biogrid_ppi_sparse.txt",
        "77b369ea0e4d3f2ae65d2e4c80e534da9e8ed59ad1b6cec90574f835ffca62df",
    ),
)


def fetch_synlethdb(
    folder: Path,
    *,
    mirror: str = MIRROR,
    files: tuple[RemoteFile, ...] = SYNLETHDB,
    on_progress: Callable[[str, Progress], None] | None = None,
    timeout_seconds: float = 30.0,
    pause_seconds: float = 1.0,
) -> Path:
    """Downloads the three files, checks them, and puts a data folder in place: whole or not at all.

    What has arrived is kept beside `folder` (`<folder>.part`) until all is there, so a second call goes on where
    the first one stopped. Raises `FetchFailed` when a file does not arrive, or arrives altered, and `DataError`
    when `folder` holds something already or cannot be written.

    Args:
        mirror: another address that serves the same paths.
        on_progress: called with a file's name and how far it has come.
        timeout_seconds: how long a silent server is waited for, each time.
        pause_seconds: before the second try; it doubles with every further one.
    """
    _refuse_occupied(folder)
    partial = folder.with_name(f"{folder.name}{PART}")
    try:
        with _fetching(folder, partial):
            for file in files:
                told = None if on_progress is None else _told(on_progress, file.name)
                try:
                    download(
                        f"{mirror.rstrip('/')}/{file.path}",
                        partial / file.name,
                        on_progress=told,
                        timeout_seconds=timeout_seconds,
                        pause_seconds=pause_seconds,
                    )
                except FetchFailed as error:
                    raise FetchFailed(f"{error} {by_hand(folder, files=files)}") from error
            return _put_in_place(folder, partial, files)
    except OSError as error:
        raise DataError(
            f"'{folder}' could not be written: {error.strerror}. Choose another place with --to."
        ) from error


def build_from_downloads(folder: Path, downloads: Path, *, files: tuple[RemoteFile, ...] = SYNLETHDB) -> Path:
    """Makes the data folder from the three files as a browser saved them; raises as `fetch_synlethdb` does."""
    _refuse_occupied(folder)
    missing = [file.name for file in files if not (downloads / file.name).is_file()]
    if missing:
        raise FetchFailed(f"'{downloads}' lacks {', '.join(missing)}. {by_hand(folder, files=files)}")
    try:
        return _put_in_place(folder, downloads, files)
    except OSError as error:
        raise DataError(
            f"'{folder}' could not be written: {error.strerror}. Choose another place with --to."
        ) from error


def by_hand(folder: Path, *, files: tuple[RemoteFile, ...] = SYNLETHDB) -> str:
    """How a person gets the data set without this program's download."""
    addresses = "".join(f"\n  {MIRROR}/{file.path}" for file in files)
    return (
        f"To do it by hand, save these files in one folder:{addresses}\n"
        f"and run `python -m slviz data fetch synlethdb --downloaded FOLDER --to {folder}`."
    )


def _told(on_progress: Callable[[str, Progress], None], name: str) -> Callable[[Progress], None]:
    return lambda progress: on_progress(name, progress)


def _refuse_occupied(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"'{folder}' is there already and was left as it is. Remove it, or choose another with --to.")


def _put_in_place(folder: Path, downloads: Path, files: tuple[RemoteFile, ...]) -> Path:
    """Checks the downloads, writes the data folder beside its place and moves it there in one step."""
    content = {}
    for file in files:
        path = downloads / file.name
        content[file.role] = _CONTENT[file.role](path.read_bytes())
        found = hashlib.sha256(content[file.role].encode()).hexdigest()
        if found != file.content_sha256:
            if downloads != folder and downloads.suffix == PART:
                path.unlink()  # so that the next try does not go on from a wrong file
            raise FetchFailed(
                f"'{file.name}' arrived altered: the SHA-256 of its content is {found[:16]}…, expected "
                f"{file.content_sha256[:16]}…. Try again; if it stays so, the address serves another file."
            )
    for left in _unfinished(folder):
        left.clear()
    originals = {file.role: (downloads / file.name).read_bytes() for file in files}
    with folder_in_work(folder, prefix=f"{folder.name}{READY}-") as ready:
        for name, text in _data_files(originals, content).items():
            (ready / name).write_bytes(text.encode())
    if downloads.suffix == PART:
        shutil.rmtree(downloads, ignore_errors=True)
    return folder


@contextlib.contextmanager
def _fetching(folder: Path, partial: Path) -> Iterator[None]:
    """The right to download into `partial`, for one process at a time; it stays while something lies in it."""
    busy = f"Another process is fetching into '{folder}'. Wait for its end, or choose another place with --to."
    try:
        held = take(partial / LOCK, make_folder=True)
    except LockBusy:
        raise DataError(busy) from None
    try:
        _refuse_occupied(folder)  # another may have been quicker
        yield
    finally:
        held.give_back(remove=True)
        with contextlib.suppress(OSError):  # only where nothing lies in it
            partial.rmdir()


def left_over_downloads(folder: Path) -> list[LeftOver]:
    """What a fetch into `folder` that did not come to its end left beside it."""
    found = _unfinished(folder)
    partial = folder.with_name(f"{folder.name}{PART}")
    if partial.is_dir() and not partial.is_symlink():
        found.append(LeftOver(partial, "a download that did not come to its end", guard=partial / LOCK))
    return [each for each in found if not each.is_in_use]


def _unfinished(folder: Path) -> list[LeftOver]:
    named = re.compile(re.escape(f"{folder.name}{READY}") + r"(-[a-z0-9_]{8})?")
    aside = re.compile(rf"\.removed-{re.escape(folder.name + PART)}-[0-9a-f]+")
    return [
        LeftOver(path, "a data set that was not written to its end")
        for path in entries_in(folder.parent)
        if named.fullmatch(path.name) or aside.fullmatch(path.name)
    ]


def _data_files(originals: Mapping[str, bytes], content: Mapping[str, str]) -> dict[str, str]:
    """The files of the data folder: each pair once, interactions by symbol instead of by number."""
    genes = content["genes"].split("\n")
    edges = (edge.split("\t") for edge in content["interactions"].split("\n"))
    pairs: dict[frozenset[str], str] = {}
    for row in _rows(originals["pairs"]):
        pairs.setdefault(frozenset(row[:2]), "\t".join(row))
    return {
        "dataset.toml": DATASET_TOML,
        "List_Proteins_in_SL.txt": "".join(f"{gene}\n" for gene in genes),
        "SL_Human_FinalCheck.txt": "".join(f"{row}\n" for row in pairs.values()),
        "ppi_edges.tsv": "".join(f"{genes[int(a)]}\t{genes[int(b)]}\n" for a, b in edges),
    }


def _rows(raw: bytes) -> list[list[str]]:
    return [line.split() for line in raw.decode("utf-8", errors="replace").splitlines() if line.strip()]


def _content_of_genes(raw: bytes) -> str:
    """The symbols in their order, one a line."""
    return "\n".join(" ".join(row) for row in _rows(raw))


def _content_of_pairs(raw: bytes) -> str:
    """Each pair of symbols once, sorted, one a line. Scores are left aside: nine pairs are listed twice."""
    return "\n".join(sorted({"\t".join(sorted(row[:2])) for row in _rows(raw)}))


def _content_of_interactions(raw: bytes) -> str:
    """Each pair of gene numbers once, the smaller first, sorted, one a line; self-interactions left out."""
    rows = [row for row in _rows(raw) if len(row) == 2 and row[0].isdecimal() and row[1].isdecimal()]
    edges = {(min(edge), max(edge)) for edge in ((int(a), int(b)) for a, b in rows) if edge[0] != edge[1]}
    return "\n".join(f"{a}\t{b}" for a, b in sorted(edges))


_CONTENT: dict[str, Callable[[bytes], str]] = {
    "genes": _content_of_genes,
    "pairs": _content_of_pairs,
    "interactions": _content_of_interactions,
}
