"""What a click costs, in small: a visitor in Streamlit's own runtime uses a page, and what it cost is printed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_page_is_opened_and_used_and_its_dearest_lines_are_told(tmp_path: Path) -> None:
    command = [sys.executable, "benchmarks/click_profile.py", "--rounds", "1", "--lines", "--pages", "glossary"]
    command += ["--data", "demo", "--models", str(CHECKOUT / "models")]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=True)
    assert re.search(r"^\| glossary \| 3 \| 0\.\d{3} \| 0\.\d{3} \|$", done.stdout, re.M), done.stdout + done.stderr
    assert re.search(r"^\| \*\*all\*\* \| 3 \|", done.stdout, re.M)
    assert re.search(r"^ +\d+\.\d ms  (slviz|pages)/\S+\.py:\d+ \w+", done.stdout, re.M)
