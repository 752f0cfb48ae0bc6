"""Files from outside, read within bounds: what a file declares is checked before anything of it is taken.

`limits.py` holds every limit and its environment variable. Each format has a module of its own. Every function raises
`MalformedData` with a sentence, and never follows anything out of the file that it was given.
"""
