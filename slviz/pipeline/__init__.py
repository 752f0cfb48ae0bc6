"""What slviz does for a person, each a function that the command line and the pages both reach.

`train_run` (train a run), `controls`, `edge_ablation`; `commands` spells what a person types for each; `jobs` starts
such a command in a process of its own, and `slots` says how many may train here at once.
"""
