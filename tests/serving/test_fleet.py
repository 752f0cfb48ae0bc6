"""Several processes behind the real HAProxy: a visitor stays with one, and a killed one is replaced."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from run_folders import CHECKOUT

from slviz.cli import main
from slviz.serving import Fleet, Proxy, ServerFailed, configuration
from slviz.serving.fleet import LONGEST_WAIT, MOST_RESTARTS, free_ports

needs_haproxy = pytest.mark.skipif(
    not (shutil.which("haproxy") or Path("/usr/sbin/haproxy").exists()), reason="HAProxy is not installed"
)


@pytest.mark.parametrize(("address", "hosts", "alone"), [("127.0.0.1", (), True), ("0.0.0.0", ("lab.example",), False)])
def test_processes_are_told_who_can_reach_the_proxy(address: str, hosts: tuple[str, ...], alone: bool) -> None:
    fleet = Fleet(2, address=address, hosts=hosts, ports=[9001, 9002])
    command = " ".join(fleet.command(9001))
    assert "--server.port 9001 --server.address 127.0.0.1" in command
    assert ("--server.allowedHosts lab.example" in command) is not alone
    assert ("--browser.serverAddress lab.example" in command) is not alone
    text = configuration(fleet.proxy())
    assert ("option forwardfor" in text) is not alone
    assert re.findall(r"server process\d 127.0.0.1:(\d+) cookie (\d)", text) == [("9001", "1"), ("9002", "2")]


def test_processes_are_started_so_that_they_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, str]] = []
    monkeypatch.setattr("slviz.serving.fleet.subprocess.Popen", lambda _, *, env, **__: started.append(env))
    monkeypatch.setattr("slviz.cli.app.subprocess.call", lambda _, *, env: started.append(env) or 0)
    monkeypatch.setattr("slviz.serving.first_visit.begin", lambda _: None)
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", "mimalloc")
    Fleet(1)._start("process 1", [])
    assert main(["app", "--no-browser"]) == 0
    assert [environment["MALLOC_ARENA_MAX"] for environment in started] == ["2", "2"]
    pools = [environment["ARROW_DEFAULT_MEMORY_POOL"] for environment in started]
    assert pools == ["mimalloc", "mimalloc"], "what is set already stays"
    assert "STREAMLIT_SERVER_COOKIE_SECRET" in started[0]


@needs_haproxy
@pytest.mark.parametrize(
    "proxy",
    [
        Proxy("0.0.0.0", 8501, (9001,)),
        Proxy("::1", 8501, (9001, 9002, 9003), metrics_port=9100, tells_visitors=False),
    ],
)
def test_haproxy_takes_the_configuration(proxy: Proxy, tmp_path: Path) -> None:
    path = tmp_path / "haproxy.cfg"
    path.write_text(configuration(proxy))
    program = shutil.which("haproxy") or "/usr/sbin/haproxy"
    checked = subprocess.run([program, "-c", "-f", str(path)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert "WARNING" not in checked.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--processes", "0"], "--processes 0 is not a number from 1 to 64"),
        (["--certificate", "nowhere.pem"], "There is no certificate 'nowhere.pem'"),
    ],
)
def test_what_cannot_be_is_said(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", *words]) == 1
    assert sentence in capsys.readouterr().err


def test_a_process_that_does_not_stay_is_waited_for_and_stops_all_only_where_none_stays() -> None:
    said: list[str] = []
    fleet = Fleet(2, tell=said.append)
    fleet._running = dict.fromkeys(("process 1", "process 2", "proxy"))  # type: ignore[assignment]
    for number in range(MOST_RESTARTS + 3):
        fleet._note_end("process 1", 1, float(number))
    assert fleet._waits_until["process 1"] == MOST_RESTARTS + 2 + LONGEST_WAIT
    assert len(said) == MOST_RESTARTS + 3
    for number in range(MOST_RESTARTS):
        fleet._note_end("process 2", 1, float(number))
    with pytest.raises(ServerFailed, match="process 2 ended 6 times within a minute, the last time with status 1"):
        fleet._note_end("process 2", 1, float(MOST_RESTARTS))


@needs_haproxy
def test_a_taken_port_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == 1
    assert "Nothing can listen on 127.0.0.1" in capsys.readouterr().err


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str], int]]:
    port, metrics = free_ports(2)
    command = [sys.executable, "-m", "slviz", "serve", "--processes", "2", "--port", str(port)]
    command += ["--metrics-port", str(metrics)]
    environment = {**os.environ, "SLVIZ_MODELS": str(tmp_path), "SLVIZ_CACHE": str(tmp_path / "cache")}
    server = subprocess.Popen(command, cwd=CHECKOUT, env=environment, text=True, stdout=subprocess.PIPE)
    yield f"http://localhost:{port}", server, metrics
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=60)
    assert server.returncode == 143


@needs_haproxy
@pytest.mark.slow
def test_a_visitor_stays_with_a_process_and_goes_on_when_it_is_killed(
    served: tuple[str, subprocess.Popen[str], int],
) -> None:
    base, server, metrics = served
    _until(lambda: _status(f"{base}/healthz") == 200)
    cookies = CookieJar()
    visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    _until(lambda: b"streamlit" in visitor.open(base, timeout=10).read().lower())
    process = _process_of(cookies)
    for _ in range(4):
        visitor.open(base, timeout=10).read()
    assert _process_of(cookies) == process
    told = urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=10).read().decode()
    assert 'haproxy_server_status{proxy="dashboard",server="process2"' in told
    assert _status(f"{base}/_stcore/metrics") == _status(f"{base}/%5Fstcore/metrics") == 404
    ours = [child for child in _children(server.pid) if f"--server.port {_port_of(process, server.pid)}" in child[1]]
    os.kill(ours[0][0], signal.SIGKILL)
    _until(lambda: _status(f"{base}/healthz") == 200 and b"streamlit" in visitor.open(base, timeout=10).read().lower())
    _until(lambda: len([child for child in _children(server.pid) if "streamlit" in child[1]]) == 2)
    assert ours[0][0] not in [pid for pid, _ in _children(server.pid)]


def _status(address: str) -> int:
    try:
        return urllib.request.urlopen(address, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _until(true: object, *, seconds: float = 90.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if true():  # type: ignore[operator]
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("it did not come to that")


def _process_of(cookies: CookieJar) -> str:
    return next(str(cookie.value) for cookie in cookies if cookie.name == "slviz_process")


def _port_of(process: str, pid: int) -> str:
    """The port of the process of that number: they are started in the order of their numbers."""
    pages = sorted((child for child in _children(pid) if "streamlit" in child[1]), key=lambda child: child[0])
    return re.findall(r"--server.port (\d+)", pages[int(process) - 1][1])[0]


def _children(pid: int) -> list[tuple[int, str]]:
    import psutil

    return [(child.pid, " ".join(child.cmdline())) for child in psutil.Process(pid).children()]
