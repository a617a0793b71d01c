"""What ties the values of a plan together (đối chiếu kế hoạch): names, circles, dates, ladders.

`problems` finds everything in one run; a plan with problems is not loaded. `warnings` are for a person to
weigh and refuse nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from htx_workflow.domain import plan_days, plan_names, review_chains, words
from htx_workflow.domain.findings import Finding, Key, repeated, unknown
from htx_workflow.domain.plan import (
    Audience,
    Duty,
    Every,
    Kind,
    Once,
    Plan,
    Window,
    WorkingDaysAfter,
    Yearly,
)


def problems(plan: Plan) -> list[Finding]:
    """Everything that keeps the plan from being loaded, each at its key as written in the file."""
    return list(chain.from_iterable(check(plan) for check in _CHECKS))


def warnings(plan: Plan) -> list[Finding]:
    """What a person should look at: nobody to write to, and report dates that leave no time."""
    return [*_without_contact(plan), *_too_soon_after_closing(plan), *_not_after_the_level_below(plan)]


def _circular_parents(plan: Plan) -> Iterator[Finding]:
    parents = {agency.code: [agency.parent] for agency in plan.agencies if agency.parent}
    places = {agency.code: number for number, agency in enumerate(plan.agencies)}
    for circle in _circles(list(parents), parents):
        yield Finding(
            ("agencies", places[circle[0]], "parent"),
            f"Cấp trên đi thành vòng: {' → '.join(circle)}.",
            "Đề nghị bỏ hoặc sửa parent của một cơ quan trong vòng.",
        )


def _circular_needs(plan: Plan) -> Iterator[Finding]:
    needs = {duty.id: list(_needed(duty)) for duty in plan.duties}
    places = {duty.id: number for number, duty in enumerate(plan.duties)}
    for circle in _circles(list(needs), needs):
        number = places[circle[0]]
        after = plan.duties[number].after
        waits = [place for place, need in enumerate(after) if need.duty == circle[1]]
        yield Finding(
            ("duties", number, "after", waits[0], "duty") if waits else ("duties", number, "due", "of"),
            f"Các nhiệm vụ chờ nhau thành vòng: {' → '.join(circle)}.",
            "Đề nghị bỏ một bước chờ trong vòng (after, hoặc of của thời hạn).",
        )


def _needed(duty: Duty) -> Iterator[str]:
    for need in duty.after:
        if need.duty is not None:
            yield need.duty
    if isinstance(duty.due, WorkingDaysAfter) and duty.due.of != "request":
        yield duty.due.of


def _circles(names: list[str], ways: dict[str, list[str]]) -> Iterator[list[str]]:
    """At least one circle of every knot in a graph, written out from its first name in the file."""
    order = {name: number for number, name in enumerate(names)}
    seen: set[frozenset[str]] = set()
    for start in names:
        path = _way_back(start, ways, order)
        if path and frozenset(path) not in seen:
            seen.add(frozenset(path))
            yield [*path, start]


def _way_back(start: str, ways: dict[str, list[str]], order: dict[str, int]) -> list[str]:
    """The shortest way from `start` to itself through names that stand after it; empty without one."""
    paths, visited = [[start]], set[str]()
    for path in paths:
        for following in ways.get(path[-1], []):
            if following == start:
                return path
            if following not in visited and order.get(following, -1) > order[start]:
                visited.add(following)
                paths.append([*path, following])
    return []


_RULES_OF: dict[Kind, tuple[type, ...]] = {
    Kind.CONTINUOUS: (),
    Kind.OUTCOME: (),
    Kind.CONDITIONAL: (),
    Kind.ON_REQUEST: (WorkingDaysAfter,),
    Kind.YEARLY: (Yearly, Window, Every),
    Kind.ONCE: (Once,),
}
_RULES_SAID = {
    Kind.CONTINUOUS: "không có due: việc thường xuyên không có thời hạn",
    Kind.OUTCOME: "không có due: kết quả được đọc từ điểm đánh giá",
    Kind.CONDITIONAL: "không có due: việc mở khi có kết luận",
    Kind.ON_REQUEST: "due với rule: after, hoặc không có due",
    Kind.YEARLY: "due với rule: yearly, window hoặc every",
    Kind.ONCE: "due với rule: once (bỏ on nếu còn chờ ngày)",
}


def _kinds_and_rules(plan: Plan) -> Iterator[Finding]:
    for number, duty in enumerate(plan.duties):
        key: Key = ("duties", number)
        rule = duty.due
        if duty.opened_by is not None and duty.kind is not Kind.ON_REQUEST:
            what = f"Nhiệm vụ loại {duty.kind} không mở theo đề nghị."
            yield Finding((*key, "opened_by"), what, "Đề nghị bỏ opened_by, hoặc đổi kind thành on_request.")
        if rule is None:
            if duty.kind in (Kind.YEARLY, Kind.ONCE) and duty.fulfilled_by is None:
                what = f"Nhiệm vụ loại {duty.kind} chưa có thời hạn."
                yield Finding(key, what, f"Đề nghị thêm {_RULES_SAID[duty.kind]}.")
        elif duty.fulfilled_by is not None:
            what = f"Nhiệm vụ hoàn thành theo {duty.fulfilled_by} nên không có thời hạn riêng."
            yield Finding((*key, "due"), what, "Đề nghị bỏ due hoặc bỏ fulfilled_by.")
        elif not isinstance(rule, _RULES_OF[duty.kind]):
            what = f"Nhiệm vụ loại {duty.kind} không dùng được rule: {rule.rule}."
            yield Finding((*key, "due"), what, f"Loại này {_RULES_SAID[duty.kind]}. Đề nghị sửa due hoặc kind.")
        elif isinstance(rule, Once) and rule.on is not None and rule.awaits is not None:
            what = "Vừa có ngày (on) vừa chờ ngày (awaits)."
            yield Finding((*key, "due", "awaits"), what, "Đề nghị giữ một trong hai.")


def _bases(plan: Plan) -> Iterator[Finding]:
    for number, duty in enumerate(plan.duties):
        dated = duty.due is not None and not (isinstance(duty.due, Once) and duty.due.on is None)
        if dated and duty.basis is None:
            what = "Có thời hạn mà chưa nêu căn cứ."
            remedy = "Đề nghị thêm basis: law, plan, document, hoặc assumed nếu chưa ai ấn định."
            yield Finding(("duties", number, "due"), what, remedy)
        elif not dated and duty.basis is not None:
            what = "Chưa có ngày nên chưa có căn cứ của ngày."
            yield Finding(("duties", number, "basis"), what, "Đề nghị bỏ basis, hoặc ghi thời hạn vào due.")


def _needs_never_met(plan: Plan) -> Iterator[Finding]:
    endless = {duty.id for duty in plan.duties if duty.kind in (Kind.CONTINUOUS, Kind.OUTCOME)}
    for number, duty in enumerate(plan.duties):
        for place, need in enumerate(duty.after):
            if need.duty in endless:
                what = f"Nhiệm vụ {need.duty} không có lúc hoàn thành nên không chờ được."
                yield Finding(("duties", number, "after", place, "duty"), what, "Đề nghị chờ một nhiệm vụ có thời hạn.")


def _fulfilments(plan: Plan) -> Iterator[Finding]:
    duties = {duty.id: duty for duty in plan.duties}
    for number, duty in enumerate(plan.duties):
        if duty.fulfilled_by is None:
            continue
        key: Key = ("duties", number, "fulfilled_by")
        name, _, period = duty.fulfilled_by.partition("/")
        target = duties.get(name)
        if target is None:
            yield unknown(key, name, "nhiệm vụ", duties, "duties")
        elif target is duty:
            yield Finding(key, "Nhiệm vụ không thể hoàn thành theo chính nó.", "Đề nghị nêu nhiệm vụ khác.")
        elif target.fulfilled_by is not None:
            what = f"Nhiệm vụ {name} cũng hoàn thành theo nhiệm vụ khác."
            yield Finding(key, what, f"Đề nghị nêu thẳng {target.fulfilled_by}.")
        else:
            yield from plan_days.fulfilled_period_problems(plan, target, period, key)
            yield from _other_holders(plan, duty, target, key)


def _other_holders(plan: Plan, duty: Duty, target: Duty, key: Key) -> Iterator[Finding]:
    there = plan.members(target.holders)
    missing = [code for code in plan.members(duty.holders) if code not in there]
    if missing:
        what = f"Nhiệm vụ {target.id} không do {words.joined(missing)} thực hiện."
        yield Finding(key, what, "Đề nghị nêu nhiệm vụ có cùng cơ quan thực hiện.")


def _parent_receivers(plan: Plan) -> Iterator[Finding]:
    parents = {agency.code: agency.parent for agency in plan.agencies}
    for number, duty in enumerate(plan.duties):
        if "parent" not in duty.receivers:
            continue
        orphans = [code for code in plan.members(duty.holders) if code in parents and parents[code] is None]
        if orphans:
            place = duty.receivers.index("parent")
            what = f"Nơi nhận là cấp trên (parent) mà {words.joined(orphans)} chưa có cấp trên."
            yield Finding(
                ("duties", number, "receivers", place),
                what,
                "Đề nghị thêm parent cho cơ quan, hoặc nêu mã nơi nhận.",
            )


def _ladder_problems(plan: Plan) -> Iterator[Finding]:
    for name in ("deadline", "expected"):
        if name not in plan.ladders:
            yield Finding(("ladders",), f"Thiếu bậc nhắc {name}.", f"Đề nghị thêm {name} với ít nhất một step.")
    for name, steps in plan.ladders.items():
        rungs = [(step.step, step.audience) for step in steps]
        for number, rung in enumerate(rungs):
            if rung in rungs[:number]:
                yield repeated(("ladders", name, number, "step"), rung[0], "Mức nhắc")
    for number, step in enumerate(plan.ladders.get("expected", ())):
        if step.step.startswith("+"):
            what = f"Thời gian dự kiến không tính quá hạn nên không nhắc sau ngày đó ({step.step})."
            yield Finding(("ladders", "expected", number, "step"), what, "Đề nghị bỏ mức nhắc này.")
        if step.audience is not Audience.HOLDER:
            what = "Thời gian dự kiến chỉ được nhắc cơ quan thực hiện."
            yield Finding(("ladders", "expected", number, "audience"), what, "Đề nghị bỏ audience.")


def _scoring(plan: Plan) -> Iterator[Finding]:
    scoring = plan.scoring
    if scoring is None:
        return
    yield from review_chains.problems(scoring.chain, ("scoring", "chain"))
    levels = [level.code for level in scoring.chain]
    if scoring.decisive.level not in levels:
        yield unknown(("scoring", "decisive", "level"), scoring.decisive.level, "cấp", levels, "scoring.chain")
    duties = [duty.id for duty in plan.duties]
    for number, level in enumerate(scoring.chain):
        if level.duty is not None and level.duty not in duties:
            yield unknown(("scoring", "chain", number, "duty"), level.duty, "nhiệm vụ", duties, "duties")
    if scoring.pass_mark == 0:
        what = "Mức đạt là 0: ai cũng đạt."
        yield Finding(("scoring", "pass_mark"), what, "Đề nghị ghi mức của văn bản, ví dụ 80.")
    trial = scoring.trial_on
    if trial is not None and not plan.starts_on <= trial <= (plan.ends_on or trial):
        what = f"Ngày chấm thử {words.day_text(trial)} ngoài thời gian của kế hoạch."
        yield Finding(("scoring", "trial_on"), what, "Đề nghị kiểm tra ngày.")


def _final_report(plan: Plan) -> Iterator[Finding]:
    duties = [duty.id for duty in plan.duties if duty.kind is Kind.ONCE]
    if plan.final_report is not None and plan.final_report not in duties:
        yield unknown(("final_report",), plan.final_report, "nhiệm vụ làm một lần (kind: once)", duties, "duties")


_CHECKS: tuple[Callable[[Plan], Iterator[Finding]], ...] = (
    plan_names.problems,
    _circular_parents,
    _circular_needs,
    _kinds_and_rules,
    _bases,
    _needs_never_met,
    _fulfilments,
    _parent_receivers,
    _ladder_problems,
    plan_days.problems,
    _scoring,
    _final_report,
)


def _without_contact(plan: Plan) -> Iterator[Finding]:
    living = [contact for contact in plan.contacts if contact.channel != "none"]
    for number, agency in enumerate(plan.agencies):
        owed = [duty.id for duty in plan.duties if agency.code in plan.members(duty.holders)]
        reach = [contact for contact in living if contact.agency == agency.code]
        lost = [duty for duty in owed if not any(not to.duties or duty in to.duties for to in reach)]
        if lost:
            whom = "" if len(lost) == len(owed) else f" cho {words.joined(lost)}"
            what = f"{agency.short_name} chưa có đầu mối nhận thư{whom}."
            yield Finding(("agencies", number), what, "Đề nghị thêm đầu mối vào contacts.")


def _too_soon_after_closing(plan: Plan) -> Iterator[Finding]:
    """Decree 09/2019/NĐ-CP, article 8(5): at least one working day after the data are closed."""
    for number, duty in enumerate(plan.duties):
        rule = duty.due
        if rule is None or not (isinstance(rule, Window) or (duty.round and isinstance(rule, Yearly))):
            continue
        for period, day in (plan_days.turns(plan, rule) or {}).items():
            closes, due = plan_days.closing_day(rule, period), plan_days.last_day(rule, day)
            if closes is not None and due < plan_days.weekday_after(closes):
                yield Finding(
                    ("duties", number, "due"),
                    f"Kỳ {period}: ngày {words.weekday_text(due)} chưa đủ 01 ngày làm việc sau ngày chốt "
                    f"số liệu {words.weekday_text(closes)} (khoản 5 Điều 8 Nghị định số 09/2019/NĐ-CP).",
                    "Giữ nguyên nếu văn bản ấn định ngày này; nếu không, đề nghị lùi ngày.",
                )


def _not_after_the_level_below(plan: Plan) -> Iterator[Finding]:
    """Reports that pass several levels need a later day at each level (the same article)."""
    duties = {duty.id: duty for duty in plan.duties}
    for number, duty in enumerate(plan.duties):
        for below in (duties[name] for name in _needed(duty) if name in duties):
            if not (duty.round and below.round and duty.due and below.due):
                continue
            here, there = plan_days.turns(plan, duty.due) or {}, plan_days.turns(plan, below.due) or {}
            for period in here.keys() & there.keys():
                due, earlier = (
                    plan_days.last_day(duty.due, here[period]),
                    plan_days.last_day(below.due, there[period]),
                )
                if due <= earlier:
                    what = (
                        f"Kỳ {period}: ngày {words.weekday_text(due)} không sau ngày "
                        f"{words.weekday_text(earlier)} của {below.id} mà nhiệm vụ này chờ."
                    )
                    yield Finding(
                        ("duties", number, "due"),
                        what,
                        "Đề nghị đặt ngày của cấp trên sau ngày của cấp dưới.",
                    )
