"""A visitor without a browser: Streamlit's messages over a real WebSocket, as its frontend sends them."""

from __future__ import annotations

import asyncio
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urljoin, urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

STREAM = "/_stcore/stream"
MOST_SECONDS = 120.0
"""An answer that takes longer is a failure."""


@dataclass
class Answer:
    """What a rerun of a page gave.

    Attributes:
        seconds: from the click to the page's last message.
        errors: sentences of exceptions on the page; empty where all is well.
        texts: what the page says, in its order.
        downloads: by label, the ids of what is made when it is asked for.
        buttons: by label, the ids of buttons.
        menus: ids of the menus of downloads, each with that of the part of the page which runs when it opens.
        bytes: that came over the wire.
    """

    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    downloads: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    menus: list[tuple[str, str]] = field(default_factory=list)
    bytes: int = 0


class Visitor:
    """One session at a server or at the proxy before several; used as an asynchronous context."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session_id = ""
        self._page_hash = ""
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        self._socket: Any = None

    async def __aenter__(self) -> Visitor:
        await asyncio.to_thread(lambda: self._opener.open(self.address, timeout=MOST_SECONDS).read())
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)
        parts = urlsplit(self.address)
        self._socket = await websockets.connect(
            f"ws://{parts.netloc}{STREAM}",
            additional_headers={"Cookie": cookies} if cookies else {},
            origin=self.address.rstrip("/"),  # type: ignore[arg-type]
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            open_timeout=MOST_SECONDS,
            ping_timeout=None,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def open(self, page: str, query: str, *, pressed: str = "", menu: tuple[str, str] = ("", "")) -> Answer:
        """Open a page of an address, press a button of it by its id, or open one of its menus."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        message.rerun_script.context_info.url = urljoin(self.address, page)
        if pressed:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = pressed, True
        if menu[0]:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.bool_value = menu[0], True
            message.rerun_script.page_script_hash = self._page_hash
            message.rerun_script.fragment_id = menu[1]
        began, answer = time.monotonic(), Answer()
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(MOST_SECONDS):
            while not self._take(ForwardMsg.FromString(await self._next(answer)), answer):
                pass
        answer.seconds = time.monotonic() - began
        return answer

    async def download(self, id: str) -> bytes:
        """The file behind a download button, made now."""
        message = BackMsg()
        message.backend_operation_request.request_id = f"load-{time.monotonic_ns()}"
        message.backend_operation_request.session_id = self.session_id
        message.backend_operation_request.deferred_file.file_id = id
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(MOST_SECONDS):
            while True:
                told = ForwardMsg.FromString(await self._next(Answer()))
                if told.WhichOneof("type") == "backend_operation_response":
                    break
        if told.backend_operation_response.error_msg:
            raise RuntimeError(told.backend_operation_response.error_msg)
        url = urljoin(self.address, told.backend_operation_response.deferred_file.url)
        return await asyncio.to_thread(lambda: self._opener.open(url, timeout=MOST_SECONDS).read())

    async def _next(self, answer: Answer) -> bytes:
        content = await self._socket.recv()
        answer.bytes += len(content)
        return content

    def _take(self, message: ForwardMsg, answer: Answer) -> bool:
        """Note what a message says; whether the script is done with what was asked for."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session_id = message.new_session.initialize.session_id
            self._page_hash = message.new_session.page_script_hash
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "delta" and message.delta.add_block.popover.id:
            answer.menus.append((message.delta.add_block.popover.id, message.delta.fragment_id))
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            _note(message.delta.new_element, answer)
        elif kind == "page_not_found":
            answer.errors.append("page not found")
        return kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


def _note(element: Any, answer: Answer) -> None:
    kind = element.WhichOneof("type")
    if kind == "exception":
        answer.errors.append(f"{element.exception.type}: {element.exception.message}")
    elif kind == "download_button" and element.download_button.deferred_file_id:
        answer.downloads[element.download_button.label] = element.download_button.deferred_file_id
    elif kind == "button":
        answer.buttons[element.button.label] = element.button.id
    elif kind in ("markdown", "heading", "alert", "metric"):
        answer.texts.extend(_texts(getattr(element, kind)))


def _texts(part: Any) -> Iterator[str]:
    for name in ("body", "label"):
        if isinstance(text := getattr(part, name, None), str) and text:
            yield text


def shown(counts: Mapping[str, int]) -> str:
    """Such as "3 gene, 2 train"."""
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
