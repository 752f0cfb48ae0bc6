"""Compare: runs that were evaluated on the same pairs, side by side, and how sure their differences are."""

from slviz.ui import layout
from slviz.ui.comparison import comparing

layout.show(comparing.page)
