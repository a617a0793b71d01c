"""Files of config/rubrics/: refused with place and remedy, checked by `htx check`, and known to editors."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from htx_workflow.cli import check
from htx_workflow.domain import ladders, rubrics
from htx_workflow.domain.errors import BadConfig
from htx_workflow.domain.form_scope import Reckoner
from htx_workflow.domain.form_slots import Context
from htx_workflow.domain.ladders import Computed
from htx_workflow.gateways import form_files, rubric_files, yaml_files

HOME = Path(__file__).resolve().parents[2]
RUBRICS = HOME / "config" / "rubrics"
FILES = sorted(RUBRICS.glob("*.yaml"))
GOOD = (RUBRICS / "tt-01-2020.yaml").read_text(encoding="utf-8")


def written(folder: Path, text: str, name: str = "tt-01-2020.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> list[str]:
    with pytest.raises(BadConfig) as caught:
        rubric_files.read_rubric(path)
    return [f"{problem.line}: {problem.key}: {problem.what} {problem.remedy}" for problem in caught.value.problems]


def test_a_group_that_does_not_add_up_is_refused_with_its_line(tmp_path):
    text = GOOD.replace("{num: 9, title: ", "{num: 9, gap: x, title: ").replace(
        'chuỗi giá trị", max: 4}', 'chuỗi giá trị", max: 5}'
    )
    line = text.splitlines().index("    title: Nhóm tiêu chí về quản trị, điều hành và năng lực của hợp tác xã") + 2
    assert refused(written(tmp_path, text)) == [
        f"{line}: groups[2].max: Nhóm II: các tiêu chí cộng được 31 điểm, vượt mức 30. "
        "Đề nghị đối chiếu các mức tối đa với văn bản."
    ]


def test_a_gap_between_bands_is_refused_with_its_line(tmp_path):
    text = GOOD.replace("from: 65, below: 80", "from: 65, below: 79.5")
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "below: 79.5" in one)
    assert refused(written(tmp_path, text)) == [
        f"{line}: bands[kha].below: Từ 79,5 đến dưới 80 điểm chưa có xếp loại. Đề nghị ghi below: 80."
    ]


def test_a_maximum_left_out_is_not_the_same_as_unknown(tmp_path):
    text = GOOD.replace(
        "{num: 15, title: Hợp tác xã được khen thưởng trong năm, max: null}", "{num: 15, title: Hợp tác xã}"
    )
    [problem] = refused(written(tmp_path, text))
    assert problem.endswith("criteria[6].max: Thiếu khóa này. Đề nghị bổ sung khóa max.")


def test_a_file_is_named_after_its_rubric(tmp_path):
    [problem] = refused(written(tmp_path, GOOD, "tt-1.yaml"))
    assert problem.endswith("Mã tt-01-2020 khác tên tệp tt-1.yaml. Đề nghị ghi code: tt-1, hoặc đổi tên tệp.")


def test_an_administrator_enters_what_was_not_known(tmp_path):
    text = GOOD.replace("version: 1\n", "version: 2\n")
    for number, most in zip(range(10, 16), (8, 8, 8, 6, 6, 4), strict=True):
        lines = [line for line in text.splitlines() if f"num: {number}," in line]
        text = text.replace(lines[0], lines[0].replace("max: null", f"max: {most}"))
    rubric = rubric_files.read_rubric(written(tmp_path, text))
    assert (rubric.ref, rubric.criteria[10].max) == (("tt-01-2020", 2), 8)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_check_command_says_what_a_rubric_holds_and_what_it_does_not_know(path, monkeypatch):
    monkeypatch.setenv("HTX_HOME", str(HOME))
    result = CliRunner().invoke(check.command, ["--on", "2025-01-02", str(path)])
    rubric = rubric_files.read_rubric(path)
    assert (result.exit_code, result.stderr) == (0, "")
    first, *others = result.stdout.splitlines()
    assert first.startswith(
        f"Bộ tiêu chí {rubric.code} (bản 1): {len(rubric.groups)} nhóm, {len(rubric.criteria)} tiêu chí"
    )
    assert others[0].startswith(f"Lưu ý: {rubric.short}: chưa có mức tối đa của tiêu chí ")


def test_the_check_command_knows_a_rubric_outside_of_its_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HTX_HOME", str(HOME))
    path = written(tmp_path, GOOD.replace("total: 100", "total: 90"))
    result = CliRunner().invoke(check.command, ["--on", "2025-01-02", str(path)])
    assert result.exit_code == 1
    assert "groups: Các nhóm cộng được 100 điểm, khác tổng 90." in result.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_ladders_of_this_house_read_fields_that_their_form_has(path):
    rubric_files.read_rubric(path, HOME / "config" / "forms")


def test_a_field_that_the_form_does_not_have_is_refused_with_its_line(tmp_path):
    good = (RUBRICS / "tt-09-2017.yaml").read_text(encoding="utf-8")
    path = written(tmp_path, good.replace("value: B5.1@thuc_hien\n", "value: B5.1z@thuc_hien\n"), "tt-09-2017.yaml")
    with pytest.raises(BadConfig) as caught:
        rubric_files.read_rubric(path, HOME / "config" / "forms")
    [problem] = caught.value.problems
    assert (problem.key, problem.what) == ("groups[1].criteria[1].items[b].ladder", "Không có trường B5.1z.")


def test_a_form_that_is_not_there_is_refused(tmp_path):
    good = (RUBRICS / "tt-09-2017.yaml").read_text(encoding="utf-8")
    path = written(tmp_path, good.replace("form: F-B", "form: F-X"), "tt-09-2017.yaml")
    with pytest.raises(BadConfig) as caught:
        rubric_files.read_rubric(path, HOME / "config" / "forms")
    assert [problem.key for problem in caught.value.problems] == ["form"]


def test_the_ladders_of_circular_09_2017_compute_from_a_filled_form():
    rubric = rubric_files.read_rubric(RUBRICS / "tt-09-2017.yaml")
    form = form_files.form_of(HOME / "config" / "forms", "F-B")
    values = {
        "B5.1@ke_hoach": 4_000_000_000,
        "B5.1@thuc_hien": 5_000_000_000,
        "B5.4d@thuc_hien": 200_000_000,
        "B4.6a@thuc_hien": 40_000_000,
        "B4.6b@thuc_hien": 9_000_000,
        "B2.1a": "50",
        "B2.1b": "3",
        "B2.1c": "3",
    }
    scope = Reckoner(form, Context("htx-a", "cooperative", 2025), values).everywhere()
    given = {key: ladders.points(ladder, scope) for key, ladder in rubrics.laddered(rubric)}
    assert {key: made and made.hundredths for key, made in given.items()} == {
        "1a": 800, "1b": 800, "1c": 400, "1d": 500, "1e": 0,
    }  # fmt: skip
    assert given["1c"] == Computed(
        400,
        "4 điểm vì thu nhập sau nghĩa vụ tài chính bình quân một thành viên 4.000.000 đồng, "
        "thuộc mức từ 1.000.000 đến dưới 5.000.000",
    )


# The schema for editors


def test_the_schema_beside_the_rubrics_is_the_one_the_models_give():
    kept = (RUBRICS / rubric_files.SCHEMA_FILE).read_text(encoding="utf-8")
    assert kept == rubric_files.rubric_schema_text(), "run: htx check --write-schema"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rubric_files_name_the_schema_and_fit_it(path):
    assert path.read_text(encoding="utf-8").startswith(f"# yaml-language-server: $schema={rubric_files.SCHEMA_FILE}\n")
    as_an_editor_sees_it = json.loads(json.dumps(yaml_files.read(path).data, default=date.isoformat))
    jsonschema.validate(
        as_an_editor_sees_it,
        json.loads(rubric_files.rubric_schema_text()),
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )
