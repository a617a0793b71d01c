"""What a scorecard says of the cooperative besides its points (thông tin của hợp tác xã): who signs, whether it is rated,
in which lines of the tables it is counted. A card keeps them as they were when it was sent; what is not known is None.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from htx_workflow.domain import rubrics
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.ratings import Facts
from htx_workflow.domain.rubrics import Rubric

FACT_TEXTS = {
    "governance": "tổ chức quản trị",
    "months_operating": "số tháng hoạt động từ khi thành lập",
    "months_idle": "số tháng ngừng hoạt động trong năm",
    "sanctioned": "bị xử phạt trong năm",
    "sector": "lĩnh vực",
    "kind": "loại theo sản phẩm, dịch vụ",
    "members": "số thành viên",
    "capital": "tổng nguồn vốn, đồng",
}
YES_NO = {"co": True, "khong": False}


class CardFacts(BaseModel):
    """See FACT_TEXTS."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    governance: str | None = Field(default=None, max_length=40)
    months_operating: int | None = Field(default=None, ge=0, le=2400)
    months_idle: int | None = Field(default=None, ge=0, le=12)
    sanctioned: bool | None = None
    sector: str | None = Field(default=None, max_length=40)
    kind: str | None = Field(default=None, max_length=40)
    members: int | None = Field(default=None, ge=0, le=10**7)
    capital: int | None = Field(default=None, ge=0, le=10**15)

    @property
    def facts(self) -> Facts:
        """What the rubric's rules ask."""
        return Facts(self.months_operating, self.months_idle, self.sanctioned)

    def kinds(self, rubric: Rubric) -> dict[str, str]:
        """The kind on each axis of the tables; an axis that is not known is left out."""
        found = {"sector": self.sector} if self.sector else {}
        if self.kind:
            found |= {axis.code: self.kind for axis in rubric.kinds}
        for size in rubric.sizes:
            amount = self.members if size.code == "members" else self.capital
            if amount is not None:
                found[size.code] = rubrics.size_class(size, amount).code
        return found


def read(facts: str) -> CardFacts:
    """The facts as a card keeps them."""
    return CardFacts.model_validate_json(facts)


def changed(rubric: Rubric, before: CardFacts, typed: Mapping[str, str]) -> CardFacts:
    """The facts after these were typed; blank: not known. Raises `BadInput` naming every one that cannot be."""
    values = before.model_dump()
    wrong = []
    for name, text in typed.items():
        if name not in FACT_TEXTS:
            wrong.append(f"Không có thông tin {name}. Các mã: {', '.join(FACT_TEXTS)}.")
            continue
        tidy = text.strip()
        values[name] = YES_NO.get(tidy, tidy) if name == "sanctioned" else tidy
        values[name] = None if tidy == "" else values[name]
    wrong += _choices_wrong(rubric, values)
    try:
        after = CardFacts.model_validate(values)
    except ValidationError as error:
        places = dict.fromkeys(str(one["loc"][0]) for one in error.errors())
        wrong += [f"{FACT_TEXTS[name].capitalize()}: “{values[name]}” không dùng được." for name in places]
    if wrong:
        raise BadInput("\n".join(wrong))
    return after


def _choices_wrong(rubric: Rubric, values: Mapping[str, object]) -> list[str]:
    known = {
        "governance": [kind.governance for kind in rubric.sign_offs],
        "kind": [kind.code for axis in rubric.kinds for kind in axis.kinds],
    }
    return [
        f"{FACT_TEXTS[name].capitalize()}: không có “{values[name]}”. Đề nghị chọn một trong: {', '.join(codes)}."
        for name, codes in known.items()
        if codes and values[name] is not None and values[name] not in codes
    ]
