"""What a visitor may do: read-only where others can reach the server, and never what is another visitor's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st

from slviz.ui import access

HERE = {"server.address": "localhost", "server.allowedHosts": ["localhost", "127.0.0.1", "::1"]}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says what Streamlit was started with, by option; and what the visitor's browser sent, as `headers`."""
    monkeypatch.delenv(access.SETTING, raising=False)

    def started(headers: dict[str, str] | None = None, **options: Any) -> None:
        told = HERE | {name.replace("_", ".", 1): value for name, value in options.items()}
        monkeypatch.setattr(st, "get_option", told.get)
        monkeypatch.setattr(type(st.context), "headers", headers or {})

    return started


def _visit(monkeypatch: pytest.MonkeyPatch, token: str, *, mask: str = "01020304") -> None:
    """The browser with this random token looks at the page, its cookie masked anew."""
    key, plain = bytes.fromhex(mask), bytes.fromhex(token)
    masked = bytes(byte ^ key[place % 4] for place, byte in enumerate(plain)).hex()
    monkeypatch.setattr(type(st.context), "cookies", {access.XSRF_COOKIE: f"2|{mask}|{masked}|1790000000"})


@pytest.mark.parametrize("address", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1", "[::1]"])
def test_a_server_of_this_machine_alone_trusts_its_visitor(address: str, server: Callable[..., None]) -> None:
    server(server_address=address)
    assert access.current().level == access.TRUSTED
    assert access.current().note == ""


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "::", "", None, "192.168.1.4", "10.0.0.1", "slviz.example.org", "localhost.example.org"]
)
def test_a_server_that_listens_beyond_this_machine_is_read_only(
    address: str | None, server: Callable[..., None]
) -> None:
    server(server_address=address)
    assert access.current().level == access.READ_ONLY
    assert "others can reach this server" in access.current().note
    assert "SLVIZ_ACCESS=full" in access.current().note


@pytest.mark.parametrize("names", [[], ["*"], ["localhost", "slviz.example.org"], ["*.example.org"], ["192.168.1.4"]])
def test_a_server_that_answers_to_other_names_stands_behind_a_proxy_and_is_read_only(
    names: list[str], server: Callable[..., None]
) -> None:
    server(server_allowedHosts=names)
    assert access.current().level == access.READ_ONLY


@pytest.mark.parametrize("header", access.SIGNS_OF_A_PROXY)
def test_who_comes_through_a_proxy_may_only_look(header: str, server: Callable[..., None]) -> None:
    server({header: "203.0.113.9"})
    assert not access.may_work()
    assert not access.current().alone


def test_a_public_address_of_the_server_makes_it_read_only(server: Callable[..., None]) -> None:
    server(browser_serverAddress="slviz.example.org")
    assert not access.may_work()


@pytest.mark.parametrize("level", list(access.LEVELS))
@pytest.mark.parametrize("address", ["localhost", "0.0.0.0"])
def test_the_setting_outranks_where_the_server_listens(
    level: str, address: str, server: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    server(server_address=address)
    monkeypatch.setenv(access.SETTING, f" {level.upper()} ")
    assert access.current().level == level
    assert access.current().alone == (address == "localhost")


@pytest.mark.parametrize("nonsense", ["yes", "1", "fulll", "read only", "admin", "\x1b[31mfull"])
def test_a_setting_that_means_nothing_is_read_only_and_says_so(
    nonsense: str, server: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    server()
    monkeypatch.setenv(access.SETTING, nonsense)
    assert not access.may_work()
    assert "not one of: read-only, full, trusted" in access.current().note
    assert "\x1b" not in access.current().note


def test_a_visitor_removes_only_what_it_made(server: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    server(server_address="0.0.0.0")
    monkeypatch.setenv(access.SETTING, access.FULL)
    _visit(monkeypatch, "aa" * 16)
    access.note_made("own run")
    access.note_started("own work")
    _visit(monkeypatch, "bb" * 16)
    access.note_made("own run")  # it is there already, so this makes nobody its owner
    assert not access.may_remove("own run")
    assert not access.may_cancel("own work")
    assert not access.may_remove("a run of the owner of the server")
    _visit(monkeypatch, "aa" * 16, mask="f0e1d2c3")  # the same browser after a reload, its cookie under another mask
    assert access.may_remove("own run")
    assert access.may_cancel("own work")
    monkeypatch.setenv(access.SETTING, access.READ_ONLY)
    assert not access.may_remove("own run")
    assert not access.may_cancel("own work")


def test_who_goes_on_with_a_run_of_another_may_stop_its_work_and_not_remove_it(
    server: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    server(server_address="0.0.0.0")
    monkeypatch.setenv(access.SETTING, access.FULL)
    _visit(monkeypatch, "0a" * 16)
    access.note_made("shared run")
    access.note_started("shared run")
    _visit(monkeypatch, "0b" * 16)
    access.note_started("shared run")
    assert access.may_cancel("shared run")
    assert not access.may_remove("shared run")


def test_what_is_made_again_after_its_end_belongs_to_its_new_maker(
    server: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    server(server_address="0.0.0.0")
    monkeypatch.setenv(access.SETTING, access.FULL)
    _visit(monkeypatch, "1a" * 16)
    access.note_made("a name")
    access.note_removed("a name")
    _visit(monkeypatch, "1b" * 16)
    access.note_made("a name")
    assert access.may_remove("a name")


@pytest.mark.parametrize(
    "cookie",
    ["", "2", "2|||", "2|zz|zz|1", "1|01020304|aabb|1", "2|01020304|aabb|1", "2||" + "a" * 32 + "|1", "x" * 99],
)
def test_a_cookie_that_is_no_token_tells_nobody_apart(cookie: str) -> None:
    assert access.unmasked(cookie) == b""


def test_a_signed_in_person_is_the_same_in_every_browser(
    server: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    server(server_address="0.0.0.0")
    monkeypatch.setenv(access.SETTING, access.FULL)
    monkeypatch.setattr(access, "signed_in", lambda: "https://idp.example ada")
    _visit(monkeypatch, "2a" * 16)
    access.note_made("ada's run")
    _visit(monkeypatch, "2b" * 16)
    assert access.may_remove("ada's run")
    monkeypatch.setattr(access, "signed_in", lambda: "https://idp.example eve")
    assert not access.may_remove("ada's run")


def test_the_memory_of_owners_is_bounded() -> None:
    owners = access.Owners()
    owners.note((f"thing {number}" for number in range(access.MOST_REMEMBERED + 5)), "me", anew=True)
    assert len(owners.known) == access.MOST_REMEMBERED
    assert owners.of("thing 0") is None
