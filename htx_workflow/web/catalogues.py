"""Texts of the interface in other languages (bản dịch): templates/pages/<language>.po, keyed by their Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import PoFileError, read_po

from htx_workflow.domain.errors import BadConfig, Problem

LANGUAGES = ("en",)


def load(folder: Path) -> dict[str, dict[str, str]]:
    """By language: the texts that have one; others stay Vietnamese."""
    return {code: texts(read(folder / f"{code}.po")) for code in LANGUAGES if (folder / f"{code}.po").exists()}


def read(path: Path) -> Catalog:
    """A catalogue as it stands. Raises BadConfig with the place."""
    try:
        with path.open("rb") as file:
            return read_po(file, locale=path.stem, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise BadConfig(
            [Problem(str(path), None, "bản dịch", f"không đọc được ({error}).", "Đề nghị sửa tệp.")]
        ) from error


def texts(catalogue: Catalog) -> dict[str, str]:
    """Vietnamese to the other language; what is empty or marked fuzzy is not there yet."""
    return {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }


def messages(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Every text that the pages wrap in `_()`: text, file, line."""
    for path in sorted(folder.glob("*.html")):
        with path.open("rb") as file:
            found = extract("jinja2.ext:babel_extract", file, keywords={"_": None}, options={"encoding": "utf-8"})
            for line, text, _, _ in found:
                yield (text if isinstance(text, str) else text[0]), path.name, line
