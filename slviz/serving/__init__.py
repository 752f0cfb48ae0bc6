"""The dashboard on a shared server: several processes behind a proxy that keeps each visitor with one of them."""

from slviz.serving.fleet import Fleet, ServerFailed
from slviz.serving.haproxy import NoProxy, Proxy, configuration, find_haproxy

__all__ = ["Fleet", "NoProxy", "Proxy", "ServerFailed", "configuration", "find_haproxy"]
