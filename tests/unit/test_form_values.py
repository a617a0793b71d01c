"""Values of a form: what a page sends, what is reckoned from it, what is still missing, what last year gives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htx_workflow.domain import form_cells, form_messages, form_slots, form_values
from htx_workflow.domain.form_slots import Value, Values
from tests.form_samples import context, form, real, slot

FORM = form()


def posted(
    fields: dict[str, str | list[str]], values: Values | None = None, of: Any = FORM, group: str = "nhom"
) -> Values:
    lists = {name: [text] if isinstance(text, str) else text for name, text in fields.items()}
    return form_values.posted(of, context(), group, lists, values or {})


def test_each_type_is_kept_in_its_own_shape():
    values = posted(
        {
            "M1": "  Lời\r\nhai ",
            "M2": "1.234",
            "M3": "2.500,5",
            "M4": "12.5",
            "M5": "5/1/25",
            "M6": "Loại B",
            "M7": ["htx-b", "htx-a"],
            "M8": "Chưa rõ",
            "M9~number": "145/BC-UBND",
            "M9~dated": "18/12/2025",
            "M10": ["12", "15"],
        }
    )

    assert values == {
        "M1": "Lời\nhai",
        "M2": "1234",
        "M3": 2_500_500_000,
        "M4": "12.5",
        "M5": "2025-01-05",
        "M6": "b",
        "M7": ["htx-a", "htx-b"],
        "M8": "unknown",
        "M9": {"number": "145/BC-UBND", "dated": "2025-12-18"},
        "M10": [12, 15],
    }


def test_what_cannot_be_read_is_kept_as_it_was_typed():
    values = posted({"M3": "1,5 tỷ", "M5": "31/11/2025", "M6": "Loại C", "M9~dated": "hôm qua"})

    assert values == {
        "M3": {"raw": "1,5 tỷ"},
        "M5": {"raw": "31/11/2025"},
        "M6": {"raw": "Loại C"},
        "M9": {"dated": {"raw": "hôm qua"}},
    }


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"M2": "", "M2~non": "no_data"}, {"non": "no_data"}),
        ({"M2": "5", "M2~non": "not_arisen"}, {"non": "not_arisen"}),
        ({"M2": "Không áp dụng"}, {"non": "not_applicable"}),
        ({"M2": "0"}, "0"),
        ({"M2": ""}, None),
        ({"M2": "5", "M2~non": "no_number"}, "5"),
    ],
)
def test_zero_nothing_and_the_three_answers_are_five_things(fields: dict[str, str], value: Value):
    assert posted(fields).get("M2") == value  # type: ignore[arg-type]


def test_rows_of_a_table_come_in_their_order_without_the_empty_and_the_dropped():
    values = posted(
        {
            "T:10:T.2": "3",
            "T:2:T.1": "td",
            "T:2:T.2": "2",
            "T:2:T.2~ok": "vay mới",
            "T:3:T.2": "",
            "T:4:T.2": "9",
            "T:4~drop": "1",
        }
    )

    assert values["T"] == {"rows": [{"T.1": "td", "T.2": 2_000_000, "~ok": {"T.2": "vay mới"}}, {"T.2": 3_000_000}]}


def test_one_click_says_that_a_table_has_nothing():
    assert posted({"T~non": "not_arisen", "T:1:T.2": "5"})["T"] == {"non": "not_arisen"}


def test_another_group_of_the_draft_stays_as_it_was():
    of = real("F-C")
    before: Values = {"C8a": "Nhận xét", "C1a": "5"}

    values = form_values.posted(of, context(), "so-luong", {"C1a": ["7"]}, before)

    assert values == {"C8a": "Nhận xét", "C1a": "7"}


def test_computed_values_follow_the_typed_ones():
    values = posted({"M3": "2,5", "T:1:T.2": "3"})

    assert form_values.computed(FORM, context(), values) == {
        "M11": 5_000_000,
        "T": {"rows": [{"T.2": 3_000_000, "T.6": 1_500_000}]},
    }


def test_columns_are_compared_and_carried_over():
    of, last = real("F-B"), {"B5.1@uoc": 1_000_000_000}
    here = context(agency="htx-a", kind="cooperative", last=last)

    started = form_values.started(of, here)
    values = {**started, "B5.1@uoc": 1_100_000_000, "B5.1@thuc_hien": {"non": "no_data"}}

    assert started == {"B5.1@truoc": 1_000_000_000}
    assert form_values.computed(of, here, values)["B5.1@so_sanh"] == "110"


def test_the_largest_sums_that_can_be_typed_are_reckoned():
    of, here = real("F-B"), context(agency="htx-a", kind="cooperative")
    most = 10**18 - 1
    values: Values = {"B5.1@truoc": 1, "B5.1@uoc": most, "B5.4a@uoc": 0, "B5.4b@uoc": most}

    sums = form_values.computed(of, here, values)

    assert (sums["B5.1@so_sanh"], sums["B5.4e@uoc"]) == (str(most * 100), 2 * most)


def test_a_ratio_over_nothing_stays_empty():
    of = real("F-A")
    rows: Value = {"rows": [{"A4.4": 0, "A4.6a": 0}, {"A4.4": 200, "A4.6a": 50}]}

    table = form_values.computed(of, context(), {"A4": rows})["A4"]

    assert table == {"rows": [{"A4.4": 0, "A4.6a": 0, "A4.7": 0}, {"A4.4": 200, "A4.6a": 50, "A4.7": 50, "A4.8": "25"}]}


def test_activities_are_counted_for_the_duty_they_belong_to():
    of = real("F-A")
    rows: Value = {"rows": [{"A3.9": "V.7.1"}, {"A3.9": "V.7.2"}, {"A3.9": "V.7.1"}]}

    sums = form_values.computed(of, context(), {"A3": rows})

    assert (sums["A2.6#V.7.1"], sums["A2.6#V.7.2"]) == ("2", "1")


def test_fields_are_there_only_for_their_holder_and_year():
    of = real("F-A")
    district = [one.field.id for one in form_slots.slots(of, context())]
    bank = [one.field.id for one in form_slots.slots(of, context(agency="nhnn", kind="bank", last_year=True))]

    assert "A5.hu1" in district
    assert "A5.nh1" not in district
    assert "A8.1" not in district
    assert "A5.nh1" in bank
    assert "A5.hu1" not in bank
    assert "A8.1" in bank


def test_completeness_counts_what_must_be_filled_now():
    values = posted({"M1": "Lời", "M3": "1,5 tỷ"})

    found = form_values.completeness(FORM, context(), values)

    assert found.text == "đã điền 1/2"
    assert [one.key for one in found.missing] == ["M3"]


def test_the_signed_document_is_needed_only_when_it_goes_along():
    of = real("F-A")
    now = [one.key for one in form_values.completeness(of, context(paper=True), {}).missing]
    later = [one.key for one in form_values.completeness(of, context(), {}).missing]

    assert [key for key in now if key not in later] == ["N2a", "N2b", "N3", "N3t", "N4a", "N4b"]


def test_same_as_last_year_copies_texts_and_stable_data_never_figures():
    of = real("F-B")
    last: Values = {
        "B1.1a": "HTX A",
        "B1.8b": "0",
        "B2.1a": "20",
        "B1.8a": "hoat-dong",
        "B6.4b@uoc": "x",
        "B5.7": {"rows": [{"B5.7a": "Cà phê", "B5.7b": "5", "B5.7e": 100}]},
    }
    here = context(agency="htx-a", kind="cooperative", last=last)

    values = form_values.same_as_last(of, here, {"B1.1b": "mới"})

    assert values == {"B1.1a": "HTX A", "B1.1b": "mới", "B5.7": {"rows": [{"B5.7a": "Cà phê"}]}}


def test_what_was_typed_already_is_not_replaced_by_last_year():
    of = form()
    values = form_values.same_as_last(of, context(last={"M1": "cũ"}), {"M1": "mới"})

    assert values == {"M1": "mới"}


def test_last_years_value_stands_beside_in_the_unit_of_the_form():
    here = context(last={"M3": 2_500_000})

    assert form_values.last_shown(FORM, here, slot(FORM, "M3")) == "2,5"


def test_a_sent_report_holds_computed_values_and_nothing_hidden():
    of = real("F-A")
    values: Values = {
        "A2.2#V.7.1": "da-thuc-hien",
        "A2.7a#V.7.1": "thien-tai",
        "A2.2#V.7.2": "chua-thuc-hien",
        "A2.7a#V.7.2": "khac",
    }

    sent = form_values.to_send(of, context(), values)

    assert "A2.7a#V.7.1" not in sent
    assert sent["A2.7a#V.7.2"] == "khac"
    assert sent["H1"] == "UBND huyện A"
    assert sent["A2.1#V.7.1"] == "Tuyên truyền (Mục V.7, gạch đầu dòng 1)"


def test_given_rows_hold_what_the_caller_gives_and_what_was_typed():
    of, here = real("F-B"), context(agency="htx-a", kind="cooperative")
    values = form_values.posted(of, here, "tieu-chi", {"B8:tc1:B8.3": ["Đã tập huấn"], "B8:tc9:B8.3": ["lạ"]}, {})

    assert values == {"B8": {"rows": [{"_": "tc1", "B8.3": "Đã tập huấn"}]}}
    assert [(row.name, dict(row.cells)) for row in form_values.rows(of, here, slot(of, "B8"), values)] == [
        ("tc1", {"_": "tc1", "B8.3": "Đã tập huấn", "B8.1": "5.5", "B8.2": "6"})
    ]


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "M1": st.text(min_size=1, max_size=30),
            "M2": st.integers(0, 10**9).map(str),
            "M3": st.integers(0, 10**15),
            "M4": st.decimals(0, 100, places=2).map(form_cells.exact),
            "M5": st.dates().filter(lambda day: 1900 <= day.year <= 2100).map(str),
            "M6": st.sampled_from(["a", "b"]),
            "M8": st.sampled_from(["yes", "no", "unknown"]),
        },
    )
)
def test_what_a_page_shows_is_read_as_the_same_values(values: dict[str, Any]):
    if "M1" in values:
        values["M1"] = form_cells.tidied(values["M1"])
    values = {key: value for key, value in values.items() if value != ""}
    fields = {
        key: form_cells.shown(form_cells.spot(FORM, context(), slot(FORM, key)), value) for key, value in values.items()
    }

    assert posted(fields) == values  # type: ignore[arg-type]


_TYPED = st.one_of(
    st.text(max_size=20),
    st.text("0123456789.,- /tỷđ%'=", max_size=12),
    st.sampled_from(["không phát sinh", "htx-a", "Loại A", "Có", "31/11/2025", "hîp t¸c x·", "1e9"]),
)
_ALL = "M1 M2 M3 M4 M5 M6 M7 M8 M9~number M9~dated M9~subject T:1:T.1 T:1:T.2 T:2:T.3 T:2:T.4~dated"


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(_ALL.split()), _TYPED))
def test_whatever_is_typed_is_kept_and_answered(fields: dict[str, str]):
    values = posted(fields)  # type: ignore[arg-type]
    form_values.computed(FORM, context(), values)
    form_values.to_send(FORM, context(), values)
    said = {message.name for message in form_messages.check(FORM, context(), values)}

    for name in ("M2", "M3", "M4", "M5", "M6", "M8"):
        kept = form_cells.shown(form_cells.spot(FORM, context(), slot(FORM, name)), values.get(name))
        assert bool(kept) == bool(form_cells.tidied(fields.get(name, "")))
        if form_cells.raw_of(values.get(name)) is not None:
            assert name in said
