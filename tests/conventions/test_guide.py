"""The guides (docs/huong-dan*.md): their pictures exist, are small and made by a test; their words are those of the pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.browsing import GUIDE_PICTURES, GUIDES, HOME, MOST_BYTES

TEXT = "\n".join(guide.read_text("utf-8") for guide in GUIDES)
PICTURES = re.findall(r"\]\(pictures/([\w-]+)\.png\)", TEXT)
LABELS = sorted(set(re.findall(r"\*\*([^*]+)\*\*", TEXT)))
HEADINGS = (
    "Không có mật khẩu.", "Hệ thống không thay văn bản.", "Ngày được tính là ngày gửi văn bản",
    "Thời hạn và thời gian dự kiến khác nhau.",
)  # fmt: skip
"""In bold, and no words of a page."""


def sources(*patterns: str) -> str:
    found = [path for pattern in patterns for path in sorted(HOME.glob(pattern))]
    return "\n".join(path.read_text("utf-8") for path in found)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_there_small_and_made_by_a_browser_test(name: str) -> None:
    path = GUIDE_PICTURES / f"{name}.png"
    assert path.stat().st_size <= MOST_BYTES
    with Image.open(path) as picture:
        assert picture.mode == "P", "8 bits a pixel; make pictures renews it"
    assert f'"{name}"' in sources("tests/browser/*.py")


def test_no_picture_lies_there_unused() -> None:
    assert sorted(path.stem for path in GUIDE_PICTURES.glob("*")) == sorted(PICTURES)


@pytest.mark.parametrize("page", ["templates/pages/base.html", "templates/pages/desk_parts.html"])
def test_every_page_of_the_navigation_is_in_the_guide(page: str) -> None:
    labels = re.findall(r'\("/[\w/-]+", _\("([^"]+)"\)\)', Path(HOME / page).read_text("utf-8"))
    assert len(labels) > 7
    assert [label for label in labels if f"**{label}**" not in TEXT] == []


@pytest.mark.parametrize("label", [label for label in LABELS if label not in HEADINGS])
def test_a_label_in_bold_stands_on_a_page(label: str) -> None:
    words = sources("templates/pages/*.html", "htx_workflow/**/*.py", "config/plans/*.yaml", "config/forms/*.yaml")
    assert " ".join(label.split()) in " ".join(words.split())
