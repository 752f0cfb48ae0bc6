"""The Predictions page: metrics of a run, rankings, classes."""
