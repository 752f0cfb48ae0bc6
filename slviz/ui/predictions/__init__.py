"""The Predictions page: figures of a run, rankings, classes."""
