"""Text in TCVN3 and VNI is recognised and turned to Unicode; good text is left alone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import legacy_text
from htx_workflow.domain.legacy_text import Legacy

SAMPLES = [
    (
        "Cộng hòa xã hội chủ nghĩa Việt Nam",
        "Céng hßa x· héi chñ nghÜa ViÖt Nam",
        "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam",
    ),
    ("hợp tác xã nông nghiệp", "hîp t¸c x· n«ng nghiÖp", "hôïp taùc xaõ noâng nghieäp"),
    (
        "Kế hoạch hoàn thiện mô hình hợp tác xã",
        "KÕ ho¹ch hoµn thiÖn m« h×nh hîp t¸c x·",
        "Keá hoaïch hoaøn thieän moâ hình hôïp taùc xaõ",
    ),
    ("trước ngày 20 tháng 12", "tr\u00adíc ngµy 20 th¸ng 12", "tröôùc ngaøy 20 thaùng 12"),
    ("Đã gửi Ủy ban", "§· göi ñy ban", "Ñaõ göûi Uûy ban"),
]
_WORDS = "hợp tác xã nông nghiệp được đường mười giữa những chịu quyển tuyết khuỷu Đắk Tô yếu ỉu ĩ ị"
WORDS = _WORDS.split()


@pytest.mark.parametrize(("unicode", "tcvn3", "vni"), SAMPLES[:4])
def test_the_samples_are_read_in_both_encodings(unicode: str, tcvn3: str, vni: str):
    assert legacy_text.found(tcvn3) == Legacy("TCVN3", unicode)
    assert legacy_text.found(vni) == Legacy("VNI", unicode)


def test_capital_vowels_of_vni_carry_their_marks():
    assert legacy_text.from_vni(SAMPLES[4][2]) == "Đã gửi Ủy ban"
    assert legacy_text.from_vni("UÛY BAN NHAÂN DAÂN TÆNH") == "ỦY BAN NHÂN DÂN TỈNH"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("text", [*(sample[0] for sample in SAMPLES), "Hà, là, và, cá", "Ia H’Drai", "A Thút", "5 m²"])
def test_unicode_text_is_left_alone(text: str, form: str):
    assert legacy_text.found(unicodedata.normalize(form, text)) is None


@pytest.mark.parametrize("text", ["", "2.500.000", "café, Müller, señor", "naïve façade", "so\u00adft hyphen", "§ 5"])
def test_text_of_other_languages_is_left_alone(text: str):
    assert legacy_text.found(text) is None


def test_the_refusal_shows_the_text_as_it_would_read():
    assert legacy_text.refusal("hîp t¸c x·") == (
        'Nội dung dùng phông chữ cũ (TCVN3), không phải Unicode; đọc được là "hợp tác xã"'
    )
    assert legacy_text.refusal("hợp tác xã") is None


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join))
def test_vietnamese_in_unicode_is_never_taken_for_an_old_encoding(text: str):
    assert legacy_text.found(text) is None
