"""A server of a few files that behaves in every way a server can."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from slviz.datasets.fetch import RemoteFile


class Server:
    """Serves files at their pinned paths; `behaviour` says how badly."""

    def __init__(self, sent: dict[str, bytes], files: tuple[RemoteFile, ...]) -> None:
        self.bodies = {f"/{file.path}": sent[file.role] for file in files}
        self.behaviour = "well"
        self.asked: list[tuple[str, str | None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range")
        self.asked.append((request.path.rsplit("/", 1)[1], wanted))
        first = sum(name == self.asked[-1][0] for name, _ in self.asked) == 1
        body = self.bodies.get(request.path)
        if body is None or self.behaviour == "without the files":
            request.send_error(404, "Not Found")
            return
        if self.behaviour == "busy at first" and first:
            request.send_error(503, "Busy")
            return
        start = 0
        if wanted and self.behaviour != "without Range":
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                request.send_error(416, "Range Not Satisfiable")
                return
        part = body[start:]
        if self.behaviour == "altering":
            part = part.replace(b"GEN1", b"GENX").replace(b"1", b"2")
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        request.send_header("Content-Length", str(len(part)))
        request.end_headers()
        if self.behaviour in ("cutting at first", "without Range") and first:
            request.wfile.write(part[: len(part) // 3])
        elif self.behaviour == "always cutting":
            request.wfile.write(part[:50])
        elif self.behaviour == "silent at first" and first:
            request.wfile.write(part[:100])
            request.wfile.flush()
            time.sleep(1.0)
        elif self.behaviour == "slow":
            for at in range(0, len(part), max(1, len(part) // 5)):
                request.wfile.write(part[at : at + max(1, len(part) // 5)])
                request.wfile.flush()
                time.sleep(0.05)
        else:
            request.wfile.write(part)
        request.close_connection = True

    def close(self) -> None:
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()
