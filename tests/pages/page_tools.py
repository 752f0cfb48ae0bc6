"""What a test asks a page."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]


def said(app: AppTest) -> str:
    """All that a page says in errors, warnings, notes, captions and text."""
    parts = [app.error, app.warning, app.info, app.success, app.markdown, app.caption]
    return "\n".join(str(each.value) for kind in parts for each in kind)


def asked(app: AppTest, key: str) -> str:
    """What the address says under a key; AppTest gives a list for what a test wrote, text for what the page wrote."""
    value = app.query_params[key]
    return value if isinstance(value, str) else value[0]
