"""Plan files: each mistake is refused at its line and key, and several in one run."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema  # comes with prefect
import pytest

from htx_workflow.domain.errors import BadConfig, NotFound, Problem
from htx_workflow.gateways import plan_files, yaml_files
from tests.factories import a_plan, duties_with, plan_data, plan_yaml, write_plan

PLANS = Path(__file__).resolve().parents[2] / "config" / "plans"
SO = "- code: so-1"


def refused(path: Path) -> list[Problem]:
    with pytest.raises(BadConfig) as caught:
        plan_files.read_plan(path)
    return caught.value.problems


def places(path: Path) -> list[tuple[str, str]]:
    """(the text of the line named, the key) of every problem."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [("" if it.line is None else lines[it.line - 1].strip(), it.key) for it in refused(path)]


def replaced(old: str, new: str) -> str:
    text = plan_yaml()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the small plan"
    return text.replace(old, new)


def test_a_plan_file_gives_the_plan(tmp_path):
    assert plan_files.read_plan(write_plan(tmp_path)) == a_plan()


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(NotFound, match="Không có tệp"):
        plan_files.read_plan(tmp_path / "khong-co.yaml")


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        ("short: KH mẫu\n", "short: KH mẫu\nshort: KH khác\n", "short: KH khác", "short"),
        ("short: KH mẫu\n", "short: KH mẫu\nshrot: KH\n", "shrot: KH", "shrot"),
        ("lead: so\n", "lead: sở\n", "lead: sở", "lead"),
        ("lead: so\n", "lead: soo\n", "lead: soo", "lead"),
        ("province: tinh\n", "province:\n", "province:", "province"),
        ("    on: 2025-12-22\n", "    on: 2025-02-30\n", "on: 2025-02-30", "duties[3].due.on"),
        ("    on: 2025-12-22\n", "    on: 2026-12-22\n", "on: 2026-12-22", "duties[N.3].due.on"),
        ("    on: 2025-12-22\n", "    on: hôm nay\n", "on: hôm nay", "duties[N.3].due.on"),
        ("    on: 11-30\n", "    on: 02-30\n", "on: 02-30", "duties[N.2].due.on"),
        ("    on: 11-30\n", "    on: 11-31\n", "on: 11-31", "duties[N.2].due.on"),
        ("    on: 11-30\n", "    on: 13-01\n", "on: 13-01", "duties[N.2].due.on"),
        ("    working_days: 10\n", "    working_days: 0\n", "working_days: 0", "duties[N.4].due.working_days"),
        ("  address: so@example.vn\n", "  address: so tại example\n", SO, "contacts[so-1]"),
        ("  address: so@example.vn\n", '  address: "so@example.vn\\nBcc: x@example.vn"\n', SO, "contacts[so-1]"),
        ("  - step: -3wd\n  - step: '0'\n  - step: +1wd\n", "  - step: -3\n", "- step: -3", "ladders.deadline[1].step"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_key(tmp_path, old, new, line, key):
    path = write_plan(tmp_path, replaced(old, new))
    assert places(path) == [(line, key)]


def test_a_sentence_and_a_remedy_come_with_the_place(tmp_path):
    path = write_plan(tmp_path, replaced("lead: so\n", "lead: soo\n"))
    [problem] = refused(path)
    assert str(problem) == (
        f"{path.as_posix()}:{problem.line}: lead: Không có cơ quan soo. "
        "Có phải là so? Đề nghị sửa lại, hoặc thêm vào agencies."
    )


def test_duties_in_a_circle_are_named_at_the_first_of_them(tmp_path):
    path = write_plan(tmp_path, duties=duties_with("R.htx", after=[{"duty": "N.3"}]))
    [problem] = refused(path)
    assert problem.key == "duties[N.3].after[1].duty"
    assert problem.what == "Các nhiệm vụ chờ nhau thành vòng: N.3 → R.huyen → R.htx → N.3."


@pytest.mark.parametrize("days", [0, -7])
def test_a_repeat_every_no_days_is_refused(tmp_path, days):
    due = {"rule": "every", "days": days, "first": date(2025, 2, 1)}
    path = write_plan(tmp_path, duties=duties_with("N.2", due=due))
    assert places(path) == [(f"days: {days}", "duties[N.2].due.days")]


def test_a_repeat_without_an_end_is_refused(tmp_path):
    path = write_plan(tmp_path, ends_on=None)
    assert [problem.key for problem in refused(path)] == [
        "duties[N.2].due",
        "duties[R.htx].due",
        "duties[R.huyen].due",
    ]


def test_a_file_bears_the_code_of_its_plan(tmp_path):
    path = tmp_path / "khac.yaml"
    path.write_text(plan_yaml(), encoding="utf-8")
    assert places(path) == [("code: tinh-mau", "code")]


def test_broken_yaml_is_refused_before_values_are_looked_at(tmp_path):
    path = write_plan(tmp_path, replaced("lead: so\n", "lead: [so\n"))
    [problem] = refused(path)
    assert problem.key == "cú pháp"


def test_all_wrong_values_come_in_one_run_in_the_order_of_the_file(tmp_path):
    text = plan_yaml().replace("working_days: 10", "working_days: 0")
    text = text.replace("kind: district", "kind: distrct").replace("short: KH mẫu\n", "")
    assert [problem.key for problem in refused(write_plan(tmp_path, text))] == [
        "short",
        "agencies[huyen-a].kind",
        "duties[N.4].due.working_days",
    ]


def test_all_wrong_names_and_dates_come_in_one_run_in_the_order_of_the_file(tmp_path):
    data = plan_data()
    path = write_plan(
        tmp_path,
        lead="soo",
        contacts=[*data["contacts"], {"code": "x", "agency": "huyen-b", "channel": "none"}],
        duties=duties_with("N.2", due={"rule": "yearly", "on": "02-29"}, receivers=["khong-co"]),
    )
    assert [problem.key for problem in refused(path)] == [
        "lead",
        "contacts[x].agency",
        "duties[N.2].due.on",
        "duties[N.2].receivers[1]",
    ]


def test_warnings_come_with_file_and_line(tmp_path):
    path = write_plan(tmp_path, contacts=plan_data()["contacts"][:2])
    plan, [warning] = plan_files.read_plan_with_warnings(path)
    assert plan.code == "tinh-mau"
    assert (warning.file, warning.key) == (path.as_posix(), "agencies[htx-a]")
    assert warning.line is not None


# The schema for editors


def test_the_schema_beside_the_plans_is_the_one_the_models_give():
    kept = (PLANS / plan_files.SCHEMA_FILE).read_text(encoding="utf-8")
    assert kept == plan_files.plan_schema_text(), "run: htx check --write-schema"


@pytest.mark.parametrize("path", sorted(PLANS.glob("*.yaml")), ids=lambda path: path.stem)
def test_plan_files_name_the_schema_and_fit_it(path):
    assert path.read_text(encoding="utf-8").startswith(f"# yaml-language-server: $schema={plan_files.SCHEMA_FILE}\n")
    as_an_editor_sees_it = json.loads(json.dumps(yaml_files.read(path).data, default=date.isoformat))
    jsonschema.validate(
        as_an_editor_sees_it,
        plan_files.plan_schema(),
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


def test_the_schema_knows_the_keys_as_they_are_written():
    duty = plan_files.plan_schema()["$defs"]["Duty"]["properties"]
    assert "with" in duty
    assert "with_" not in duty
