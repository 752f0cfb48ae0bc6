"""A gene's neighbourhood as a run weighs it, and the edge ablation beside its attention."""
