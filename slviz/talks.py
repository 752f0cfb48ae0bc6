"""Talks: views of the pages in an order, each with a title, a note and its figure as it was kept.

    <models>/.talks/<SHA-256 of the name>/talk.json, and <SHA-256 of a figure>.json beside it

A view is a page's address, so it opens live; its figure is kept with it, so a talk is given even when the run is gone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated

import msgspec

from slviz.errors import DamagedRun, DamagedSelection, InvalidSetting, UnknownSelection, nearest
from slviz.gene_sets import checked_name
from slviz.runs.damage import readable
from slviz.runs.files import saving, write_atomically
from slviz.runs.folder import holding
from slviz.runs.manifest import refuse_format
from slviz.runs.parsing import parse_json
from slviz.runs.plain_files import read_if_there
from slviz.runs.schemas import FormatOnly, Integer, Stored, Text
from slviz.text import utf8

TALKS = ".talks"
FORMAT = 1
FILE, LOCK = "talk.json", ".lock"
MOST_VIEWS = 60
LONGEST_TITLE, LONGEST_NOTE = 200, 4000
LARGEST_FIGURE_BYTES = 32 << 20
BUSY = "Somebody else is changing this talk right now. Try again in a moment."


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

    Raises `InvalidSetting` where title or note is too long.
    """

    page: str
    query: dict[str, str] = field(default_factory=dict)
    title: str = ""
    note: str = ""
    figure: str = ""
    alt: str = ""

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

    def moved(self, number: int, by: int) -> Talk:
        """With one view so many places later, or earlier where `by` is negative; never beyond the ends."""
        views = list(self.views)
        view = views.pop(number)
        views.insert(min(max(number + by, 0), len(views)), view)
        return replace(self, views=tuple(views))

    def without(self, number: int) -> Talk:
        """With one view less."""
        return replace(self, views=self.views[:number] + self.views[number + 1 :])

    def edited(self, number: int, *, title: str, note: str) -> Talk:
        """With another title and note of one view."""
        view = replace(self.views[number], title=title, note=note)
        return replace(self, views=(*self.views[:number], view, *self.views[number + 1 :]))


class StoredView(Stored):
    """The JSON of a view."""

    page: Text
    query: dict[Text, Text]
    title: Text = ""
    note: Text = ""
    figure: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""
    alt: Text = ""


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

    def keep(self, talk: Talk, *, figure: str | None = None) -> Talk:
        """Write a talk; `figure`, the JSON of one, becomes that of its last view.

        Raises `InvalidSetting` where the name or the figure cannot be kept, `RunNotSaved` where the disk refuses.
        """
        talk = replace(talk, name=checked_name(talk.name))
        place = self._place(talk.name)
        with holding(place / LOCK, busy=BUSY, tidy=lambda: True, make_folder=True):
            if figure is not None:
                content = utf8(figure)
                if len(content) > LARGEST_FIGURE_BYTES:
                    size, most = len(content) / (1 << 20), LARGEST_FIGURE_BYTES >> 20
                    raise InvalidSetting(
                        f"The figure takes {size:,.0f} MB and a talk keeps at most {most} MB of one. Zoom in, or keep "
                        "the view without its figure."
                    )
                digest = hashlib.sha256(content).hexdigest()
                write_atomically(place / f"{digest}.json", content)
                talk = replace(talk, views=(*talk.views[:-1], replace(talk.views[-1], figure=digest)))
            write_atomically(place / FILE, utf8(json.dumps({"format": FORMAT, **asdict(talk)}, ensure_ascii=False)))
            used = {f"{view.figure}.json" for view in talk.views} | {FILE}
            for path in place.glob("*.json"):
                if path.name not in used:
                    path.unlink(missing_ok=True)
        return talk

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
        """Forget a talk with its figures; nothing happens where it is gone already."""
        place = self._place(name)
        with saving(place):
            for path in place.glob("*.json"):
                path.unlink(missing_ok=True)

    def _place(self, name: str) -> Path:
        return self.folder / hashlib.sha256(name.strip().encode(errors="replace")).hexdigest()[:24]


def _read(path: Path) -> Talk:
    """Raises `FileNotFoundError`, or `DamagedSelection` naming the file."""
    try:
        content = read_if_there(path)
        if content is None:
            raise FileNotFoundError(path)
        refuse_format(parse_json(content, FormatOnly, path).format, FORMAT, path)
        stored = parse_json(content, StoredTalk, path)
        views = tuple(View(**msgspec.structs.asdict(view)) for view in stored.views)
    except (DamagedRun, InvalidSetting) as error:
        raise DamagedSelection(
            f"The talk in {TALKS}/{readable(path.parent.name)} is cut, altered or of a later slviz. Keep its views "
            "again under another name, or remove the folder."
        ) from error
    return Talk(stored.name, views)
