"""Files that are made after a click stay until the browser has fetched them.

Streamlit makes such a file for nobody in particular and drops what is nobody's whenever a page of anybody has been
drawn twice: on a busy server the browser, which asks for the file a moment later, finds nothing. So a file is entered
as one of the visitor who asked, and goes when that visitor's page is drawn anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from streamlit import runtime
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx


def kept_for_visitor(make: Callable[[], bytes], *, file_name: str, mime: str) -> Callable[[], bytes]:
    """`make`, whose file stays for the visitor whose page is being drawn.

    Args:
        make: gives the content of the file; called after the click.
        file_name: of the file, as the button has it; no two buttons of a page have the same.
        mime: kind of the file, as the button has it.
    """
    context = get_script_run_ctx(suppress_warning=True)

    def made() -> bytes:
        content = make()
        if context is None or not runtime.exists() or not runtime.get_instance().is_active_session(context.session_id):
            return content
        files = runtime.get_instance().media_file_mgr
        # Whose a file is, Streamlit reads from the thread; the one that this runs in works for others, too.
        enter = threading.Thread(
            target=files.add,
            args=(content, mime, f"made {file_name}"),
            kwargs={"file_name": file_name, "is_for_static_download": True},
        )
        add_script_run_ctx(enter, context)
        enter.start()
        enter.join()
        return content

    return made
