"""The final chain of plan 3819 on both databases: what blocks the final report, and a hole opened by decision."""

from __future__ import annotations

from datetime import date

import pytest

from htx_workflow.domain.errors import BadInput, NotAllowed, TooLate
from htx_workflow.domain.plan import Plan
from htx_workflow.services import chains, early_openings, plans
from htx_workflow.services.chains import CriticalPath
from htx_workflow.store.documents import DocumentRef
from tests.job_runs import CODE, run
from tests.machine import Machine

FINAL = f"{CODE}/V.1.1b/skhdt/2025"
LETTER = DocumentRef("99/UBND-KTTH", date(2025, 12, 19), "ubnd-tinh")


@pytest.fixture
def chain(machine: Machine, kontum: Plan) -> Machine:
    """Followed from 01/12/2025; on 19/12 everything of the round is accepted but Tu Mơ Rông, cooperative and district."""
    machine.load(kontum, on=date(2025, 12, 1))
    machine.at(date(2025, 12, 15))
    others = ("dakha", "dakto", "sathay", "konplong")
    machine.finish(*(f"{CODE}/R.htx/htx-{name}/2025" for name in ("thanhnien", "rangdong", "saunhung", "doanket")))
    machine.finish(*(f"{CODE}/R.agency/huyen-{name}/2025" for name in (*others, "tumorong")))
    machine.finish(*(f"{CODE}/R.agency/{name}/2025" for name in ("stc", "snnptnt", "sct", "nhnn", "lmhtx")))
    machine.at(date(2025, 12, 18))
    machine.finish(*(f"{CODE}/R.huyen/huyen-{name}/2025" for name in others))
    return machine.at(date(2025, 12, 19))


def path(machine: Machine) -> CriticalPath:
    with machine.database.reading() as session:
        return chains.critical_path(session, plans.get_plan(session, CODE), machine.today)


def keys(*duties: str) -> list[str]:
    return [f"{CODE}/{duty}/2025" for duty in duties]


def decide(machine: Machine, key: str = FINAL, reason: str = "UBND tỉnh cho trình trước") -> tuple[str, ...]:
    with machine.transaction("open-early") as session:
        return early_openings.open_early(session, key, reason, LETTER, machine.calendar, None, machine.when("lead"))


def test_the_path_leads_from_who_blocks_to_the_final_report(chain: Machine) -> None:
    found = path(chain)
    assert [step.key for step in found.steps] == [
        *keys("R.htx/htx-tumorong", "R.huyen/huyen-tumorong", "V.3.3/snnptnt"), FINAL,
    ]  # fmt: skip
    assert [step.state for step in found.steps] == ["ready", "blocked", "blocked", "blocked"]
    assert found.blocker is not None
    assert (found.blocker.key, found.blocker.waits_on) == (*keys("R.htx/htx-tumorong"), "htx-tumorong")


def test_what_was_sent_waits_for_who_checks_it(chain: Machine) -> None:
    chain.submit(*keys("R.htx/htx-tumorong"))
    blocker = path(chain).blocker
    assert blocker is not None
    assert (blocker.state, blocker.waits_on) == ("submitted", "huyen-tumorong")


def test_a_final_report_that_was_sent_has_no_path_and_nobody_blocks_it(chain: Machine) -> None:
    chain.at(date(2025, 12, 29))
    chain.finish(FINAL)
    assert path(chain) == CriticalPath(FINAL, (), ())


def test_a_hole_is_opened_by_decision_with_the_gap_named(chain: Machine) -> None:
    with pytest.raises(NotAllowed, match="còn chờ"):
        chain.submit(FINAL)
    gap = decide(chain)
    assert gap == (
        "Góp ý, cung cấp nội dung tổng kết Đề án và đề xuất phương án nhân rộng thuộc lĩnh vực nông nghiệp (Sở NN&PTNT)",
        "Tham gia tổng kết Đề án khi kết thúc thực hiện (Liên minh HTX tỉnh)",
        "Tổng kết Đề án và phương án nhân rộng mô hình hợp tác xã trên địa bàn huyện (còn 05 đơn vị)",
    )
    found = path(chain)
    assert ([step.key for step in found.steps], found.blocker) == ([FINAL], None)
    assert found.steps[0].blocked_by == gap
    opened = chain.history(FINAL)[-1]
    assert (opened.act, opened.by_code, opened.note) == (
        "open-early", "lead", f"UBND tỉnh cho trình trước; còn thiếu: {'; '.join(gap)}",
    )  # fmt: skip
    chain.submit(FINAL)
    assert chain.history(FINAL)[-1].note == f"gửi khi còn chờ: {'; '.join(gap)}"


def test_who_is_opened_early_is_told_once_and_keeps_its_deadline(chain: Machine) -> None:
    before = chain.row(FINAL).standing
    decide(chain)
    assert chain.row(FINAL).standing == before
    assert [rung.step for rung in chain.rungs(FINAL) if rung.step == "ready"] == ["ready"]
    with pytest.raises(TooLate, match="đã được quyết định mở"):
        decide(chain)


def test_only_what_waits_can_be_opened_and_only_with_a_reason(chain: Machine) -> None:
    with pytest.raises(NotAllowed, match="không phải chờ"):
        decide(chain, *keys("R.htx/htx-tumorong"))
    with pytest.raises(BadInput, match="lý do"):
        decide(chain, reason="  ")


def test_the_job_shows_the_path_and_the_gap(chain: Machine) -> None:
    outcome = run(chain, "final_assessment")
    assert outcome.counts["to_final_report"] == 4
    marked = {row["occurrence"]: row["critical"] for row in outcome.tables[0].rows if row["critical"]}
    assert list(marked.values()) == [1, 2, 3, 4]
    decide(chain)
    assert run(chain, "final_assessment").counts["to_final_report"] == 1


def test_no_step_waits_for_itself(chain: Machine) -> None:
    with chain.database.reading() as session:
        steps = chains.list_steps(session, plans.get_plan(session, CODE), chain.today)
    assert [step.key for step in steps if step.number in step.needs] == []
    assert {step.agency: step.state for step in steps if step.duty == "V.7.6"}["huyen-tumorong"] == "ready"
