"""Talks: views of the pages in an order, each with a title, a note and its figure as it was kept.

    <models>/.talks/<SHA-256 of the name>/talk.json, and <SHA-256 of a figure>.json beside it

A view is a page's address, so it opens live; its figure is kept with it, so a talk is given even when the run is gone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated

import msgspec

from slviz.errors import (
    DamagedRun,
    DamagedSelection,
    InvalidSetting,
    SelectionExists,
    UnknownSelection,
    nearest,
)
from slviz.gene_sets import checked_name, name_as_kept
from slviz.runs.damage import readable
from slviz.runs.files import saving, write_atomically
from slviz.runs.folder import holding
from slviz.runs.manifest import refuse_format
from slviz.runs.parsing import parse_json
from slviz.runs.plain_files import is_plain, read_if_there
from slviz.runs.schemas import FormatOnly, Integer, Stored, Text
from slviz.text import utf8

TALKS = ".talks"
FORMAT = 1
FILE, LOCK = "talk.json", ".lock"
MOST_VIEWS = 60
LONGEST_TITLE, LONGEST_NOTE = 200, 4000
LARGEST_FIGURE_BYTES, LARGEST_TALK_BYTES = 32 << 20, 128 << 20
BUSY = "Somebody else is changing this talk right now. Try again in a moment."
GONE = "This view is gone: somebody else has removed it."
CHANGED = "Somebody else has changed this view meanwhile. See what it says now, and change that."
TOO_LONG = (
    "The view cannot be kept: a value of its address, or what its figure shows, has more than 10,000 letters. Choose "
    "less on the page, and keep the view again."
)


@dataclass(frozen=True)
class View:
    """One view of a talk.

    Attributes:
        page: of the application, by the name of its file.
        query: its address: what each key says.
        title: over the view, at most 200 letters.
        note: what is said to it, at most 4,000 letters.
        figure: SHA-256 of its figure, "" where it has none.
        alt: what the figure shows, for those who cannot see it.
        id: tells it from the other views of its talk, wherever it stands and whatever it says.

    Raises `InvalidSetting` where title or note is too long.
    """

    page: str
    query: dict[str, str] = field(default_factory=dict)
    title: str = ""
    note: str = ""
    figure: str = ""
    alt: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(8), compare=False)

    def __post_init__(self) -> None:
        for what, text, most in (("title", self.title, LONGEST_TITLE), ("note", self.note, LONGEST_NOTE)):
            if len(text) > most:
                raise InvalidSetting(f"A {what} has at most {most:,} letters; this one has {len(text):,}. Shorten it.")


@dataclass(frozen=True)
class Talk:
    """Views in their order; changes give another talk."""

    name: str
    views: tuple[View, ...] = ()

    def added(self, view: View) -> Talk:
        """With one more at the end; raises `InvalidSetting` where there are 60."""
        if len(self.views) >= MOST_VIEWS:
            raise InvalidSetting(f"A talk has at most {MOST_VIEWS} views. Remove one, or begin another talk.")
        return replace(self, views=(*self.views, view))

    def moved(self, view: View, by: int) -> Talk:
        """With one view so many places later, or earlier where `by` is negative; never beyond the ends.

        Raises `InvalidSetting` where the view is gone.
        """
        number = self._place_of(view)
        views = [*self.views[:number], *self.views[number + 1 :]]
        views.insert(min(max(number + by, 0), len(views)), self.views[number])
        return replace(self, views=tuple(views))

    def without(self, view: View) -> Talk:
        """With one view less; raises `InvalidSetting` where it is gone already."""
        number = self._place_of(view)
        return replace(self, views=self.views[:number] + self.views[number + 1 :])

    def edited(self, view: View, *, title: str, note: str) -> Talk:
        """With another title and note of one view.

        Raises `InvalidSetting` where the view is gone, or says something else than `view`, which the person read.
        """
        number = self._place_of(view)
        now = self.views[number]
        if (now.title, now.note) != (view.title, view.note):
            raise InvalidSetting(CHANGED)
        return replace(
            self, views=(*self.views[:number], replace(now, title=title, note=note), *self.views[number + 1 :])
        )

    def _place_of(self, view: View) -> int:
        for number, known in enumerate(self.views):
            if known.id == view.id:
                return number
        raise InvalidSetting(GONE)


class StoredView(Stored):
    """The JSON of a view; the first that were kept have no id."""

    page: Text
    query: dict[Text, Text]
    title: Text = ""
    note: Text = ""
    figure: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""
    alt: Text = ""
    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-z-]{0,40}\Z")] = ""


class StoredTalk(Stored):
    """The JSON of a talk."""

    format: Integer
    name: Text
    views: Annotated[tuple[StoredView, ...], msgspec.Meta(max_length=MOST_VIEWS)] = ()


class Talks:
    """The talks of a models folder; several people may write at once."""

    def __init__(self, root: Path) -> None:
        self.folder = root / TALKS

    def names(self) -> list[str]:
        """Of every talk that can be read, without regard to case."""
        names = []
        for path in sorted(self.folder.glob(f"*/{FILE}")):
            with contextlib.suppress(DamagedSelection, FileNotFoundError):  # removed by somebody a moment ago
                names.append(_read(path).name)
        return sorted(names, key=lambda name: (name.casefold(), name))

    def open(self, name: str) -> Talk:
        """Raises `UnknownSelection` with what there is, or `DamagedSelection` naming the file."""
        try:
            return _read(self._place(name) / FILE)
        except FileNotFoundError:
            known = self.names()
            listed = nearest(name, known) or (f" There are: {', '.join(known[:8])}." if known else " None is kept yet.")
            raise UnknownSelection(f"No talk is called '{readable(name[:100])}'.{listed}") from None

    def begin(self, talk: Talk, *, figure: str | None = None) -> Talk:
        """Write a talk that is not there yet; `figure`, the JSON of one, becomes that of its last view.

        Raises `InvalidSetting` where the name, a view or the figure cannot be kept, `SelectionExists` where a talk has
        the name, `DamagedSelection` where one that cannot be read has it, `RunAlreadyRunning` where somebody else is
        writing it, `RunNotSaved` where the disk refuses.
        """
        if not name_as_kept(talk.name):
            raise InvalidSetting("A talk needs a name, such as 'Group meeting'.")
        talk = replace(talk, name=checked_name(talk.name))
        with self._holding(talk.name):
            with contextlib.suppress(FileNotFoundError):
                _read(self._place(talk.name) / FILE)
                raise SelectionExists(f"A talk is called '{talk.name}' already. Choose it, or another name.")
            return self._write(talk, figure)

    def change(self, name: str, changed: Callable[[Talk], Talk], *, figure: str | None = None) -> Talk:
        """Write what `changed` makes of a talk as it is now; nobody else writes it meanwhile, so nothing is lost.

        `figure`, the JSON of one, becomes that of the last view. Raises what `changed` raises, `UnknownSelection` or
        `DamagedSelection` as `open` does, and what `begin` does for what cannot be written.
        """
        self.open(name)  # one that is gone gets no folder
        with self._holding(name):
            return self._write(changed(self.open(name)), figure)

    def _holding(self, name: str) -> contextlib.AbstractContextManager[None]:
        return holding(self._place(name) / LOCK, busy=BUSY, tidy=lambda: True, make_folder=True)

    def _write(self, talk: Talk, figure: str | None) -> Talk:
        """Whole or not at all, with the figure of its last view; figures that no view has are removed."""
        place = self._place(talk.name)
        pictures: dict[str, bytes] = {}
        if figure is not None:
            picture = _checked_figure(figure)
            digest = hashlib.sha256(picture).hexdigest()
            pictures[f"{digest}.json"] = picture
            talk = replace(talk, views=(*talk.views[:-1], replace(talk.views[-1], figure=digest)))
        content = _content(talk, place / FILE)
        used = {f"{view.figure}.json" for view in talk.views if view.figure}
        with saving(place):
            for name, picture in pictures.items():
                _refuse_too_large(len(picture), [place / other for other in used - {name}])
                write_atomically(place / name, picture)
            write_atomically(place / FILE, content)
            for path in place.glob("*.json"):
                if path.name not in used | {FILE}:
                    path.unlink(missing_ok=True)
        return talk

    def has_figure(self, talk: Talk, view: View) -> bool:
        """Whether the file of a view's figure is there; it is not read."""
        return bool(view.figure) and is_plain(self._place(talk.name) / f"{view.figure}.json")

    def figure(self, talk: Talk, view: View) -> str | None:
        """The JSON of a view's figure; None where it has none, or where its file is gone or altered."""
        if not view.figure:
            return None
        try:
            content = read_if_there(self._place(talk.name) / f"{view.figure}.json")
        except DamagedRun:
            return None
        if content is None or hashlib.sha256(content).hexdigest() != view.figure:
            return None
        return content.decode("utf-8")

    def remove(self, name: str) -> None:
        """Forget a talk with its figures; nothing happens where it is gone already.

        Raises `RunAlreadyRunning` where somebody else is writing it, `RunNotSaved` where the disk refuses.
        """
        place = self._place(name)
        if not place.is_dir():
            return
        with self._holding(name), saving(place):
            for path in place.glob("*.json"):
                path.unlink(missing_ok=True)

    def _place(self, name: str) -> Path:
        return self.folder / hashlib.sha256(name_as_kept(name).encode(errors="replace")).hexdigest()[:24]


def _checked_figure(figure: str) -> bytes:
    """Raises `InvalidSetting` where it is too large."""
    content = utf8(figure)
    if len(content) > LARGEST_FIGURE_BYTES:
        size, most = len(content) / (1 << 20), LARGEST_FIGURE_BYTES >> 20
        raise InvalidSetting(
            f"The figure takes {size:,.0f} MB and a talk keeps at most {most} MB of one. Zoom in, or keep the view "
            "without its figure."
        )
    return content


def _refuse_too_large(more_bytes: int, kept: list[Path]) -> None:
    """Raises `InvalidSetting` where the figures of a talk would be too large together."""
    kept_bytes = sum(path.stat().st_size for path in kept if is_plain(path))
    if kept_bytes + more_bytes > LARGEST_TALK_BYTES:
        size, most = kept_bytes / (1 << 20), LARGEST_TALK_BYTES >> 20
        raise InvalidSetting(
            f"The figures of the talk take {size:,.0f} MB already and, with this one, would take more than {most} MB. "
            "Keep the view without its figure, remove another view, or begin another talk."
        )


def _content(talk: Talk, path: Path) -> bytes:
    """The JSON of a talk; raises `InvalidSetting` for what could not be read again."""
    content = utf8(json.dumps({"format": FORMAT, **asdict(talk)}, ensure_ascii=False))
    try:
        _parsed(content, path)
    except DamagedRun as error:
        raise InvalidSetting(TOO_LONG) from error
    return content


def _read(path: Path) -> Talk:
    """Raises `FileNotFoundError`, or `DamagedSelection` naming the file."""
    try:
        content = read_if_there(path)
        if content is None:
            raise FileNotFoundError(path)
        return _parsed(content, path)
    except (DamagedRun, InvalidSetting) as error:
        raise DamagedSelection(
            f"The talk in {TALKS}/{readable(path.parent.name)} is cut, altered or of a later slviz. Keep its views "
            "again under another name, or remove the folder."
        ) from error


def _parsed(content: bytes, path: Path) -> Talk:
    """Raises `DamagedRun`, or `InvalidSetting` where a view is none.

    A view that was kept without an id, or shares one, is told by its place until the talk is written again.
    """
    refuse_format(parse_json(content, FormatOnly, path).format, FORMAT, path)
    stored = parse_json(content, StoredTalk, path)
    times = Counter(view.id for view in stored.views)
    views: list[View] = []
    for number, view in enumerate(stored.views, 1):
        settings = msgspec.structs.asdict(view)
        if not view.id or times[view.id] > 1:
            settings["id"] = f"view-{number}"
        views.append(View(**settings))
    return Talk(stored.name, tuple(views))
