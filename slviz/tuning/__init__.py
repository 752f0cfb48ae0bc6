"""Tuning: a search for settings that Optuna leads, judged on validation figures alone."""
