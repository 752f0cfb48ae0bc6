"""Talk: views that were kept, in an order, given from one file or live."""

from slviz.ui import layout, talk_view


def page() -> None:
    """The talk of the address."""
    layout.heading("Talk")
    talk_view.show()


layout.show(page)
