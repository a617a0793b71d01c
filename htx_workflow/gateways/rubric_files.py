"""Files of config/rubrics/ (tệp bộ tiêu chí): reading one, and the JSON Schema that editors check it with."""

from __future__ import annotations

import json
from pathlib import Path

from htx_workflow.domain import rubric_check
from htx_workflow.domain.errors import BadConfig, NotFound
from htx_workflow.domain.findings import Finding
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.gateways import form_files, yaml_files

SCHEMA_FILE = "rubric.schema.json"


def read_rubric(path: Path, forms: Path | None = None) -> Rubric:
    """The rubric of one file; with the folder of the forms, the fields that its ladders read are looked up there.

    Raises `NotFound`, or `BadConfig` with every problem of the stage reached: YAML, then single values, then what ties
    values together.
    """
    document = yaml_files.read(path)
    rubric = yaml_files.validated(document, Rubric)
    findings = rubric_check.problems(rubric)
    if rubric.code != path.stem:
        what = f"Mã {rubric.code} khác tên tệp {path.name}."
        findings.append(Finding(("code",), what, f"Đề nghị ghi code: {path.stem}, hoặc đổi tên tệp."))
    if not findings and forms is not None and rubric.form is not None:
        findings += _field_problems(rubric, rubric.form, forms)
    if findings:
        problems = [document.problem(*finding) for finding in findings]
        raise BadConfig(sorted(problems, key=lambda problem: problem.line or 0))
    return rubric


def _field_problems(rubric: Rubric, code: str, forms: Path) -> list[Finding]:
    try:
        form = form_files.form_of(forms, code)
    except NotFound as error:
        return [Finding(("form",), str(error), "Đề nghị sửa form, hoặc thêm tệp biểu mẫu vào config/forms/.")]
    return rubric_check.unknown_fields(rubric, {field.id for field in form.all_fields()})


def rubric_schema_text() -> str:
    """The schema as it is kept beside the rubrics."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Rubric.model_json_schema(by_alias=True)}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
