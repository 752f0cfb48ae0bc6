"""The processes of a shared server: started together, started again where one ends, stopped together."""

from __future__ import annotations

import contextlib
import ctypes
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from slviz import places
from slviz.errors import SlvizError
from slviz.serving import first_visit
from slviz.serving.environment import server_environment
from slviz.serving.haproxy import NoProxy, Proxy, configuration, find_haproxy

LOOKS_EVERY = 0.5
MOST_RESTARTS, WITHIN_SECONDS = 5, 60.0
LONGEST_WAIT = 30.0
"""A process that ends again and again is started again after so many seconds at most."""
PR_SET_PDEATHSIG = 1
STOP_SECONDS = 10.0
THIS_MACHINE = "127.0.0.1"


class ServerFailed(SlvizError):
    """A process of the server ends again and again."""


@dataclass
class Fleet:
    """Streamlit processes that show the same models folder, and the proxy before them.

    Attributes:
        count: of the Streamlit processes.
        address: where the proxy listens.
        port: there.
        hosts: names that visitors type into their browser, where others than this machine may reach it.
        certificate: for HTTPS, a PEM file with its key.
        metrics_port: where this machine is told the proxy's metrics; 0 for none.
        options: further ones of `streamlit run`.
        tell: is given a sentence on what happens.
    """

    count: int
    address: str = THIS_MACHINE
    port: int = 8501
    hosts: Sequence[str] = ()
    certificate: Path | None = None
    metrics_port: int = 0
    options: Sequence[str] = ()
    tell: Callable[[str], None] = print
    ports: list[int] = field(default_factory=list)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _port_of: dict[str, int] = field(default_factory=dict)
    _ended: dict[str, list[float]] = field(default_factory=dict)
    _waits_until: dict[str, float] = field(default_factory=dict)
    _secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def serve(self) -> None:
        """Start all, and see to it that they run, until an exception (Ctrl-C, SIGTERM) stops them.

        Raises `NoProxy` where HAProxy is not there or refuses, and `ServerFailed` where the port is taken or a process
        does not stay.
        """
        haproxy = find_haproxy()
        _check_free(self.address, self.port)
        with tempfile.TemporaryDirectory(prefix="slviz-serve-") as folder:
            self.ports = free_ports(self.count)
            settings = Path(folder) / "haproxy.cfg"
            settings.write_text(configuration(self.proxy()), encoding="utf-8")
            _check(haproxy, settings)
            self._port_of = {f"process {n}": port for n, port in enumerate(self.ports, start=1)}
            commands = {name: self.command(port) for name, port in self._port_of.items()}
            commands["proxy"] = [haproxy, "-db", "-f", str(settings)]
            try:
                for name, command in commands.items():
                    self._start(name, command)
                self.tell(f"{self.count} processes behind {self.location()}, health at {self.location()}/healthz")
                while True:
                    self._look_after(commands)
                    time.sleep(LOOKS_EVERY)
            finally:
                self._stop()

    def location(self) -> str:
        """What a visitor types."""
        scheme = "http" if self.certificate is None else "https"
        host = self.hosts[0] if self.hosts else "localhost"
        return f"{scheme}://{host}:{self.port}"

    def proxy(self) -> Proxy:
        """What stands before the processes."""
        return Proxy(
            self.address,
            self.port,
            tuple(self.ports),
            metrics_port=self.metrics_port,
            certificate=self.certificate,
            tells_visitors=not self.is_alone(),
        )

    def is_alone(self) -> bool:
        """Whether nobody but this machine can reach the proxy."""
        return self.address in ("127.0.0.1", "localhost", "::1") and not self.hosts

    def command(self, port: int) -> list[str]:
        """The command of one process; it listens to this machine alone and answers to the proxy's names."""
        words = [sys.executable, "-m", "streamlit", "run", str(places.app())]
        words += ["--server.port", str(port), "--server.address", THIS_MACHINE, "--server.headless", "true"]
        if not self.is_alone():
            for name in ("localhost", THIS_MACHINE, *self.hosts):
                words += ["--server.allowedHosts", name]
            words += ["--browser.serverAddress", self.hosts[0] if self.hosts else self.address]
        return [*words, *self.options]

    def pids(self) -> dict[str, int]:
        """The number of each process that runs, by name."""
        return {name: process.pid for name, process in self._running.items() if process.poll() is None}

    def _start(self, name: str, command: Sequence[str]) -> None:
        # A form that one process made is sent to another after the first has ended, so they share what signs it.
        environment = server_environment(STREAMLIT_SERVER_COOKIE_SECRET=self._secret)
        self._running[name] = subprocess.Popen(command, env=environment, preexec_fn=_end_with_parent)
        if name in self._port_of:
            first_visit.begin(self._port_of[name])

    def _look_after(self, commands: dict[str, list[str]]) -> None:
        for name, process in list(self._running.items()):
            status, now = process.poll(), time.monotonic()
            if status is None:
                continue
            if name not in self._waits_until:
                self._note_end(name, status, now)
            if now >= self._waits_until[name]:
                del self._waits_until[name]
                self._start(name, commands[name])

    def _note_end(self, name: str, status: int, now: float) -> None:
        """Say that a process has ended, and decide when it is started again; raises `ServerFailed` where none stays."""
        recent = [moment for moment in self._ended.get(name, []) if now - moment < WITHIN_SECONDS]
        self._ended[name] = [*recent, now]
        pages = [other for other in self._running if other != "proxy"]
        failing = [other for other in pages if len(self._ended.get(other, [])) > MOST_RESTARTS]
        if len(self._ended[name]) > MOST_RESTARTS and (name == "proxy" or len(failing) == len(pages)):
            raise ServerFailed(
                f"The {name} ended {len(self._ended[name])} times within a minute, the last time with status {status}. "
                "What it said stands above; everything was stopped."
            )
        self._waits_until[name] = now + (min(2.0 ** len(recent), LONGEST_WAIT) if recent else 0.0)
        self.tell(f"The {name} ended with status {status}; it is started again.")

    def _stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _end_with_parent() -> None:
    """Where the system can (Linux), end this process when the one that starts the others is gone, however it ended."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nothing listens on just now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind((THIS_MACHINE, 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _check_free(address: str, port: int) -> None:
    """Raises `ServerFailed` where the proxy could not listen."""
    family, kind, protocol, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(place)
        except OSError as error:
            raise ServerFailed(
                f"Nothing can listen on {address}, port {port}: {error.strerror}. See --port."
            ) from error


def _check(haproxy: str, settings: Path) -> None:
    """Let HAProxy read its configuration; raises `NoProxy` with what it says where it refuses."""
    checked = subprocess.run([haproxy, "-c", "-f", str(settings)], capture_output=True, text=True)
    if checked.returncode:
        said = " ".join(line for line in checked.stderr.splitlines() if "ALERT" in line)
        raise NoProxy(f"HAProxy refuses its configuration: {said or checked.stderr.strip()}")
