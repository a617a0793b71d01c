"""config/calendars/vn.yaml, the `holidays` library beside it, and `htx calendar`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from htx_workflow import cli
from htx_workflow.domain.calendar import CalendarFile, WorkingCalendar
from htx_workflow.domain.errors import BadConfig, CalendarEnds, NotFound
from htx_workflow.gateways import calendar_files, holiday_proposal

HOME = Path(__file__).parents[2]
VN = HOME / "config" / "calendars" / "vn.yaml"


@pytest.fixture(scope="module")
def vn_file() -> CalendarFile:
    return calendar_files.load(VN)


@pytest.fixture(scope="module")
def vn(vn_file: CalendarFile) -> WorkingCalendar:
    return WorkingCalendar.from_file(vn_file)


def days(*texts: str) -> set[date]:
    return {date.fromisoformat(text) for text in texts}


def span(first: str, last: str) -> set[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return {start + timedelta(days=n) for n in range((end - start).days + 1)}


WEEKDAYS_OFF = (
    days("2024-01-01", "2024-04-18", "2024-04-29", "2024-04-30", "2024-05-01", "2024-09-02", "2024-09-03")
    | span("2024-02-08", "2024-02-09")
    | span("2024-02-12", "2024-02-14")
    | days("2025-01-01", "2025-04-07", "2025-04-30", "2025-05-01", "2025-05-02", "2025-09-01", "2025-09-02")
    | span("2025-01-27", "2025-01-31")
    | days("2026-01-01", "2026-01-02", "2026-04-27", "2026-04-30", "2026-05-01")
    | span("2026-02-16", "2026-02-20")
    | span("2026-08-31", "2026-09-02")
)
SATURDAYS_WORKED = days("2024-05-04", "2025-04-26", "2026-01-10", "2026-08-22")


# The file


def test_the_file_knows_three_years(vn_file: CalendarFile) -> None:
    assert (vn_file.code, vn_file.known_from, vn_file.known_to) == (
        "vn",
        date(2024, 1, 1),
        date(2026, 12, 31),
    )


def test_the_weekdays_off_are_exactly_the_announced_ones(vn: WorkingCalendar) -> None:
    known = span("2024-01-01", "2026-12-31")
    assert {day for day in known if day.weekday() < 5 and not vn.is_working(day)} == WEEKDAYS_OFF


def test_the_weekend_days_worked_are_exactly_the_make_up_saturdays(vn: WorkingCalendar) -> None:
    known = span("2024-01-01", "2026-12-31")
    assert {day for day in known if day.weekday() >= 5 and vn.is_working(day)} == SATURDAYS_WORKED


def test_every_swapped_day_off_is_worked_on_a_saturday(vn_file: CalendarFile) -> None:
    swaps = [entry for entry in vn_file.days if entry.name.startswith("hoán đổi")]
    for entry in swaps:
        assert entry.day is not None
        other = next(item for item in swaps if f"{item.day:%d/%m/%Y}" in entry.name)
        assert {entry.kind, other.kind} == {"off", "work"}
        assert f"{entry.day:%d/%m/%Y}" in other.name


def test_the_culture_day_is_listed_and_not_in_force(vn: WorkingCalendar, vn_file: CalendarFile) -> None:
    assert [entry.day for entry in vn_file.days if entry.provisional] == [date(2026, 11, 24)]
    assert vn.is_working(date(2026, 11, 24))


def test_every_listed_day_names_its_source(vn: WorkingCalendar, vn_file: CalendarFile) -> None:
    for entry in vn_file.days:
        for day in entry.days():
            assert f"(nguồn: {entry.source})" in vn.why_day(day)


@pytest.mark.parametrize(
    ("start", "n", "there"),
    [
        ("2025-12-05", 10, "2025-12-19"),
        ("2025-12-15", -3, "2025-12-10"),
        ("2024-02-07", 1, "2024-02-15"),
        ("2024-04-26", 1, "2024-05-02"),
        ("2024-05-03", 1, "2024-05-04"),
        ("2025-01-24", 1, "2025-02-03"),
        ("2025-04-29", 1, "2025-05-05"),
        ("2025-12-31", 2, "2026-01-06"),
        ("2026-01-09", 1, "2026-01-10"),
        ("2026-04-24", 1, "2026-04-28"),
        ("2026-08-21", 1, "2026-08-22"),
        ("2026-08-28", 1, "2026-09-03"),
    ],
)
def test_counting_in_working_days_over_the_real_breaks(vn: WorkingCalendar, start: str, n: int, there: str) -> None:
    assert vn.shift(date.fromisoformat(start), n) == date.fromisoformat(there)


def test_the_year_after_the_last_known_one_is_refused(vn: WorkingCalendar) -> None:
    with pytest.raises(CalendarEnds, match=r"đến hết ngày 31/12/2026.*config/calendars/vn\.yaml.*propose 2027"):
        vn.shift(date(2026, 12, 30), 2)


def test_a_calendar_named_otherwise_than_its_file_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "khac.yaml"
    shutil.copy(VN, copy)
    with pytest.raises(BadConfig) as refusal:
        calendar_files.load(copy)
    [problem] = refusal.value.problems
    assert (problem.key, problem.what) == ("code", "Mã vn khác tên tệp khac.yaml.")


def test_every_problem_of_a_calendar_file_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "thu.yaml"
    path.write_text(
        "code: thu\ntitle: Thử\nknown_from: 2025-01-01\nknown_to: 2025-12-31\ndays:\n"
        "  - {day: 2025-05-01, kind: off, name: lễ, source: thử}\n"
        "  - {day: 2025-05-01, kind: off, name: lễ, source: thử}\n"
        "  - {day: 2025-05-05, kind: work, name: bù, source: thử}\n"
        "  - {from: 2025-12-31, to: 2026-01-01, kind: off, name: lễ, source: thử}\n"
    )
    with pytest.raises(BadConfig) as refusal:
        calendar_files.load(path)
    assert [(problem.line, problem.key) for problem in refusal.value.problems] == [
        (7, "days[2].day"),
        (8, "days[3].day"),
        (9, "days[4].from"),
    ]


def test_a_calendar_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        calendar_files.load(tmp_path / "vn.yaml")


# The library


def test_the_library_proposes_days_off_and_make_up_days_in_order() -> None:
    proposed = holiday_proposal.propose(2025)
    assert [item.day for item in proposed if item.kind == "work"] == [date(2025, 4, 26)]
    assert {item.day for item in proposed if item.kind == "off" and item.day.weekday() < 5} == {
        day for day in WEEKDAYS_OFF if day.year == 2025
    }
    assert proposed == sorted(proposed, key=lambda item: item.day)


def test_the_differences_are_those_we_know_of(vn_file: CalendarFile) -> None:
    told = holiday_proposal.differences(vn_file)
    assert [sentence.split(" là ")[0] for sentence in told] == [
        "Thư viện holidays coi thứ Sáu 02/01/2026",
        "Thư viện holidays coi thứ Bảy 10/01/2026",
        "Thư viện holidays coi thứ Ba 24/11/2026",
    ]


def test_a_file_without_a_holiday_is_told_so(vn_file: CalendarFile) -> None:
    without = vn_file.model_copy(update={"days": [entry for entry in vn_file.days if entry.day != date(2025, 4, 7)]})
    assert any(
        sentence.startswith(
            "Thư viện holidays coi thứ Hai 07/04/2025 là ngày nghỉ (Ngày Giỗ Tổ Hùng Vương), khác lịch vn: "
            "Thứ Hai 07/04/2025 là ngày làm việc."
        )
        for sentence in holiday_proposal.differences(without)
    )


# The command


def htx(*arguments: str) -> Result:
    return CliRunner().invoke(cli.command, ["calendar", *arguments])


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTX_HOME", str(HOME))


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (
            ["add", "2025-12-15", "-3"],
            {
                "date": "2025-12-10",
                "why": "Ngày 10/12/2025 là ngày làm việc thứ 3 tính ngược từ trước ngày 15/12/2025 "
                "(không tính ngày này và 02 ngày nghỉ cuối tuần).",
            },
        ),
        (
            ["add", "2025-05-01", "0"],
            {
                "date": "2025-05-01",
                "why": "Ngày 01/05/2025 là chính ngày đã cho; không cộng, không trừ ngày làm việc nào.",
            },
        ),
        (
            ["is-working", "26/04/2025"],
            {
                "working": True,
                "why": "Thứ Bảy 26/04/2025 là ngày làm bù, hoán đổi với ngày nghỉ 02/05/2025 "
                "(nguồn: tet-amlich.com, đã xem).",
            },
        ),
        (["count", "2025-12-05", "2025-12-19"], {"working_days": 10}),
        (["count", "2025-12-19", "2025-12-05"], {"working_days": -10}),
    ],
)
def test_the_command_answers_in_json(arguments: list[str], answer: dict[str, object]) -> None:
    result = htx(*arguments, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == answer


def test_the_option_for_json_may_stand_before_a_negative_number() -> None:
    assert json.loads(htx("add", "--json", "2025-12-15", "-13").stdout)["date"] == "2025-11-26"


def test_a_proposal_in_json_is_a_list_of_days() -> None:
    first = json.loads(htx("propose", "2027", "--json").stdout)[0]
    assert first == {
        "day": "2027-01-01",
        "kind": "off",
        "name": "Tết Dương lịch",
        "source": holiday_proposal.SOURCE,
    }


def test_a_proposal_can_be_pasted_into_a_calendar_file(tmp_path: Path) -> None:
    head = "code: moi\ntitle: Lịch mới\nknown_from: 2027-01-01\nknown_to: 2027-12-31\ndays:\n"
    path = tmp_path / "moi.yaml"
    path.write_text(head + htx("propose", "2027").stdout)
    using = WorkingCalendar.from_file(calendar_files.load(path))
    assert not using.is_working(date(2027, 4, 16))


@pytest.mark.parametrize("arguments", [["add", "2025-02-30", "1"], ["add", "2025-02-28"], ["propose", "1"]])
def test_wrong_usage_is_exit_code_two(arguments: list[str]) -> None:
    assert htx(*arguments).exit_code == 2


def test_beyond_the_known_years_the_command_refuses_with_a_sentence_on_stderr() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from htx_workflow.cli import main; main()",
            "calendar",
            "add",
            "2026-12-31",
            "1",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Lịch ngày làm việc chỉ có đến hết ngày 31/12/2026")


def test_asking_for_help_loads_neither_the_calendar_nor_the_library() -> None:
    code = (
        "import sys; from htx_workflow.cli import calendar; "
        "print([name for name in ('pydantic', 'ruamel.yaml', 'holidays') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
