"""Every mail has its three files, renders, and speaks as the house speaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from htx_workflow.domain.errors import BadConfig
from htx_workflow.gateways.templates import LINK, WIDTH, MailTemplates
from tests import samples

FOLDER = Path(__file__).parents[2] / "templates" / "emails"
MAILS = MailTemplates(FOLDER)
NAMES = MAILS.names()
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file())
WATERMARK = "BẢN MÔ PHỎNG - SỐ LIỆU GIẢ ĐỊNH"

AVOIDED = [
    "task", "deadline", "submit", "form", "dashboard", "user", "upload", "yêu cầu", "thẩm định", "phê duyệt",
    "vi phạm", "chây ì", "yếu kém", "trễ", "chậm trễ", "đậu", "trượt", "pass", "fail", "0 điểm", "0 đồng",
    "gửi thành công", "đã nhận thư", "cấp dưới", "đơn vị trực thuộc", "cảnh báo", "bạn", "mình", "chúng tôi",
    "xin chào", "vui lòng", "xóa", "lỗi hệ thống", "error", "hợp tác xã điểm", "kiểu mẫu", "trước ngày",
    "hàng năm",
]  # fmt: skip
ALLOWED = ("máy chủ thư đã nhận thư",)
ALARM = "cảnh báo"
"""A word for administrators only."""


def prose(source: str) -> str:
    """The words of a template or a mail: without tags, style and marks of the template language."""
    without = re.sub(r"(?s)<style>.*?</style>|<[^>]*>|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", source)
    return " ".join(without.split())


def said(source: str) -> str:
    """As `prose`, with what stands between quotes inside the marks ("DỰ KIẾN" if …)."""
    quoted = re.findall(r'"([^"<>]*)"', " ".join(re.findall(r"(?s)\{%.*?%\}|\{\{.*?\}\}", source)))
    return f"{prose(source)} {' '.join(quoted)}"


def avoided(mail: str) -> list[str]:
    """The words this mail must not say."""
    return [word for word in AVOIDED if not (word == ALARM and mail == "alarm")]


def test_there_are_mails() -> None:
    assert sorted(samples.mail_values()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_has_its_three_files(name: str) -> None:
    assert sorted(path.name for path in (FOLDER / name).iterdir()) == ["body.html", "body.txt", "subject.txt"]


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_renders(name: str) -> None:
    mail = MAILS.render(name, **samples.mail_values()[name])
    assert "Kính gửi: " in mail.text
    assert "Kính gửi: " in mail.html
    assert mail.subject.strip() == mail.subject != ""
    assert "None" not in mail.subject + mail.text + prose(mail.html)
    assert "\n\n\n" not in mail.text
    assert not re.search(r"[ \t]\n", mail.text)
    assert not re.search(r" [;,.]|\.\.|:\.", mail.subject + prose(mail.html))


@pytest.mark.parametrize(("name", "missing"), [(name, key) for name in NAMES for key in samples.mail_values()[name]])
def test_a_value_is_either_not_needed_or_its_absence_is_a_sentence(name: str, missing: str) -> None:
    given = samples.mail_values()[name]
    del given[missing]
    try:
        MAILS.render(name, **given)
    except BadConfig as error:
        (problem,) = error.problems
        assert problem.what == f"Mẫu thư cần giá trị {missing!r} nhưng không được cung cấp."
        assert problem.line is not None
        assert Path(problem.file).suffix in (".txt", ".html")
    else:
        assert name.startswith("reminder_")  # these two share one set of values


@pytest.mark.parametrize("name", NAMES)
def test_the_text_part_keeps_to_its_columns(name: str) -> None:
    lines = MAILS.render(name, **samples.mail_values()[name]).text.splitlines()
    assert [line for line in lines if len(line) > WIDTH] == []


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_no_word_to_avoid_stands_in_a_template(file: Path) -> None:
    words = said(file.read_text(encoding="utf-8")).lower()
    for allowed in ALLOWED:
        words = words.replace(allowed, "")
    assert [word for word in avoided(file.parent.name) if re.search(rf"(?<!\w){word}(?!\w)", words)] == []
    assert "!" not in words


@pytest.mark.parametrize("name", NAMES)
def test_no_word_to_avoid_stands_in_a_mail(name: str) -> None:
    mail = MAILS.render(name, **samples.mail_values()[name])
    words = f"{mail.subject} {mail.text} {prose(mail.html)}".lower()
    assert [word for word in avoided(name) if re.search(rf"(?<!\w){word}(?!\w)", words)] == []
    assert "!" not in words


def test_agencies_send_and_only_cooperatives_hand_in() -> None:
    given = samples.mail_values()
    assert "nộp" not in MAILS.render("reminder_agency", **given["reminder_agency"]).text
    assert "nộp" in MAILS.render("reminder_cooperative", **given["reminder_cooperative"]).text


@pytest.mark.parametrize("name", NAMES)
def test_html_loads_nothing_and_links_only_to_the_portal(name: str) -> None:
    html = MAILS.render(name, **samples.mail_values()[name]).html
    assert not re.search(r"https?:|//|<(img|link|script|iframe|form)\b|@import|url\(|\bsrc=", html)
    assert all(href.startswith(LINK + "/") for href in re.findall(r'href="([^"]*)"', html))
    assert '<html lang="vi">' in html


@pytest.mark.parametrize("name", NAMES)
def test_html_opens_and_closes_its_elements(name: str) -> None:
    html = MAILS.render(name, **samples.mail_values()[name]).html
    open_elements: list[str] = []
    for closing, element in re.findall(r"<(/?)([a-z][a-z0-9]*)\b[^>]*>", html):
        if closing:
            assert open_elements.pop() == element
        elif element not in ("meta", "br"):
            open_elements.append(element)
    assert open_elements == []


@pytest.mark.parametrize("name", NAMES)
def test_text_and_html_say_the_same(name: str) -> None:
    mail = MAILS.render(name, **samples.mail_values()[name])
    spoken = set(re.findall(r"\w{3,}", prose(mail.text.replace(LINK, "")).lower()))
    shown = set(re.findall(r"\w{3,}", prose(mail.html).lower()))
    labels = {"thời", "hạn", "điền", "tại", "cập", "nhật", "đôn", "đốc", "đề", "nghị"}
    assert spoken - shown <= labels


@pytest.mark.parametrize("name", NAMES)
def test_a_simulation_is_marked_above_and_below(name: str) -> None:
    marked = MAILS.render(name, **samples.mail_values(simulation=True)[name])
    assert marked.subject.startswith("[MÔ PHỎNG] ")
    assert marked.text.startswith(WATERMARK)
    assert marked.text.endswith(WATERMARK + "\n")
    assert marked.html.count(WATERMARK) == 2
    real = MAILS.render(name, **samples.mail_values()[name])
    assert "MÔ PHỎNG" not in (real.subject + real.text + real.html).replace("mô phỏng", "")
