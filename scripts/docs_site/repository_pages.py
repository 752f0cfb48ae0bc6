"""Pages of the site that lie outside docs/, and links between all pages, which work in the checkout and on the site."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = {
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "data/README.md": "data-folders.md",
    "models/README.md": "trained-runs.md",
    "benchmarks/RESULTS.md": "measured.md",
    "README.md": "index.md",
}
"""File of the repository → page of the site. README.md is not among `texts`: docs/index.md is the site's first page."""
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?P<target>[^)#\s:]*)(?P<anchor>#[^)\s]*)?\)")
FENCE = re.compile(r"^(```|~~~)")


def texts() -> dict[str, str]:
    """Page of the site → its text, for every page that is a file outside docs/."""
    return {page: (CHECKOUT / path).read_text(encoding="utf-8") for path, page in PAGES.items() if path != "README.md"}


def relinked(markdown: str, page: str) -> str:
    """The text of a page with links that hold on the site.

    A link to a file of the repository that is no page of the site becomes its path as code.
    """
    lines, in_code = [], False
    for line in markdown.splitlines():
        in_code ^= bool(FENCE.match(line.strip()))
        lines.append(line if in_code else LINK.sub(lambda link: _relinked(link, page), line))
    return "\n".join(lines) + "\n"


def _relinked(link: re.Match[str], page: str) -> str:
    target, anchor = link["target"], link["anchor"] or ""
    if not target:
        return link[0]
    here = posixpath.dirname(_path_of(page))
    path = posixpath.normpath(posixpath.join(here, target))
    if path in PAGES:
        return f"[{link['text']}]({_relative(PAGES[path], page)}{anchor})"
    if path.startswith("docs/"):
        return f"[{link['text']}]({_relative(path.removeprefix('docs/'), page)}{anchor})"
    if (CHECKOUT / path).exists():
        return link["text"] if "`" in link["text"] else f"{link['text']} (`{path}`)"
    return link[0]


def _path_of(page: str) -> str:
    """Where the text of a page lies in the repository."""
    return next((path for path, name in PAGES.items() if name == page and path != "README.md"), f"docs/{page}")


def _relative(target: str, page: str) -> str:
    return posixpath.relpath(target, posixpath.dirname(page) or ".")
