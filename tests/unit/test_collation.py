"""Order and search of Vietnamese words."""

from __future__ import annotations

import random
import unicodedata

import pytest

from htx_workflow.domain import collation

_WORDS = (
    "An | Ăn | Ân | Ấn | Âu | Dân | Dục Nông | Đà Nẵng | Đăk Glei | Đăk Hà | Đắk Lắk | Đăk Tô | Đoàn Kết | Đông"
    " | Ia H’Drai | Kon Plông | Kon Rẫy | Kon Tum | nga | ngà | ngả | ngã | ngá | ngạ | Ngọc Hồi | O | Ô | Ơn"
    " | Sa Thầy | Tu Mơ Rông | U | Ư | Ý | Yên"
)
_PEOPLE = (
    "Nguyễn Thị Ái | Lê Văn An | Lê Thị Anh | Nguyễn Văn Anh | Nguyễn Văn Ánh | Trần Thị Ân | Phạm Ẩn"
    " | Bùi Thị Dung | Đinh Văn Dũng | Hồ Đức Đại | Ngô Thị Đào | A Đức | Y Hà | Y Thu | A Thút"
)
WORDS, PEOPLE = _WORDS.split(" | "), _PEOPLE.split(" | ")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_words_stand_in_the_order_of_the_vietnamese_alphabet(form: str):
    words = [unicodedata.normalize(form, word) for word in WORDS]
    shuffled = random.Random(7).sample(words, len(words))

    assert sorted(shuffled, key=collation.sort_key) == words


def test_people_stand_by_given_name_and_then_by_the_rest():
    shuffled = random.Random(7).sample(PEOPLE, len(PEOPLE))

    assert sorted(shuffled, key=collation.person_key) == PEOPLE


def test_the_old_and_the_new_place_of_a_tone_sort_together():
    words = ["Hoa", "Hoà", "Hoá", "Hòa", "Hóa"]

    assert sorted(words, key=collation.sort_key) in (
        ["Hoa", "Hoà", "Hòa", "Hoá", "Hóa"],
        ["Hoa", "Hòa", "Hoà", "Hóa", "Hoá"],
    )


@pytest.mark.parametrize("query", ["dak to", "ĐĂK TÔ", "Đắk Tô", unicodedata.normalize("NFD", "Đăk Tô"), "đăktô"])
def test_a_district_is_found_however_its_name_is_typed(query: str):
    assert collation.contains("UBND huyện Đăk Tô", query)
    assert not collation.contains("UBND huyện Đăk Hà", query)


def test_two_places_of_one_name_are_both_found():
    places = ["Thị trấn Đăk Hà", "Xã Đăk Hà", "Xã Đăk La"]

    assert [place for place in places if collation.contains(place, "dak ha")] == ["Thị trấn Đăk Hà", "Xã Đăk Hà"]


@pytest.mark.parametrize(
    ("one", "other"), [("hoà", "hòa"), ("uỷ ban", "ủy ban"), ("Kon Plông", "KonPlông"), ("Ia H’Drai", "ia h'drai")]
)
def test_spellings_of_one_word_have_one_search_key(one: str, other: str):
    assert collation.fold(one) == collation.fold(other)
