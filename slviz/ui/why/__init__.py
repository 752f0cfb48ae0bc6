"""Why a pair is scored so: one panel for every run, with the check of what it says."""
