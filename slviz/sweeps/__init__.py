"""Sweeps: many runs from lists of choices, trained on all cores or on a cluster, each once."""
