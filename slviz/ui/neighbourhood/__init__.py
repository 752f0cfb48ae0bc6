"""The Neighbourhood page, and the edge ablation beside its attention."""
