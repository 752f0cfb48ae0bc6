"""A smaller input that fails in the same way: blocks are left out, ever smaller ones, for as long as it still fails."""

from __future__ import annotations

import time
from collections.abc import Callable


def shrunk(content: bytes, fails: Callable[[bytes], bool], *, attempts: int, seconds: float) -> bytes:
    """The smallest content found within so many attempts and seconds that `fails` still answers with true."""
    began = time.monotonic()
    block = len(content) // 2
    while block >= 1:
        start = 0
        while start < len(content):
            if attempts <= 0 or time.monotonic() - began > seconds:
                return content
            attempts -= 1
            smaller = content[:start] + content[start + block :]
            if fails(smaller):
                content = smaller
            else:
                start += block
        block //= 2
    return content
