"""Tuning: which settings are best, by validation metrics alone."""

from slviz.ui import layout
from slviz.ui.training import tuning_view


def page() -> None:
    """The search that was chosen, then a form for a new one."""
    layout.heading("Tuning")
    tuning_view.show()


layout.show(page)
