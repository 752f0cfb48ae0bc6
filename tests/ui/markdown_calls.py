"""Every place of the pages that hands text to a control which reads Markdown, with what in it may be foreign."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

READS_MARKDOWN = frozenset(
    [
        "markdown",
        "caption",
        "button",
        "metric",
        "radio",
        "pills",
        "segmented_control",
        "checkbox",
        "toggle",
        "text_input",
        "number_input",
        "slider",
        "select_slider",
        "download_button",
        "link_button",
        "page_link",
        "expander",
        "popover",
        "tabs",
        "warning",
        "error",
        "info",
        "success",
        "write",
        "toast",
        "header",
        "subheader",
        "title",
        "badge",
        "status",
        "spinner",
        "progress",
        "selectbox",
        "multiselect",
        "file_uploader",
        "folded",
        "entry",
    ]
)
"""Of a selectbox and a multiselect the label and the help; their options are plain text."""
LABELS = ("label", "help", "text", "body", "delta")
SAFE_CALLS = frozenset(["escape_markdown", "as_code", "glossary_link", "pluralise", "duration", "percent", "len"])

OTHER_WORDS = frozenset(["in_words"])
"""Put other words into a text of slviz's own; a data set's words are letters, digits, blanks, "-" and "'" alone."""


def foreign_parts(path: Path) -> Iterator[str]:
    """Such as "words.py: button: each": an expression that stands in Markdown unescaped and is no number."""
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in READS_MARKDOWN:
            first = call.args[:3] if call.func.attr == "metric" else call.args[:1]
            named = [each.value for each in call.keywords if each.arg in LABELS]
            for argument in (*first, *named):
                for part in _unescaped(argument):
                    yield f"{path.name}: {call.func.attr}: {ast.unparse(part)}"


def _unescaped(node: ast.expr) -> Iterator[ast.expr]:
    """The parts of a text that are neither literal, a number, nor escaped."""
    if isinstance(node, ast.Constant):
        return
    if isinstance(node, ast.JoinedStr):
        for value in node.values:
            if isinstance(value, ast.FormattedValue) and value.format_spec is None:
                yield from _unescaped(value.value)
        return
    if isinstance(node, ast.BinOp):
        yield from (*_unescaped(node.left), *_unescaped(node.right))
    elif isinstance(node, ast.IfExp):
        yield from (*_unescaped(node.body), *_unescaped(node.orelse))
    elif (
        (isinstance(node, ast.Name) and node.id.isupper())
        or (isinstance(node, ast.Attribute) and node.attr.isupper())
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAFE_CALLS)
    ):
        return
    elif isinstance(node, ast.Call) and _keeps_its_parts(node.func):
        yield from (part for argument in node.args for part in _unescaped(argument))
    elif isinstance(node, (ast.GeneratorExp, ast.ListComp)):
        yield from _unescaped(node.elt)
    else:
        yield node


def _keeps_its_parts(called: ast.expr) -> bool:
    """Whether a call gives its arguments back, joined or in other words."""
    if isinstance(called, ast.Name):
        return called.id in OTHER_WORDS
    return isinstance(called, ast.Attribute) and called.attr == "join"
