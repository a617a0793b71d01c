"""Reports of simulated agencies (báo cáo mô phỏng): F-A, F-B, F-C, F-D, F-NR filled in, so that a consolidation has content.

Every text says that it is invented. The story fills what people read of; whatever else the form requires is filled in
by `simulated_filling`, so that a form with a new field still goes through.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from htx_workflow.domain import simulated_accounts, simulated_filling
from htx_workflow.domain.form_slots import Context, Value, Values, slots
from htx_workflow.domain.forms import Form
from htx_workflow.domain.simulated_accounts import MILLION
from htx_workflow.domain.simulated_filling import Rest

SIMULATED = "(mô phỏng)"
COMMON = "chung"
SOURCES = {
    "stc": (("nsdp-tinh", "su-nghiep"),),
    "snnptnt": (("mtqg-ntm", "dau-tu"), ("nstw-1804", "dau-tu")),
    "sct": (("ct-khac", "su-nghiep"),),
    "nhnn": (("td-nhtm", "cho-vay"),),
    "lmhtx": (("quy-htpt", "cho-vay"), ("nsdp-tinh", "su-nghiep")),
}
"""By agency: source and kind of the money that it reports; a district its own budget and a programme."""
OF_DISTRICT = (("nsdp-huyen", "su-nghiep"), ("mtqg-dtts", "dau-tu"))
SUPPORT = ("Kho bảo quản nông sản", "Máy sấy, máy đóng gói", "Bồi dưỡng cán bộ quản lý", "Xây dựng nhãn hiệu")
DIFFICULTIES = (
    ("Vốn sự nghiệp giao muộn, đến tháng 6 mới phân bổ xong.", "Đề nghị giao vốn ngay từ đầu năm.", "tinh"),
    (
        "Hợp tác xã chưa có tài sản bảo đảm nên khó tiếp cận tín dụng.",
        "Đề nghị mở rộng cho vay không có tài sản bảo đảm.",
        "tinh",
    ),
    (
        "Chưa có hướng dẫn thanh toán cho lao động trẻ về làm việc tại hợp tác xã.",
        "Đề nghị Bộ, ngành hướng dẫn.",
        "trung-uong",
    ),
    ("Quỹ đất xây dựng trụ sở, nhà kho còn vướng quy hoạch.", "Đề nghị huyện rà soát, bố trí quỹ đất.", "huyen"),
    ("Cán bộ theo dõi kinh tế hợp tác ở huyện kiêm nhiệm nhiều việc.", "Đề nghị bố trí cán bộ chuyên trách.", "huyen"),
)
MODELS = (
    "liên kết trồng và tiêu thụ rau, hoa xứ lạnh",
    "liên kết chuỗi cà phê đạt chứng nhận",
    "trồng, sơ chế dược liệu dưới tán rừng",
    "dịch vụ vật tư, thu mua nông sản cho thành viên",
)
ASSESSED = {
    "D11a": "Các cơ quan, địa phương đã triển khai phần lớn nhiệm vụ của Kế hoạch; điểm của các hợp tác xã tăng qua từng năm",
    "D11b": "Một số báo cáo gửi chậm; giải ngân vốn hỗ trợ chưa đều giữa các nguồn",
    "D11c": "Vốn giao muộn; cán bộ quản lý hợp tác xã kiêm nhiệm, hồ sơ minh chứng chưa đầy đủ",
    "D11d": "Giao đầu mối rõ ràng và chấm thử giữa năm giúp hợp tác xã khắc phục kịp tiêu chí còn thấp",
    "D13a": "Đề nghị tiếp tục bố trí vốn hỗ trợ hợp tác xã giai đoạn 2026 - 2030",
    "D13b": "Đề nghị phê duyệt phương án nhân rộng và giao kinh phí hằng năm",
}


FED = ("C3", "C5", "D3", "D12")
"""Tables for which the system has rows: they stay as it lays them in."""


@dataclass(frozen=True)
class Scored:
    """A cooperative as its district lists it: points by group, band and conclusion, when there are any."""

    code: str
    name: str
    groups: Sequence[int | None] = ()
    """Hundredths."""
    band: str = "chua-nop"
    conclusion: str = "chua-du-can-cu"
    why: str = "Chưa có điểm."
    sector: str = "nong-nghiep"


@dataclass(frozen=True)
class Sent:
    """The paper of a report: number, days and subject, and who asked for it."""

    number: str
    dated: date
    subject: str
    asked_by: str
    file: int
    """Number of the attachment that stands for the signed paper."""


@dataclass(frozen=True)
class Known:
    """What the story knows of the holder."""

    facts: Mapping[str, str] = field(default_factory=dict)
    """Of a cooperative: as on its card."""
    cooperatives: Sequence[Scored] = ()


def values(form: Form, context: Context, begun: Values, sent: Sent, known: Known, dice: random.Random) -> Values:
    """Everything to send; `begun`: what the draft holds from last year and from the system."""
    tell: Callable[[Context, Known, random.Random], Values] | None
    tell = {"F-A": _agency, "F-B": _cooperative, "F-C": _district, "F-D": _province, "F-NR": _spreading}.get(form.code)
    told = {**begun, **_head(context, sent, dice), **(tell(context, known, dice) if tell else {})}
    told |= {key: begun[key] for key in FED if key in begun}
    there = {slot.key for slot in slots(form, context)}
    kept = {key: value for key, value in told.items() if key in there}
    paper: Value = {"number": sent.number, "dated": sent.dated.isoformat()}
    return simulated_filling.completed(form, context, kept, Rest(sent.dated, paper, (sent.file,)))


def _head(context: Context, sent: Sent, dice: random.Random) -> Values:
    asked: Value = {
        "number": f"{dice.randint(900, 4800)}/MP", "dated": date(context.year, 11, 12).isoformat(),
        "issuer": sent.asked_by, "subject": f"V/v báo cáo năm {context.year} {SIMULATED}",
    }  # fmt: skip
    return {
        "H3a": date(context.year - 1, 12, 15).isoformat(), "H3b": date(context.year, 12, 14).isoformat(), "H4": asked,
        "H5": "uoc", "H6": "de-an", "N1a": "Người Mẫu", "N1b": "Chuyên viên", "N1c": "0260 000 0000",
        "N2a": "Người Ký Mẫu", "N2b": "thu-truong", "N3t": [sent.file], "N4a": sent.dated.isoformat(), "N4b": "qlvb",
        "N3": {"number": sent.number, "dated": sent.dated.isoformat(), "subject": sent.subject},
    }  # fmt: skip


def _cooperative(context: Context, known: Known, dice: random.Random) -> Values:
    name = str(context.given.get("H1", context.agency))
    return simulated_accounts.values(dice, known.facts, name, context.year)


# F-A


def _agency(context: Context, known: Known, dice: random.Random) -> Values:
    units = [option.code for option in context.lists.get("cooperatives", ())]
    found: Values = {
        "A1.2": f"Một chuyên viên đầu mối {SIMULATED}",
        "A3": {"rows": [_activity(context, units, dice) for _ in range(dice.randint(1, 3))]},
        "A4": {"rows": list(_money(context, units, dice))},
        "A6": {"rows": [_difficulty(dice)]},
    }
    for item in context.items.get("duties", ()):
        done = dice.choice(("da-thuc-hien", "da-thuc-hien", "dang-thuc-hien"))
        found |= {
            f"A2.2#{item.code}": done,
            f"A2.3#{item.code}": f"Đã thực hiện các nội dung được giao trong năm {context.year} {SIMULATED}.",
            f"A2.4#{item.code}": list[Value](units[:2]) or ["khong-rieng"],
        }
    if context.last_year and context.agency in ("snnptnt", "lmhtx"):
        found["A8.1"] = (
            f"Đề xuất nhân rộng mô hình {dice.choice(MODELS)} tại ba huyện trong giai đoạn 2026 - 2030 {SIMULATED}."
        )
    return found | _own_part(context, dice)


def _activity(context: Context, units: list[str], dice: random.Random) -> Value:
    day, people = date(context.year, dice.randint(3, 11), dice.randint(1, 28)).isoformat(), dice.randint(15, 60)
    kind, name = dice.choice((("tap-huan", "Tập huấn quản trị hợp tác xã"), ("tu-van", "Tư vấn pháp luật tại hợp tác xã"),
                              ("hoi-cho", "Kết nối cung cầu nông sản")))  # fmt: skip
    return {
        "A3.1a": day, "A3.1b": day, "A3.2": kind, "A3.3a": f"{name} {SIMULATED}", "A3.3b": "Địa bàn mô phỏng",
        "A3.4": list[Value](units[:3]) or ["ngoai-de-an"], "A3.5a": str(people), "A3.5c": str(people // 2),
    }  # fmt: skip


def _money(context: Context, units: list[str], dice: random.Random) -> list[Value]:
    rows: list[Value] = []
    for source, kind in SOURCES.get(context.agency, OF_DISTRICT if context.kind == "district" else ()):
        unit = COMMON if source == "td-nhtm" or not units else dice.choice(units)
        assigned = dice.randint(8, 60) * 10 * MILLION
        paid = assigned * dice.randint(60, 96) // 100 // MILLION * MILLION
        row: Values = {
            "A4.1a": unit, "A4.1b": "khac", "A4.1c": f"{dice.choice(SUPPORT)} {SIMULATED}", "A4.2a": source,
            "A4.2b": kind, "A4.2c": "bao-cao", "A4.3": assigned + dice.randint(0, 20) * 10 * MILLION,
            "A4.4": assigned, "A4.6a": paid, "A4.6b": assigned,
            "A4.5": {"number": f"{dice.randint(10, 900)}/QĐ-MP", "dated": date(context.year, 2, 20).isoformat()},
        }  # fmt: skip
        rows.append({**row, "A4.1d": "Theo đề xuất của từng hợp tác xã"} if unit == COMMON else row)
    return rows


def _difficulty(dice: random.Random) -> Value:
    text, asked, level = dice.choice(DIFFICULTIES)
    return {"A6.1": f"{text[:-1]} {SIMULATED}.", "A6.2": [COMMON], "A6.5": asked, "A6.6": level}


def _own_part(context: Context, dice: random.Random) -> Values:
    asked, few = dice.randint(4, 8), dice.randint(1, 3)
    sum_ = dice.randint(20, 90) * 10 * MILLION
    found: Values = {
        "A5.stc1": str(asked), "A5.stc2": str(asked), "A5.stc3": str(asked - few), "A5.stc4": str(few),
        "A5.stc5": f"Chưa cân đối được nguồn trong năm {SIMULATED}.", "A5.nn1": str(asked * 3), "A5.nn2a": str(few),
        "A5.nn2b": "1", "A5.ct1a": str(asked), "A5.ct1b": str(asked + few), "A5.ct1c": sum_, "A5.nh1": "3",
        "A5.nh2a": sum_, "A5.nh2b": sum_ * 2, "A5.nh2c": "8.5", "A5.lm1a": str(asked), "A5.lm1b": str(few),
        "A5.lm1c": sum_, "A5.lm1d": sum_, "A5.lm2a": "2", "A5.lm2b": str(few + 2), "A5.hu1": str(asked * 2),
    }  # fmt: skip
    if not context.last_year:
        found["A5.hu3a"] = {"number": f"{dice.randint(10, 300)}/KH-MP", "dated": date(context.year, 12, 2).isoformat()}
        found["A5.hu3b"] = sum_
    return found


# F-C, F-D


def _district(context: Context, known: Known, dice: random.Random) -> Values:
    working = dice.randint(14, 32)
    idle = dice.randint(0, 4)
    found: Values = {
        "C1a": str(working + idle), "C1b": str(working), "C1c": str(idle), "C1d": str(dice.randint(0, 3)),
        "C1e": str(dice.randint(0, 1)), "C3": {"rows": [_listed(one) for one in known.cooperatives]},
        "C8a": f"Các hợp tác xã tham gia Đề án hoạt động ổn định, minh chứng của một số tiêu chí còn thiếu {SIMULATED}.",
        "C8b": f"Đề nghị tiếp tục hỗ trợ đào tạo cán bộ quản lý, kế toán hợp tác xã {SIMULATED}.",
    }  # fmt: skip
    if not context.last_year:
        return found
    rows: list[Value] = [{"_": one.code, "C9.1": one.conclusion, "C9.2": one.why} for one in known.cooperatives]
    wanted = f"{dice.randint(2, 4):02d} hợp tác xã theo mô hình {dice.choice(MODELS)}"
    model = f"Giai đoạn 2026 - 2030 nhân rộng thêm {wanted}, kinh phí lồng ghép các chương trình mục tiêu quốc gia"
    return found | {"C9": {"rows": rows}, "C10c": f"{model} {SIMULATED}."}


def _listed(one: Scored) -> Value:
    points = {
        f"C3.7{'abc'[place]}": f"{given / 100:g}"
        for place, given in enumerate(one.groups[:3])
        if given is not None and len(one.groups) == 3
    }
    return {
        "C3.1": one.name, "C3.2": f"MP-{one.code}", "C3.3": "Xã mô phỏng", "C3.4": one.sector, "C3.8": one.band, **points,
    }  # fmt: skip


def _spreading(context: Context, known: Known, dice: random.Random) -> Values:
    model: Value = {
        "R1.1": f"Mô hình {dice.choice(MODELS)} {SIMULATED}", "R1.2": "Các huyện có điều kiện tương tự",
        "R1.3": str(dice.randint(2, 5)), "R1.4": dice.randint(10, 60) * 100 * MILLION,
        "R1.5": "Ủy ban nhân dân huyện", "R1.6": f"Kết quả chấm điểm các hợp tác xã tham gia Đề án {SIMULATED}",
    }  # fmt: skip
    return {
        "R1": {"rows": [model]},
        "R2": f"Nhất trí phương án nhân rộng; đề nghị ưu tiên hợp tác xã đã hoàn thiện mô hình {SIMULATED}.",
    }


def _province(context: Context, known: Known, dice: random.Random) -> Values:
    found: Values = {key: f"{text} {SIMULATED}." for key, text in ASSESSED.items()}
    models = dice.sample(MODELS, 2)
    rows: list[Value] = [
        {
            "D12.1": f"Mô hình {model} {SIMULATED}", "D12.2": "Các huyện có điều kiện tương tự",
            "D12.3": str(dice.randint(2, 6)), "D12.4": dice.randint(20, 80) * 100 * MILLION,
            "D12.5": "Ủy ban nhân dân huyện, Sở quản lý ngành", "D12.6": "Liên minh HTX tỉnh",
        }
        for model in models
    ]  # fmt: skip
    return found | {"D12": {"rows": rows}}
