"""Files of config/forms/: the ones of this house are good; what is wrong is named with file, line and remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from htx_workflow.cli import check
from htx_workflow.domain.errors import BadConfig, NotFound
from htx_workflow.domain.forms import Computed, Money, Number, Percent, Table
from htx_workflow.gateways import form_files, plan_files
from tests.form_samples import FORMS, HOME

SMALL = """\
code: mau
title: Biểu mẫu thử
legal_name: Mẫu do Sở đề nghị
version: "1"
head: dau
sections:
  - id: M
    title: Phần thử
    sheet: Phần thử
    groups:
      - id: nhom
        title: Nhóm
        fields:
          - {id: M1, label: Số người, type: number, unit: người}
          - {id: M2, label: Gấp đôi, type: computed, formula: M1 * 2}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FORMS / "parts", tmp_path / "parts")
    return tmp_path


def problems(folder: Path, text: str) -> list[str]:
    path = folder / "mau.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadConfig) as error:
        form_files.read_form(path)
    return [str(problem).replace(f"{folder}/", "") for problem in error.value.problems]


@pytest.mark.parametrize("code", ["F-A", "F-B", "F-C", "F-D"])
def test_a_form_of_this_house_begins_with_the_head_and_ends_with_the_foot(code: str):
    sections = [section.id for section in form_files.form_of(FORMS, code).sections]

    assert (sections[0], sections[-1]) == ("H", "N")


def test_the_scope_is_asked_only_where_levels_above_report():
    with_scope = [code for code in form_files.codes(FORMS) if "H6" in {one.id for one in _fields(code)}]

    assert with_scope == ["F-C", "F-D"]


@pytest.mark.parametrize(
    ("code", "ids"),
    [
        (
            "F-A",
            "H1 H2 H3a H3b H4 H5 A1.1 A1.2 A2.1 A2.2 A2.3 A2.4 A2.5 A2.6 A2.7a A2.8 A3 A4 A6 A7 A8.1 A8.2 N1a N2a N3 N4a",
        ),
        (
            "F-B",
            "B1.1a B1.2a B1.3a B1.4 B1.5a B1.6 B1.7 B1.8a B1.9 B2.1d B2.7a B3.1a B3.2 B4.3a B4.6d B5.1 B5.3c B5.7 B6.1a",
        ),
        ("F-B", "B6.2c B6.3a B6.4a B6.5a B6.6 B6.7 B6.8 B6.9a B6.10a B6.11 B7 B8 B9 NB.1 NB.4"),
        ("F-C", "C1a C2 C3 C4 C5 C6 C7a C8a C9 C10a C11"),
        ("F-D", "D1 D2 D3 D4 D5 D6 D7 D8 D9 D10 D11a D12 D13a D14"),
        ("evidence", "E1 E2 E3"),
        ("F-NR", "R1 R2 R3 N1a N3"),
    ],
)
def test_every_field_asked_for_is_there(code: str, ids: str):
    assert set(ids.split()) <= {one.id for one in _fields(code)}


@pytest.mark.parametrize("code", ["F-A", "F-B", "F-C", "F-D"])
def test_every_number_has_a_unit(code: str):
    form = form_files.form_of(FORMS, code)
    without = [
        field.id
        for _, group in form.groups()
        for top in group.fields
        for field in (top.columns if isinstance(top, Table) else (top,))
        if isinstance(field, Number | Percent | Money | Computed)
        and not (isinstance(field, Computed) and field.shows == "text")
        and not (field.unit or isinstance(field, Money) or form.unit_of(field, group))  # type: ignore[arg-type]
    ]

    assert without == []


def test_duties_of_the_plan_name_their_forms():
    plan = plan_files.read_plan(HOME / "config" / "plans" / "kontum-3819.yaml")
    named = {duty.id: duty.form_code for duty in plan.duties if duty.form_code != "evidence"}

    assert named == {
        "V.1.1b": "F-D",
        "V.3.3": "F-NR",
        "V.6.1c": "F-NR",
        "V.6.6": "F-NR",
        "R.agency": "F-A",
        "R.htx": "F-B",
        "R.huyen": "F-C",
        "R.tinh": "F-D",
        "R.kehoach": "F-D",
    }


def test_the_schemas_beside_the_forms_are_those_of_the_code():
    for name, text in form_files.schema_texts().items():
        assert (FORMS / name).read_text(encoding="utf-8") == text


def test_a_small_form_is_read_with_its_head(folder: Path):
    (folder / "mau.yaml").write_text(SMALL, encoding="utf-8")

    assert [section.id for section in form_files.form_of(folder, "mau").sections] == ["H", "M"]


def test_a_changed_file_is_read_again(folder: Path):
    path = folder / "mau.yaml"
    path.write_text(SMALL, encoding="utf-8")
    first = form_files.form_of(folder, "mau")
    path.write_text(SMALL.replace('version: "1"', 'version: "2"'), encoding="utf-8")

    assert (first.version, form_files.form_of(folder, "mau").version) == ("1", "2")


@pytest.mark.parametrize("code", ["khong-co", "../plans/kontum-3819", ""])
def test_a_code_without_a_file_is_said(folder: Path, code: str):
    with pytest.raises(NotFound):
        form_files.form_of(folder, code)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("code: mau", "code: khac", "mau.yaml:1: code: Mã khac khác tên tệp mau.yaml."),
        (
            "formula: M1 * 2",
            "formula: M9 * 2",
            "mau.yaml:15: sections[M].groups[nhom].fields[M2].formula: Không có trường M9.",
        ),
        ("formula: M1 * 2", "formula: M1 *", "Công thức chưa hết."),
        ("formula: M1 * 2", "formula: M2 * 2", "Công thức của M2 cần đến chính nó."),
        ("id: M2", "id: M1", "Mã trường M1 đã có trong"),
        ("id: M2", "id: H3a", "Mã trường H3a đã có trong"),
        ("head: dau", "head: dauu", "Không có tệp parts/dauu.yaml."),
        ("id: nhom", "id: dau", "Mã nhóm dau đã có ở trên."),
        ("sheet: Phần thử", "sheet: thông tin chung", "Tên trang tính thông tin chung đã có ở trên."),
        ("title: Nhóm", "title: Nhóm\n        columns: nam", "Không có bộ cột nam."),
        ("title: Nhóm", "title: Nhóm\n        repeats: nguoi", "Không có danh sách để lặp nguoi."),
        ("type: number, unit: người", "type: choice", "Trường chọn này chưa có mục nào."),
        ("type: number, unit: người", "type: choice, list: xa", "Không có danh sách xa."),
        ("type: number, unit: người", "type: numbers", 'Giá trị "numbers" không dùng được.'),
        ("head: dau", "was: {M0: M9}", "Không có trường M9."),
    ],
)
def test_what_is_wrong_in_a_form_is_named(folder: Path, old: str, new: str, problem: str):
    found = problems(folder, SMALL.replace(old, new, 1))

    assert any(problem in one for one in found), found


def test_a_wrong_field_is_one_problem_not_one_of_everything_around_it(folder: Path):
    (problem,) = problems(folder, SMALL.replace("type: number, unit: người", "type: numbers"))

    assert problem.startswith(
        'mau.yaml:14: sections[M].groups[nhom].fields[M1].type: Giá trị "numbers" không dùng được.'
    )


def test_a_problem_of_a_part_stands_at_its_own_file_and_line(folder: Path):
    part = folder / "parts" / "dau.yaml"
    part.write_text(part.read_text(encoding="utf-8").replace("H3b >= H3a", "H3b >= H9"), encoding="utf-8")

    (problem,) = problems(folder, SMALL)

    assert problem.startswith("parts/dau.yaml:")
    assert "Không có trường H9." in problem


def _fields(code: str):
    return list(form_files.form_of(FORMS, code).all_fields())


def test_htx_check_says_what_a_form_holds(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTX_HOME", str(HOME))

    result = CliRunner().invoke(check.command, [str(FORMS / "evidence.yaml")])

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "Biểu mẫu evidence (Mẫu do Sở đề nghị, bản 2025.1): 1 phần, 1 nhóm, 3 trường, 0 quy tắc kiểm tra.\n"
    )


def test_htx_check_refuses_a_plan_that_names_a_form_nobody_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(HOME / "config", tmp_path / "config")
    path = tmp_path / "config" / "plans" / "kontum-3819.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("form: F-B", "form: F-X"), encoding="utf-8")
    monkeypatch.setenv("HTX_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(check.command, ["config/plans/kontum-3819.yaml"])

    assert result.exit_code == 1
    assert "duties[R.htx].form: Không có biểu mẫu F-X. Có phải là F-" in result.stderr
