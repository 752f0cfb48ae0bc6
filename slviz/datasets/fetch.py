"""Fetching human synthetic lethality from the public places that give its parts.

The addresses name a commit, so their content cannot change. What arrives is checked by a SHA-256 over its *content*
(line ends and the order of rows left aside, see `_content_of_…`), because that is what could be verified against a
copy of the data set; the digests of the raw files were not at hand when this was written.

    genes          CXX1113/Dual-DropoutGCN (DDGCN, Cai et al. 2020, doi:10.1093/bioinformatics/btaa211)
    pairs          the same; SynLethDB is free for academic use (Guo et al. 2016, doi:10.1093/nar/gkv1108)
    interactions   DiNg1011/SLMGAE (Hao et al. 2021, doi:10.1109/JBHI.2021.3079302), from BioGRID (MIT)
    hgnc           HGNC's complete set, a dated monthly release (CC0)
    gaf, obo       Gene Ontology's human annotation and its basic ontology, one dated release (CC BY 4.0)

`human-sl` adds what a model for experiments needs: systematic interactions (HuRI, HI-I-05, HI-II-14), curated ones
(Lit-BM-13), Ensembl paralogs, and core-essential and non-essential genes. These are pinned by the SHA-256 of the file.
The releases of HGNC and of Gene Ontology are pinned by their date and checked by their form, since their digests could
not be taken when this was written; `SOURCES.tsv` in the folder holds the address and the SHA-256 of all that arrived.
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
from slviz.datasets.fetched_files import CONTENT as _CONTENT
from slviz.datasets.fetched_files import build_files, has_form
from slviz.disk.left_over import LeftOver, entries_in
from slviz.disk.locks import LockBusy, take
from slviz.disk.whole_files import folder_in_work
from slviz.errors import DataError, FetchFailed

DDGCN = "CXX1113/Dual-DropoutGCN/66079e74d23a09076435d52de9d7e7c83cd9f829"
SLMGAE = "DiNg1011/SLMGAE/3d0747b3714eff87a88fc388bc633ed7420da827"
PART, READY = ".part", ".ready"
LOCK, SOURCES = ".lock", "SOURCES.tsv"
STORAGE = "https://storage.googleapis.com"
RELEASES = "https://release.geneontology.org"
GO_RELEASE, HGNC_RELEASE = "2024-09-08", "2024-01-01"
GRAVIS = "robert-haas/gravis/3e63b606141bf78617b1247048a9e3ccca6d5824"
DHIMMEL = "dhimmel/ppi/9ae2ca12c20e0566e6644dc05b908de7f37ce15a"
PARALOGS = "pilarcacheiro/Paralogs/99f335f8b18875b13ea9d35af18322f7d389f8cb"
BAGEL = "hart-lab/bagel/53388adbb4fb0931e5c9dda135502be19e4555f0"


@dataclass(frozen=True)
class RemoteFile:
    """A file at a pinned address.

    Attributes:
        role: such as "genes", "pairs", "hgnc" or "HuRI".
        path: below the host; repository, commit and path for raw.githubusercontent.com.
        content_sha256: of the content in the form that `_CONTENT[role]` gives it; "" where it is not pinned.
        host: serves the path, unless a mirror does.
        sha256: of the file; "" where it is not pinned.
    """

    role: str
    path: str
    content_sha256: str = ""
    host: str = MIRROR
    sha256: str = ""

    def address(self, mirror: str = MIRROR) -> str:
        """Where it is fetched from: its own host, or the mirror of all where another one is named."""
        return f"{(self.host if mirror == MIRROR else mirror).rstrip('/')}/{self.path}"

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[1]


SYNLETHDB_PAIRS = (
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

ANNOTATION = (
    RemoteFile(
        "hgnc",
        f"public-download-files/hgnc/archive/archive/monthly/tsv/hgnc_complete_set_{HGNC_RELEASE}.txt",
        host=STORAGE,
    ),
    RemoteFile("gaf", f"{GO_RELEASE}/annotations/goa_human.gaf.gz", host=RELEASES),
    RemoteFile("obo", f"{GO_RELEASE}/ontology/go-basic.obo", host=RELEASES),
)
SYNLETHDB = (*SYNLETHDB_PAIRS, *ANNOTATION)
FOR_EXPERIMENTS = (
    RemoteFile(
        "HuRI",
        f"{GRAVIS}/examples/science/biology/data/HuRI.tsv",
        sha256="4cdf94366ff6e23e71ef9ec81922e85b2b3a1fb08e938f7b00d86c027cf1ecd6",
    ),
    RemoteFile(
        "HI-I-05",
        f"{DHIMMEL}/download/hid/HI-I-05.tsv",
        sha256="a72fd1f6d4e60ffa2f6acd21d7e3da080a1d3d42cab5d10137e1fda8b70a4847",
    ),
    RemoteFile(
        "HI-II-14",
        f"{DHIMMEL}/download/hid/HI-II-14.tsv",
        sha256="39a0b2695d5d1f9199b2fc30890fa617a376bf24927d1392e427815ebd212b7c",
    ),
    RemoteFile(
        "Lit-BM-13",
        f"{DHIMMEL}/download/hid/Lit-BM-13.tsv",
        sha256="0619a210942e07c452df3afe127c83d67161972aaf90ab202404cd55d6a0705d",
    ),
    RemoteFile(
        "paralogs",
        f"{PARALOGS}/results/paralogs_ensembl95_proteincoding.txt.gz",
        sha256="11052c56b39a06bdc73536db3edafe2cb94eeaec89a5241f948240df12815bcb",
    ),
    RemoteFile(
        "essential", f"{BAGEL}/CEGv2.txt", sha256="1b1df46f829e2c47dc8a4c164f60f5f1dc67513bafba7d8b9609421e0c75d27e"
    ),
    RemoteFile(
        "non-essential", f"{BAGEL}/NEGv1.txt", sha256="18a6b37a8f182a1bf501548e6b28fe4fcef02fcd296f873ef500a21eeb433739"
    ),
)
HUMAN_SL = (*SYNLETHDB, *FOR_EXPERIMENTS)
DATA_SETS = {"synlethdb": SYNLETHDB, "human-sl": HUMAN_SL}
"""What can be fetched: the files of each."""


def fetch_synlethdb(
    folder: Path,
    *,
    mirror: str = MIRROR,
    files: tuple[RemoteFile, ...] = SYNLETHDB,
    on_progress: Callable[[str, Progress], None] | None = None,
    timeout_seconds: float = 30.0,
    pause_seconds: float = 1.0,
) -> Path:
    """Downloads the files of a data set, checks them, and puts a data folder in place: whole or not at all.

    What has arrived is kept beside `folder` (`<folder>.part`) until all is there, so a second call resumes where
    the first one stopped. Raises `FetchFailed` when a file does not arrive, or arrives altered, and `DataError`
    when `folder` holds something already or cannot be written.

    Args:
        mirror: another address that serves the same paths, those of all hosts.
        files: what to fetch: `SYNLETHDB`, or `HUMAN_SL`.
        on_progress: called with a file's name and how far it has come.
        timeout_seconds: how long a silent server is waited for, each time.
        pause_seconds: before the second try; it doubles with every further one.
    """
    _refuse_occupied(folder)
    partial = folder.with_name(f"{folder.name}{PART}")
    try:
        with _fetching(folder, partial):
            for file in files:
                on_share = None if on_progress is None else _told(on_progress, file.name)
                try:
                    download(
                        file.address(mirror),
                        partial / file.name,
                        on_progress=on_share,
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
    """Makes the data folder from the files as a browser saved them; raises as `fetch_synlethdb` does."""
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
    addresses = "".join(f"\n  {file.address()}" for file in files)
    name = next((name for name, known in DATA_SETS.items() if len(known) == len(files)), "synlethdb")
    return (
        f"To do it by hand, save these files in one folder:{addresses}\n"
        f"and run `python -m slviz data fetch {name} --downloaded FOLDER --to {folder}`."
    )


def _told(on_progress: Callable[[str, Progress], None], name: str) -> Callable[[Progress], None]:
    return lambda progress: on_progress(name, progress)


def _refuse_occupied(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"'{folder}' is there already and was left as it is. Remove it, or choose another with --to.")


def _put_in_place(folder: Path, downloads: Path, files: tuple[RemoteFile, ...]) -> Path:
    """Checks the downloads, writes the data folder beside its place and moves it there in one step."""
    originals = {file.role: (downloads / file.name).read_bytes() for file in files}
    for file in files:
        problem = _problem_with(file, originals[file.role])
        if problem:
            if downloads != folder and downloads.suffix == PART:
                (downloads / file.name).unlink()  # so that the next try does not go on from a wrong file
            raise FetchFailed(f"'{file.name}' {problem}")
    for left in _unfinished(folder):
        left.clear()
    with folder_in_work(folder, prefix=f"{folder.name}{READY}-") as ready:
        for name, content in build_files(originals).items():
            (ready / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        (ready / SOURCES).write_text(_sources(files, originals), encoding="utf-8")
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
    left_overs = _unfinished(folder)
    partial = folder.with_name(f"{folder.name}{PART}")
    if partial.is_dir() and not partial.is_symlink():
        left_overs.append(LeftOver(partial, "a download that did not come to its end", guard=partial / LOCK))
    return [left_over for left_over in left_overs if not left_over.is_in_use]


def _unfinished(folder: Path) -> list[LeftOver]:
    named = re.compile(re.escape(f"{folder.name}{READY}") + r"(-[a-z0-9_]{8})?")
    aside = re.compile(rf"\.removed-{re.escape(folder.name + PART)}-[0-9a-f]+")
    return [
        LeftOver(path, "a data set that was not written to its end")
        for path in entries_in(folder.parent)
        if named.fullmatch(path.name) or aside.fullmatch(path.name)
    ]


def _problem_with(file: RemoteFile, raw: bytes) -> str:
    """What is wrong with a file that arrived; "" where it is the one that is pinned, or has the form that it should."""
    pinned, actual = file.sha256, hashlib.sha256(raw).hexdigest()
    of = "SHA-256"
    if file.content_sha256:
        pinned, actual = file.content_sha256, hashlib.sha256(_CONTENT[file.role](raw).encode()).hexdigest()
        of = "SHA-256 of its content"
    if pinned and actual != pinned:
        return (
            f"arrived altered: the {of} is {actual[:16]}…, expected {pinned[:16]}…. Try again; if it stays so, the "
            "address serves another file."
        )
    if not pinned and not has_form(file.role, raw):
        return (
            f"is not what {file.address()} should give: it has another form. Try again; if it stays so, the address "
            "serves another file."
        )
    return ""


def _sources(files: tuple[RemoteFile, ...], originals: Mapping[str, bytes]) -> str:
    """One line a file that arrived: role, address, bytes, SHA-256."""
    lines = [
        f"{file.role}\t{file.address()}\t{len(originals[file.role])}\t{hashlib.sha256(originals[file.role]).hexdigest()}\n"
        for file in files
    ]
    return "".join(["role\taddress\tbytes\tsha256\n", *lines])
