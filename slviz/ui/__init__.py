"""What the pages are made of; the only package that imports streamlit.

It is imported whole at once: the first visitors of a fresh server come in threads of their own, and where two threads
begin at different ends of a circle of modules, Python lets one of them see a module that is half there.
"""

import gc
import importlib
import pkgutil

# What is imported stays, so looking for garbage among it, now and at every later collection, finds none.
_collecting = gc.isenabled()
gc.disable()
try:
    for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(_module.name)
finally:
    gc.freeze()
    if _collecting:
        gc.enable()
