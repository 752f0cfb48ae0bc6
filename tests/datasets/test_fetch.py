"""Fetching SynLethDB from a server that behaves in every way a server can."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from file_server import Server

from slviz.datasets import fetch
from slviz.datasets.download import MIRROR, Progress, download
from slviz.datasets.fetch import SYNLETHDB_PAIRS as SYNLETHDB
from slviz.datasets.fetch import RemoteFile, build_from_downloads, fetch_synlethdb
from slviz.datasets.folder import read_folder
from slviz.errors import DataError, FetchFailed

GENES = [f"GEN{number}" for number in range(400)]
PAIRS = [(GENES[n], GENES[(n * 7 + 3) % 400], f"0.{n % 9 + 1}") for n in range(390)]
EDGES = [(n, (n * 11 + 5) % 400) for n in range(400)]


def upstream(genes: list[str], pairs: list[tuple[str, ...]], edges: list[tuple[int, int]]) -> dict[str, bytes]:
    """The three files as the repositories give them: Windows line ends, some pairs twice, interactions by number."""
    return {
        "genes": "".join(f"{gene}\r\n" for gene in genes).encode(),
        "pairs": "".join("\t".join(pair) + "\r\n" for pair in [*pairs, *pairs[:9]]).encode(),
        "interactions": "\n".join(f"{a}\t{b}" for a, b in reversed(edges)).encode(),
    }


SENT = upstream(GENES, PAIRS, EDGES)


def pinned(sent: dict[str, bytes]) -> tuple[RemoteFile, ...]:
    """The files at the real addresses, with the digests of what the test's server holds."""
    digest = {role: hashlib.sha256(fetch._CONTENT[role](raw).encode()).hexdigest() for role, raw in sent.items()}
    return tuple(RemoteFile(file.role, file.path, digest[file.role]) for file in SYNLETHDB)


@pytest.fixture
def server() -> Iterator[Server]:
    each = Server(SENT, SYNLETHDB)
    yield each
    each.close()


def fetch_from(server: Server, folder: Path, **changed: Any) -> Path:
    settings: dict[str, Any] = {"files": pinned(SENT), "timeout_seconds": 0.4, "pause_seconds": 0.01}
    return fetch_synlethdb(folder, mirror=server.address, **(settings | changed))


def assert_whole(folder: Path) -> None:
    graph, report = read_folder(folder)
    assert report.problems == []
    assert graph.genes == tuple(GENES)
    assert {frozenset((GENES[a], GENES[b])) for a, b in graph.pairs} == {frozenset(pair[:2]) for pair in PAIRS}
    assert graph.interactions is not None
    assert {tuple(edge) for edge in graph.interactions.T.tolist()} == {(min(e), max(e)) for e in EDGES if e[0] != e[1]}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]  # nothing half-done lies about


@pytest.mark.parametrize(
    "behaviour", ["well", "slow", "busy at first", "cutting at first", "silent at first", "without Range"]
)
def test_it_arrives_whole_from_any_server_that_has_it(server: Server, tmp_path: Path, behaviour: str) -> None:
    server.behaviour = behaviour
    assert fetch_from(server, tmp_path / "synlethdb") == tmp_path / "synlethdb"
    assert_whole(tmp_path / "synlethdb")


def test_a_cut_transfer_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    server.behaviour = "cutting at first"
    fetch_from(server, tmp_path / "synlethdb")
    third = len(SENT["genes"]) // 3
    assert server.asked[:2] == [("List_Proteins_in_SL.txt", None), ("List_Proteins_in_SL.txt", f"bytes={third}-")]


def test_a_server_that_cannot_go_on_is_taken_from_the_beginning(server: Server, tmp_path: Path) -> None:
    server.behaviour = "without Range"
    fetch_from(server, tmp_path / "synlethdb")
    assert len(server.asked) == 2 * len(SYNLETHDB)  # once cut, once whole


def test_a_second_call_goes_on_where_the_first_one_gave_up(server: Server, tmp_path: Path) -> None:
    server.behaviour = "always cutting"
    with pytest.raises(FetchFailed, match=r"in 4 tries \(the connection ended after \d+ of .*run the same") as failed:
        fetch_from(server, tmp_path / "synlethdb")
    arrived = int(re.search(r"ended after (\d+) of", str(failed.value))[1])  # a cut connection may lose its last bytes
    assert 0 < arrived <= 200
    assert not (tmp_path / "synlethdb").exists()
    server.behaviour = "well"
    server.asked.clear()
    fetch_from(server, tmp_path / "synlethdb")
    assert server.asked[0] == ("List_Proteins_in_SL.txt", f"bytes={arrived}-")
    assert_whole(tmp_path / "synlethdb")


def test_an_altered_file_is_refused_and_asked_for_anew(server: Server, tmp_path: Path) -> None:
    server.behaviour = "altering"
    with pytest.raises(FetchFailed, match=r"'List_Proteins_in_SL\.txt' arrived altered: the SHA-256 of its content"):
        fetch_from(server, tmp_path / "synlethdb")
    assert not (tmp_path / "synlethdb").exists()
    server.behaviour = "well"
    for _ in SYNLETHDB:  # the files that were taken are found to be altered one after the other
        try:
            fetch_from(server, tmp_path / "synlethdb")
            break
        except FetchFailed:
            continue
    assert_whole(tmp_path / "synlethdb")


def test_a_file_that_is_not_there_is_not_tried_again(server: Server, tmp_path: Path) -> None:
    server.behaviour = "without the files"
    with pytest.raises(FetchFailed, match=r"answered 404 Not Found\. To do it by hand"):
        fetch_from(server, tmp_path / "synlethdb")
    assert len(server.asked) == 1


def test_no_net_is_one_sentence_and_the_way_by_hand(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed) as error:
        fetch_synlethdb(tmp_path / "synlethdb", mirror="http://127.0.0.1:9", pause_seconds=0.01)
    said = str(error.value)
    assert said.startswith(
        "'List_Proteins_in_SL.txt' could not be downloaded from 127.0.0.1:9 in 4 tries (no connection:"
    )
    assert said.count(MIRROR) == 3
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_is_no_web_address(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="begins with https://"):
        download("file:///etc/passwd", tmp_path / "x")


def test_what_is_there_is_left_alone(server: Server, tmp_path: Path) -> None:
    (tmp_path / "synlethdb").mkdir()
    (tmp_path / "synlethdb" / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match="is there already and was left as it is"):
        fetch_from(server, tmp_path / "synlethdb")
    assert server.asked == []


def test_progress_runs_to_the_end_of_each_file(server: Server, tmp_path: Path) -> None:
    server.behaviour = "slow"
    seen: list[tuple[str, Progress]] = []
    fetch_from(server, tmp_path / "synlethdb", on_progress=lambda name, progress: seen.append((name, progress)))
    for file in SYNLETHDB:
        done = [progress.done_bytes for name, progress in seen if name == file.name]
        assert done == sorted(done)
        assert len(done) >= 3
        assert done[-1] == len(SENT[file.role])


def test_files_saved_by_hand_do_as_well(tmp_path: Path) -> None:
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    for file in SYNLETHDB[:2]:
        (downloads / file.name).write_bytes(SENT[file.role])
    with pytest.raises(FetchFailed, match=r"lacks biogrid_ppi_sparse\.txt"):
        build_from_downloads(tmp_path / "out" / "synlethdb", downloads, files=pinned(SENT))
    (downloads / SYNLETHDB[2].name).write_bytes(SENT["interactions"])
    assert_whole(build_from_downloads(tmp_path / "out" / "synlethdb", downloads, files=pinned(SENT)))
    assert len(list(downloads.iterdir())) == 3  # a person's files stay


@pytest.mark.real
@pytest.mark.slow
def test_the_pinned_digests_are_those_of_the_real_data(real_folder: Path, tmp_path: Path) -> None:
    """The real bytes in the form of the repositories pass the pinned check and give the real genes and pairs."""
    real, _ = read_folder(real_folder)
    rows = (real_folder / "SL_Human_FinalCheck.txt").read_text().split("\n")
    assert real.interactions is not None
    edges = [(int(a), int(b)) for a, b in real.interactions.T]
    server = Server(upstream(list(real.genes), [tuple(row.split("\t")) for row in rows if row], edges), SYNLETHDB)
    try:
        folder = fetch_from(server, tmp_path / "synlethdb", files=SYNLETHDB, timeout_seconds=10)
    finally:
        server.close()
    fetched, report = read_folder(folder)
    assert report.skipped == {}
    assert fetched.genes == real.genes
    assert sorted(map(tuple, fetched.pairs.tolist())) == sorted(map(tuple, real.pairs.tolist()))
    assert sorted(fetched.score.tolist()) == sorted(real.score.tolist())
    assert fetched.interactions is not None
    assert sorted(map(tuple, fetched.interactions.T.tolist())) == sorted(map(tuple, real.interactions.T.tolist()))
