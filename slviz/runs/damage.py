"""The sentence on a file that cannot be used: which file, of what, what is wrong with it, and what to do."""

from __future__ import annotations

from pathlib import Path

from slviz.errors import DamagedRun

CURE = "Remove the run and train it again."
MADE_AGAIN = "Remove the file and make it again."
BROUGHT_AGAIN = "Remove the set and bring its file in again."
LATER = "it was written by a later slviz. Open it with that, or update this one."
BESIDE = ("projections", "deletions", "explanations", "controls", "untrained", "shuffled", "features", "trained")
"""Folders inside that of a run, with what was made after it was finished."""
VECTOR_SETS = ".vectors"
LONGEST = 200


def damaged(path: Path, what: str, *, cure: str | None = None) -> DamagedRun:
    """The error on the file at `path`, such as "metrics.json of run X is cut. Remove the run …".

    Args:
        path: of the file, in a run folder, in a folder inside it, or in the folder of a vector set.
        what: is wrong with it, without the full stop.
        cure: what to do; taken from where the file lies when left out.
    """
    owner, usual = _owner(path)
    return DamagedRun(f"{readable(path.name)}{owner} {what}. {usual if cure is None else cure}".rstrip())


def later(path: Path, what: str) -> DamagedRun:
    """The error on a file that holds what this version does not know."""
    return DamagedRun(f"{readable(path.name)}{_owner(path)[0]} {what}: {LATER}")


def _owner(path: Path) -> tuple[str, str]:
    """Whose file it is, in words, and what makes good its loss."""
    folder = path.parent
    if folder.name in BESIDE:
        return "", MADE_AGAIN
    if not folder.name:
        return "", CURE
    if folder.parent.name == VECTOR_SETS:
        return f" of the vectors {readable(folder.name)}", BROUGHT_AGAIN
    return f" of run {readable(folder.name)}", CURE


def readable(text: str, *, most: int = LONGEST) -> str:
    """`text` on one line, at most so long; what does not print (control and direction marks, …) is spelt out."""
    begun = text[: most + 1]
    if not begun.isprintable():
        begun = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in begun)
    return begun if len(text) <= most else begun[:most] + "…"
