"""The lab: small networks in NumPy with a forward and a backward pass written out, for learning how networks learn.

`LabSetup` says everything that a training depends on, `LabTraining` trains it and keeps what happened, `measures` looks
at any of its epochs. There is no torch here but in `autograd`, which checks the gradients from a process of its own.
"""
