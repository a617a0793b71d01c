"""What administrators are handed: scripts that parse, units and documents that name only what exists."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from htx_workflow import cli
from htx_workflow.settings import Settings, load_settings

HOME = Path(__file__).parents[2]
SCRIPTS = sorted(
    path
    for folder in ("scripts", "deploy", ".ci")
    for path in (HOME / folder).iterdir()
    if path.is_file() and path.read_text("utf-8").startswith("#!")
)
UNITS = sorted((HOME / "deploy" / "systemd").iterdir())
DOCUMENTS = [HOME / "README.md", *sorted((HOME / "docs").glob("*.md"))]
EXAMPLE = HOME / "deploy" / "htx.env.example"
VARIABLES = {f"HTX_{name.upper()}" for name in Settings.model_fields}
WORD = re.compile(r"[a-z][a-z-]*")


def name_of(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


def resolve(words: list[str]) -> tuple[list[str], list[str]]:
    """The command that these words call, and the options named after it. Fails for one that does not exist."""
    command: click.Command = cli.command
    path: list[str] = []
    for place, word in enumerate(words):
        if not isinstance(command, click.Group):
            break
        if not WORD.fullmatch(word):
            break
        found = command.get_command(click.Context(command), word)
        assert found is not None, f"htx {' '.join(words[: place + 1])}"
        command, path = found, [*path, word]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    named = [word for word in words if word.startswith("--") and word != "--"]
    assert set(named) - {"--help"} <= known, f"htx {' '.join(words)}"
    return path, named


def calls(text: str) -> Iterator[list[str]]:
    """The words after each `htx` that stands in code: spans and fenced lines."""
    fenced = re.findall(r"(?ms)^```[^\n]*\n(.*?)^```", text)
    lines = [line for block in fenced for line in block.replace("\\\n", " ").splitlines()]
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text))
    for code in (*lines, *spans):
        code = re.sub(r"\s#.*", "", code)
        for part in re.split(r"&&|[;·|]", code):
            words = re.sub(r"[\[\]()]", " ", part).split()
            starts = [place for place, word in enumerate(words) if word == "htx" or word.endswith("/htx")]
            if starts and len(words) > starts[0] + 1 and WORD.fullmatch(words[starts[0] + 1]):
                yield words[starts[0] + 1 :]


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_a_script_parses_and_can_be_run(script: Path) -> None:
    text = script.read_text("utf-8")
    first = text.splitlines()[0]
    if "python" in first:
        compile(text, str(script), "exec")
    else:
        done = subprocess.run(["bash" if "bash" in first else "sh", "-n", str(script)], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    assert os.access(script, os.X_OK) or script.parent.name == ".ci"


@pytest.mark.parametrize("unit", UNITS, ids=name_of)
def test_a_unit_starts_something_that_exists(unit: Path) -> None:
    lines = unit.read_text("utf-8").splitlines()
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service") in UNITS
        return
    (start,) = [line.removeprefix("ExecStart=").split() for line in lines if line.startswith("ExecStart=")]
    program = Path(start[0]).relative_to("/opt/htx")
    if program == Path(".venv/bin/htx"):
        assert resolve(start[1:])[0]
    elif program == Path(".venv/bin/prefect"):
        assert (start[1], start[2]) in (("server", "start"), ("worker", "start"))
    else:
        assert os.access(HOME / program, os.X_OK)


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=name_of)
def test_a_unit_holds_no_more_rights_than_it_needs(unit: Path) -> None:
    lines = unit.read_text("utf-8").splitlines()
    assert {
        "User=htx", "EnvironmentFile=/etc/htx/htx.env", "NoNewPrivileges=yes", "ProtectSystem=strict",
        "ReadWritePaths=/opt/htx/var", "ProtectHome=yes", "PrivateTmp=yes", "CapabilityBoundingSet=",
    } <= set(lines)  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_command_in_a_document_exists_and_helps(document: Path) -> None:
    named = {tuple(resolve(words)[0]) for words in calls(document.read_text("utf-8"))}
    for path in sorted(named):
        done = CliRunner().invoke(cli.command, [*path, "--help"])
        assert done.exit_code == 0, path
    assert named or document.name in ("security-file.md", "huong-dan.md")


@pytest.mark.parametrize("document", [*DOCUMENTS, EXAMPLE], ids=name_of)
def test_a_variable_in_a_document_is_a_setting(document: Path) -> None:
    assert set(re.findall(r"\bHTX_[A-Z_]*[A-Z]\b", document.read_text("utf-8"))) - VARIABLES == set()


def test_every_setting_is_explained_to_administrators() -> None:
    table = (HOME / "docs" / "operations.md").read_text("utf-8")
    assert {name for name in VARIABLES if f"`{name}`" not in table} == set()


def test_the_example_of_settings_can_be_used_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = re.findall(r"(?m)^#?((?:HTX|PREFECT)_[A-Z_]+)=(.*)$", EXAMPLE.read_text("utf-8"))
    assert {name for name, _ in lines} > {"HTX_SMTP_HOST", "HTX_DATABASE_URL"}
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in lines:
        monkeypatch.setenv(name, value.strip("'"))
    assert load_settings().smtp_host == "mail.example.vn"


def test_no_lock_and_no_script_names_an_index() -> None:
    for file in [*(HOME / "requirements").iterdir(), *SCRIPTS, HOME / "Makefile"]:
        assert not re.search(r"--(extra-)?index-url|^-i |https?://", file.read_text("utf-8"), re.M), file


def test_a_lock_line_is_chosen_by_its_marker_for_any_patch_of_a_python() -> None:
    spec = importlib.util.spec_from_file_location("pinned_for", HOME / "scripts" / "pinned_for.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    lock = (
        "a==1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via x\n"
        "b==2 ; python_full_version < '3.11.3' \\\n    --hash=sha256:cc\n"
        "c==3 ; sys_platform == 'win32' \\\n    --hash=sha256:dd\n"
        "d[e]==4 ; python_full_version >= '3.13' \\\n    --hash=sha256:ee\n"
    )
    first = "a==1 --hash=sha256:aa --hash=sha256:bb"
    assert module.pinned_for("3.11", lock) == [first, "b==2 --hash=sha256:cc"]
    assert module.pinned_for("3.13", lock) == [first, "d[e]==4 --hash=sha256:ee"]
