"""`htx check`: one line for a good file, one line on stderr for each problem of a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from htx_workflow.cli import check
from tests.factories import plan_data, plan_yaml, write_plan

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of its own: the real calendar and the small plan."""
    (tmp_path / "config" / "plans").mkdir(parents=True)
    (tmp_path / "config" / "calendars").mkdir()
    calendar = (HOME / "config" / "calendars" / "vn.yaml").read_text(encoding="utf-8")
    (tmp_path / "config" / "calendars" / "vn.yaml").write_text(calendar, encoding="utf-8")
    write_plan(tmp_path / "config" / "plans")
    monkeypatch.setenv("HTX_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def htx_check(*arguments: str) -> Result:
    return CliRunner().invoke(check.command, ["--on", "2025-01-02", *arguments])


def test_without_files_all_configuration_is_checked(home):
    result = htx_check()
    lines = [line for line in result.stdout.splitlines() if not line.startswith("Lưu ý")]
    assert result.exit_code == 0
    assert result.stderr == ""
    assert lines[0].startswith("Lịch vn: biết từ 01/01/2024 đến ")
    assert lines[1] == (
        "Kế hoạch tinh-mau: 3 cơ quan thực hiện, 6 nhiệm vụ, 4 kỳ thực hiện có ngày, 1 kỳ không có ngày, 3 đầu mối."
    )


def test_the_configuration_of_this_house_is_good(monkeypatch):
    monkeypatch.setenv("HTX_HOME", str(HOME))
    result = htx_check()
    assert (result.exit_code, result.stderr) == (0, "")
    assert (
        "Kế hoạch kontum-3819: 16 cơ quan thực hiện, 41 nhiệm vụ, 65 kỳ thực hiện có ngày, 50 kỳ không có ngày"
        in result.stdout
    )


def test_every_problem_of_every_file_stands_on_its_own_line_of_stderr(home):
    plans = home / "config" / "plans"
    write_plan(plans, lead="soo", province="tinhh")
    (plans / "b.yaml").write_text("code: b\n\tx: 1\n", encoding="utf-8")
    result = htx_check()
    assert result.exit_code == 1
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [
        "config/plans/b.yaml:2",
        "config/plans/tinh-mau.yaml:11",
        "config/plans/tinh-mau.yaml:12",
    ]


def test_only_the_files_named_are_checked(home):
    (home / "config" / "plans" / "hong.yaml").write_text("code: [", encoding="utf-8")
    result = htx_check("config/plans/tinh-mau.yaml")
    assert result.exit_code == 0
    assert result.stdout.startswith("Kế hoạch tinh-mau: ")


def test_a_file_elsewhere_is_known_by_its_keys(home):
    (home / "tinh-mau.yaml").write_text(plan_yaml(), encoding="utf-8")
    assert htx_check("tinh-mau.yaml").stdout.startswith("Kế hoạch tinh-mau: ")


def test_a_file_of_no_known_kind_is_refused(home):
    (home / "gi-do.yaml").write_text("a: 1\n", encoding="utf-8")
    result = htx_check("gi-do.yaml")
    assert result.exit_code == 1
    assert "Không rõ tệp này là kế hoạch, lịch, bộ tiêu chí hay biểu mẫu." in result.stderr


def test_a_missing_file_is_refused(home):
    result = htx_check("config/plans/khong-co.yaml")
    assert result.exit_code == 1
    assert result.stderr.startswith("Không có tệp config/plans/khong-co.yaml.")


def test_a_plan_needs_its_calendar(home):
    write_plan(home / "config" / "plans", calendar="khong-co")
    result = htx_check()
    assert result.exit_code == 1
    assert "config/plans/tinh-mau.yaml:" in result.stderr
    assert ": calendar: Không có tệp config/calendars/khong-co.yaml." in result.stderr


def test_a_bad_calendar_is_said_once_although_plans_count_in_it(home):
    (home / "config" / "calendars" / "vn.yaml").write_text("code: vn\ncode: vn\n", encoding="utf-8")
    result = htx_check()
    assert result.exit_code == 1
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == ["config/calendars/vn.yaml:2"]


def test_warnings_refuse_nothing(home):
    write_plan(home / "config" / "plans", contacts=plan_data()["contacts"][:2])
    result = htx_check("config/plans/tinh-mau.yaml")
    assert result.exit_code == 0
    assert "Lưu ý: config/plans/tinh-mau.yaml:" in result.stdout
    assert "HTX A chưa có đầu mối nhận thư." in result.stdout


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-10-01", None),
        ("2026-10-02", "Lưu ý: lịch vn chỉ còn 90 ngày (đến 31/12/2026)"),
        ("2027-01-01", "Lưu ý: lịch vn đã hết (đến 31/12/2026)"),
    ],
)
def test_the_end_of_a_calendar_is_announced_90_days_before(home, day, said):
    calendar = home / "config" / "calendars" / "vn.yaml"
    lines = calendar.read_text(encoding="utf-8").splitlines()
    kept = ["known_to: 2026-12-31" if line.startswith("known_to:") else line for line in lines]
    calendar.write_text("\n".join(kept), encoding="utf-8")
    result = htx_check("--on", day)
    announced = [line for line in result.stdout.splitlines() if "lịch vn" in line and "(đến" in line]
    assert [line.split(";")[0] for line in announced] == ([said] if said else [])


def test_the_schema_is_written_beside_the_plans(home):
    result = htx_check("--write-schema")
    assert result.stdout == "Đã ghi config/plans/plan.schema.json.\n"
    assert (home / "config" / "plans" / "plan.schema.json").read_text(encoding="utf-8") == (
        HOME / "config" / "plans" / "plan.schema.json"
    ).read_text(encoding="utf-8")
