"""No path of the server in what a browser shows; words that only look like one are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from slviz.ui import access, server_paths
from slviz.ui.server_paths import without_paths

SENTENCES = {
    "/srv/slviz/models/gat-1/spec.json is cut.": "spec.json is cut.",
    "Run x lies in /srv/slviz/models/.": "Run x lies in models.",
    "No such file: '/home/ada l/my data/genes.txt'.": "No such file: 'genes.txt'.",
    '  File "/opt/slviz/training/train.py", line 3, in train': '  File "train.py", line 3, in train',
    "[Errno 13] Permission denied: '/root/x.tsv' -> '/root/y.tsv'": "[Errno 13] Permission denied: 'x.tsv' -> 'y.tsv'",
    "(/var/lib/a/b.db: disk full)": "(b.db: disk full)",
    "key=/var/lib/a.db, next": "key=a.db, next",
    "sqlite:////srv/models/.studies/a.db is locked": "a.db is locked",
    "see file:///srv/data/genes.txt!": "see genes.txt!",
    "`/srv/data/mine` has changed": "`mine` has changed",
    "“/srv/data/mine” has changed": "“mine” has changed",
    r"C:\Users\Ada\data\genes.txt is cut": "genes.txt is cut",
    r"'C:\Users\Ada L\genes.txt' is cut": "'genes.txt' is cut",
    r"\\server\share\genes.txt is cut": "genes.txt is cut",
    "C:/Users/Ada/genes.txt is cut": "genes.txt is cut",
}
LEFT_ALONE = (
    "Two gene names, BRCA1/PARP1 and TP53, with a score of 1/2 or 3 / 4.",
    "https://www.ncbi.nlm.nih.gov/gene/672 names it.",
    "metric and/or loss; 10 s/epoch; a // b; GO:0006281/GO:0006302",
    "Run gat-both-link-3f9c2a81 is running, 1:2, at 12:30.",
    "",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_of_a_path_only_the_last_part_is_left(sentence: str) -> None:
    assert without_paths(sentence) == SENTENCES[sentence]


@pytest.mark.parametrize("sentence", LEFT_ALONE)
def test_what_is_no_path_is_left_alone(sentence: str) -> None:
    assert without_paths(sentence) == sentence


def test_a_models_folder_with_blanks_in_its_path_is_cut_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = tmp_path / "my old models"
    models.mkdir()
    monkeypatch.setenv("SLVIZ_MODELS", str(models))
    assert without_paths(f"{models}/gat-1/spec.json is cut.") == "spec.json is cut."
    assert without_paths(f"There are no runs in {models} yet.") == "There are no runs in my old models yet."


def test_a_long_log_takes_no_time() -> None:
    assert len(without_paths('File "/a/b/c.py" ' * 20_000 + "/" * 50_000 + "a/" * 50_000)) > 0


def test_a_command_keeps_its_paths_on_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["train", "--data", "/srv/data/mine", "--test-pairs", r"C:\data\pairs.tsv", "classes=GO:1;GO:2", "a/b"]
    monkeypatch.setattr(access, "current", lambda: access.Access(access.TRUSTED, alone=True))
    assert server_paths.typed(command) == command
    monkeypatch.setattr(access, "current", lambda: access.Access(access.FULL))
    assert server_paths.typed(command) == [
        *("train", "--data", "mine", "--test-pairs", "pairs.tsv", "classes=GO:1;GO:2", "a/b")
    ]
