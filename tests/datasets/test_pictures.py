"""Pictures as a data set: the digits, IDX, .npz and folders of files; and a sentence for each way to get them wrong."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from slviz.datasets.cache import load_folder
from slviz.datasets.folder import read_folder
from slviz.datasets.picture_shape import PictureShape
from slviz.datasets.sources import open_dataset
from slviz.datasets.uploads import keep_upload
from slviz.errors import MalformedData, MissingDataFile

RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, size=(12, 5, 4)).astype(np.uint8)
GREY[0, 0, 0] = 255
LABELS = np.arange(12) % 3


def written(folder: Path, **arrays: np.ndarray) -> Path:
    np.savez(folder / "pictures.npz", **arrays)  # type: ignore[arg-type]
    return folder


def idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + b"".join(int(length).to_bytes(4, "big") for length in array.shape)
    return head + array.astype(np.uint8).tobytes()


def refused(folder: Path) -> str:
    with pytest.raises(MalformedData) as caught:
        read_folder(folder)
    return str(caught.value)


def test_the_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    digits, graph = load_digits(), open_dataset("digits")
    assert graph.name == "digits"
    assert graph.pictures == PictureShape(8, 8)
    assert np.allclose(graph.features["pixels"], digits.data / 16)
    assert graph.classes["label"].tolist() == digits.target.astype(str).tolist()
    assert (len(graph.pairs), graph.genes[0], graph.nouns.things) == (0, "digit-0001", "digits")
    assert not graph.synthetic
    shown = graph.pictures.pictures(graph.features["pixels"][:3])
    assert np.abs(shown - digits.images[:3] * 255 / 16).max() <= 0.5


def test_idx_files_with_labels_packed_or_not_and_the_cache_give_the_same_pictures(tmp_path):
    (tmp_path / "images-idx3-ubyte").write_bytes(idx(GREY))
    (tmp_path / "labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(LABELS)))
    graph, report = read_folder(tmp_path)
    assert report.read["pictures"] == 12
    assert np.allclose(graph.features["pixels"], GREY.reshape(12, -1) / 255)
    assert graph.classes["label"].tolist() == [str(label) for label in LABELS]
    for _ in range(2):  # written, then read from the cache
        cached, _ = load_folder(tmp_path)
        assert cached.pictures == graph.pictures
        assert cached.fingerprint == graph.fingerprint


def test_an_npz_may_hold_colour_names_and_text_labels_and_its_scale_does_not_matter(tmp_path):
    colour = RANDOM.uniform(0, 900, size=(12, 3, 2, 3))
    names = np.array([f"cat {number}" for number in range(12)])
    graph, _ = read_folder(written(tmp_path, images=colour, labels=np.array(["a", "b"] * 6), names=names))
    assert graph.pictures == PictureShape(3, 2, 3)
    assert graph.features["pixels"].max() == pytest.approx(1)
    assert np.allclose(graph.features["pixels"], colour.reshape(12, -1) / colour.max())
    assert graph.genes[:2] == ("cat 0", "cat 1")
    assert set(graph.classes["label"]) == {"a", "b"}
    assert graph.pictures.pictures(graph.features["pixels"]).shape == (12, 3, 2, 3)


def test_an_npz_of_any_name_that_came_through_the_browser_is_a_data_set(tmp_path, monkeypatch):
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    content = io.BytesIO()
    np.savez(content, images=GREY)
    graph, _ = load_folder(keep_upload({"my cats.npz": content.getvalue()}))
    assert (len(graph), graph.pictures) == (12, PictureShape(5, 4))


def test_a_folder_of_files_with_a_folder_for_each_class(tmp_path):
    for number, picture in enumerate(GREY):
        place = tmp_path / "xyz"[number % 3]
        place.mkdir(exist_ok=True)
        Image.fromarray(picture).save(place / f"{number:02d}.png")
    (tmp_path / "dataset.toml").write_text('title = "Letters"\nthing = "letter"\n')
    graph, _ = read_folder(tmp_path)
    order = np.argsort(np.arange(12) % 3, kind="stable")
    assert np.allclose(graph.features["pixels"], GREY[order].reshape(12, -1) / 255)
    assert graph.classes["label"].tolist() == ["x"] * 4 + ["y"] * 4 + ["z"] * 4
    assert graph.genes[:2] == ("00", "03")
    assert graph.nouns.things == "letters"
    Image.fromarray(GREY[0, :3]).save(tmp_path / "x" / "99.png")
    said = refused(tmp_path)
    assert "x/99.png: has 3 × 4 pixels, and 12 of 13 pictures have 5 × 4" in said
    assert "one size" in said
    (tmp_path / "x" / "99.png").write_bytes(b"no picture")
    assert "cannot be read as a picture" in refused(tmp_path)


def bomb() -> bytes:
    """A PNG of few bytes that says that it is enormous."""
    content = io.BytesIO()
    Image.fromarray(GREY[0]).save(content, "PNG")
    raw = bytearray(content.getvalue())
    raw[16:24] = (60_000).to_bytes(4, "big") * 2
    import zlib

    raw[29:33] = zlib.crc32(bytes(raw[12:29])).to_bytes(4, "big")
    return bytes(raw)


def test_a_picture_that_says_it_is_enormous_is_refused_before_it_is_unpacked(tmp_path):
    for number, picture in enumerate(GREY):
        Image.fromarray(picture).save(tmp_path / f"{number:02d}.png")
    (tmp_path / "zz.png").write_bytes(bomb())
    said = refused(tmp_path)
    assert "60,000 × 60,000 pixels" in said or "cannot be read as a picture" in said


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"images": np.full((12, 4, 4), 7, dtype=np.uint8)}, "whose pixels are all 7, so there is nothing to learn"),
        ({"images": np.where(np.arange(192) == 17, np.nan, 0.5).reshape(12, 4, 4)}, "the first is picture 2"),
        ({"images": GREY[:3]}, "holds 3 pictures; a network needs 10 or more"),
        ({"images": np.zeros((12, 4))}, "Pictures are numbers [pictures, height, width]"),
        ({"images": GREY[..., None].repeat(2, axis=3)}, "grey ones (1 channel) or red, green and blue (3)"),
        ({"images": GREY, "labels": LABELS[:5]}, "labels of shape (5,) for 12 pictures"),
        ({"images": GREY, "labels": LABELS + 0.5}, "no whole numbers"),
        ({"images": GREY, "names": np.array(["same"] * 12)}, "'same' is the name of two pictures"),
        ({"vectors": GREY}, "holds no array 'images'"),
    ],
)
def test_a_sentence_for_each_fault(tmp_path, arrays, sentence):
    assert sentence in refused(written(tmp_path, **arrays))


def test_one_class_is_said_and_stops_nothing_but_the_task_of_classes(tmp_path):
    from slviz.errors import DataError
    from slviz.tasks import TASKS

    graph, report = read_folder(written(tmp_path, images=GREY, labels=np.zeros(12, dtype=int)))
    assert "only class of the pictures" in report.text()
    with pytest.raises(DataError, match="all of one class, '0'"):
        TASKS.make("classify").refuse(graph)


def test_an_idx_file_that_is_cut_or_none_is_refused(tmp_path):
    (tmp_path / "images-idx3-ubyte").write_bytes(idx(GREY)[:-1])
    assert "says that it holds 12 × 5 × 4 values and has 239 bytes" in refused(tmp_path)
    (tmp_path / "images-idx3-ubyte").write_bytes(b"GIF89a" + bytes(100))
    assert "is no IDX file" in refused(tmp_path)
    for length in range(4, 16):
        (tmp_path / "images-idx3-ubyte").write_bytes(idx(GREY)[:length])
        assert "ends before it says how long its 3 axes are" in refused(tmp_path)


def test_an_empty_file_and_one_that_is_called_npz_are_not_called_idx(tmp_path):
    (tmp_path / "images.npz").write_bytes(b"")
    assert "is empty" in refused(tmp_path)
    assert "IDX" not in refused(tmp_path)
    (tmp_path / "images.npz").write_bytes(b"GIF89a" + bytes(100))
    assert "is called .npz and is none" in refused(tmp_path)
    assert "IDX" not in refused(tmp_path)


def test_a_file_without_pictures_and_a_file_instead_of_a_folder_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    path = tmp_path / "own" / "none.npz"
    np.savez(path, images=np.zeros((0, 8, 8)))
    with pytest.raises(MalformedData, match=r"holds no pictures"):
        open_dataset(str(path.parent))
    with pytest.raises(MissingDataFile, match="is a file, and a data set is a folder"):
        open_dataset(str(path))
