"""Snapshots of a round on both databases: what they hold, when a new one is made, how two differ."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import func, select, update

from htx_workflow.domain.consolidations import Change, Consolidation, Missing, Target, TextLine
from htx_workflow.domain.errors import BadInput, NotFound, TooLate
from htx_workflow.domain.plan import Plan
from htx_workflow.services import consolidations, issued, snapshot_keeping
from htx_workflow.store import rubric_rows, snapshots
from htx_workflow.store.tables import table
from tests.machine import Machine
from tests.scores import TT01
from tests.scoring import CODE, FACTS, UNITS, Scores, typed


@pytest.fixture
def scores(machine: Machine, kontum: Plan) -> Scores:
    """Plan 3819 on 22/12/2025 with the samples A, B and C on three levels; two cooperatives sent nothing."""
    machine.load(kontum, on=date(2024, 10, 23))
    scores = Scores(machine)
    for name in UNITS:
        scores.whole(name)
    machine.at(date(2025, 12, 22))
    return scores


def test_it_holds_every_cooperative_with_its_start_its_levels_and_why(scores: Scores) -> None:
    made = scores.consolidate()
    assert (made.no, made.round, made.rubric, made.target) == (1, "2025", TT01.ref, Target(passed=3, of=5))
    assert made.decisive == "Kết luận theo điểm tự chấm (mặc định, chưa có văn bản chọn cấp khác)"
    lines = {line.key: line for line in made.cooperatives}
    assert list(lines)[:3] == ["htx-thanhnien", "htx-rangdong", "htx-saunhung"]
    ours = lines["htx-rangdong"]
    assert [(one.level, one.total, one.conclusion.value) for one in (ours.decisive, *ours.others)] == [
        ("self", 8600, "passed"), ("district", 8500, "passed"), ("province", 8450, "failed"),
    ]  # fmt: skip
    assert (ours.decisive.groups, ours.others[1].groups) == ((2700, 2750, 3150), (2600, 2700, 3150))
    four = made.criteria_of(ours)[3]
    assert (four.to_improve, four.start, four.years, four.end, four.levels) == (
        True, 450, {2025: 500}, 500, (500, 450, 400),
    )  # fmt: skip
    assert [(one.level, one.key, one.lower, one.upper, one.reason) for one in ours.differences] == [
        ("district", "4a", 200, 150, "đối chiếu sổ sách"), ("district", "6", 550, 500, "đối chiếu sổ sách"),
        ("province", "4a", 150, 100, "đối chiếu sổ sách"),
    ]  # fmt: skip
    assert ours.why == "Đạt vì tổng điểm 86; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu."


def test_the_years_stand_beside_each_other_on_the_level_that_decides(scores: Scores) -> None:
    before = Scores(scores.machine, "2024")
    before.open("A")
    before.save("A", points={**typed("A", "self"), "5": "6,5"}, facts=FACTS)
    before.submit("A")
    made = scores.consolidate()
    five = made.criteria_of(made.cooperatives[0])[4]
    assert (five.start, five.years, five.end) == (700, {2024: 650, 2025: 700}, 700)


def test_who_is_missing_is_named_and_never_a_zero(scores: Scores) -> None:
    made = scores.consolidate()
    absent = next(line for line in made.cooperatives if line.key == "htx-doanket")
    assert (absent.decisive.total, absent.decisive.conclusion.value, absent.start, absent.years) == (
        None, "unfounded", (), {},
    )  # fmt: skip
    named = [one for one in made.missing if one.key.startswith("htx-doanket/")]
    assert named == [
        Missing(key="htx-doanket/self", name="HTX Đoàn Kết", what="điểm tự chấm năm 2025"),
        Missing(key="htx-doanket/district", name="HTX Đoàn Kết", what="điểm huyện kiểm tra năm 2025"),
        Missing(key="htx-doanket/province", name="HTX Đoàn Kết", what="điểm tỉnh kiểm tra năm 2025"),
        Missing(key="htx-doanket/baseline", name="HTX Đoàn Kết", what="điểm ban đầu, tiêu chí cần hoàn thiện"),
    ]
    assert {"R.huyen/huyen-dakto", "R.htx/htx-doanket"} <= {one.key for one in made.missing}
    whole = made.classification[0]
    assert (whole.title, whole.total, whole.rated, whole.bands["tot"], whole.missing) == ("Tổng số", 5, 3, 3, 2)
    assert (made.money, made.replication) == ((), ())


def test_the_four_boxes_of_each_holder_are_those_of_the_status(scores: Scores) -> None:
    lines = {line.key: line for line in scores.consolidate().matrix}
    ours = lines["htx-thanhnien"]
    assert (ours.done_on_time, ours.open_overdue, ours.rate, ours.cooperative) == (1, 1, "50,0", True)
    assert not lines["skhdt"].cooperative


def test_the_same_inputs_are_the_same_snapshot_and_a_later_change_makes_a_new_one(scores: Scores) -> None:
    first = scores.consolidate()
    assert scores.consolidate() == first
    scores.return_("B", "province")
    scores.open("B", "province")
    scores.save("B", "province", {"4a": "2"}, reasons={"4a": "có chứng từ bổ sung"})
    scores.submit("B", "province")
    second = scores.consolidate()
    assert second.no == 2
    with scores.machine.database.reading() as session:
        changes, inputs = consolidations.compare(session, CODE, "2025", 1, 2)
        assert consolidations.find(session, CODE, "2025", 1) == first
    assert Change("cooperatives", "htx-rangdong", "others[province].conclusion", "failed", "passed") in changes
    assert {change.key for change in changes} == {"htx-rangdong"}
    assert inputs == ["card/htx-rangdong/2025/final/province/1", "card/htx-rangdong/2025/final/province/2"]


def test_a_card_that_came_late_is_listed_and_changes_no_result(scores: Scores) -> None:
    made = scores.consolidate()
    assert made.late == ()
    cards = table("scorecard")
    with scores.machine.transaction() as session:
        number = select(func.min(cards.c.id)).where(cards.c.level == "district").scalar_subquery()
        session.execute(update(cards).where(cards.c.id == number).values(state="late"))
    after = scores.consolidate()
    text = "điểm huyện kiểm tra lần 01, gửi ngày 18/12/2025, sau khi cấp trên chấm xong"
    by = "HTX rau, hoa và du lịch thanh niên"
    assert after.late == (TextLine(key=f"{CODE}/htx-thanhnien/2025/final/district/1", by=by, text=text),)
    assert after.target == made.target


def test_difficulties_and_money_come_from_what_was_accepted(scores: Scores) -> None:
    values = {
        "A4": {
            "rows": [
                {"A4.1a": "htx-thanhnien", "A4.2a": "nsdp-huyen", "A4.2c": "bao-cao", "A4.3": 900, "A4.4": 500},
                {"A4.1a": "htx-thanhnien", "A4.2a": "nsdp-huyen", "A4.2c": "bao-cao", "A4.4": {"non": "not_arisen"}},
                {"A4.1a": "htx-thanhnien", "A4.2a": "mtqg-ntm", "A4.2c": "doi-chieu", "A4.4": 700},
            ]
        },
        "A6": {"rows": [{"A6.1": "Thiếu vốn đối ứng.", "A6.5": "cho vay từ Quỹ"}]},
    }
    accepted_report(scores, values)
    made = scores.consolidate()
    assert [(one.key, one.needed, one.assigned, one.paid) for one in made.money] == [
        ("nsdp-huyen/htx-thanhnien/2025", 900, 500, None)
    ]
    key = f"{CODE}/huyen-dakto/F-A/2025/A6/1"
    text = "Thiếu vốn đối ứng. Đề xuất: cho vay từ Quỹ"
    assert made.difficulties == (TextLine(key=key, by="Ủy ban nhân dân huyện Đăk Tô", text=text),)


def accepted_report(scores: Scores, values: object) -> None:
    """A yearly report of UBND huyện Đăk Tô with these values, sent and accepted."""
    work = f"{CODE}/R.agency/huyen-dakto/2025"
    scores.machine.submit(work)
    scores.machine.verify(work)
    agencies, occurrences = table("agency"), table("occurrence")
    with scores.machine.transaction() as session:
        agency = session.execute(select(agencies.c.id).where(agencies.c.code == "huyen-dakto")).scalar_one()
        done = session.execute(select(occurrences.c.id).where(occurrences.c.key == work)).scalar_one()
        now = scores.machine.now
        definition = {"id": 900, "kind": "form", "code": "F-A", "version": "1", "sha256": "f", "body": "{}"}
        session.execute(table("definition").insert().values(**definition, added_at=now))
        report = {
            "id": 900, "key": f"{CODE}/huyen-dakto/F-A/2025", "plan_id": 1, "agency_id": agency, "form_code": "F-A",
            "period": "2025", "definition_id": 900, "draft": "{}", "draft_version": 1, "draft_by": "x", "sent_no": 1,
        }  # fmt: skip
        session.execute(table("report").insert().values(**report))
        session.execute(table("report_occurrence").insert().values(report_id=900, occurrence_id=done))
        body = json.dumps(values)
        revision = {"report_id": 900, "no": 1, "definition_id": 900, "body": body, "sha256": "s", "by_code": "x"}
        session.execute(table("report_revision").insert().values(**revision, sent_at=now))


# In steps


def half_kept(scores: Scores, made: Consolidation, lines: int = 2) -> int:
    """What a keeping that was interrupted leaves: the head and some lines."""
    inputs = snapshots.inputs_of(made)
    with scores.machine.transaction("consolidate-head") as session:
        kept = made.model_copy(update={"no": 1})
        definition = rubric_rows.number_of(session, TT01, scores.machine.now)
        number = snapshots.begin(session, 1, kept, inputs, definition, "x", unfinished_since=scores.machine.now)
    with scores.machine.transaction("consolidate-lines") as session:
        rows = snapshots.lines_of(number, made.cooperatives, inputs, 0, lines)
        snapshots.append(session, number, made.inputs_sha256, 0, rows)
    return number


def computed(scores: Scores) -> Consolidation:
    with scores.machine.database.reading() as session:
        return consolidations.compute(session, CODE, "2025", TT01, scores.machine.today, scores.machine.when())


def numbers(scores: Scores) -> list[tuple[int, bool, int]]:
    """Every head there is: its number, whether it is whole, its lines."""
    heads, lines = table("consolidation"), table("consolidation_line")
    of_head = select(func.count()).where(lines.c.consolidation_id == heads.c.id).scalar_subquery()
    with scores.machine.database.reading() as session:
        found = session.execute(select(heads.c.no, heads.c.unfinished_since.is_(None), of_head).order_by(heads.c.id))
        return [tuple(row) for row in found]


def test_a_half_kept_snapshot_is_seen_by_nobody(scores: Scores) -> None:
    half_kept(scores, computed(scores))
    with scores.machine.database.reading() as session:
        assert consolidations.list_of(session, CODE) == []
        assert snapshots.rubrics_of(session, 1, "2025") == {}
        for number in (None, 1):
            with pytest.raises(NotFound):
                consolidations.find(session, CODE, "2025", number)
        with pytest.raises(NotFound):
            issued.list_of(session, CODE, "2025", 1)


def test_kept_in_steps_it_is_the_same_and_one_that_was_interrupted_is_finished(
    scores: Scores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_keeping, "STEP", 2)
    made, machine = computed(scores), scores.machine
    half_kept(scores, made)
    kept = snapshot_keeping.keep(machine.database, made, TT01, None, machine.when())
    assert (kept, numbers(scores)) == (made.model_copy(update={"no": 1}), [(1, True, 5)])
    again = snapshot_keeping.keep(machine.database, made, TT01, None, machine.when())
    assert (again, scores.consolidate(), numbers(scores)) == (kept, kept, [(1, True, 5)])
    events = table("audit_event")
    with machine.database.reading() as session:
        told = session.execute(select(func.count()).where(events.c.act == "consolidate")).scalar_one()
    assert told == 1


@pytest.mark.parametrize("step", [2, 1000])
def test_what_was_half_kept_of_other_inputs_gives_way_and_its_keeper_is_told(
    scores: Scores, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(snapshot_keeping, "STEP", step)
    before, machine = computed(scores), scores.machine
    number = half_kept(scores, before, 3)
    scores.return_("B", "province")
    made = computed(scores)
    kept = snapshot_keeping.keep(machine.database, made, TT01, None, machine.when())
    assert (kept, numbers(scores)) == (made.model_copy(update={"no": 1}), [(1, True, 5)])
    rows = snapshots.lines_of(number, before.cooperatives, snapshots.inputs_of(before), 3, 2)
    with pytest.raises(TooLate, match="lập lại sau ít phút"), machine.transaction("consolidate-lines") as session:
        snapshots.append(session, number, before.inputs_sha256, 3, rows)
    assert numbers(scores) == [(1, True, 5)]


def test_a_round_that_the_plan_does_not_have_and_a_snapshot_that_nobody_made_are_said(scores: Scores) -> None:
    with scores.machine.database.reading() as session:
        with pytest.raises(BadInput, match="KH 3819 không có đợt 2023"):
            consolidations.compute(session, CODE, "2023", TT01, scores.machine.today, scores.machine.when())
        with pytest.raises(NotFound, match="Chưa có bản tổng hợp số 3 của đợt 2025"):
            consolidations.find(session, CODE, "2025", 3)
