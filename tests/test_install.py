"""slviz installs like any tool: one wheel, one command, the demo and its runs from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from run_folders import CHECKOUT

from slviz import __version__
from slviz.cli import parse
from slviz.runs.store import SHIPPED, RunStore

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
MOST_MEBIBYTES = 12


def requirements(name: str) -> list[str]:
    lines = (CHECKOUT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


def test_the_package_asks_for_what_requirements_txt_lists() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    assert set(extras) == {"cluster", "tune", "tensorboard"}
    listed = [*PROJECT["project"]["dependencies"], *(line for extra in extras.values() for line in extra)]
    assert sorted(listed) == sorted(requirements("requirements.txt"))
    assert PROJECT["project"]["version"] == __version__


def test_the_wheel_carries_all_runs_that_git_keeps() -> None:
    carried = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert {name for name in carried if name.startswith("models/")} == {f"models/{run}" for run in tracked_runs()}


def tracked_runs() -> set[str]:
    listed = subprocess.run(["git", "ls-files", "models"], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    runs = {line.split("/")[1] for line in listed.stdout.splitlines() if line.count("/") > 1}
    return runs or set(RunStore(SHIPPED).run_ids())  # a copy without its git folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="hatchling is not installed (requirements-dev.txt)")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(CHECKOUT)], check=True, timeout=120)
    return next(folder.glob("slviz-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment with the wheel, over the libraries that are here already."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    here = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", vars=here))
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = Path(sysconfig.get_path("scripts", vars=here)) / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, str(wheel)], check=True, timeout=120)
    return python.parent


def home(folder: Path) -> dict[str, str]:
    """The environment of a person whose home is `folder` and who has set nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLVIZ", "PYTHONPATH", "XDG"))}
    return {**kept, "HOME": str(folder), "USERPROFILE": str(folder), "LOCALAPPDATA": str(folder)}


def test_the_wheel_is_small_and_whole(wheel: Path) -> None:
    assert wheel.stat().st_size < MOST_MEBIBYTES << 20
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in ("app.py", "pages/overview.py", ".streamlit/config.toml", "data/demo/genes.txt", "docs/glossary.md"):
        assert f"slviz/program/{name}" in names
    assert not [name for name in names if "synlethdb" in name]


@pytest.mark.slow
def test_the_command_works_from_any_folder(installed: Path, tmp_path: Path) -> None:
    def slviz(*arguments: str) -> str:
        command = [str(installed / "slviz"), *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=home(tmp_path), capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "usage: slviz" in slviz("--help")
    listed = slviz("runs")
    assert all(run in listed for run in RunStore(SHIPPED).run_ids())
    assert "demo" in slviz("data", "list")
    words = ["--network", "mlp", "--features", "none", "--no-projections", "epochs=1", "width=4"]
    slviz("train", *words)
    kept = [path for path in tmp_path.rglob("manifest.json") if ".cache" not in path.parts]
    assert len(kept) == 1
    assert kept[0].parent.parent.name == "models"
    assert installed.parent not in kept[0].parents


def test_alone_and_with_options_of_streamlit_it_opens_the_dashboard() -> None:
    assert parse([]).command == "app"
    asked = parse(["--server.port", "8600"])
    assert (asked.command, asked.more) == ("app", ["--server.port", "8600"])
    assert parse(["runs"]).command == "runs"


@pytest.mark.browser
@pytest.mark.slow
def test_the_installed_dashboard_shows_the_demo_and_its_runs(installed: Path, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright", reason="playwright is not installed (requirements-dev.txt)")
    assert playwright is not None
    from browser.served import chromium_path

    if chromium_path() is None:
        pytest.skip("no chromium or google-chrome is on the PATH")
    with ThreadPoolExecutor(1) as alone:  # Playwright may be open in this thread already, for other tests
        alone.submit(look_at_the_dashboard, installed, tmp_path).result()


def look_at_the_dashboard(installed: Path, tmp_path: Path) -> None:
    from browser.served import chromium, free_port, serving, settle

    port = free_port()
    command = [str(installed / "slviz"), "app", "--no-browser", "--port", str(port)]
    with serving(command, port, folder=tmp_path, environment=home(tmp_path)), chromium() as browser:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        settle(page)
        text = page.inner_text("[data-testid='stMain']")
        assert "demo" in text.lower()
        assert "GAT" in text or "gat" in text
        page.goto(f"http://127.0.0.1:{port}/embedding?run=gat-both-link-3ec14a25")
        settle(page)
        assert page.locator("[data-testid='stPlotlyChart']").count() >= 1
        assert page.locator("[data-testid='stException']").count() == 0
