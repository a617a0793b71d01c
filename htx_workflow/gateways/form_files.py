"""Files of config/forms/ (tệp biểu mẫu): reading one with its shared parts, and the JSON Schemas for editors."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from htx_workflow.domain import form_check, forms
from htx_workflow.domain.errors import BadConfig, NotFound, Problem
from htx_workflow.domain.findings import Finding
from htx_workflow.domain.forms import Form, FormFile, Part
from htx_workflow.gateways import yaml_files
from htx_workflow.gateways.yaml_files import Document

SCHEMA_FILE = "form.schema.json"
PARTS = "parts"
PART_SCHEMA_FILE = f"{PARTS}/part.schema.json"


def read_form(path: Path) -> Form:
    """The form of one file, its head and foot in place.

    Raises `NotFound`, or `BadConfig` with every problem of the stage reached, each with file and line.
    """
    document = yaml_files.read(path)
    file = yaml_files.validated(document, FormFile)
    if file.code != path.stem:
        what = f"Mã {file.code} khác tên tệp {path.name}."
        raise BadConfig([document.problem(("code",), what, f"Đề nghị ghi code: {path.stem}, hoặc đổi tên tệp.")])
    parts = {name: _part(path, document, key, name) for key, name in (("head", file.head), ("foot", file.foot)) if name}
    _refuse_repeated_ids(document, file, parts)
    head, foot = (parts[name][1] if name else None for name in (file.head, file.foot))
    form = forms.joined(file, head, foot)
    problems = _placed(document, form_check.problems(file, form))
    for part_document, part in parts.values():
        problems += _placed(part_document, form_check.problems(part, form))
    if problems:
        raise BadConfig(problems)
    return form


def form_of(folder: Path, code: str) -> Form:
    """The form of this code in a folder such as config/forms; read again only when a file has changed.

    Raises `NotFound` for a code without a file.
    """
    if not code.replace("-", "").isalnum():
        raise NotFound(f"Không có biểu mẫu {code}.")
    files = [folder / f"{code}.yaml", *sorted((folder / PARTS).glob("*.yaml"))]
    stamps = tuple(file.stat().st_mtime_ns for file in files if file.exists())
    return _read_again(files[0], stamps)


@lru_cache(maxsize=64)
def _read_again(path: Path, stamps: tuple[int, ...]) -> Form:
    return read_form(path)


def codes(folder: Path) -> list[str]:
    """Codes of the forms there are."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def _part(path: Path, document: Document, key: str, name: str) -> tuple[Document, Part]:
    try:
        part_document = yaml_files.read(path.parent / PARTS / f"{name}.yaml")
    except NotFound as error:
        what = f"Không có tệp {PARTS}/{name}.yaml."
        raise BadConfig([document.problem((key,), what, "Đề nghị sửa tên, hoặc thêm tệp.")]) from error
    part = yaml_files.validated(part_document, Part)
    if part.part != name:
        what = f"Tên {part.part} khác tên tệp {name}.yaml."
        raise BadConfig([part_document.problem(("part",), what, f"Đề nghị ghi part: {name}.")])
    return part_document, part


def _refuse_repeated_ids(document: Document, file: FormFile, parts: dict[str, tuple[Document, Part]]) -> None:
    """Each id once over the file and its parts, said at the second place."""
    seen: dict[str, str] = {}
    problems: list[Problem] = []
    holders: list[tuple[Document, FormFile | Part]] = [*parts.values(), (document, file)]
    for one, holder in holders:
        for key, field_id in _ids(holder):
            if field_id in seen:
                what = f"Mã trường {field_id} đã có trong {seen[field_id]}."
                problems.append(one.problem(key, what, "Đề nghị đặt mã khác."))
            seen[field_id] = one.file
    if problems:
        raise BadConfig(problems)


def _ids(holder: FormFile | Part) -> list[tuple[tuple[str | int, ...], str]]:
    return [
        ((*at, "id"), field.id)
        for number, section in enumerate(holder.sections)
        for at, field in form_check.placed(section, number)
    ]


def _placed(document: Document, findings: list[Finding]) -> list[Problem]:
    problems = [document.problem(finding.key, finding.what, finding.remedy) for finding in findings]
    return sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0)


def schema_texts() -> dict[str, str]:
    """The schemas as they are kept beside the forms, by file name."""
    return {SCHEMA_FILE: _schema_text(FormFile), PART_SCHEMA_FILE: _schema_text(Part)}


def _schema_text(model: type[BaseModel]) -> str:
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(by_alias=True),
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
