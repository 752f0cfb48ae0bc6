"""Tuning: which settings are best, by validation figures alone."""

from slviz.ui import frame
from slviz.ui.training import tuning_view


def page() -> None:
    """The search that was chosen, then a form for a new one."""
    frame.heading("Tuning")
    tuning_view.show()


frame.show(page)
