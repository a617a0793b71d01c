"""The visitor (người đang đăng nhập) and what he may do. Pure: made by services.visits, asked by pages and services.

A link or a printed sheet lets in for the agency's own work. Whoever verifies, decides or administers has signed in with
a code (or is a persona of the demo).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from htx_workflow.domain.actors import Actor
from htx_workflow.domain.plan import AgencyKind

STRONG = frozenset({"code", "demo", "token"})
"""`token`: a program with a key, which somebody signed in with a code has made."""


@dataclass(frozen=True, slots=True)
class Delegated:
    """What somebody acts under for another (ủy quyền): whose rights, how it is signed, until when."""

    id: int
    form: str
    """KT., TL., TUQ., Q."""
    name: str
    """The one who is away: name, else the unit, else the contact's code."""
    title: str
    until: date
    document: str
    """Quyết định số 12/QĐ-SKHĐT ngày 20/11/2025."""
    approves: bool
    roles: frozenset[str]

    @property
    def words(self) -> str:
        """TUQ. Giám đốc Nguyễn Văn Mẫu, đến hết ngày 20/12/2025 (Quyết định số …)."""
        whose = " ".join(part for part in (self.form, self.title, self.name) if part)
        return f"{whose}, đến hết ngày {self.until:%d/%m/%Y} ({self.document})"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in contact, with the person behind it once that is known."""

    session_id: int
    strength: str
    """link, code, demo, or token for a program"""
    expires_at: datetime
    contact_id: int
    contact: str
    """The contact's code."""
    shared: bool
    """Several people read this mailbox: the first act asks who it is."""
    contact_name: str
    agency_id: int
    agency: str
    """The agency's code."""
    agency_kind: AgencyKind
    agency_name: str
    agency_short: str
    person_id: int | None
    person_name: str
    admin: bool
    approves: bool
    roles: frozenset[str]
    """Its roles at its agency: focal, support, leader, clerk."""
    leads: frozenset[int]
    """Numbers of the plans whose lead agency it speaks for."""
    follows: frozenset[int]
    """Numbers of the plans it may read whole: its agency leads them, or they are made for it (UBND tỉnh)."""
    delegation: Delegated | None = None
    """What it acts under for another, when it does; `roles` and `approves` hold both's."""
    own_roles: frozenset[str] = frozenset()
    """Its roles without the delegation."""
    own_approves: bool = False
    audits_until: date | None = None
    """Of an auditor: the last day of an account that reads every plan and does nothing."""

    @property
    def delegation_id(self) -> int | None:
        return self.delegation.id if self.delegation else None

    @property
    def actor(self) -> str:
        """How its acts are recorded: under the delegation where it could only read without."""
        return self._acting(_only_reads(self.own_roles) and not self.only_reads)

    @property
    def approver(self) -> str:
        """How its approvals are recorded: under the delegation where it may not approve without."""
        return self._acting(self.approves and not self.own_approves)

    def _acting(self, delegated: bool) -> str:
        return str(Actor(self.contact, self.person_id, self.delegation_id if delegated else None))

    @property
    def strong(self) -> bool:
        """Signed in with a code."""
        return self.strength in STRONG

    @property
    def unnamed(self) -> bool:
        """Nobody knows yet which person this is."""
        return self.person_id is None and (self.shared or not self.contact_name)

    @property
    def auditor(self) -> bool:
        """Only reads, for a time (tài khoản kiểm tra)."""
        return self.audits_until is not None

    @property
    def cooperative(self) -> bool:
        return self.agency_kind is AgencyKind.COOPERATIVE

    @property
    def sees_cards(self) -> bool:
        """May see score cards of a plan: its own, those of its cooperatives, or all of a plan it follows."""
        below = (AgencyKind.COOPERATIVE, AgencyKind.DISTRICT, AgencyKind.COMMUNE)
        return self.agency_kind in below or (self.strong and bool(self.follows))

    @property
    def only_reads(self) -> bool:
        """Leaders and Văn phòng UBND tỉnh: read, comment, approve; no data entry. Auditors: read."""
        return self.auditor or _only_reads(self.roles)

    @property
    def keeps_contacts(self) -> bool:
        """Gives codes and access sheets: the lead officer, a district for its cooperatives, the administrator."""
        district = self.agency_kind is AgencyKind.DISTRICT
        return self.strong and (self.admin or ((bool(self.leads) or district) and not self.only_reads))

    def may_see(self, plan_id: int, holder_id: int | None, receiver_id: int | None) -> bool:
        """Own work, work that comes to this agency, or a plan followed whole (with a code)."""
        if holder_id == self.agency_id or receiver_id == self.agency_id:
            return True
        return self.strong and plan_id in self.follows

    def may_do(self, holder_id: int | None) -> bool:
        """Enter, send and promise for work of this holder."""
        return holder_id == self.agency_id and not self.only_reads

    def may_verify(self, plan_id: int, holder_id: int | None, receiver_id: int | None) -> bool:
        """Accept or give back: who receives it, and the lead officer; nobody his own, save the lead agency."""
        if not self.strong or self.only_reads:
            return False
        if plan_id in self.leads:
            return True
        return receiver_id == self.agency_id and holder_id != self.agency_id

    def may_lead(self, plan_id: int) -> bool:
        """The lead officer's acts: adopt, chase, enter on behalf, decide."""
        return self.strong and plan_id in self.leads and not self.only_reads

    def may_take_files(self, plan_id: int) -> bool:
        """Whole dossiers and their lists: the lead officer, and auditors."""
        return self.may_lead(plan_id) or (self.auditor and self.strong and plan_id in self.follows)


def _only_reads(roles: frozenset[str]) -> bool:
    return "leader" in roles and not roles & {"focal", "support", "clerk"}
