"""`serve`: the dashboard for many visitors, by several processes behind HAProxy."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from slviz.cli.app import add_who_may_reach
from slviz.errors import SlvizError

ABOUT = """Serve the dashboard by several processes behind HAProxy; Ctrl-C stops all of them. A visitor stays with one
process; one that ends is started again, and its visitors go on at another with what their address says. Runs are
trained in processes of their own and are not touched by that. Options of `streamlit run` may follow."""
MOST_PROCESSES = 64


def add_serve_command(commands: argparse._SubParsersAction) -> None:
    """Add `serve` to the command line."""
    command = commands.add_parser(
        "serve",
        help="the dashboard for many visitors: several processes behind a proxy",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument(
        "--processes",
        metavar="N",
        type=int,
        default=os.cpu_count() or 1,
        help="how many processes (default: one for each processor of this machine)",
    )
    add_who_may_reach(command)
    command.add_argument("--certificate", metavar="FILE", type=Path, help="serve HTTPS: certificate and key, PEM")
    command.add_argument(
        "--metrics-port",
        metavar="N",
        type=int,
        default=0,
        help="tell Prometheus on this machine about visitors and waiting times at http://127.0.0.1:N/metrics",
    )
    command.set_defaults(action=_serve)


def _serve(options: argparse.Namespace) -> int:
    from slviz.serving import Fleet

    if not 1 <= options.processes <= MOST_PROCESSES:
        raise SlvizError(f"--processes {options.processes} is not a number from 1 to {MOST_PROCESSES}.")
    if options.certificate is not None and not options.certificate.is_file():
        raise SlvizError(f"There is no certificate '{options.certificate}'.")
    Fleet(
        options.processes,
        address=options.address or "127.0.0.1",
        port=options.port,
        hosts=options.host,
        certificate=options.certificate,
        metrics_port=options.metrics_port,
        options=options.more,
        tell=lambda sentence: print(sentence, flush=True),
    ).serve()
    return 0
