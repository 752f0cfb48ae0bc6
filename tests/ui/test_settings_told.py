"""Every setting of the environment is told where an owner of a server looks for it."""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
OF_A_SERVER = CHECKOUT / "docs" / "SERVER.md"


def test_every_variable_that_slviz_reads_is_in_the_page_on_servers() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted((CHECKOUT / "slviz").rglob("*.py")))
    read = set(re.findall(r"SLVIZ_[A-Z_]+[A-Z]", source))
    assert {"SLVIZ_ACCESS", "SLVIZ_DATA_FOLDERS"} <= read
    told = OF_A_SERVER.read_text(encoding="utf-8")
    assert not {name for name in read if f"`{name}`" not in told}


def test_what_the_pages_promise_of_streamlit_is_set() -> None:
    import tomllib

    told = tomllib.loads((CHECKOUT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    server, client = told["server"], told["client"]
    assert server["address"] == "localhost"
    assert server["allowedHosts"] == ["localhost", "127.0.0.1", "::1"]
    assert server["enableCORS"]
    assert server["enableXsrfProtection"]
    assert not server["corsAllowedOrigins"]
    assert not server["enableAgentApi"]
    assert client["showErrorDetails"] == "none"
    assert client["allowedOrigins"] == []
