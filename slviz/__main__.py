"""`python -m slviz`: the command line."""

import sys

from slviz.cli import main

if __name__ == "__main__":
    sys.exit(main())
