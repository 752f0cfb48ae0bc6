"""The server by itself, without a browser: which hosts and origins it answers, and what it gives to nobody.

A page of another site, or a name that was rebound to this machine (DNS rebinding), must not get a connection.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from served import CHECKOUT, CHROMIUM_ARGUMENTS, chromium_path, served_app, settle

ASKS_FOR_A_CONNECTION = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Protocol: streamlit",
)
STREAM = "/_stcore/stream"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the application listens, as the checkout configures it."""
    with served_app(models=tmp_path_factory.mktemp("models")) as base:
        yield int(urlsplit(base).port or 0)


def answer(port: int, path: str, *headers: str, method: str = "GET", body: bytes = b"") -> tuple[int, str]:
    """Status and the rest of the first answer to a request with exactly these headers."""
    length = [f"Content-Length: {len(body)}"] if body else []
    text = "\r\n".join([f"{method} {path} HTTP/1.1", *headers, *length, "", ""])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(text.encode() + body)
        said = connection.recv(65536)
        while _is_incomplete(said) and (more := connection.recv(65536)):
            said += more
    text = said.decode("utf-8", errors="replace")
    return int(text.split(" ", 2)[1]), text


def _is_incomplete(said: bytes) -> bool:
    """Whether more of the head, or of a body whose length it names, is still to come."""
    head, end, body = said.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return not end or (length is not None and len(body) < int(length[1]))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "localhost.", "[::1]"])
def test_this_machine_gets_a_connection(host: str, port: int) -> None:
    headers = (f"Host: {host}:{port}", f"Origin: http://{host}:{port}", *ASKS_FOR_A_CONNECTION)
    assert answer(port, STREAM, *headers)[0] == 101


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "localhost.evil.example:{port}",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "evil.example#localhost",
        "0.0.0.0:{port}",
        "2130706433",
        "",
    ],
)
def test_a_name_that_was_rebound_to_this_machine_gets_none(host: str, port: int) -> None:
    host = host.format(port=port)
    for origin in ((), (f"Origin: http://{host}",)):
        assert answer(port, STREAM, f"Host: {host}", *origin, *ASKS_FOR_A_CONNECTION)[0] == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "https://evil.streamlit.app", "null", "file://", "http://["])
def test_a_page_of_another_site_gets_none(origin: str, port: int) -> None:
    headers = (f"Host: 127.0.0.1:{port}", f"Origin: {origin}", *ASKS_FOR_A_CONNECTION)
    assert answer(port, STREAM, *headers)[0] >= 400


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics"])
def test_no_page_of_another_site_may_read_an_answer(path: str, port: int) -> None:
    status, said = answer(port, path, f"Host: 127.0.0.1:{port}", "Origin: http://evil.example")
    assert status == 200
    assert "access-control-allow-origin" not in said.lower()


def test_no_other_site_may_steer_a_page_that_it_frames(port: int) -> None:
    assert '"allowedOrigins":[]' in answer(port, "/_stcore/host-config", f"Host: 127.0.0.1:{port}")[1]


@pytest.mark.parametrize("path", ["/media/", "/media", "/media/x.tsv", "/media/" + "0" * 56 + ".tsv", "/component/"])
def test_files_of_other_sessions_are_neither_listed_nor_guessed(path: str, port: int) -> None:
    status, said = answer(port, path, f"Host: 127.0.0.1:{port}")
    assert status in (200, 404)
    if status == 200:  # any address that is none of the server's own shows the application's one page
        assert "text/html" in said
        assert ".tsv" not in said.partition("\r\n\r\n")[2]


@pytest.mark.parametrize("session", ["x", "00000000-0000-0000-0000-000000000000"])
@pytest.mark.parametrize("token", [(), ("Cookie: _streamlit_xsrf=aa", "X-Xsrftoken: bb")])
def test_nobody_sends_a_file_into_a_session_of_another(session: str, token: tuple[str, ...], port: int) -> None:
    path = f"/_stcore/upload_file/{session}/1"
    headers = (f"Host: 127.0.0.1:{port}", *token, "Content-Type: application/octet-stream")
    assert answer(port, path, *headers, method="PUT", body=b"genes")[0] in (400, 403)


@pytest.mark.parametrize("path", ["/app.py", "/.streamlit/config.toml", "/../app.py", "/%2e%2e/app.py", "//etc/passwd"])
def test_no_file_of_the_server_is_given_away(path: str, port: int) -> None:
    _, said = answer(port, path, f"Host: 127.0.0.1:{port}")
    for secret in ((CHECKOUT / "app.py").read_text()[:60], "allowedHosts", "root:"):
        assert secret not in said


def test_the_agent_interface_is_off(port: int) -> None:
    status, _ = answer(port, "/_stcore/agent/interact", f"Host: 127.0.0.1:{port}", method="POST", body=b"{}")
    assert status in (403, 404, 503)


@pytest.mark.browser
def test_a_browser_that_was_led_here_by_another_name_sees_nothing(port: int, browser: Any) -> None:
    """Chromium is told that evil.example is this machine, as a rebound name would be."""
    rebound = "--host-resolver-rules=MAP evil.example 127.0.0.1"
    led = browser.browser_type.launch(executable_path=chromium_path(), args=[*CHROMIUM_ARGUMENTS, rebound])
    try:
        page = led.new_page()
        page.goto(f"http://evil.example:{port}/")
        page.wait_for_timeout(4000)
        assert page.locator("h1").count() == 0
        page.goto(f"http://127.0.0.1:{port}/")
        page.get_by_role("heading", name="Overview").wait_for(timeout=60_000)
    finally:
        led.close()


@contextlib.contextmanager
def passed_on(port: int, header: str) -> Iterator[int]:
    """Port of a proxy that adds one header to the first request of every connection."""

    def serve(client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            first, _, rest = client.recv(65536).partition(b"\r\n")
            server.sendall(first + b"\r\n" + header.encode() + b"\r\n" + rest)
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            _copy(client, server)
            back.join()

    def accept() -> None:
        with contextlib.suppress(OSError):  # closed at the end
            while True:
                threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1]


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.mark.browser
@pytest.mark.slow
def test_who_comes_through_a_proxy_gets_read_only_pages_and_who_does_not_gets_all(port: int, browser: Any) -> None:
    for header, read_only in (("X-Forwarded-For: 203.0.113.9", 1), ("X-Of-No-Meaning: 1", 0)):
        with passed_on(port, header) as proxy:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{proxy}/train")
            settle(page, quiet_seconds=2)
            assert page.get_by_text("Read-only: training").count() == read_only
            assert page.get_by_text("A new run").count() == 1 - read_only
            context.close()
