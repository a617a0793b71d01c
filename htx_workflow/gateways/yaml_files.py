"""Configuration files (tệp cấu hình) read strictly: plain values, and the line on which each stands.

YAML 1.2, so `on`, `off`, `yes` and `no` are words. A file is refused with all its problems at once when it
holds a key twice, a day that does not exist, a number with leading zeros, a tab as indentation or a tag.

A model's own validator says what is wrong in Vietnamese and may say what to do, and where:

    raise ValueError("Ngày kết thúc trước ngày bắt đầu.", "Đề nghị đổi chỗ hai ngày.")
    raise ValueError(Finding(("days", 3, "day"), "Ngày này đã có ở trên.", "Đề nghị bỏ một mục."), …)

The second form names a place below the validated value, once per finding. Values keep the types YAML gives
them; a strict model that wants tuples declares those fields with `Field(strict=False)`.
"""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode
from ruamel.yaml.reader import ReaderError

from htx_workflow.domain.errors import BadConfig, NotFound, Problem
from htx_workflow.domain.findings import Key
from htx_workflow.gateways import schema_words, yaml_words

MAX_BYTES = 2_000_000
MAX_VALUES = 200_000
MAX_DEPTH = 40

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Document:
    """One file: its values, and for every key and list item the line on which it stands."""

    file: str
    data: dict[str, Any]
    lines: Mapping[tuple[str, ...], int]

    def line_of(self, path: Sequence[str | int]) -> int | None:
        """The line of a key such as `("duties", 3, "due", "on")`; list items count from 0."""
        return self.lines.get(tuple(map(str, path)))

    def nearest_line(self, path: Sequence[str | int]) -> int | None:
        """The line of the key, or of the closest thing that holds it: what to show for a missing key."""
        for length in range(len(path), 0, -1):
            line = self.line_of(path[:length])
            if line is not None:
                return line
        return None

    def problem(self, path: Sequence[str | int], what: str, remedy: str) -> Problem:
        """A problem at a place of this file, ready for `BadConfig`: `document.problem(*finding)`."""
        return Problem(self.file, self.nearest_line(path), spell(self.data, path), what, remedy)


def read(path: Path) -> Document:
    """The values of one file, with their lines.

    Raises `NotFound` without the file, and `BadConfig` with every problem found in it.
    """
    file = shown_name(path)
    return parsed(_bytes(path, file), file)


def parsed(raw: bytes, file: str) -> Document:
    """The same for a file that somebody sent, under the name it came with."""
    text = _text(raw, file)
    _refuse_tabs(text, file)
    root = _compose(text, file)
    if not isinstance(root, MappingNode):
        what = "Tệp trống." if root is None else "Tệp không phải là một nhóm khóa."
        raise BadConfig(
            [Problem(file, 1, "tệp", what, "Đề nghị ghi nội dung dạng “khóa: giá trị”, mỗi khóa một dòng.")]
        )
    reader = _Reader(file)
    data = reader.mapping(root, ())
    if reader.problems:
        raise BadConfig(reader.problems)
    return Document(file, data, reader.lines)


def validated(document: Document, model: type[M]) -> M:
    """The document as `model`. Every misfit becomes a `Problem` with its line, a sentence and a remedy."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise BadConfig(problems_of(document, model, error)) from error


def problems_of(document: Document, model: type[BaseModel], error: ValidationError) -> list[Problem]:
    """What pydantic found, in the order of the file; the branches of a union that all failed count once."""
    found: dict[tuple[Key, str], Problem] = {}
    for finding in schema_words.findings_of(model, document.data, error):
        found.setdefault((finding.key, finding.what), document.problem(*finding))
    return sorted(found.values(), key=lambda problem: problem.line or 0)


def shown_name(path: Path) -> str:
    """The file as a person would type it: relative to the current folder when it lies below it."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def spell(data: Any, path: Sequence[str | int]) -> str:
    """The dotted key. A list item goes by its id or code, else by its number from 1 on: `days[3].kind`."""
    spelled = ""
    for part in path:
        item = _below(data, part)
        if isinstance(data, list):
            spelled += f"[{_name_of(item, part)}]"
        else:
            spelled += f".{part}" if spelled else str(part)
        data = item
    return spelled or "tệp"


def _name_of(item: Any, part: str | int) -> str:
    if isinstance(item, dict):
        for key in ("id", "code", "key"):
            if isinstance(item.get(key), str):
                return str(item[key])
    return str(part + 1) if isinstance(part, int) else part


def _below(data: Any, part: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return None


def _bytes(path: Path, file: str) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound(f"Không có tệp {file}. Đề nghị kiểm tra lại tên tệp.") from error
    except OSError as error:
        problem = Problem(file, None, "tệp", "Không đọc được tệp.", "Đề nghị kiểm tra quyền đọc và đường dẫn.")
        raise BadConfig([problem]) from error


def _text(raw: bytes, file: str) -> str:
    """The text in composed Unicode, so that the same Vietnamese word is the same string."""
    if len(raw) > MAX_BYTES:
        raise BadConfig([Problem(file, None, "tệp", "Tệp lớn hơn 2 MB.", "Đề nghị chia thành nhiều tệp nhỏ hơn.")])
    try:
        return unicodedata.normalize("NFC", raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        remedy = "Đề nghị lưu lại tệp với bảng mã UTF-8 (Unicode)."
        raise BadConfig([Problem(file, line, "tệp", "Tệp không ở bảng mã UTF-8.", remedy)]) from error


def _refuse_tabs(text: str, file: str) -> None:
    remedy = "Đề nghị thay bằng dấu cách."
    problems = [
        Problem(file, number, "thụt dòng", "Dòng này thụt vào bằng phím Tab.", remedy)
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip() and "\t" in line[: len(line) - len(line.lstrip())]
    ]
    if problems:
        raise BadConfig(problems)


def _compose(text: str, file: str) -> Node | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)  # YAML allows it: the nearer anchor counts
            node: Node | None = YAML(typ="safe", pure=True).compose(text)
            return node
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        what, remedy = yaml_words.syntax_words(str(error.context or ""), str(error.problem or ""))
        raise BadConfig([Problem(file, line, "cú pháp", what, remedy)]) from error
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        what = "Dòng này có ký tự điều khiển không đọc được."
        raise BadConfig([Problem(file, line, "cú pháp", what, "Đề nghị xóa ký tự đó và gõ lại dòng.")]) from error
    except RecursionError as error:
        raise BadConfig([Problem(file, None, "cú pháp", *yaml_words.TOO_DEEP)]) from error
    except YAMLError as error:
        what = "Tệp không đúng cú pháp YAML."
        raise BadConfig([Problem(file, None, "cú pháp", what, "Đề nghị so với một tệp mẫu trong config/.")]) from error


class _Reader:
    """Turns nodes into values; keeps the line of every key and every problem met on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[tuple[str, ...], int] = {}
        self.problems: list[Problem] = []
        self._values = 0

    def mapping(self, node: MappingNode, path: Key) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self._key(key_node, path)
            here = (*path, key)
            if key in values:
                first = self.lines[tuple(map(str, here))]
                what = f"Khóa này đã có ở dòng {first}."
                self._refuse(line, here, what, "Đề nghị giữ một khóa và bỏ khóa kia.")
                continue
            self.lines[tuple(map(str, here))] = line
            values[key] = self._value(value_node, here)
        return values

    def _key(self, node: Node, path: Key) -> Any:
        if isinstance(node.value, str):
            key = self._scalar(node, (*path, node.value))
            if isinstance(key, str | date) or type(key) is int:
                return key
        self._refuse(node.start_mark.line + 1, path, "Khóa phải là một từ.", "Đề nghị để khóa trong dấu nháy kép.")
        return str(node.value)

    def _value(self, node: Node, path: Key) -> Any:
        self._values += 1
        line = node.start_mark.line + 1
        if self._values > MAX_VALUES or len(path) > MAX_DEPTH:
            too_many = ("Tệp có quá nhiều giá trị.", "Đề nghị bỏ các tên dùng lại (& và *) và chia nhỏ tệp.")
            what, remedy = too_many if self._values > MAX_VALUES else yaml_words.TOO_DEEP
            raise BadConfig([*self.problems, Problem(self.file, line, "cú pháp", what, remedy)])
        if isinstance(node, MappingNode | SequenceNode) and not _known_tag(node):
            self._refuse_tag(node, path)
            return None
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return list(self._items(node, path))
        return self._scalar(node, path)

    def _items(self, node: SequenceNode, path: Key) -> Iterator[Any]:
        for number, item in enumerate(node.value):
            self.lines[*map(str, path), str(number)] = item.start_mark.line + 1
            yield self._value(item, (*path, number))

    def _scalar(self, node: Node, path: Key) -> Any:
        text: str = node.value
        try:
            return yaml_words.READERS[_short_tag(node)](text)
        except KeyError:
            self._refuse_tag(node, path)
        except yaml_words.Unreadable as error:
            self._refuse(node.start_mark.line + 1, path, *error.args)
        return None

    def _refuse_tag(self, node: Node, path: Key) -> None:
        what = f"Nhãn {node.tag} không dùng trong tệp cấu hình."
        self._refuse(node.start_mark.line + 1, path, what, "Đề nghị bỏ nhãn, hoặc để giá trị trong dấu nháy kép.")

    def _refuse(self, line: int, path: Key, what: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, _dotted(path), what, remedy))


def _dotted(path: Key) -> str:
    spelled = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return spelled.removeprefix(".") or "tệp"


def _short_tag(node: Node) -> str:
    return str(node.tag).removeprefix("tag:yaml.org,2002:")


def _known_tag(node: Node) -> bool:
    return _short_tag(node) == ("map" if isinstance(node, MappingNode) else "seq")
