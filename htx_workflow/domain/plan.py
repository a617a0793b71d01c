"""A plan (Kế hoạch) as data: agencies, contacts, milestones, duties, their dates and the reminder ladders.

The models below are the schema of config/plans/*.yaml: what pydantic can say of one value is said here,
what ties values together is in `plan_check`.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from htx_workflow.domain import addresses
from htx_workflow.domain.forms import EVIDENCE, FormCode
from htx_workflow.domain.ladders import Points
from htx_workflow.domain.review_chains import DEFAULT_CHAIN, ReviewLevel

CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
DUTY_ID = r"^[A-Z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*$"
STEP = r"^(0|[+-][1-9]\d{0,2}(d|wd))$"
MONTH_DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"

Code = Annotated[str, Field(pattern=CODE, max_length=40)]
DutyId = Annotated[str, Field(pattern=DUTY_ID, max_length=20)]
Line = Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\r\n]+$")]
Year = Annotated[int, Field(ge=2000, le=2100)]


class Basis(StrEnum):
    """On what a date rests. An assumed date is "thời gian dự kiến", never a deadline."""

    LAW = "law"
    PLAN = "plan"
    DOCUMENT = "document"
    ASSUMED = "assumed"


class Kind(StrEnum):
    """How a duty comes due."""

    CONTINUOUS = "continuous"
    YEARLY = "yearly"
    ONCE = "once"
    ON_REQUEST = "on_request"
    CONDITIONAL = "conditional"
    OUTCOME = "outcome"


class Audience(StrEnum):
    """Who is told by a rung: the holder, the lead agency, its officer by phone, or UBND tỉnh."""

    HOLDER = "holder"
    LEAD = "lead"
    CALL = "call"
    PROVINCE = "province"


class AgencyKind(StrEnum):
    """What sort of body an agency is; cooperatives are spoken to and counted apart."""

    PROVINCE = "province"
    DEPARTMENT = "department"
    BANK = "bank"
    UNION = "union"
    DISTRICT = "district"
    COMMUNE = "commune"
    COOPERATIVE = "cooperative"
    MINISTRY = "ministry"


class Entry(BaseModel):
    """A part of the file: nothing unknown in it, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class PlanDocument(Entry):
    """The document behind the plan (số, ngày, cơ quan ban hành, trích yếu)."""

    number: Line
    dated: date
    issuer: Code
    subject: Line


class Agency(Entry):
    """Cơ quan, đơn vị. Belongs to the installation: two plans that name one code mean one agency."""

    code: Code
    kind: AgencyKind
    name: Line
    short_name: Line
    doc_code: Line | None = None
    """Abbreviation in document numbers (SKHĐT); fixed by the agency's head, empty when not known."""
    parent: Code | None = None
    """Superior of its duties: the district that registers a cooperative, the province of a department."""
    place: Line | None = None


class Contact(Entry):
    """Đầu mối: an address that gets the mail of one agency, for all its duties or for some."""

    code: Code
    agency: Code
    address: str | None = None
    channel: Literal["email", "text", "none"] = "email"
    shared: bool = False
    name: Line | None = None
    title: Line | None = None
    unit: Line | None = None
    """Office inside the agency to which the clerk passes the mail on."""
    phone: Line | None = None
    role: Literal["focal", "support", "leader", "clerk"] = "focal"
    duties: tuple[DutyId, ...] = ()
    """Empty: all duties of the agency."""
    rhythm: Literal["daily", "monday"] = "daily"
    approves: bool = False
    """May approve what goes to UBND tỉnh."""
    admin: bool = False
    """Gets the alarms of the installation."""

    @model_validator(mode="after")
    def _address_fits_channel(self) -> Contact:
        if self.channel == "email" and not self.address:
            raise ValueError("đầu mối nhận thư điện tử mà chưa có địa chỉ. Điền address, hoặc đặt channel: none.")
        if self.address is not None and not addresses.valid_address(self.address):
            raise ValueError(
                f"{self.address!r} không phải là một địa chỉ thư điện tử dùng được."
                " Sửa thành dạng ten@coquan.example.vn, không có dấu cách hoặc xuống dòng."
            )
        return self


class Milestone(Entry):
    """Mốc của cơ quan khác: recorded with document and day, shown as "đang chờ", never reminded."""

    code: DutyId
    title: Line
    agency: Code | None = None
    on: date | None = None


class DueRule(Entry):
    """What all rules share."""

    inclusive: bool = True
    """True: "chậm nhất" (the day counts). False: "trước ngày" (the last day is the day before)."""
    on_non_working_day: Literal["keep", "next", "previous"] = "keep"


class Yearly(DueRule):
    """A fixed day every year, from a first to a last period."""

    rule: Literal["yearly"]
    on: Annotated[str, Field(pattern=MONTH_DAY)]
    first: Year | None = None
    last: Year | None = None


class Once(DueRule):
    """One day; without `on` the duty waits for its day."""

    rule: Literal["once"]
    on: date | None = None
    awaits: Line | None = None


class WorkingDaysAfter(DueRule):
    """N working days after a request, or after another duty's occurrence is accepted."""

    rule: Literal["after"]
    working_days: Annotated[int, Field(ge=1, le=250)]
    of: DutyId | Literal["request"] = "request"


class Window(DueRule):
    """A reporting window of Decree 09/2019/NĐ-CP, article 12, which closes on the 14th of its last month.

    The deadline is a day of that month (`day`), or so many (working) days after the closing day.
    """

    rule: Literal["window"]
    window: Literal["month", "quarter", "half_year", "year"]
    day: Annotated[int, Field(ge=15, le=31)] | None = None
    days: Annotated[int, Field(ge=1, le=180)] | None = None
    working_days: Annotated[int, Field(ge=1, le=120)] | None = None
    first: str | None = None
    last: str | None = None

    @model_validator(mode="after")
    def _one_deadline(self) -> Window:
        if sum(value is not None for value in (self.day, self.days, self.working_days)) != 1:
            raise ValueError("kỳ báo cáo cần đúng một trong ba: day, days, working_days. Giữ lại một.")
        for name, text in (("first", self.first), ("last", self.last)):
            if text is not None and not re.match(PERIODS[self.window], text):
                raise ValueError(f"{name}: {text!r} không phải là kỳ {self.window}. Ví dụ {EXAMPLES[self.window]}.")
        return self


PERIODS = {
    "month": r"^\d{4}-(0[1-9]|1[0-2])$",
    "quarter": r"^\d{4}-Q[1-4]$",
    "half_year": r"^\d{4}-H[12]$",
    "year": r"^\d{4}$",
}
EXAMPLES = {"month": "2025-03", "quarter": "2025-Q1", "half_year": "2025-H1", "year": "2025"}


class Every(DueRule):
    """Every so many days from a first day to an end."""

    rule: Literal["every"]
    days: Annotated[int, Field(ge=1, le=366)]
    first: date
    until: date | None = None


Rule = Annotated[Yearly | Once | WorkingDaysAfter | Window | Every, Field(discriminator="rule")]


class Need(Entry):
    """What must be accepted before this duty can be submitted (`after`)."""

    duty: DutyId | None = None
    milestone: DutyId | None = None
    match: Literal["same_period", "subordinate", "own", "all"] = "same_period"
    """`subordinate`: only those of agencies below the holder; `own`: of the holder itself."""

    @model_validator(mode="after")
    def _one_target(self) -> Need:
        if (self.duty is None) == (self.milestone is None):
            raise ValueError("cần đúng một trong hai: duty hoặc milestone. Giữ lại một.")
        return self


class PeriodBasis(Entry):
    """A basis that holds for one period only."""

    basis: Basis
    basis_note: Line


class Duty(Entry):
    """Nhiệm vụ: a standing obligation tied to a clause."""

    id: DutyId
    clause: Line
    title: Line
    occurrence_title: Line | None = None
    """Title of one occurrence; may hold {year} and {next_year}."""
    kind: Kind
    word: Literal["chủ trì", "phối hợp", "tham gia", "tham mưu", "thực hiện"] = "thực hiện"
    holders: Annotated[tuple[Code, ...], Field(min_length=1)]
    with_: tuple[Code, ...] = Field(default=(), alias="with")
    receivers: tuple[Code, ...] = ()
    """Agency codes, `parent` (the superior of the holder) or `asker` (whoever asked)."""
    copies: tuple[Code, ...] = ()
    due: Rule | None = None
    basis: Basis | None = None
    basis_note: Line | None = None
    basis_by_period: dict[str, PeriodBasis] = {}
    opens_on: date | None = None
    after: tuple[Need, ...] = ()
    fulfilled_by: Annotated[str, Field(pattern=r"^[^/\s]+/[^/\s]+$")] | None = None
    """`duty/period` whose occurrence of the same agency also fulfils this duty."""
    verify: Literal["receiver", "lead", "none"] = "receiver"
    opened_by: Literal["difficulty", "cooperation"] | None = None
    """The kind of request that opens it: a difficulty raised, or another agency asking for input."""
    ask: Line = "gửi văn bản đã ký; nếu chưa kịp, cho biết lý do và ngày dự kiến gửi"
    """What the mail asks for, after "Đề nghị"."""
    form: FormCode | None = None
    """The form it is reported on, a file of config/forms/; without one the generic evidence."""
    round: Code | None = None
    note: Line | None = None

    @property
    def form_code(self) -> str:
        """The code of the form in use: its own, or `evidence`."""
        return self.form or EVIDENCE


class LadderStep(Entry):
    """A rung: -30d, -3wd (working days), 0, +1wd; counted from the deadline."""

    step: Annotated[str, Field(pattern=STEP)]
    audience: Audience = Audience.HOLDER


class Coverage(Entry):
    """One bullet of the text and the duties it became."""

    bullet: Line
    duties: tuple[DutyId, ...] = ()
    gap: Line | None = None
    """What no clause gives to a holder: shown as "chưa phân công cụ thể"."""


class Decisive(Entry):
    """Cấp quyết định: whose points decide, and the document that chose it; without one it is the default."""

    level: Code = "self"
    document: Line | None = None


class Scoring(Entry):
    """Chấm điểm: the rubric, the pass mark, the levels that score and check, the milestone of the trial score."""

    rubric: Code
    """A file of config/rubrics/."""
    pass_mark: Points
    pass_mark_note: Line | None = None
    decisive: Decisive = Decisive()
    chain: tuple[ReviewLevel, ...] = DEFAULT_CHAIN
    trial_on: date | None = None
    """By when a trial score shows what is still missing; no deadline."""

    def level(self, code: str) -> ReviewLevel | None:
        return next((level for level in self.chain if level.code == code), None)


class Plan(Entry):
    """One plan file."""

    code: Code
    title: Line
    short: Line
    """Stands in brackets in subjects: KH 3819."""
    document: PlanDocument
    starts_on: date
    ends_on: date | None = None
    calendar: Code = "vn"
    lead: Code
    province: Code
    agencies: Annotated[tuple[Agency, ...], Field(min_length=1)]
    groups: dict[str, tuple[Code, ...]] = {}
    contacts: tuple[Contact, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    ladders: dict[Literal["deadline", "expected"], Annotated[tuple[LadderStep, ...], Field(min_length=1)]]
    duties: Annotated[tuple[Duty, ...], Field(min_length=1)]
    coverage: tuple[Coverage, ...] = ()
    scoring: Scoring | None = None
    final_report: DutyId | None = None
    """Báo cáo tổng kết: the duty to which the end-of-scheme chain leads; without one it is the chain's last."""

    def agency(self, code: str) -> Agency:
        return next(agency for agency in self.agencies if agency.code == code)

    def members(self, codes: tuple[str, ...]) -> list[str]:
        """Agency codes with groups spelled out, in the order of the file."""
        return [member for code in codes for member in self.groups.get(code, (code,))]

    def scored(self) -> list[str]:
        """Codes of the cooperatives that are scored, in the order of the plan."""
        return [agency.code for agency in self.agencies if agency.kind is AgencyKind.COOPERATIVE]

    def holder_codes(self) -> list[str]:
        """Agencies that owe duties, in the order of the plan."""
        owing = {code for duty in self.duties for code in self.members(duty.holders)}
        return [agency.code for agency in self.agencies if agency.code in owing]
