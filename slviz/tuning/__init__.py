"""Tuning: a search for settings that Optuna leads, evaluated on validation metrics alone."""
