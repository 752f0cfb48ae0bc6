"""The Dask cluster that trains what the pages start, where one is named; else this machine does."""

from __future__ import annotations

import os
import re

from slviz.errors import InvalidSetting

ADDRESS = re.compile(r"(?:tcp|tls)://[^\s/]{1,253}:\d{1,5}")
VARIABLE = "SLVIZ_SCHEDULER"


def scheduler() -> str:
    """The address in SLVIZ_SCHEDULER; "" where it is not set. Raises `InvalidSetting` for what is no address."""
    setting = os.environ.get(VARIABLE, "").strip()
    return checked_address(setting) if setting else ""


def checked_address(address: str) -> str:
    """The address of a scheduler; raises `InvalidSetting` for what cannot be one."""
    if not ADDRESS.fullmatch(address):
        raise InvalidSetting(
            f"{address[:200]!r} is not the address of a Dask scheduler. Give it as `dask scheduler` prints it, such as "
            "tcp://192.168.0.7:8786."
        )
    return address


def option() -> list[str]:
    """What a command that trains takes so that it hands the run to that cluster; nothing where none is named."""
    address = scheduler()
    return ["--scheduler", address] if address else []
