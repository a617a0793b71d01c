"""Configuration files: what is refused, on which line, in which words."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from htx_workflow.domain.errors import BadConfig, NotFound, Problem
from htx_workflow.domain.findings import Finding
from htx_workflow.gateways import yaml_files

STRICT = ConfigDict(strict=True, extra="forbid", frozen=True)


class Yearly(BaseModel):
    model_config = STRICT
    rule: Literal["yearly"]
    on: date
    month: int


class Once(BaseModel):
    model_config = STRICT
    rule: Literal["once"]
    on: date | None


class Duty(BaseModel):
    model_config = STRICT
    id: str = Field(pattern=r"^[A-Z]")
    due: Annotated[Yearly | Once, Field(discriminator="rule")]
    holders: tuple[str, ...] = Field(default=(), strict=False)
    opens: date | int = 1

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if self.id == "X":
            raise ValueError("Nhiệm vụ X không dùng được.", "Đề nghị đổi tên.")
        return self


class Plan(BaseModel):
    model_config = STRICT
    title: str
    duties: list[Duty]

    @model_validator(mode="after")
    def _no_twins(self) -> Self:
        twins = [number for number, duty in enumerate(self.duties) if duty.id == "T"]
        if twins:
            raise ValueError(*[Finding(("duties", number, "id"), "Trùng.", "Đề nghị bỏ.") for number in twins])
        return self


Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.chdir(tmp_path)

    def file(text: str | bytes) -> Path:
        path = tmp_path / "config" / "plan.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return file


def refused(path: Path, model: type[BaseModel] = Plan) -> list[Problem]:
    with pytest.raises(BadConfig) as refusal:
        yaml_files.validated(yaml_files.read(path), model)
    return refusal.value.problems


def places(problems: list[Problem]) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.key) for problem in problems]


# Reading


def test_a_file_gives_plain_values(write: Write) -> None:
    document = yaml_files.read(write("a: 2025-02-28\non: [1, -2.5, true, null, yes, 'x']\nb: {c: 2025-1, 2026: off}\n"))
    assert document.data == {
        "a": date(2025, 2, 28),
        "on": [1, -2.5, True, None, "yes", "x"],
        "b": {"c": "2025-1", 2026: "off"},
    }


def test_every_key_and_item_knows_its_line(write: Write) -> None:
    document = yaml_files.read(write("# đầu\nduties:\n  - id: A\n    due:\n      on: 2025-01-01\n  - id: B\n"))
    assert document.line_of(("duties", 0, "due", "on")) == 5
    assert document.line_of(("duties", 1)) == 6
    assert document.line_of(("duties", 1, "due")) is None
    assert document.nearest_line(("duties", 1, "due")) == 6


def test_the_same_word_is_the_same_string_however_it_was_typed(write: Write) -> None:
    decomposed = unicodedata.normalize("NFD", "Đăk Tô")
    assert yaml_files.read(write(f"a: {decomposed}\n")).data == {"a": unicodedata.normalize("NFC", "Đăk Tô")}


def test_an_anchor_may_be_used_again(write: Write) -> None:
    assert yaml_files.read(write("a: &x {k: 1}\nb: *x\n")).data == {"a": {"k": 1}, "b": {"k": 1}}


def test_a_file_is_named_as_seen_from_the_current_folder(write: Write) -> None:
    assert refused(write("title: 1\n"))[0].file == "config/plan.yaml"


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"Không có tệp .*khong-co\.yaml"):
        yaml_files.read(tmp_path / "khong-co.yaml")


def test_a_day_that_does_not_exist_is_named_with_its_line_and_key(write: Write) -> None:
    path = write("a: 1\nb:\n  - on: 2025-02-30\n")
    assert str(refused(path)[0]) == (
        "config/plan.yaml:3: b[1].on: 2025-02-30 không có trong lịch vì tháng 02 năm 2025 có 28 ngày. "
        "Đề nghị ghi một ngày có thật, thứ tự năm-tháng-ngày, ví dụ 2025-12-15."
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2025-13-01", "vì không có tháng 13"),
        ("2025-04-31", "vì tháng 04 năm 2025 có 30 ngày"),
        ("2025-04-00", "vì tháng 04 năm 2025 có 30 ngày"),
        ("0000-01-01", "vì không có năm 0000"),
        ("2025-01-01T25:00:00", "không có trong lịch"),
        ("0123", "có số 0 ở đầu"),
        ("1_000", "dấu gạch dưới"),
        (".inf", "không phải là một số"),
        ("1e999", "không phải là một số"),
        ("!!python/name:os.system x", "không dùng trong tệp cấu hình"),
        ("!x [1]", "không dùng trong tệp cấu hình"),
    ],
)
def test_a_value_that_means_nothing_is_refused(write: Write, value: str, words: str) -> None:
    [problem] = refused(write(f"a: {value}\n"))
    assert (problem.line, problem.key) == (1, "a")
    assert words in problem.what


def test_every_unreadable_value_and_every_key_given_twice_is_told_at_once(write: Write) -> None:
    problems = refused(write("a: 2025-02-30\nb: {c: 1, c: 2}\na: 007\n"))
    assert places(problems) == [(1, "a"), (2, "b.c"), (3, "a")]
    assert problems[2].what == "Khóa này đã có ở dòng 1."


def test_every_tab_is_told(write: Write) -> None:
    problems = refused(write("a:\n\tb: 1\n  \tc: 2\nd: 'x\ty'\n"))
    assert places(problems) == [(2, "thụt dòng"), (3, "thụt dòng")]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "Tệp trống"),
        ("# chỉ có ghi chú\n", 1, "Tệp trống"),
        ("- a\n", 1, "không phải là một nhóm khóa"),
        ("a\n", 1, "không phải là một nhóm khóa"),
        ("a: [1\nb: 2\n", 2, "Ngoặc vuông"),
        ("a: b: c\n", 1, "Dấu hai chấm"),
        ("a: 'x\n", 2, "Dấu nháy"),
        ("a:\n  b: 1\n c: 2\n", 3, "không thẳng hàng"),
        ("a: @x\n", 1, "ký tự đặc biệt"),
        ("a: *x\n", 1, "Tên sau dấu *"),
        ("a: 1\n---\nb: 2\n", 2, "nhiều hơn một văn bản"),
        ("a: 1\nb: \x01\n", 2, "ký tự điều khiển"),
        ("? [1]\n: 2\n", 1, "Khóa phải là một từ"),
        (b"a: 1\nb: \xff\n", 2, "không ở bảng mã UTF-8"),
        ("a: &a [*a]\n", 1, "quá sâu"),
        ("a: " + "[" * 3000, None, "quá sâu"),
        ("a: " + "x" * 2_000_000, None, "lớn hơn 2 MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(
    write: Write, text: str | bytes, line: int | None, words: str
) -> None:
    [problem] = refused(write(text))
    assert problem.line == line
    assert words in problem.what
    assert problem.remedy.startswith("Đề nghị")


def test_aliases_that_multiply_are_refused(write: Write) -> None:
    rows = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    [problem] = refused(write(f"a0: &a0 [1, 2]\n{rows}"))
    assert problem.what == "Tệp có quá nhiều giá trị."


# Checking against a model


def test_a_good_file_becomes_the_model(write: Write) -> None:
    path = write("title: A\nduties:\n  - {id: A, due: {rule: once, on: null}, holders: [b]}\n")
    duty = Duty(id="A", due=Once(rule="once", on=None), holders=("b",))
    assert yaml_files.validated(yaml_files.read(path), Plan) == Plan(title="A", duties=[duty])


BAD = """title: 2025
dutys: 1
duties:
  - id: A
    due: {rule: yearly, on: 2025-12-15, moth: 3}
    opens: "1"
  - id: B
    due: {rule: yearl}
    holders: a
  - id: c
    due:
      rule: once
      on: 15/12/2025
  - due: {on: 2025-01-01}
  - 5
"""


def test_every_misfit_of_a_file_is_told_in_the_order_of_its_lines(write: Write) -> None:
    assert [str(problem).removeprefix("config/plan.yaml:") for problem in refused(write(BAD))] == [
        "1: title: Giá trị 2025 không đúng kiểu; cần chữ. Đề nghị để giá trị trong dấu nháy kép.",
        "2: dutys: Không có khóa này. Có phải ý là “duties”? Đề nghị sửa hoặc bỏ khóa.",
        "5: duties[A].due.month: Thiếu khóa này. Đề nghị bổ sung khóa month.",
        "5: duties[A].due.moth: Không có khóa này. Có phải ý là “month”? Đề nghị sửa hoặc bỏ khóa.",
        '6: duties[A].opens: Giá trị "1" không đúng kiểu; cần ngày hoặc số nguyên. '
        "Đề nghị ghi năm-tháng-ngày, không có dấu nháy, ví dụ 2025-12-15.",
        '8: duties[B].due.rule: Giá trị "yearl" không dùng được. '
        "Có phải ý là “yearly”? Đề nghị ghi một trong: yearly, once.",
        '9: duties[B].holders: Giá trị "a" không đúng kiểu; cần danh sách. '
        "Đề nghị ghi mỗi mục trên một dòng bắt đầu bằng dấu gạch ngang.",
        '10: duties[c].id: Giá trị "c" không đúng dạng quy định (^[A-Z]). '
        "Đề nghị sửa theo dạng của các mục khác trong tệp.",
        '13: duties[c].due.on: Giá trị "15/12/2025" không đúng kiểu; cần ngày. '
        "Đề nghị ghi 2025-12-15, không có dấu nháy.",
        "14: duties[4].id: Thiếu khóa này. Đề nghị bổ sung khóa id.",
        "14: duties[4].due.rule: Thiếu khóa này. Đề nghị bổ sung khóa rule để biết mục thuộc loại nào.",
        "15: duties[5]: Giá trị 5 không đúng kiểu; cần nhóm khóa. Đề nghị ghi các khóa ở những dòng dưới, thụt vào.",
    ]


ONCE = "due: {rule: once, on: null}"


def test_a_validator_of_ours_says_what_is_wrong_and_what_to_do(write: Write) -> None:
    path = write(f"title: A\nduties:\n  - {{id: A, {ONCE}}}\n  - {{id: X, {ONCE}}}\n")
    assert refused(path) == [
        Problem("config/plan.yaml", 4, "duties[X]", "Nhiệm vụ X không dùng được.", "Đề nghị đổi tên.")
    ]


def test_a_validator_of_the_whole_names_each_place(write: Write) -> None:
    path = write(f"title: A\nduties:\n  - {{id: T, {ONCE}}}\n  - {{id: T, {ONCE}}}\n")
    assert places(refused(path)) == [(3, "duties[T].id"), (4, "duties[T].id")]


@pytest.mark.parametrize(
    ("annotation", "value", "said"),
    [
        (int, "2.5", "Giá trị 2.5 không đúng kiểu; cần số nguyên. Đề nghị ghi số không có phần thập phân"),
        (int, "true", "Giá trị true không đúng kiểu; cần số nguyên."),
        (int, "", "Chưa có giá trị; cần số nguyên."),
        (float, "'2,5'", 'Giá trị "2,5" không đúng kiểu; cần số.'),
        (bool, "yes", 'Giá trị "yes" không đúng kiểu; cần true hoặc false.'),
        (str, "2025-01-01", "Giá trị 2025-01-01 không đúng kiểu; cần chữ."),
        (dict[str, int], "[1]", "Giá trị một danh sách không đúng kiểu; cần nhóm khóa."),
        (list[int], "{a: 1}", "Giá trị một nhóm khóa không đúng kiểu; cần danh sách."),
        (None, "1", "Giá trị 1 không dùng ở đây. Đề nghị bỏ giá trị này."),
        (Literal["off", "work"], "of", 'Giá trị "of" không dùng được. Có phải ý là “off”? Đề nghị ghi'),
        (Literal[1, 2], "3", "Giá trị 3 không dùng được. Đề nghị ghi một trong: 1, 2."),
        (Annotated[int, Field(ge=1)], "0", "Giá trị 0 quá nhỏ. Đề nghị ghi giá trị từ 1 trở lên."),
        (Annotated[int, Field(lt=1)], "1", "Giá trị 1 quá lớn. Đề nghị ghi giá trị nhỏ hơn 1."),
        (Annotated[str, Field(min_length=1)], "''", 'Giá trị "" quá ngắn. Đề nghị ghi ít nhất 1 ký tự.'),
        (
            Annotated[list[int], Field(min_length=1)],
            "[]",
            "Có 0 mục, ít hơn mức cần có. Đề nghị ghi ít nhất 1",
        ),
        (bytes, "1", "Giá trị 1 không dùng được ("),
    ],
)
def test_each_kind_of_misfit_has_its_sentence(write: Write, annotation: Any, value: str, said: str) -> None:
    model = type("Model", (BaseModel,), {"__annotations__": {"a": annotation}, "model_config": STRICT})
    [problem] = refused(write(f"a: {value}\n"), model)
    assert f"{problem.what} {problem.remedy}".startswith(said)
