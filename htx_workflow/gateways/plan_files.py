"""Files of config/plans/ (tệp kế hoạch): reading one, and the JSON Schema that editors check it with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from htx_workflow.domain import plan_check
from htx_workflow.domain.errors import BadConfig, Problem
from htx_workflow.domain.findings import Finding
from htx_workflow.domain.plan import Plan
from htx_workflow.gateways import yaml_files
from htx_workflow.gateways.yaml_files import Document

SCHEMA_FILE = "plan.schema.json"


def read_plan(path: Path) -> Plan:
    """The plan of one file.

    Raises `NotFound`, or `BadConfig` with every problem of the stage reached: YAML, then single values, then
    what ties values together.
    """
    return _checked(yaml_files.read(path), path)


def parse_plan(raw: bytes, name: str) -> tuple[Plan, list[Problem]]:
    """The plan of a file that somebody sent, whatever its name, and what a person should look at. As `read_plan`."""
    document = yaml_files.parsed(raw, name)
    plan = _sound(document)
    return plan, _placed(document, plan_check.warnings(plan))


def read_plan_with_warnings(path: Path) -> tuple[Plan, list[Problem]]:
    """As `read_plan`, and what a person should look at although nothing is refused."""
    document = yaml_files.read(path)
    plan = _checked(document, path)
    return plan, _placed(document, plan_check.warnings(plan))


def _checked(document: Document, path: Path) -> Plan:
    def misnamed(plan: Plan) -> list[Finding]:
        if plan.code == path.stem:
            return []
        what = f"Mã {plan.code} khác tên tệp {path.name}."
        return [Finding(("code",), what, f"Đề nghị ghi code: {path.stem}, hoặc đổi tên tệp.")]

    return _sound(document, misnamed)


def _sound(document: Document, more: Callable[[Plan], list[Finding]] = lambda _: []) -> Plan:
    plan = yaml_files.validated(document, Plan)
    findings = plan_check.problems(plan) + more(plan)
    if findings:
        raise BadConfig(_placed(document, findings))
    return plan


def _placed(document: Document, findings: list[Finding]) -> list[Problem]:
    """Findings with file and line, in the order of the file."""
    problems = [document.problem(finding.key, finding.what, finding.remedy) for finding in findings]
    return sorted(problems, key=lambda problem: problem.line or 0)


def plan_schema() -> dict[str, Any]:
    """JSON Schema of a plan file: what is wrong with single values, shown while typing."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Plan.model_json_schema(by_alias=True),
    }


def plan_schema_text() -> str:
    """The schema as it is kept beside the plans."""
    return json.dumps(plan_schema(), ensure_ascii=False, indent=2) + "\n"
