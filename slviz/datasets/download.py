"""Downloading one file over HTTP: resumes where it stopped, tries again, and leaves no half file under its name."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from slviz.errors import FetchFailed

MIRROR = "https://raw.githubusercontent.com"
TRIES = 4
CHUNK_BYTES = 1 << 16
LARGEST_BYTES = 200 << 20
PASSING = (408, 425, 429, 500, 502, 503, 504)  # a server that may answer better in a moment


@dataclass(frozen=True)
class Progress:
    """How far a download has come; `total_bytes` is None where the server does not say."""

    done_bytes: int
    total_bytes: int | None


class _Interrupted(Exception):
    """The connection broke, was silent for too long, or ended early; another try may resume from here."""


def download(
    address: str,
    path: Path,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    timeout_seconds: float = 30.0,
    pause_seconds: float = 1.0,
) -> None:
    """Fetches `address` into `path`, which appears only when all bytes are there; a file that is there is kept.

    The bytes lie in `<path>.partial` meanwhile, and the next call asks for the rest only. Raises `FetchFailed`
    after some tries that broke off, or at once when the server says that there is no such file.
    """
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise FetchFailed(f"'{address}' is no address that begins with https:// or http://.")
    if path.exists():
        return
    partial = path.with_name(f"{path.name}.partial")
    reason = ""
    for number in range(TRIES):
        if number:
            time.sleep(pause_seconds * 2 ** (number - 1))
        try:
            _fetch_rest(address, partial, on_progress, timeout_seconds)
            partial.replace(path)
            return
        except _Interrupted as error:
            reason = str(error)
    raise FetchFailed(
        f"'{path.name}' could not be downloaded from {urllib.parse.urlsplit(address).netloc} in {TRIES} tries "
        f"({reason}). Check the connection and run the same command again: it resumes where this one stopped."
    )


def _fetch_rest(
    address: str, partial: Path, on_progress: Callable[[Progress], None] | None, timeout_seconds: float
) -> None:
    """One try: asks for the bytes that are missing and appends them."""
    have = partial.stat().st_size if partial.exists() else 0
    headers = {"User-Agent": "slviz", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    try:
        with urllib.request.urlopen(  # the scheme was checked by the caller
            urllib.request.Request(address, headers=headers), timeout=timeout_seconds
        ) as answer:
            _append(answer, partial, have if answer.status == 206 else 0, on_progress)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416:  # what lies here is as long as the file, or longer: begin anew
            partial.unlink(missing_ok=True)
        if error.code == 416 or error.code in PASSING:
            raise _Interrupted(f"the server answered {error.code} {error.reason}") from error
        raise FetchFailed(f"{address} answered {error.code} {error.reason}.") from error
    except urllib.error.URLError as error:
        raise _Interrupted(f"no connection: {error.reason}") from error
    except TimeoutError as error:
        raise _Interrupted(f"nothing arrived for {timeout_seconds:g} s") from error
    except (http.client.HTTPException, ConnectionError) as error:
        raise _Interrupted(f"the connection broke: {error or type(error).__name__}") from error


def _append(
    answer: http.client.HTTPResponse,
    partial: Path,
    have: int,
    on_progress: Callable[[Progress], None] | None,
) -> None:
    """Writes the body of an answer behind the first `have` bytes, and checks that it came to its end."""
    length = answer.headers.get("Content-Length", "")
    total = have + int(length) if length.isdecimal() else None
    if have and not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        partial.unlink()
        raise _Interrupted("the server sent another part than asked for")
    with partial.open("r+b" if have else "wb") as file:
        file.seek(have)
        while chunk := answer.read1(CHUNK_BYTES):
            file.write(chunk)
            have += len(chunk)
            if have > LARGEST_BYTES:
                raise FetchFailed(
                    f"The server sent more than {LARGEST_BYTES >> 20} MiB; this is not the file asked for."
                )
            if on_progress is not None:
                on_progress(Progress(have, total))
    if total is not None and have < total:
        raise _Interrupted(f"the connection ended after {have:,} of {total:,} bytes")
