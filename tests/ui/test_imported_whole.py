"""The first visitors of a fresh server come at once: none of them may see a module that is half imported."""

import pkgutil
import sys

import slviz.ui


def test_whoever_imports_a_part_of_the_pages_has_all_of_them() -> None:
    parts = [module.name for module in pkgutil.walk_packages(slviz.ui.__path__, "slviz.ui.")]
    assert len(parts) > 100
    assert [name for name in parts if name not in sys.modules] == []
