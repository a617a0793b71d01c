"""The house is tidy: nothing left for later, no path of a machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
FOLDERS = ("htx_workflow", "flows", "templates", "config", "tests", "benchmarks", "docs")
FILES = sorted(
    path
    for folder in FOLDERS
    for path in (HOME / folder).rglob("*")
    if path.is_file() and path.suffix in (".py", ".yaml", ".yml", ".md", ".txt", ".html", ".toml", ".json", ".css")
) + [HOME / name for name in ("README.md", "Makefile", "pyproject.toml") if (HOME / name).exists()]
LATER = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")
MACHINES = ("/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/", "/Us" + "ers/")


def test_there_are_files() -> None:
    assert len(FILES) > 60


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(HOME).as_posix())
def test_a_file_leaves_nothing_for_later_and_names_no_machine(file: Path) -> None:
    text = file.read_text("utf-8")
    assert [word for word in LATER if re.search(rf"\b{word}\b", text)] == []
    assert [place for place in MACHINES if place in text] == []


def test_every_package_folder_says_what_it_is() -> None:
    silent = [
        path.relative_to(HOME).as_posix()
        for path in (HOME / "htx_workflow").rglob("*.py")
        if not path.read_text("utf-8").lstrip().startswith('"""') and "versions" not in path.parts
    ]
    assert silent == []
