"""Compare: runs that were judged on the same pairs, side by side, and how sure their differences are."""

from slviz.ui import frame
from slviz.ui.comparison import comparing

frame.show(comparing.page)
