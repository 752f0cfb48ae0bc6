"""The manifest: what a finished run consists of, written last, and the check of a file against it."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import slviz
from slviz.errors import DamagedRun
from slviz.runs.damage import damaged, later, readable
from slviz.runs.files import read_whole, sha256, to_json, write_atomically
from slviz.runs.parsing import convert, making_sense, parse_json
from slviz.runs.schemas import StoredManifest

MANIFEST = "manifest.json"
FORMAT = 1
LIBRARIES = ("numpy", "pandas", "scipy", "torch", "torch-geometric")


@dataclass(frozen=True)
class Manifest:
    """What a finished run consists of.

    Attributes:
        run_id: the run that this manifest belongs to.
        files: by name, the SHA-256 in hexadecimal and the size in bytes of every file.
        versions: of slviz, Python and the libraries that the result depends on.
        device: what it was trained on, such as "cpu".
        seconds: wall-clock time of training and evaluation; None where it was not measured.
        finished: when, in UTC, as ISO 8601.
    """

    run_id: str
    files: Mapping[str, Mapping[str, Any]]
    versions: Mapping[str, str]
    device: str
    seconds: float | None
    finished: str

    @classmethod
    def of(cls, run_id: str, contents: Mapping[str, bytes], *, device: str, seconds: float | None) -> Manifest:
        """The manifest of files with these contents, finished now."""
        return cls(
            run_id=run_id,
            files={name: {"sha256": sha256(content), "bytes": len(content)} for name, content in contents.items()},
            versions=library_versions(),
            device=device,
            seconds=seconds,
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def write(self, folder: Path) -> None:
        """Write it in one step: from then on the run is finished."""
        content = {"format": FORMAT, **asdict(self)}
        write_atomically(folder / MANIFEST, to_json({**content, "sha256": sha256(to_json(content))}))

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a folder, checked against its own SHA-256; raises `DamagedRun`."""
        path = folder / MANIFEST
        stored = parse_json(read_whole(path), dict[str, Any], path)
        refuse_format(stored.pop("format", None), FORMAT, path)
        checksum = stored.pop("sha256", None)
        with making_sense(path):
            holds = checksum == sha256(to_json({"format": FORMAT, **stored}))
        if not holds:
            raise damaged(path, "is altered: it does not match its own SHA-256")
        manifest = cls._of_stored(convert(stored, StoredManifest, path), path)
        if manifest.run_id != folder.name:
            raise DamagedRun(
                f"{MANIFEST} in folder {readable(folder.name)} belongs to run {manifest.run_id}. "
                "Give the folder its own name back, or remove it."
            )
        return manifest

    @classmethod
    def _of_stored(cls, stored: StoredManifest, path: Path) -> Manifest:
        with making_sense(path):
            if datetime.fromisoformat(stored.finished).tzinfo is None:
                raise ValueError("a time without its zone")
        return cls(
            run_id=stored.run_id,
            files={name: {"sha256": file.sha256, "bytes": file.bytes} for name, file in stored.files.items()},
            versions=stored.versions,
            device=stored.device,
            seconds=stored.seconds,
            finished=stored.finished,
        )

    def read_file(self, folder: Path, name: str) -> bytes:
        """The content of one file, checked; raises `DamagedRun` naming the file and what is wrong with it."""
        if name not in self.files:
            raise damaged(folder / name, f"is not listed in its {MANIFEST}")
        recorded = self.files[name]
        if (wrong := _wrong_size(folder / name, recorded["bytes"])) is not None:
            raise wrong
        content = read_whole(folder / name)
        if sha256(content) != recorded["sha256"]:
            raise damaged(
                folder / name, f"is altered or belongs to another run: its SHA-256 is not the one in {MANIFEST}"
            )
        return content

    def missing_or_cut(self, folder: Path) -> str:
        """What can be seen without reading: a sentence on the first missing or cut file, or ""."""
        for name, recorded in self.files.items():
            if (wrong := _wrong_size(folder / name, recorded["bytes"])) is not None:
                return str(wrong)
        return ""


def refuse_format(number: object, known: int, path: Path) -> None:
    """`DamagedRun` where the format of a file is not `known`: a later one, or none at all."""
    if number == known and not isinstance(number, bool):
        return
    if isinstance(number, int) and number > known:
        raise later(path, f"is of format {readable(str(number), most=20)}, and this version reads format {known}")
    raise damaged(path, f"is altered: it says no format that slviz ever wrote (this version reads format {known})")


def library_versions() -> dict[str, str]:
    """Versions of slviz, Python and the libraries that a result depends on, as installed."""
    versions = {"slviz": slviz.__version__, "python": platform.python_version()}
    for library in LIBRARIES:
        try:
            versions[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def _wrong_size(path: Path, recorded: int) -> DamagedRun | None:
    """The error on a file that is missing or not of the size that was recorded; None where it is."""
    try:
        size_bytes = path.lstat().st_size
    except (OSError, ValueError):
        return damaged(path, "is missing")
    if size_bytes == recorded:
        return None
    what = "cut" if size_bytes < recorded else "altered"
    return damaged(path, f"is {what}: it has {size_bytes:,} bytes instead of {recorded:,}")
