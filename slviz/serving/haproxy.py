"""The configuration of HAProxy, which stands before the processes of the dashboard."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from slviz.errors import SlvizError

COOKIE = "slviz_process"
"""Names the process that a visitor's session lives in."""
HEALTH, METRICS = "/healthz", "/metrics"
MOST_CONNECTIONS = 2_000
MOST_REQUESTS = 3_000
"""Requests of one address in ten seconds; a page asks for about a hundred files when it is first opened."""
LARGEST_BODY = 220_000_000
"""Bytes of a request: an upload of Streamlit's `server.maxUploadSize`, and its frame."""


class NoProxy(SlvizError):
    """HAProxy is not installed, or refuses its configuration."""


@dataclass(frozen=True)
class Proxy:
    """What the proxy listens on, and what stands behind it.

    Attributes:
        address: where it listens, such as "127.0.0.1" or "0.0.0.0".
        port: there.
        processes: ports of this machine, one for each process.
        metrics_port: port of this machine on which it tells Prometheus its own metrics; 0 for none.
        certificate: file of the certificate and its key (PEM), for HTTPS; None for HTTP.
        tells_visitors: whether it adds the visitor's address to what it passes on; pages take that as a sign that
            others may stand behind it.
    """

    address: str
    port: int
    processes: Sequence[int]
    metrics_port: int = 0
    certificate: Path | None = None
    tells_visitors: bool = True


def find_haproxy() -> str:
    """The path of HAProxy; raises `NoProxy` where it is not installed."""
    program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        raise NoProxy(
            "Several processes need HAProxy before them, and there is no 'haproxy' on this machine. Install it (on "
            "Debian and Ubuntu: apt-get install haproxy), or serve by one process: slviz app."
        )
    return program


def configuration(proxy: Proxy) -> str:
    """The configuration as text, for `haproxy -f`.

    A visitor stays with one process by a cookie, since a session lives in one. A process that refuses connections
    gets no new visitors at once; after five checks without an answer its own are sent to another.
    """
    listens = f"{_in_brackets(proxy.address)}:{proxy.port}"
    secure = "" if proxy.certificate is None else f" ssl crt {_quoted(proxy.certificate)} alpn h2,http/1.1"
    attributes = "httponly" if proxy.certificate is None else "httponly secure"
    parts = [
        GLOBAL,
        FRONTEND.format(
            listens=listens + secure,
            connections=MOST_CONNECTIONS,
            requests=MOST_REQUESTS,
            body=LARGEST_BODY,
            health=HEALTH,
            passed_on="    option forwardfor\n" if proxy.tells_visitors else "",
        ),
        BACKEND.format(cookie=COOKIE, attributes=attributes),
        *(
            f"    server process{number} 127.0.0.1:{port} cookie {number}\n"
            for number, port in enumerate(proxy.processes, start=1)
        ),
    ]
    if proxy.metrics_port:
        parts.append(TELLING.format(port=proxy.metrics_port, metrics=METRICS))
    return "".join(parts)


def _quoted(path: Path) -> str:
    """A path as one word of the configuration; raises `NoProxy` where it cannot be written."""
    if "'" in str(path) or "\n" in str(path):
        raise NoProxy(f"The certificate's path {str(path)!r} has a quotation mark in it. Give it another name.")
    return f"'{path}'"


def _in_brackets(address: str) -> str:
    """An IPv6 address as it stands before a port."""
    return f"[{address}]" if ":" in address and not address.startswith("[") else address


GLOBAL = """\
# Made by `slviz serve`; changes are lost when it starts again.
global
    maxconn 4096

defaults
    mode http
    option redispatch
    retries 3
    timeout connect 5s
    timeout http-request 15s
    timeout queue 30s
    timeout client 75s
    timeout server 300s
    timeout tunnel 24h      # a page that is open and at rest

"""
FRONTEND = """\
frontend visitors
    bind {listens}
    maxconn {connections}
    monitor-uri {health}
    monitor fail if {{ nbsrv(dashboard) eq 0 }}
    stick-table type ipv6 size 100k expire 30s store http_req_rate(10s)
    http-request track-sc0 src
    http-request deny deny_status 429 if {{ sc_http_req_rate(0) gt {requests} }}
    http-request deny deny_status 413 if {{ req.hdr_val(content-length) gt {body} }}
    http-request deny deny_status 404 if {{ path,url_dec -m beg /_stcore/metrics }}
    http-response set-header X-Content-Type-Options nosniff
    http-response set-header Referrer-Policy same-origin
    http-response set-header Content-Security-Policy "frame-ancestors 'self'"
{passed_on}    default_backend dashboard

"""
BACKEND = """\
backend dashboard
    balance leastconn
    cookie {cookie} insert indirect nocache {attributes} attr "SameSite=Strict"
    option httpchk
    http-check send meth GET uri /_stcore/health ver HTTP/1.1 hdr Host localhost
    http-check expect status 200
    timeout check 10s       # a process that draws a large figure answers late
    default-server check inter 2s fall 5 rise 1 on-marked-down shutdown-sessions
"""
TELLING = """
frontend metrics
    bind 127.0.0.1:{port}
    http-request use-service prometheus-exporter if {{ path {metrics} }}
    http-request deny deny_status 404
"""
