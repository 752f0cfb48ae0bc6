"""What the pages and SECURITY.md promise of Streamlit is what .streamlit/config.toml sets."""

from __future__ import annotations

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


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
