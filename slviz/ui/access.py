"""What a visitor may do: read-only or full, set by the owner of the server, read-only where others can reach it.

`SLVIZ_ACCESS` says one of `LEVELS`. Where it says nothing, a server that answers to this machine alone trusts its
visitor, and one that others can reach is read-only. Streamlit's own options say who can reach it: the address that
it listens on, and the host names that it answers to, since a reverse proxy reaches it from this machine.

Without logins a visitor is a browser, known by the random token of its XSRF cookie; with Streamlit's login it is the
signed-in person. Who made what is kept in the server's memory: after a restart only the owner, by the command line,
may remove what was made before.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

import streamlit as st

from slviz.datasets.report import shown

SETTING = "SLVIZ_ACCESS"
READ_ONLY, FULL, TRUSTED = "read-only", "full", "trusted"
LEVELS = {
    READ_ONLY: "look, select and download",
    FULL: "also train, make maps, upload and keep; remove and cancel only what one has started oneself",
    TRUSTED: "also remove and cancel what others have started",
}
"""What a visitor may do by each value of the setting; each includes the one before."""
THIS_MACHINE = frozenset({"localhost"})
SIGNS_OF_A_PROXY = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
XSRF_COOKIE = "_streamlit_xsrf"
MASK_BYTES, LEAST_TOKEN_BYTES = 4, 16
OFF = "training, tuning, making maps and tests, uploading, saving and removing are switched off"
MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class Access:
    """What the visitor of this session may do.

    Attributes:
        level: one of `LEVELS`.
        why: for a read-only server the reason, as the end of a sentence; else "".
        alone: whether nobody but this machine can reach the server.
    """

    level: str
    why: str = ""
    alone: bool = False

    @property
    def may_work(self) -> bool:
        """Whether work may be started and files may be kept on the server."""
        return self.level != READ_ONLY

    @property
    def note(self) -> str:
        """One sentence on what is off and why; "" where nothing is off."""
        return "" if self.may_work else f"Read-only: {OFF}, {self.why}"


def current() -> Access:
    """What the visitor of this session may do, by the setting and by who can reach the server."""
    alone = listens_here() and not came_through_a_proxy()
    setting = os.environ.get(SETTING, "").strip().casefold()
    if setting == READ_ONLY:
        return Access(READ_ONLY, f"as {SETTING} says.", alone)
    if setting in LEVELS:
        return Access(setting, alone=alone)
    if setting:
        known = ", ".join(LEVELS)
        return Access(READ_ONLY, f"since {SETTING} is “{shown(setting)}”, which is not one of: {known}.", alone)
    if alone:
        return Access(TRUSTED, alone=True)
    return Access(
        READ_ONLY,
        f"since others can reach this server. Its owner allows them with {SETTING}={FULL} (see SECURITY.md).",
    )


def may_work() -> bool:
    """Whether this visitor may start work and keep files on the server."""
    return current().may_work


def note() -> None:
    """The line under a page's title that says what is off and why; nothing where nothing is off."""
    if said := current().note:
        st.caption(f":material/lock: {said}")


# --- who can reach the server --------------------------------------------------------------------------------


def listens_here() -> bool:
    """Whether Streamlit listens on this machine alone, and answers to no name but this machine's."""
    address, names = st.get_option("server.address"), st.get_option("server.allowedHosts")
    shown_as = st.get_option("browser.serverAddress")
    return bool(names) and all(is_this_machine(host) for host in (address, shown_as or "localhost", *names))


def is_this_machine(host: object) -> bool:
    """Whether a host name or address, such as "localhost", "127.0.0.1" or "[::1]", is this machine's own."""
    text = str(host or "").strip().casefold().removeprefix("[").removesuffix("]").rstrip(".")
    if text in THIS_MACHINE:
        return True
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def came_through_a_proxy() -> bool:
    """Whether this session's connection was passed on by a proxy, which others may stand behind."""
    headers = st.context.headers
    return any(name in headers for name in SIGNS_OF_A_PROXY)


# --- whose is what -------------------------------------------------------------------------------------------


@dataclass
class Owners:
    """Which visitor made or started what; the oldest are forgotten where there are many."""

    known: OrderedDict[str, str] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, things: Iterable[str], visitor: str, *, anew: bool) -> None:
        """Note who made these things; `anew` also where somebody else did before."""
        with self.lock:
            for thing in things:
                if anew or thing not in self.known:
                    self.known[thing] = visitor
            while len(self.known) > MOST_REMEMBERED:
                self.known.popitem(last=False)

    def forget(self, thing: str) -> None:
        """A thing that is gone belongs to nobody."""
        with self.lock:
            self.known.pop(thing, None)

    def of(self, thing: str) -> str | None:
        """Who made it; None where nobody knows."""
        with self.lock:
            return self.known.get(thing)


OWNERS = Owners()


def note_made(thing: str) -> None:
    """This visitor has just made something that was not there; it may remove it."""
    OWNERS.note([f"made {thing}"], _visitor(), anew=False)


def note_started(work: str) -> None:
    """This visitor has just started a work; it may cancel it."""
    OWNERS.note([f"started {work}"], _visitor(), anew=True)


def note_removed(thing: str) -> None:
    """Something is gone: what is made under its name later belongs to its new maker."""
    OWNERS.forget(f"made {thing}")


def may_remove(thing: str) -> bool:
    """Whether this visitor may remove something: all of it where trusted, else what it made itself."""
    return _may(f"made {thing}")


def may_cancel(work: str) -> bool:
    """Whether this visitor may stop a work: any where trusted, else what it started itself."""
    return _may(f"started {work}")


def _may(what: str) -> bool:
    level = current().level
    return level == TRUSTED or (level == FULL and OWNERS.of(what) == _visitor())


def _visitor() -> str:
    """Tells this visitor from all others: the signed-in person, else the browser, else this session.

    Only a digest is kept. A browser sends its XSRF token under a mask of its own with every session.
    """
    if person := signed_in():
        return _digest(f"person {person}")
    if token := unmasked(st.context.cookies.get(XSRF_COOKIE, "")):
        return _digest(f"browser {token.hex()}")
    return st.session_state.setdefault("visitor", _digest(f"session {os.urandom(16).hex()}"))


def unmasked(cookie: str) -> bytes:
    """The token in the text "2|mask|masked token|time" of an XSRF cookie, hexadecimal; empty for anything else."""
    parts = cookie.strip("\"'").split("|")
    try:
        mask, masked = (bytes.fromhex(part) for part in parts[1:3])
    except ValueError:
        return b""
    if parts[0] != "2" or len(parts) != 4 or len(mask) != MASK_BYTES or len(masked) < LEAST_TOKEN_BYTES:
        return b""
    return bytes(byte ^ mask[place % MASK_BYTES] for place, byte in enumerate(masked))


def signed_in() -> str:
    """Whom Streamlit's login knows: issuer and subject, else the e-mail; "" where there is no login."""
    if not getattr(st.user, "is_logged_in", False):
        return ""
    person = st.user.to_dict()
    subject = person.get("sub") or person.get("email")
    return f"{person.get('iss', '')} {subject}" if subject else ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
