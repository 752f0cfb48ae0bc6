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
from slviz.runs.files import CURE, from_json, read_whole, sha256, to_json, write_atomically

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
        stored = from_json(read_whole(path), path)
        if not isinstance(stored, dict):
            raise DamagedRun(f"{MANIFEST} of run {folder.name} is altered: it is not a list of files. {CURE}")
        seal = stored.pop("sha256", None)
        if stored.pop("format", None) != FORMAT:
            raise DamagedRun(f"{MANIFEST} of run {folder.name} has a format that this version of slviz cannot read.")
        if seal != sha256(to_json({"format": FORMAT, **stored})):
            raise DamagedRun(f"{MANIFEST} of run {folder.name} is altered: it does not match its own SHA-256. {CURE}")
        manifest = cls(**stored)
        if manifest.run_id != folder.name:
            raise DamagedRun(
                f"{MANIFEST} in folder {folder.name} belongs to run {manifest.run_id}. "
                "Give the folder its own name back, or remove it."
            )
        return manifest

    def read_file(self, folder: Path, name: str) -> bytes:
        """The content of one file, checked; raises `DamagedRun` naming the file and what is wrong with it."""
        if name not in self.files:
            raise DamagedRun(f"{name} is not part of run {folder.name}: its {MANIFEST} does not list it. {CURE}")
        content = read_whole(folder / name)
        recorded = self.files[name]
        if len(content) != recorded["bytes"]:
            raise DamagedRun(_wrong_size(folder, name, len(content), recorded["bytes"]))
        if sha256(content) != recorded["sha256"]:
            raise DamagedRun(
                f"{name} of run {folder.name} is altered or belongs to another run: "
                f"its SHA-256 is not the one in {MANIFEST}. {CURE}"
            )
        return content

    def missing_or_cut(self, folder: Path) -> str:
        """What can be seen without reading: a sentence on the first missing or cut file, or ""."""
        for name, recorded in self.files.items():
            try:
                size_bytes = (folder / name).stat().st_size
            except OSError:
                return f"{name} of run {folder.name} is missing. {CURE}"
            if size_bytes != recorded["bytes"]:
                return _wrong_size(folder, name, size_bytes, recorded["bytes"])
        return ""


def library_versions() -> dict[str, str]:
    """Versions of slviz, Python and the libraries that a result depends on, as installed."""
    found = {"slviz": slviz.__version__, "python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _wrong_size(folder: Path, name: str, found: int, recorded: int) -> str:
    what = "cut" if found < recorded else "altered"
    return f"{name} of run {folder.name} is {what}: it has {found:,} bytes instead of {recorded:,}. {CURE}"
