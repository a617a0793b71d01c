"""What pydantic finds wrong in a configuration file, said in Vietnamese to the person who edits it."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from htx_workflow.domain.findings import Finding, Key


def findings_of(model: type[BaseModel], data: Any, error: ValidationError) -> list[Finding]:
    """Every misfit of `data`; type errors of several union branches at one place become one sentence."""
    found: list[Finding] = []
    wanted: dict[Key, list[str]] = {}
    values: dict[Key, Any] = {}
    for detail in error.errors(include_url=False):
        if _only_its_items(detail):
            continue
        path = _place(data, detail)
        kind = _KIND_OF.get(detail["type"])
        if kind is None:
            found += _sayings(model, data, path, detail)
            continue
        values[path] = detail["input"]
        kinds = wanted.setdefault(path, [])
        if kind not in kinds:
            kinds.append(kind)
    found += [_wrong_kind(path, values[path], kinds) for path, kinds in wanted.items()]
    return found


def _only_its_items(detail: ErrorDetails) -> bool:
    """A list long enough as written, called too short because pydantic counts only the items that were right."""
    items = detail["input"]
    return detail["type"] == "too_short" and isinstance(items, list) and len(items) >= detail["ctx"]["min_length"]


def shown(value: Any) -> str:
    """A value as it would be typed, shortened."""
    if value is None:
        return "(trống)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "một nhóm khóa"
    if isinstance(value, list):
        return "một danh sách"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}…"'
    return str(value)


# Where it stands


def _place(data: Any, detail: ErrorDetails) -> Key:
    """The path in the data. pydantic's own also names union branches and tags, which no file holds."""
    loc = detail["loc"]
    absent = loc[-1:] if detail["type"] == "missing" else ()
    routes = list(_routes(data, loc[: len(loc) - len(absent)]))
    for path, value in routes:
        if value is detail["input"]:
            return (*path, *absent)
    return (*routes[0][0], *absent)


def _routes(value: Any, loc: Sequence[str | int]) -> Iterator[tuple[Key, Any]]:
    """Every way to follow `loc` when any of its parts may be a branch name; the most literal one first."""
    if not loc:
        yield (), value
        return
    part, rest = loc[0], loc[1:]
    inside_list = isinstance(value, list) and isinstance(part, int) and part < len(value)
    if inside_list or (isinstance(value, dict) and part in value):
        for path, found in _routes(value[part], rest):
            yield (part, *path), found
    yield from _routes(value, rest)


def _known_keys(model: type[BaseModel], data: Any, path: Key) -> list[str]:
    """The keys the model knows beside the last one of `path`."""
    kinds: list[Any] = [model]
    for part in path[:-1]:
        kinds = _narrowed(kinds, data)
        kinds = [below for kind in kinds for below in _below(kind, part)]
        data = data[part]
    keys = {key: None for kind in _narrowed(kinds, data) if _is_model(kind) for key in _fields(kind)}
    return list(keys)


def _narrowed(kinds: list[Any], data: Any) -> list[Any]:
    """Of the branches of a union, those whose literal (the tag) is what the data says; else all of them."""
    if not isinstance(data, dict):
        return kinds
    fitting = [kind for kind in kinds if _is_model(kind) and _tag_fits(kind, data)]
    return fitting or kinds


def _tag_fits(model: type[BaseModel], data: dict[Any, Any]) -> bool:
    return any(
        get_origin(annotation) is Literal and data.get(key) in get_args(annotation)
        for key, annotation in _fields(model).items()
    )


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _below(kind: Any, part: str | int) -> list[Any]:
    """The types that may stand under one key or list item."""
    if _is_model(kind):
        return _branches(_fields(kind).get(str(part)))
    arguments = get_args(kind)
    if not arguments:
        return []
    return _branches(arguments[1] if get_origin(kind) is dict else arguments[0])


def _branches(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _branches(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [branch for argument in get_args(annotation) for branch in _branches(argument)]
    return [annotation]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


# What to say

_KINDS = {
    "chữ": "string_type string_sub_type string_unicode",
    "số nguyên": "int_type int_parsing int_from_float int_parsing_size",
    "số": "float_type float_parsing decimal_type decimal_parsing finite_number",
    "true hoặc false": "bool_type bool_parsing",
    "ngày": "date_type date_parsing date_from_datetime_inexact date_from_datetime_parsing",
    "thời điểm": "datetime_type datetime_parsing datetime_from_date_parsing datetime_object_invalid",
    "giờ": "time_type time_parsing",
    "danh sách": "list_type tuple_type set_type frozen_set_type iterable_type",
    "nhóm khóa": "dict_type mapping_type model_type model_attributes_type dataclass_type",
    "để trống": "none_required",
}
_KIND_OF = {error: kind for kind, errors in _KINDS.items() for error in errors.split()}
_KIND_REMEDY = {
    "chữ": "Đề nghị để giá trị trong dấu nháy kép.",
    "số nguyên": "Đề nghị ghi số không có phần thập phân, không có dấu nháy, ví dụ 5.",
    "số": "Đề nghị ghi số không có dấu nháy, phần thập phân sau dấu chấm, ví dụ 2.5.",
    "true hoặc false": "Đề nghị ghi true hoặc false, không có dấu nháy.",
    "ngày": "Đề nghị ghi năm-tháng-ngày, không có dấu nháy, ví dụ 2025-12-15.",
    "thời điểm": "Đề nghị ghi ngày và giờ, ví dụ 2025-12-15T07:30:00+07:00.",
    "giờ": 'Đề nghị ghi giờ trong dấu nháy kép, ví dụ "07:30".',
    "danh sách": "Đề nghị ghi mỗi mục trên một dòng bắt đầu bằng dấu gạch ngang.",
    "nhóm khóa": "Đề nghị ghi các khóa ở những dòng dưới, thụt vào.",
    "để trống": "Đề nghị bỏ giá trị này.",
}


def _wrong_kind(path: Key, value: Any, kinds: list[str]) -> Finding:
    needed = " hoặc ".join(kinds)
    what = (
        f"Chưa có giá trị; cần {needed}." if value is None else f"Giá trị {shown(value)} không đúng kiểu; cần {needed}."
    )
    remedy = _KIND_REMEDY[kinds[0]]
    if kinds == ["để trống"]:
        what = f"Giá trị {shown(value)} không dùng ở đây."
    elif "ngày" in kinds and isinstance(value, str) and (day := _readable_day(value)):
        remedy = f"Đề nghị ghi {day.isoformat()}, không có dấu nháy."
    return Finding(path, what, remedy)


def _readable_day(text: str) -> date | None:
    match = re.fullmatch(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*", text)
    iso = re.fullmatch(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*", text)
    if match is None and iso is None:
        return None
    parts = match.groups()[::-1] if match else iso.groups() if iso else ()
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


_SAYINGS = {
    "string_pattern_mismatch": (
        "Giá trị {value} không đúng dạng quy định ({pattern}).",
        "Đề nghị sửa theo dạng của các mục khác trong tệp.",
    ),
    "string_too_short": ("Giá trị {value} quá ngắn.", "Đề nghị ghi ít nhất {min_length} ký tự."),
    "string_too_long": ("Giá trị {value} quá dài.", "Đề nghị ghi nhiều nhất {max_length} ký tự."),
    "too_short": ("Có {actual_length} mục, ít hơn mức cần có.", "Đề nghị ghi ít nhất {min_length} mục."),
    "too_long": ("Có nhiều mục hơn mức cho phép.", "Đề nghị ghi nhiều nhất {max_length} mục."),
    "greater_than": ("Giá trị {value} quá nhỏ.", "Đề nghị ghi giá trị lớn hơn {gt}."),
    "greater_than_equal": ("Giá trị {value} quá nhỏ.", "Đề nghị ghi giá trị từ {ge} trở lên."),
    "less_than": ("Giá trị {value} quá lớn.", "Đề nghị ghi giá trị nhỏ hơn {lt}."),
    "less_than_equal": ("Giá trị {value} quá lớn.", "Đề nghị ghi giá trị nhiều nhất là {le}."),
    "multiple_of": ("Giá trị {value} không phải bội số của {multiple_of}.", "Đề nghị sửa giá trị."),
    "decimal_max_places": (
        "Giá trị {value} có quá nhiều chữ số thập phân.",
        "Đề nghị ghi nhiều nhất {decimal_places}.",
    ),
    "is_instance_of": ("Giá trị {value} không dùng được ở đây.", "Đề nghị so với các mục khác trong tệp."),
}


def _sayings(model: type[BaseModel], data: Any, path: Key, detail: ErrorDetails) -> list[Finding]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in ("value_error", "assertion_error"):
        return _own_words(path, detail["msg"], context.get("error"))
    if kind == "missing":
        return [Finding(path, "Thiếu khóa này.", f"Đề nghị bổ sung khóa {path[-1]}.")]
    if kind == "extra_forbidden":
        return [_unknown_key(model, data, path)]
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        return [_not_among(path, detail["input"], context)]
    if kind == "union_tag_not_found":
        key = str(context.get("discriminator", "")).strip("'")
        return [Finding((*path, key), "Thiếu khóa này.", f"Đề nghị bổ sung khóa {key} để biết mục thuộc loại nào.")]
    words = {**context, "value": shown(detail["input"])}
    if kind not in _SAYINGS:
        what = f"Giá trị {words['value']} không dùng được ({detail['msg']})."
        return [Finding(path, what, "Đề nghị so với các mục khác trong tệp.")]
    what, remedy = _SAYINGS[kind]
    return [Finding(path, what.format(**words), remedy.format(**words))]


def _own_words(path: Key, message: str, error: Any) -> list[Finding]:
    """A validator of ours spoke: `ValueError(what)`, `(what, remedy)` or several `(place, what, remedy)`."""
    arguments = error.args if isinstance(error, Exception) else ()
    if arguments and all(isinstance(argument, tuple) and len(argument) == 3 for argument in arguments):
        return [Finding((*path, *place), what, remedy) for place, what, remedy in arguments]
    if len(arguments) == 2 and all(isinstance(argument, str) for argument in arguments):
        return [Finding(path, *arguments)]
    what = str(arguments[0]) if arguments else message.removeprefix("Value error, ")
    return [Finding(path, what, "Đề nghị sửa lại mục này.")]


def _unknown_key(model: type[BaseModel], data: Any, path: Key) -> Finding:
    known = _known_keys(model, data, path)
    close = difflib.get_close_matches(str(path[-1]), known, n=1)
    if close:
        return Finding(path, "Không có khóa này.", f"Có phải ý là “{close[0]}”? Đề nghị sửa hoặc bỏ khóa.")
    others = f"Các khóa dùng được ở đây: {', '.join(known)}." if known else "Đề nghị bỏ khóa này."
    return Finding(path, "Không có khóa này.", others)


def _not_among(path: Key, value: Any, context: dict[str, Any]) -> Finding:
    """A value outside a fixed list, or the tag that says which kind of entry this is."""
    if "discriminator" in context:
        path, value = (*path, str(context["discriminator"]).strip("'")), context.get("tag")
    expected = str(context.get("expected", context.get("expected_tags", "")))
    allowed = re.findall(r"'([^']*)'", expected) or expected.split(" or ")
    close = difflib.get_close_matches(str(value), allowed, n=1)
    hint = f"Có phải ý là “{close[0]}”? " if close else ""
    return Finding(
        path,
        f"Giá trị {shown(value)} không dùng được.",
        f"{hint}Đề nghị ghi một trong: {', '.join(allowed)}.",
    )
