"""htx round: where every round stands, the chain of the final assessment, and who blocks it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json, print_table

if TYPE_CHECKING:
    from htx_workflow.services.chains import CriticalPath, Step
    from htx_workflow.services.rounds import RoundState


@click.command()
@click.argument("code")
@click.option("--on", type=DAY, help="Tình hình biết được đến hết ngày này (mặc định hôm nay).")
@json_option
def command(code: str, on: date | None, as_json: bool) -> None:
    """Các đợt báo cáo, đánh giá: cấp nào còn thiếu ai; chuỗi tổng kết và việc nào đang giữ các việc sau."""
    from htx_workflow.services import chains, plans, rounds

    runtime = edge.open_runtime()
    view = edge.view(runtime, code)
    day = on or runtime.clock.today()
    with view.database.reading() as session:
        loaded = plans.get_plan(session, code)
        states = rounds.list_rounds(session, loaded, day)
        steps = chains.list_steps(session, loaded, day)
    path = chains.path_of(loaded.plan, steps)
    if as_json:
        print_json(as_data(states, steps, path))
        return
    lines = [
        (f"{state.round}/{state.period}", level.title, level.due_text, f"{level.sent}/{level.owed}", ", ".join(level.missing_names))
        for state in states
        for level in state.levels
    ]  # fmt: skip
    print_table(("Đợt", "Việc", "Hạn", "Đã gửi", "Chưa gửi"), lines)
    holding = [step for step in steps if step.state in ("ready", "submitted")]
    if holding:
        click.echo("Chuỗi tổng kết đang chờ:")
        print_table(
            ("Việc", "Cơ quan", "Tình trạng"), [(step.duty, step.agency, WORDS[step.state]) for step in holding]
        )
    if path.steps:
        click.echo("Chuỗi việc dài nhất còn phải xong trước báo cáo tổng kết:")
        print_table(
            ("Việc", "Đang chờ", "Ngày", "Tình trạng"),
            [
                (step.duty, step.waits_on_name, f"{step.due_on:%d/%m/%Y}" if step.due_on else "", WORDS[step.state])
                for step in path.steps
            ],
        )
    if path.blocker is not None:
        click.echo(f"Giữ báo cáo tổng kết trước hết: {path.blocker.waits_on_name} ({path.blocker.title}).")


WORDS = {"ready": "làm được ngay", "submitted": "đã gửi, chờ kiểm tra", "blocked": "đang chờ việc trước"}


def as_data(states: list[RoundState], steps: list[Step], path: CriticalPath) -> dict[str, Any]:
    """For scripts: each round level by level, the chain in its order, and what holds it up."""
    return {
        "rounds": [
            {
                "round": state.round,
                "period": state.period,
                "complete": state.complete,
                "levels": [
                    {
                        "duty": level.duty,
                        "title": level.title,
                        "due_on": level.due_on,
                        "expected": level.expected,
                        "owed": level.owed,
                        "sent": level.sent,
                        "accepted": level.accepted,
                        "in_time": level.in_time,
                        "missing": list(level.missing),
                    }
                    for level in state.levels
                ],
            }
            for state in states
        ],
        "chain": [
            {
                "key": step.key,
                "duty": step.duty,
                "agency": step.agency,
                "due_on": step.due_on,
                "state": step.state,
                "blocked_by": list(step.blocked_by),
                "waits_on": step.waits_on,
            }
            for step in steps
        ],
        "holding": [step.key for step in steps if step.state in ("ready", "submitted")],
        "critical_path": {
            "target": path.target,
            "steps": [step.key for step in path.steps],
            "first": [{"key": step.key, "waits_on": step.waits_on, "due_on": step.due_on} for step in path.first],
            "blocker": path.blocker.key if path.blocker else None,
        },
    }
