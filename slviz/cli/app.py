"""`app`: the dashboard in a browser."""

from __future__ import annotations

import argparse
import subprocess
import sys

from slviz import places


def add_app_command(commands: argparse._SubParsersAction) -> None:
    """Add `app` to the command line."""
    command = commands.add_parser(
        "app",
        help="open the dashboard in a browser",
        description="Serve the dashboard and open it in a browser; Ctrl-C stops it. Options of `streamlit run` may "
        "follow.",
        allow_abbrev=False,
    )
    add_who_may_reach(command)
    command.add_argument("--no-browser", action="store_true", help="only serve it")
    command.set_defaults(action=_app)


def add_who_may_reach(command: argparse.ArgumentParser) -> None:
    """Add where the server listens, and the names that it answers to."""
    command.add_argument("--port", metavar="N", type=int, default=8501, help="where it listens (default: 8501)")
    command.add_argument(
        "--address",
        metavar="HOST",
        help="who may reach it: this machine alone (default), or 0.0.0.0 for everyone; see SECURITY.md",
    )
    command.add_argument(
        "--host",
        metavar="NAME",
        action="append",
        default=[],
        help="a name or address that people will type into their browser, where others may reach it; several are "
        "given one by one",
    )


def _app(options: argparse.Namespace) -> int:
    command = [sys.executable, "-m", "streamlit", "run", str(places.app()), "--server.port", str(options.port)]
    if options.address:
        command += ["--server.address", options.address]
    for name in options.host:
        command += ["--server.allowedHosts", name]
    if options.no_browser:
        command += ["--server.headless", "true"]
    command += options.more
    from slviz.serving import first_visit
    from slviz.serving.environment import server_environment

    first_visit.begin(options.port)
    return subprocess.call(command, env=server_environment())
