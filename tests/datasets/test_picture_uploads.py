"""Files of pictures that are uploaded, one by one or in a zip of a folder a class: the data set that the folder is."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from slviz.datasets import uploads
from slviz.datasets.folder import read_folder
from slviz.datasets.sources import open_with_report
from slviz.datasets.uploads import keep_and_read, keep_upload
from slviz.errors import MalformedData, SlvizError
from slviz.files.limited import run_limited

GREY = np.random.default_rng(3).integers(0, 250, size=(12, 6, 5)).astype(np.uint8)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def png(picture: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    return content.getvalue()


def in_folders() -> dict[str, bytes]:
    return {f"{'xyz'[number % 3]}/{number:02d}.png": png(picture) for number, picture in enumerate(GREY)}


def zipped(content: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return packed.getvalue()


def says_its_size(height: int, width: int) -> bytes:
    """A PNG of few bytes that says that it is so large."""
    raw = bytearray(png(GREY[0]))
    raw[16:24] = struct.pack(">LL", width, height)
    raw[29:33] = struct.pack(">L", zlib.crc32(bytes(raw[12:29])))
    return bytes(raw)


@pytest.mark.parametrize("wrapper", ["", "my letters/", "letters\\"])
def test_a_zip_with_a_folder_a_class_is_the_data_set_that_the_same_folder_is(wrapper: str, tmp_path: Path) -> None:
    for name, content in in_folders().items():
        path = tmp_path / "disk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    from_disk, _ = read_folder(tmp_path / "disk")
    content = {f"{wrapper}{name}": data for name, data in in_folders().items()}
    place = keep_upload({"letters.zip": zipped({**content, "__MACOSX/x/._00.png": b"hidden", ".DS_Store": b""})})
    graph, _ = open_with_report(str(place))
    assert place.name == "letters"
    assert graph.fingerprint == from_disk.fingerprint
    assert graph.genes == from_disk.genes
    assert graph.classes["label"].tolist() == ["x"] * 4 + ["y"] * 4 + ["z"] * 4
    assert np.array_equal(graph.features["pixels"], from_disk.features["pixels"])
    assert [path.name for path in place.iterdir()] == ["pictures.npz"]


def test_loose_files_have_their_names_and_no_class_and_a_settings_file_says_what_they_are() -> None:
    files = {f"cat {number:02d}.png": png(picture) for number, picture in enumerate(GREY)}
    graph, _ = open_with_report(str(keep_upload({**files, "dataset.toml": b'title = "Cats"\nthing = "cat"\n'})))
    assert graph.genes[:2] == ("cat 00", "cat 01")
    assert graph.classes == {}
    assert (graph.title, graph.nouns.things) == ("Cats", "cats")
    assert np.allclose(graph.features["pixels"], GREY.reshape(12, -1) / GREY.max())


def test_pictures_of_sixteen_bits_keep_their_shades() -> None:
    deep = (GREY.astype(np.uint16) << 8) + 255
    graph, _ = open_with_report(str(keep_upload({f"{n:02d}.png": png(picture) for n, picture in enumerate(deep)})))
    assert np.allclose(graph.features["pixels"], GREY.reshape(12, -1) / GREY.max())


def test_names_and_folders_are_text_and_never_places(cache: Path) -> None:
    """A class may be called as a tag or as a formula; it is shown as it is written."""
    content = {f"{'ab'[n % 2]}<b>/=cmd {n}.png": png(picture) for n, picture in enumerate(GREY)}
    place = keep_upload({"odd.zip": zipped(content)})
    graph, _ = open_with_report(str(place))
    assert set(graph.classes["label"]) == {"a<b>", "b<b>"}
    assert "=cmd 0" in graph.genes
    assert {path.name for path in cache.rglob("*") if path.is_file()} >= {"pictures.npz"}
    assert not list(cache.rglob("*cmd*"))


def test_a_logo_in_a_data_folder_is_no_data_set_of_pictures() -> None:
    from data_folders import GOOD

    files = {name: text.encode() for name, text in GOOD.items()}
    graph, _ = open_with_report(str(keep_upload({**files, "logo.png": png(GREY[0])})))
    assert graph.pictures is None
    assert len(graph.pairs) == 5


def one_class() -> dict[str, bytes]:
    return {f"only/{number:02d}.png": png(picture) for number, picture in enumerate(GREY)}


def constant() -> dict[str, bytes]:
    return {f"{number:02d}.png": png(np.full((4, 4), 7, dtype=np.uint8)) for number in range(12)}


LOOSE = {name.replace("/", "-"): content for name, content in in_folders().items()}


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({**LOOSE, "z.png": png(GREY[0, :3])}, "z.png: has 3 × 5 pixels, and 12 of 13 pictures have 6 × 5"),
        ({**LOOSE, "z.png": png(GREY[0])[:60]}, "z.png: cannot be read as a picture"),
        ({**LOOSE, "z.png": b"no picture"}, "z.png: cannot be read as a picture"),
        ({**LOOSE, "z.png": says_its_size(60_000, 60_000)}, "z.png: "),
        ({**LOOSE, "z.png": says_its_size(10_000, 10_000)}, "z.png: "),
        (constant(), "whose pixels are all 7, so there is nothing to learn"),
        (dict(list(LOOSE.items())[:3]), "holds 3 pictures; a network needs 10 or more"),
        ({"p.zip": zipped({**in_folders(), "../../up.png": png(GREY[0])})}, "names a place outside the zip"),
        ({"p.zip": zipped({**in_folders(), "/root/up.png": png(GREY[0])})}, "names a place outside the zip"),
        ({"p.zip": zipped({**in_folders(), "C:\\up.png": png(GREY[0])})}, "names a place outside the zip"),
        ({"p.zip": zipped(in_folders())[:-30]}, "cannot be unpacked"),
        ({"p.zip": zipped({**in_folders(), "x/z.png": bytes(200 << 20)})}, "would take more than 128 MiB"),
    ],
)
def test_a_sentence_for_each_fault_and_nothing_is_kept(
    files: dict[str, bytes], sentence: str, tmp_path: Path, cache: Path
) -> None:
    paths = {name: tmp_path / f"upload-{number}" for number, name in enumerate(files)}
    for name, path in paths.items():
        path.write_bytes(files[name])
    with pytest.raises(MalformedData) as caught:
        keep_and_read(paths)
    assert sentence in str(caught.value)
    assert not (cache / "uploads").exists()


def test_one_class_is_said_and_the_pictures_open() -> None:
    graph, report = open_with_report(str(keep_upload({"p.zip": zipped(one_class())})))
    assert "only class of the pictures" in report.text()
    assert set(graph.classes["label"]) == {"only"}


def test_more_pictures_than_the_limit_are_refused_and_a_thousand_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit on files of any zip is 1,000."""
    content = png(GREY[0])
    many = {f"{number % 7}/{number:04d}.png": content for number in range(1100)}
    graph, _ = open_with_report(str(keep_upload({"many.zip": zipped(many)})))
    assert len(graph) == 1100
    monkeypatch.setenv("SLVIZ_PICTURE_FILES", "1000")
    with pytest.raises(MalformedData, match="SLVIZ_PICTURE_FILES"):
        keep_upload({"many.zip": zipped(many)})
    with pytest.raises(MalformedData, match="SLVIZ_PICTURE_FILES"):
        keep_upload({path.replace("/", "-"): data for path, data in many.items()})


def test_all_pixels_together_are_counted_before_any_picture_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file says a size that is allowed; none holds so much."""
    monkeypatch.setattr("slviz.datasets.read_pictures._decoded", lambda content: pytest.fail("was unpacked"))
    large = {f"{number:03d}.png": says_its_size(1000, 1000) for number in range(101)}
    with pytest.raises(MalformedData, match=r"say that they hold 101,000,000 pixels"):
        keep_upload(large)


def test_the_child_that_reads_uploads_reads_them_and_refuses_what_takes_too_much(tmp_path: Path) -> None:
    (tmp_path / "0").write_bytes(zipped(in_folders()))
    place = run_limited(keep_and_read, {"letters.zip": tmp_path / "0"}, what="letters.zip", size_bytes=2_000)
    assert len(open_with_report(str(place))[0]) == 12
    white = png(np.full((1024, 1024), 255, dtype=np.uint8))
    (tmp_path / "1").write_bytes(zipped({f"{number:03d}.png": white for number in range(95)}))
    with pytest.raises(SlvizError) as caught:
        run_limited(
            keep_and_read, {"white.zip": tmp_path / "1"}, what="white.zip", size_bytes=(tmp_path / "1").stat().st_size
        )
    assert "does not know why" not in str(caught.value)


def test_what_may_be_uploaded_is_offered() -> None:
    assert {".png", ".zip", ".npz", ".txt"} <= set(uploads.OFFERED)
