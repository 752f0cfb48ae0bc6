"""A visitor of the dashboard without a browser: Streamlit's own server runtime in this process, and what one clicks.

Of the checkout whose folder is the working one. The messages are those that a browser sends and gets, so what a rerun
costs here is what it costs the server; only the WebSocket itself is left out. A message is serialised, as it is sent.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.runtime_util import serialize_forward_msg
from streamlit.runtime.session_manager import SessionClient

LONGEST_RUN = 120.0
LOOKS_EVERY = 0.002
SCRIPT_THREAD = "scriptThread"
USER_KEY = re.compile(r"^\$\$ID-[0-9a-f]+-(?P<key>.+)$", re.S)


async def start(app: Path) -> Runtime:
    """A runtime that serves `app`, as `streamlit run` starts one, with its own settings and no port."""
    runtime = Runtime(
        RuntimeConfig(
            script_path=str(app),
            media_file_storage=MemoryMediaFileStorage("/media"),
            uploaded_file_manager=MemoryUploadedFileManager("/upload"),
        )
    )
    await runtime.start()
    return runtime


class NothingToClick(Exception):
    """The page has no such control, or its script failed."""


class Visitor(SessionClient):
    """One session: opens pages, uses their controls, and knows what each rerun cost.

    Attributes:
        seconds: processor seconds of the last rerun, of all threads.
        size_bytes: of the messages that it sent.
        query: of the address.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.session = runtime.connect_session(self, user_info={})
        self.seconds, self.size_bytes = 0.0, 0
        self.query: dict[str, str] = {}
        self._page_hash = ""
        self._hash_of_page: dict[str, str] = {}
        self._elements: dict[str, tuple[str, Any, str]] = {}
        self._states: dict[str, WidgetState] = {}
        self._finished = asyncio.Event()
        self._problem = ""

    async def open(self, page: str, query: Mapping[str, str]) -> None:
        """Type the address of a page, or follow a link to it."""
        self._states = {}
        message = BackMsg()
        message.rerun_script.page_script_hash = self._hash_of_page.get(page, "")
        if page not in self._hash_of_page:
            message.rerun_script.page_name = page
        self.query = dict(query)
        await self._run(message)

    async def use(self, key: str, wanted: object) -> None:
        """Use the control with this key: an option by its place, a number, a text, or a press of a button."""
        if key not in self._elements:
            raise NothingToClick(f"no control '{key}'; there are: {', '.join(sorted(self._elements))}")
        kind, element, fragment = self._elements[key]
        self._states[element.id] = _state(kind, element, wanted)
        message = BackMsg()
        message.rerun_script.page_script_hash = self._page_hash
        message.rerun_script.fragment_id = fragment
        await self._run(message)
        if kind == "button":
            del self._states[element.id]

    def leave(self) -> None:
        """Close the tab."""
        self.runtime.close_session(self.session)

    async def _run(self, message: BackMsg) -> None:
        self._finished.clear()
        self._problem, self.size_bytes = "", 0
        if not message.rerun_script.fragment_id:
            self._elements = {}
        message.rerun_script.query_string = urlencode(self.query)
        message.rerun_script.context_info.url = "http://localhost:8501/"
        message.rerun_script.context_info.timezone = "UTC"
        message.rerun_script.widget_states.widgets.extend(self._states.values())
        began = time.process_time()
        self.runtime.handle_backmsg(self.session, message)
        async with asyncio.timeout(LONGEST_RUN):
            await self._finished.wait()
            while any(SCRIPT_THREAD in thread.name for thread in threading.enumerate()):
                await asyncio.sleep(LOOKS_EVERY)  # the thread tidies up after it has said that it is finished
        self.seconds = time.process_time() - began
        if self._problem:
            raise NothingToClick(self._problem)

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        """Take what the server sends."""
        self.size_bytes += len(serialize_forward_msg(msg))
        kind = msg.WhichOneof("type")
        if kind == "new_session":
            self._page_hash = msg.new_session.page_script_hash
        elif kind == "navigation":
            self._hash_of_page = {
                page.url_pathname or "overview": page.page_script_hash for page in msg.navigation.app_pages
            }
            self._page_hash = msg.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = dict(parse_qsl(msg.page_info_changed.query_string))
        elif kind == "delta":
            self._take(msg)
        elif kind == "script_finished" and msg.script_finished in FINISHED:
            self._finished.set()

    def _take(self, msg: ForwardMsg) -> None:
        if msg.delta.WhichOneof("type") != "new_element":
            return
        element = msg.delta.new_element
        kind = str(element.WhichOneof("type"))
        inner = getattr(element, kind)
        if kind == "exception":
            self._problem = f"{inner.type}: {inner.message}"
        if (user_key := USER_KEY.match(getattr(inner, "id", ""))) and user_key["key"] != "None":
            self._elements[user_key["key"]] = (kind, inner, msg.delta.fragment_id)


FINISHED = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
)


def _state(kind: str, element: Any, wanted: Any) -> WidgetState:
    """What a browser sends for a control of this kind."""
    state = WidgetState(id=element.id)
    match kind:
        case "button":
            state.trigger_value = True
        case "checkbox":
            state.bool_value = bool(wanted)
        case "selectbox" | "radio":
            state.string_value = element.options[wanted] if isinstance(wanted, int) else wanted
        case "button_group":
            option = element.options[wanted].content if isinstance(wanted, int) else wanted
            state.string_array_value.data[:] = [option]
        case "multiselect":
            state.string_array_value.data[:] = [element.options[place] for place in wanted]
        case "slider":
            state.double_array_value.data[:] = [wanted]
        case "number_input":
            state.double_value = wanted
        case "text_input":
            state.string_value = wanted
        case _:
            raise NothingToClick(f"a {kind} cannot be used by this visitor")
    return state
