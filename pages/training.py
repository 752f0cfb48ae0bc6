"""Training: how the training of a finished run went."""

from slviz.ui import layout
from slviz.ui.training import finished_training

layout.show(finished_training.page)
