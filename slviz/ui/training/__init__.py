"""The pages Train and Tuning: forms made from settings, and work that is followed."""
