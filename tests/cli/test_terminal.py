"""What a terminal is told holds no control character of a name, and nothing that its encoding lacks stops it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from data_folders import write_folder
from run_folders import slviz

from slviz.cli import main
from slviz.cli.terminal import SpeltOut, beneath, spelt_out_streams

HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202eevil\u200b\x9b31m"


def assert_harmless(text: str) -> None:
    kinds = {unicodedata.category(letter): letter for letter in text if letter not in "\n\t\r"}
    assert not kinds.keys() & {"Cc", "Cf", "Cs"}, kinds


def test_what_is_said_is_spelt_out(capsys: pytest.CaptureFixture[str]) -> None:
    with spelt_out_streams():
        print(f"a {HOSTILE}", "b\tc")
        print(HOSTILE, file=sys.stderr)
        beneath(sys.stdout).write("as \x1b it is\n")
    said = capsys.readouterr()
    assert said.out.startswith("a \\x1b]0;owned\\x07\\x1b[2J\\u202eevil\\u200b\\x9b31m b\tc\n")
    assert said.out.endswith("as \x1b it is\n")
    assert_harmless(said.err)


def test_a_progress_line_is_written_over_and_no_name_is() -> None:
    stream = io.StringIO()
    SpeltOut(stream).write("\r 50%  a\rb")
    assert stream.getvalue() == "\r 50%  a\\rb"


def test_a_letter_that_the_terminal_lacks_is_spelt_out() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    SpeltOut(stream).writelines(["A – ", "é"])
    assert raw.getvalue() == b"A \\u2013 \\xe9"


@pytest.mark.parametrize(
    "arguments",
    [
        [HOSTILE],
        ["train", "--data", HOSTILE],
        ["train", "--network", HOSTILE],
        ["train", f"x{HOSTILE}=1"],
        ["runs", "show", HOSTILE],
        ["predict", HOSTILE, HOSTILE],
        ["vectors", "add", HOSTILE],
        ["vectors", "remove", HOSTILE],
        ["data", "check", HOSTILE],
        ["project", HOSTILE, "tsne"],
    ],
)
def test_no_argument_reaches_the_terminal_raw(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path))
    try:
        status = main(arguments)
    except SystemExit as ended:
        status = ended.code
    said = capsys.readouterr()
    assert status
    assert said.err or said.out
    assert_harmless(said.out + said.err)
    assert "Traceback" not in said.err


def test_a_data_folder_with_hostile_names_is_told_harmlessly(tmp_path: Path) -> None:
    hostile = HOSTILE.replace("\x1b", "\x1a")
    folder = write_folder(
        tmp_path / "data",
        genes__txt="".join(f"GEN{n}\n" for n in range(1, 13)) + f"{hostile}\n",
        pairs__tsv=f"GEN1\tGEN2\t0.5\nGEN1\t{hostile}x\t0.5\nGEN3\tGEN4\t{hostile}\n",
        dataset__toml='title = "\\u001b[2J\\u202Etitle"\n',
    )
    for arguments in (["data", "check", str(folder)], ["train", "--data", str(folder), "epochs=1"]):
        ended = slviz(tmp_path / "models", *arguments, check=False)
        assert_harmless(ended.stdout + ended.stderr)
        assert "Traceback" not in ended.stderr


def test_a_terminal_of_another_encoding_is_no_reason_to_stop(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "SLVIZ_MODELS": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "slviz", "runs", "show", "naïve–run"], env=environment, capture_output=True, check=False
    )
    assert ended.returncode == 1
    assert b"na\\xefve\\u2013run" in ended.stderr
    assert b"Traceback" not in ended.stderr
