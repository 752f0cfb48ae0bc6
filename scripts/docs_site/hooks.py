"""What MkDocs asks while it builds the site: generated pages, and links that also hold in the checkout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT), str(Path(__file__).resolve().parent)]

import api_pages  # noqa: E402
import choices_page  # noqa: E402
import command_line_page  # noqa: E402
import repository_pages  # noqa: E402
from mkdocs.structure.files import File, Files  # noqa: E402

API_ENTRY = "reference/api/"


def on_config(config: Any) -> Any:
    """Put a page for each package where mkdocs.yml says `reference/api/`."""
    config["nav"] = _expanded(config["nav"])
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are written from the code, and those that lie elsewhere in the repository."""
    generated = {
        "reference/command-line.md": command_line_page.text(),
        "reference/choices.md": choices_page.text(),
        **api_pages.texts(),
        **repository_pages.texts(),
    }
    for path, text in generated.items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links that are written for the checkout, such as ../SECURITY.md, lead to the page of the site."""
    return repository_pages.relinked(markdown, page.file.src_uri)


def _expanded(entry: Any) -> Any:
    if isinstance(entry, list):
        return [_expanded(part) for part in entry]
    if isinstance(entry, dict):
        return {title: _expanded(part) for title, part in entry.items()}
    return list(api_pages.texts()) if entry == API_ENTRY else entry
