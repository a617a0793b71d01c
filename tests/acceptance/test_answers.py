"""What is sent or given back on the command line is answered by mail, like on a page."""

from __future__ import annotations

from pathlib import Path

from tests.commands import PLAN, Finished, htx_here

AGENCY = "kontum-3819/R.agency/huyen-konplong/2024"


def run(folder: Path, *arguments: str) -> Finished:
    done = htx_here(*arguments, var_dir=str(folder), today="2024-12-16")
    assert done.code == 0, done.err
    return done


def mails(folder: Path) -> list[tuple[str, str]]:
    return [(mail["key"], mail["subject"]) for mail in run(folder, "outbox", "list", "--json").json]


def test_a_submission_and_its_return_are_answered_and_history_is_not(tmp_path: Path) -> None:
    htx_here("plan", "load", str(PLAN), "--on", "2024-10-23", var_dir=str(tmp_path), today="2024-10-23")
    paper = ("--number", "45/BC-UBND", "--dated", "2024-12-16")
    run(tmp_path, "report", "submit", AGENCY, *paper)
    run(
        tmp_path,
        "report",
        "return",
        AGENCY,
        "--kind",
        "bo-sung",
        "--reason",
        "thiếu biểu 2",
        "--respond-by",
        "20/12/2024",
    )
    title = "Báo cáo năm 2024 kết quả thực hiện Kế hoạch"
    assert sorted(mails(tmp_path)) == [
        (f"receipt/{AGENCY}/2/1", f"[KH 3819] Đã nhận: {title}"),
        (f"returned/{AGENCY}/3/1", f"[KH 3819] Đề nghị bổ sung: {title}"),
    ]
    other = "kontum-3819/R.agency/stc/2024"
    run(tmp_path, "report", "submit", other, "--number", "7/BC-STC", "--dated", "2024-12-16", "--retrospective")
    assert len(mails(tmp_path)) == 2
