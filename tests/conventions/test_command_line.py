"""What the command line promises: help, README, JSON keys, and a start that loads nothing heavy."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from htx_workflow import cli
from tests.commands import HOME, PLAN, htx_here

CODE = "kontum-3819"


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it, groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield (*path, name), found
        if isinstance(found, click.Group):
            yield from commands(found, *path, name)


ALL = dict(commands(cli.command))
LEAVES = {path: command for path, command in ALL.items() if not isinstance(command, click.Group)}


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_a_command_says_in_vietnamese_what_it_does(path: tuple[str, ...]) -> None:
    command = ALL[path]
    assert command.help
    assert re.search("[ạảãàáâậầấẩẫăắằặẳẵóòọõỏôộổỗồốơờớợởỡéèẻẹẽêếềệểễúùụủũưựữửừứíìịỉĩýỳỷỵỹđ]", command.help.lower())
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name not in ("help", "version"):
            assert parameter.help or parameter.hidden or parameter.name == "limit", parameter.name


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_line_in_the_list_is_not_empty_and_the_module_is_there(name: str) -> None:
    assert cli.COMMANDS[name]
    assert (HOME / "htx_workflow" / "cli" / f"{name.replace('-', '_')}.py").exists()


def test_every_module_of_a_command_is_in_the_list() -> None:
    helpers = {"__init__", "__main__", "edge", "output", "score_cards"}  # the last is a part of `score`
    modules = {path.stem for path in (HOME / "htx_workflow" / "cli").glob("*.py")} - helpers
    assert {module.replace("_", "-") for module in modules} == set(cli.COMMANDS)


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_a_command_stands_in_the_readme(path: tuple[str, ...]) -> None:
    """Whole, or as `first` in a line that names the group: "`htx outbox list` · `show KEY`"."""
    readme = (HOME / "README.md").read_text("utf-8")
    whole = f"htx {' '.join(path)}"
    lines = [line for line in readme.splitlines() if f"htx {path[0]}" in line]
    short = [line for line in lines if re.search(rf"`{re.escape(path[-1])}\b", line)]
    assert whole in readme or short


HEAVY = ("pydantic", "sqlalchemy", "sqlmodel", "jinja2", "aiosmtplib", "alembic", "prefect", "fastapi", "rich")


@pytest.mark.parametrize("module", ["htx_workflow.cli", *(f"htx_workflow.cli.{name}" for name in sorted(
    path.stem for path in (HOME / "htx_workflow" / "cli").glob("*.py") if not path.stem.startswith("__")
))])  # fmt: skip
def test_the_command_line_starts_without_loading_anything_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=HOME, check=True)
    assert done.stdout.split() == []


# JSON

OCCURRENCE = {
    "key", "duty", "agency", "period", "kind", "opens_on", "due_on", "original_due_on", "state", "timeliness", "basis",
}  # fmt: skip
DUTY = {
    "id", "clause", "title", "kind", "word", "holders", "with", "receivers", "due", "basis", "basis_note", "after",
    "fulfilled_by",
}  # fmt: skip
STATUS = {
    "done_on_time", "done_late", "open_in_time", "open_overdue", "no_deadline", "expected", "historical",
    "rate_on_time", "rate_on_time_original",
}  # fmt: skip
KINDS = {"yearly", "once", "continuous", "on_request", "conditional", "outcome"}
TIMELINESS = {
    "not_due", "near_due", "overdue", "done_on_time", "done_late", "no_deadline", "expected", "awaiting_date",
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`var` of a machine with plan 3819 loaded."""
    folder = tmp_path_factory.mktemp("var")
    done = htx_here("plan", "load", str(PLAN), "--on", "2024-10-23", var_dir=str(folder), today="2024-10-23")
    assert done.code == 0, done.err
    return folder


def printed(folder: Path, *arguments: str, on: str = "2024-12-13") -> Any:
    """The JSON of a command; there is nothing else on stdout."""
    done = htx_here(*arguments, "--json", var_dir=str(folder), today=on)
    assert done.code == 0, done.err
    return done.json


def test_json_of_a_plan(loaded: Path) -> None:
    shown = printed(loaded, "plan", "show", CODE)
    assert {"code", "title", "starts_on", "ends_on", "agencies", "duties"} <= set(shown)
    assert (shown["code"], shown["starts_on"], shown["ends_on"]) == (CODE, "2024-10-23", "2025-12-31")
    assert all(set(duty) >= DUTY for duty in shown["duties"])
    assert {duty["kind"] for duty in shown["duties"]} == KINDS
    assert {"code", "title"} <= set(printed(loaded, "plan", "list")[0])


@pytest.mark.parametrize("dry", [[], ["--dry-run"]], ids=["loaded", "dry-run"])
def test_json_of_occurrences(loaded: Path, dry: list[str]) -> None:
    shown = printed(loaded, "occurrences", CODE, *dry)
    assert len(shown) == 115
    assert all(set(row) == OCCURRENCE for row in shown)
    assert {row["kind"] for row in shown} <= KINDS
    assert {row["timeliness"] for row in shown} <= TIMELINESS
    assert all(re.fullmatch(rf"{CODE}/[\w.]+/[a-z-]+/(\d{{4}}|standing|outcome)", row["key"]) for row in shown)
    assert sum(row["due_on"] is not None for row in shown) == 65


def test_occurrences_are_the_same_with_and_without_a_database(loaded: Path) -> None:
    assert printed(loaded, "occurrences", CODE) == printed(loaded, "occurrences", CODE, "--dry-run")


def test_occurrences_of_a_span(loaded: Path) -> None:
    shown = printed(loaded, "occurrences", CODE, "--from", "2024-12-15", "--to", "2024-12-18")
    dated = [row["due_on"] for row in shown if row["due_on"]]
    assert set(dated) == {"2024-12-15", "2024-12-16", "2024-12-18"}
    assert len(dated) == 20


def test_json_of_a_status(loaded: Path) -> None:
    shown = printed(loaded, "status", CODE)
    assert set(shown) == {"total", "by_agency"}
    assert set(shown["total"]) == STATUS
    assert all(set(counts) == STATUS for counts in shown["by_agency"].values())
    assert shown["total"]["rate_on_time"] is None
    assert len(shown["by_agency"]) == 16
    assert {box: shown["total"][box] for box in ("open_in_time", "no_deadline", "expected", "historical")} == {
        "open_in_time": 22, "no_deadline": 44, "expected": 44, "historical": 0,
    }  # fmt: skip


def test_json_of_a_forecast(loaded: Path) -> None:
    shown = printed(loaded, "forecast", CODE, "--from", "2024-12-11", "--days", "3")
    assert shown
    for mail in shown:
        assert set(mail) == {"on", "to", "agency", "subject", "items", "also"}
        assert all(set(item) == {"occurrence", "rung", "why"} for item in mail["items"])
        assert {item["occurrence"] for item in mail["items"]}.isdisjoint(mail["also"])


def test_json_of_a_tick_and_a_delivery(loaded: Path) -> None:
    assert set(printed(loaded, "tick")) == {"rungs", "digests", "superseded", "skipped"}
    assert set(printed(loaded, "deliver")) == {"sent", "retry", "failed", "doubtful"}
    assert isinstance(printed(loaded, "outbox", "list"), list)
    assert {"events", "broken"} <= set(printed(loaded, "audit", "verify"))


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (("calendar", "add", "2025-12-05", "10"), {"date": "2025-12-19"}),
        (("calendar", "add", "2025-12-19", "-10"), {"date": "2025-12-05"}),
        (("calendar", "add", "2025-12-20", "0"), {"date": "2025-12-20"}),
        (("calendar", "is-working", "2025-04-26"), {"working": True}),
        (("calendar", "is-working", "2025-01-27"), {"working": False}),
        (("calendar", "count", "2025-12-05", "2025-12-19"), {"working_days": 10}),
    ],
)
def test_json_of_the_calendar(tmp_path: Path, arguments: tuple[str, ...], answer: dict[str, Any]) -> None:
    shown = printed(tmp_path, *arguments)
    assert {key: shown[key] for key in answer} == answer
    assert set(shown) <= {"date", "working", "working_days", "why"}


@pytest.mark.parametrize("path", [path for path, command in LEAVES.items() if any(p.name == "as_json" for p in command.params)], ids=" ".join)  # fmt: skip
def test_a_command_with_json_calls_it_the_same_way(path: tuple[str, ...]) -> None:
    (option,) = [parameter for parameter in LEAVES[path].params if parameter.name == "as_json"]
    assert option.opts == ["--json"]
