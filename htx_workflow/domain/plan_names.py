"""The names in a plan (mã, tên nhóm): each once, and each one used somewhere borne by something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from htx_workflow.domain import words
from htx_workflow.domain.findings import Finding, Key, repeated, unknown
from htx_workflow.domain.plan import Plan, WorkingDaysAfter

RESERVED = ("parent", "asker")
"""Receivers that name nobody themselves: the superior of the holder, and whoever asked."""


def problems(plan: Plan) -> Iterator[Finding]:
    """Names borne twice, names nobody bears, groups that cannot be told from agencies, empty bullets."""
    yield from _repeated_names(plan)
    yield from _group_problems(plan)
    yield from _agency_names(plan)
    yield from _duty_agencies(plan)
    yield from _duty_names(plan)
    yield from _milestone_names(plan)
    yield from _empty_bullets(plan)


def _repeated_names(plan: Plan) -> Iterator[Finding]:
    lists: list[tuple[str, str, str, list[str]]] = [
        ("agencies", "code", "Mã cơ quan", [agency.code for agency in plan.agencies]),
        ("contacts", "code", "Mã đầu mối", [contact.code for contact in plan.contacts]),
        ("milestones", "code", "Mã mốc", [milestone.code for milestone in plan.milestones]),
        ("duties", "id", "Mã nhiệm vụ", [duty.id for duty in plan.duties]),
    ]
    for name, key, noun, values in lists:
        for number, value in enumerate(values):
            if value in values[:number]:
                yield repeated((name, number, key), value, noun)
    milestones = {milestone.code for milestone in plan.milestones}
    for number, duty in enumerate(plan.duties):
        if duty.id in milestones:
            what = f"{duty.id} vừa là nhiệm vụ vừa là mốc."
            yield Finding(("duties", number, "id"), what, "Đề nghị đổi mã của nhiệm vụ hoặc của mốc.")


def _group_problems(plan: Plan) -> Iterator[Finding]:
    agencies = _agency_codes(plan)
    for name, members in plan.groups.items():
        if name in agencies or name in RESERVED:
            owner = "mã của một cơ quan" if name in agencies else "từ dành riêng cho nơi nhận"
            yield Finding(("groups", name), f"Tên nhóm {name} trùng {owner}.", "Đề nghị đổi tên nhóm.")
        if not members:
            yield Finding(
                ("groups", name),
                f"Nhóm {name} chưa có cơ quan nào.",
                "Đề nghị thêm mã cơ quan, hoặc bỏ nhóm.",
            )
        for number, member in enumerate(members):
            yield from _unknown_agency(("groups", name, number), member, agencies)
            if member in members[:number]:
                yield repeated(("groups", name, number), member, "Cơ quan")
    for number, agency in enumerate(plan.agencies):
        if agency.code in RESERVED:
            what = f"Mã {agency.code} trùng từ dành riêng cho nơi nhận."
            yield Finding(("agencies", number, "code"), what, "Đề nghị đặt mã khác.")


def _agency_codes(plan: Plan) -> list[str]:
    return [agency.code for agency in plan.agencies]


def _unknown_agency(key: Key, code: str | None, known: Iterable[str]) -> Iterator[Finding]:
    if code is not None and code not in known:
        yield unknown(key, code, "cơ quan", known, "agencies")


def _agency_names(plan: Plan) -> Iterator[Finding]:
    known = _agency_codes(plan)
    yield from _unknown_agency(("document", "issuer"), plan.document.issuer, known)
    yield from _unknown_agency(("lead",), plan.lead, known)
    yield from _unknown_agency(("province",), plan.province, known)
    for number, agency in enumerate(plan.agencies):
        yield from _unknown_agency(("agencies", number, "parent"), agency.parent, known)
    for number, contact in enumerate(plan.contacts):
        yield from _unknown_agency(("contacts", number, "agency"), contact.agency, known)
    for number, milestone in enumerate(plan.milestones):
        yield from _unknown_agency(("milestones", number, "agency"), milestone.agency, known)


def _duty_agencies(plan: Plan) -> Iterator[Finding]:
    known = [*_agency_codes(plan), *plan.groups]
    for number, duty in enumerate(plan.duties):
        lists: list[tuple[str, tuple[str, ...], list[str]]] = [
            ("holders", duty.holders, known),
            ("with", duty.with_, known),
            ("receivers", duty.receivers, [*known, *RESERVED]),
            ("copies", duty.copies, known),
        ]
        for name, codes, allowed in lists:
            for place, code in enumerate(codes):
                if code not in allowed:
                    yield unknown(
                        ("duties", number, name, place),
                        code,
                        "cơ quan hoặc nhóm",
                        allowed,
                        "agencies, groups",
                    )
        twice = [code for code, count in Counter(plan.members(duty.holders)).items() if count > 1]
        if twice:
            what = f"Cơ quan thực hiện bị nêu hai lần: {words.joined(twice)}."
            yield Finding(("duties", number, "holders"), what, "Đề nghị bỏ một lần (kể cả trong nhóm).")


def _duty_names(plan: Plan) -> Iterator[Finding]:
    known = [duty.id for duty in plan.duties]
    named: list[tuple[Key, str]] = []
    for number, contact in enumerate(plan.contacts):
        named += [(("contacts", number, "duties", place), duty) for place, duty in enumerate(contact.duties)]
    for number, duty in enumerate(plan.duties):
        named += [
            (("duties", number, "after", place, "duty"), need.duty)
            for place, need in enumerate(duty.after)
            if need.duty is not None
        ]
        if isinstance(duty.due, WorkingDaysAfter) and duty.due.of != "request":
            named.append((("duties", number, "due", "of"), duty.due.of))
    for number, bullet in enumerate(plan.coverage):
        named += [(("coverage", number, "duties", place), duty) for place, duty in enumerate(bullet.duties)]
    for key, name in named:
        if name not in known:
            yield unknown(key, name, "nhiệm vụ", known, "duties")


def _milestone_names(plan: Plan) -> Iterator[Finding]:
    known = [milestone.code for milestone in plan.milestones]
    for number, duty in enumerate(plan.duties):
        for place, need in enumerate(duty.after):
            if need.milestone is not None and need.milestone not in known:
                yield unknown(
                    ("duties", number, "after", place, "milestone"),
                    need.milestone,
                    "mốc",
                    known,
                    "milestones",
                )


def _empty_bullets(plan: Plan) -> Iterator[Finding]:
    for number, bullet in enumerate(plan.coverage):
        if not bullet.duties and bullet.gap is None:
            what = f"{bullet.bullet} chưa nêu nhiệm vụ nào."
            yield Finding(("coverage", number), what, "Đề nghị thêm duties, hoặc gap nếu chưa giao cho cơ quan nào.")
