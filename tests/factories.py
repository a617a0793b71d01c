"""Small valid things with full defaults; a test names only what it is about."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from htx_workflow.domain.plan import Plan


def plan_data(**changes: Any) -> dict[str, Any]:
    """A plan of 2025 as it would stand in YAML: a province, its lead agency, one district, one cooperative.

    Duties: N.1 continuous, N.2 yearly (30/11, assumed), N.3 once (22/12, assumed), N.4 on request, and the
    yearly chain R.htx (15/12, law) to R.huyen (18/12, law).
    """
    data: dict[str, Any] = {
        "code": "tinh-mau",
        "title": "Kế hoạch mẫu năm 2025",
        "short": "KH mẫu",
        "document": {
            "number": "01/KH-UBND",
            "dated": date(2025, 1, 2),
            "issuer": "tinh",
            "subject": "Kế hoạch mẫu",
        },
        "starts_on": date(2025, 1, 2),
        "ends_on": date(2025, 12, 31),
        "lead": "so",
        "province": "tinh",
        "agencies": [
            {"code": "so", "kind": "department", "name": "Sở Mẫu", "short_name": "Sở Mẫu", "parent": "tinh"},
            {
                "code": "huyen-a",
                "kind": "district",
                "name": "Ủy ban nhân dân huyện A",
                "short_name": "UBND huyện A",
                "parent": "tinh",
            },
            {
                "code": "htx-a",
                "kind": "cooperative",
                "name": "Hợp tác xã A",
                "short_name": "HTX A",
                "parent": "huyen-a",
            },
            {
                "code": "tinh",
                "kind": "province",
                "name": "Ủy ban nhân dân tỉnh Mẫu",
                "short_name": "UBND tỉnh Mẫu",
            },
        ],
        "groups": {"huyen": ["huyen-a"]},
        "contacts": [
            {"code": "so-1", "agency": "so", "address": "so@example.vn"},
            {"code": "huyen-a-1", "agency": "huyen-a", "address": "huyen-a@example.vn"},
            {"code": "htx-a-1", "agency": "htx-a", "address": "htx-a@example.vn"},
        ],
        "milestones": [{"code": "U.1", "title": "Tỉnh phê duyệt", "agency": "tinh"}],
        "ladders": {
            "deadline": [
                {"step": "-3wd"},
                {"step": "0"},
                {"step": "+1wd"},
                {"step": "+3wd", "audience": "lead"},
            ],
            "expected": [{"step": "-3wd"}, {"step": "0"}],
        },
        "duties": [
            a_duty("N.1"),
            a_duty(
                "N.2",
                kind="yearly",
                due={"rule": "yearly", "on": "11-30", "on_non_working_day": "next"},
                basis="assumed",
            ),
            a_duty(
                "N.3",
                kind="once",
                holders=["huyen"],
                receivers=["so"],
                due={"rule": "once", "on": date(2025, 12, 22)},
                basis="assumed",
                after=[{"duty": "R.huyen"}],
            ),
            a_duty("N.4", kind="on_request", due={"rule": "after", "working_days": 10}, basis="assumed"),
            a_duty(
                "R.htx",
                kind="yearly",
                holders=["htx-a"],
                receivers=["parent"],
                due={"rule": "window", "window": "year", "day": 15},
                basis="law",
                round="nam",
            ),
            a_duty(
                "R.huyen",
                kind="yearly",
                holders=["huyen"],
                receivers=["so"],
                due={"rule": "window", "window": "year", "day": 18},
                basis="law",
                after=[{"duty": "R.htx", "match": "subordinate"}],
                round="nam",
            ),
        ],
        "coverage": [{"bullet": "Mục 1", "duties": ["N.1"]}],
    }
    return deepcopy({**data, **changes})


def a_duty(id: str, **changes: Any) -> dict[str, Any]:
    """One duty as it would stand in YAML: continuous, held by the lead agency."""
    return {
        "id": id,
        "clause": "Mục 1",
        "title": f"Nhiệm vụ {id}",
        "kind": "continuous",
        "holders": ["so"],
        **changes,
    }


def a_plan(**changes: Any) -> Plan:
    """A small valid plan; a change replaces a whole top-level key."""
    return Plan.model_validate(plan_data(**changes))


def plan_with_duty(id: str, **changes: Any) -> Plan:
    """The small plan with one duty changed, or added when it has none of that id; None removes a key."""
    return a_plan(duties=duties_with(id, **changes))


def duties_with(id: str, **changes: Any) -> list[dict[str, Any]]:
    """The duties of the small plan with one changed or added; None removes a key."""
    duties: list[dict[str, Any]] = plan_data()["duties"]
    found = next((duty for duty in duties if duty["id"] == id), None)
    if found is None:
        found = a_duty(id)
        duties.append(found)
    found.update(changes)
    for key, value in changes.items():
        if value is None:
            del found[key]
    return duties


def plan_yaml(**changes: Any) -> str:
    """The small plan as the text of a file."""
    out = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment] # a plain attribute of the dumper
    yaml.dump(plan_data(**changes), out)
    return out.getvalue()


def write_plan(folder: Path, text: str | None = None, **changes: Any) -> Path:
    """The small plan as a file of `folder`, under its own name."""
    path = folder / f"{changes.get('code', 'tinh-mau')}.yaml"
    path.write_text(plan_yaml(**changes) if text is None else text, encoding="utf-8")
    return path
