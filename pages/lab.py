"""Lab: small networks that one watches learning."""

from slviz.ui import layout
from slviz.ui.learning import lab

layout.show(lab.page)
