"""Pages: every text has its English, nothing inline, nothing from elsewhere, no Vietnamese set in capitals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from htx_workflow.domain import words
from htx_workflow.domain.errors import BadConfig
from htx_workflow.web import catalogues, fixed_words
from htx_workflow.web.pages import Pages

PAGES = Path(__file__).parents[2] / "templates" / "pages"
TEMPLATES = sorted(PAGES.glob("*.html"))
STYLES = sorted((PAGES / "static").glob("*.css"))
ENGLISH = catalogues.texts(catalogues.read(PAGES / "en.po"))


def test_every_text_of_the_pages_has_an_english_text_and_the_catalogue_has_no_other() -> None:
    wanted = {text for text, _, _ in catalogues.messages(PAGES)}
    wanted |= {*fixed_words.texts(), *(text for text, _ in fixed_words.said())}
    known = {str(message.id) for message in catalogues.read(PAGES / "en.po") if message.id}
    assert sorted(wanted - ENGLISH.keys()) == [], "run scripts/messages and fill templates/pages/en.po"
    assert sorted(known - wanted) == []


def test_an_english_text_has_the_places_of_its_vietnamese() -> None:
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)s", text))

    assert [text for text, english in ENGLISH.items() if places(text) != places(english)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_page_has_nothing_inline_and_loads_nothing_from_elsewhere(path: Path) -> None:
    source = path.read_text("utf-8")
    assert (
        re.findall(r"<style|\sstyle=|\son[a-z]+=\"|<script(?! src=\"\{\{ static)|(?:src|href)=\"https?:", source) == []
    )


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_loads_nothing_and_sets_no_capitals(path: Path) -> None:
    assert re.findall(r"url\(|@import|text-transform|small-caps", path.read_text("utf-8")) == []


def test_a_broken_catalogue_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "en.po"
    broken.write_bytes(b'msgid "\xff"\nmsgstr ""\n')
    with pytest.raises(BadConfig, match=re.escape(str(broken))):
        catalogues.load(tmp_path)


def test_fixed_words_read_as_vietnamese_and_are_said_in_the_language_of_the_page(tmp_path: Path) -> None:
    more = words.together(words.said("Quá hạn"), words.said("quá %(days)s ngày làm việc", days="03"))
    english = {"Quá hạn": "Overdue", "quá %(days)s ngày làm việc": "%(days)s working days late"}
    (tmp_path / "static").mkdir()
    pages = Pages(tmp_path, {"en": english})
    assert more == "Quá hạn, quá 03 ngày làm việc"
    assert pages.translator("vi")(more) == "Quá hạn, quá 03 ngày làm việc"
    assert pages.translator("en")(more) == "Overdue, 03 working days late"
