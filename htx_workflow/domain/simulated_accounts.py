"""The yearly report of a simulated cooperative (F-B): members, people, money that add up, from the facts of its card."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date

from htx_workflow.domain.form_slots import Value, Values

MILLION = 1_000_000
DONE = 92
"""Percent of the year's estimate that is there by the closing day."""
DIFFICULTIES = (
    (
        "Thiếu vốn lưu động để thu mua sản phẩm của thành viên vào chính vụ.",
        "Hỗ trợ vay Quỹ Hỗ trợ phát triển hợp tác xã.",
    ),
    ("Cán bộ quản lý kiêm nhiệm, chưa qua đào tạo về kế toán.", "Mở lớp bồi dưỡng kế toán hợp tác xã tại huyện."),
    ("Chưa có kho bảo quản sau thu hoạch, giá bán bấp bênh.", "Hỗ trợ đầu tư kho, sân phơi theo Kế hoạch."),
    ("Hợp đồng liên kết tiêu thụ mới ký từng vụ.", "Kết nối doanh nghiệp ký hợp đồng từ hai năm trở lên."),
)


def values(dice: random.Random, facts: Mapping[str, str], name: str, year: int) -> Values:
    """What this cooperative says of its year; head, signatures and whatever else is asked are not here."""
    members, capital = int(facts["members"]), int(facts["capital"])
    found: Values = {
        "B1.1a": name,
        "B1.1b": f"MP-{dice.randint(1000, 9999)}",
        "B1.1c": date(year - int(facts["months_operating"]) // 12, 6, 1).isoformat(),
        "B1.2a": "Thôn mô phỏng, xã mô phỏng",
        "B1.3a": "Người Mẫu",
        "B1.3b": "0260 000 0000",
        "B1.4": facts["governance"],
        "B1.5a": "Trồng trọt, thu mua, sơ chế nông sản" if facts["sector"] == "nong-nghiep" else "Dịch vụ",
        "B1.5b": facts["sector"],
        "B1.6": facts["kind"],
        "B1.8a": "hoat-dong",
        "B1.8b": "0",
    }
    found |= _people(dice, members, year)
    found |= _money(dice, capital)
    found |= _rest(dice, year)
    return found


def _people(dice: random.Random, members: int, year: int) -> Values:
    joined, left = dice.randint(2, 8), dice.randint(0, 2)
    households, firms = members // 3, dice.randint(0, 2)
    workers = dice.randint(6, 18)
    trained = dice.randint(1, 3)
    managers = trained + 3
    return {
        **_numbers({"B2.1a": members - joined + left, "B2.1b": joined, "B2.1c": left}),
        **_numbers({"B2.2a": members - households - firms, "B2.2b": households, "B2.2c": firms}),
        **_numbers({"B2.3a": members, "B2.3b": 0, "B2.3c": 0}),
        **_numbers({"B2.4a": members * 2 // 5, "B2.4b": members * 3 // 5, "B2.4c": members // 10}),
        **_numbers({"B2.5a": workers, "B2.5b": workers // 2, "B2.5c": workers // 2, "B2.7a": members * 4 // 5}),
        "B2.6": 5 * MILLION + dice.randint(0, 30) * MILLION // 10,
        "B2.7b": date(year, 3, dice.randint(5, 25)).isoformat(),
        **_columns("B3.1a", str(managers)), **_columns("B3.1b", str(trained)), **_columns("B3.1c", "2"),
        **_columns("B3.1d", "1"), **_columns("B3.2", str(dice.randint(1, 2))),
    }  # fmt: skip


def _money(dice: random.Random, capital: int) -> Values:
    revenue = capital * dice.randint(90, 150) // 100 // MILLION * MILLION
    profit = revenue * dice.randint(4, 11) // 100 // MILLION * MILLION
    after_tax = profit * 9 // 10
    need = revenue * dice.randint(40, 70) // 100 // MILLION * MILLION
    stocks = {
        "B4.1a": capital * 6 // 10, "B4.1b": capital * 5 // 10, "B4.2a": capital * 95 // 100, "B4.2b": capital,
        "B4.4a": capital // 10, "B4.4b": capital * 11 // 100, "B4.5a": capital * 2 // 10, "B4.5b": capital // 10,
        "B4.5c": capital // 20, "B5.5b": 0,
    }  # fmt: skip
    flows = {
        "B4.6a": after_tax * 2 // 10, "B4.6b": after_tax // 20, "B4.6c": after_tax // 20, "B5.1": revenue,
        "B5.2a": need * 8 // 10, "B5.2b": revenue * 3 // 10, "B5.3a": need, "B5.3b": need * 8 // 10,
        "B5.4a": revenue - profit, "B5.4c": profit, "B5.4d": after_tax, "B5.5a": profit - after_tax,
    }  # fmt: skip
    found: Values = {}
    for key, amount in stocks.items():
        found |= _columns(key, amount)
    for key, amount in flows.items():
        found |= _columns(key, amount, amount * DONE // 100)
    product: Value = {"B5.7a": "Sản phẩm mô phỏng", "B5.7b": "120", "B5.7c": "tấn", "B5.7d": "45", "B5.7e": revenue}
    return found | {"B5.7": {"rows": [product]}}


def _rest(dice: random.Random, year: int) -> Values:
    issued = date(year, 3, 3)
    text, asked = dice.choice(DIFFICULTIES)
    difficulty: Value = {"B9.1": f"{text[:-1]} (mô phỏng).", "B9.3": asked}
    support: Value = {
        "B7.1": "khac", "B7.2": "Tập huấn, tư vấn (mô phỏng)", "B7.3": "Ngân sách huyện",
        "B7.4": dice.randint(20, 90) * MILLION, "B7.5": str(year), "B7.6": "Phù hợp nhu cầu.",
    }  # fmt: skip
    return {
        **_columns("B6.4a", "0"), **_columns("B6.5a", "0"), **_columns("B6.5b", "0"), "B6.1a": "yes",
        "B6.1b": date(2024, 7, 15).isoformat(), "B6.2a": issued.isoformat(), "B6.2b": issued.isoformat(),
        "B6.2c": "30", **_columns("B6.9a", str(dice.randint(20, 90))), "B6.9b": "Họp thành viên hằng quý, niêm yết",
        "B7": {"rows": [support]}, "B9": {"rows": [difficulty]},
    }  # fmt: skip


def _numbers(amounts: Mapping[str, int]) -> Values:
    return {key: str(amount) for key, amount in amounts.items()}


def _columns(key: str, estimate: Value, by_now: Value = None) -> Values:
    """Planned, done by the closing day and estimated for the year."""
    return {
        f"{key}@ke_hoach": estimate,
        f"{key}@thuc_hien": estimate if by_now is None else by_now,
        f"{key}@uoc": estimate,
    }
