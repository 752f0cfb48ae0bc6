"""A button that copies the address of the page, which holds everything that was chosen on it."""

from __future__ import annotations

from slviz.ui import own_components

HTML = '<button type="button" title="Copy the address of this view">Copy link</button><span role="status"></span>'
CSS = """
button { font: 0.875rem var(--st-font); color: var(--st-text-color); background: none; padding: 4px 10px;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); cursor: pointer; white-space: nowrap }
button:hover, button:focus-visible { border-color: var(--st-primary-color); outline: none }
span { font: 0.8125rem var(--st-font); color: var(--st-text-color); margin-left: 6px }
"""


def show() -> None:
    """The button; the address is copied in the browser, the server is not asked."""
    own_components.of_script(__file__, html=HTML, css=CSS)(key="copy link", data={}, width="content")
