"""Who is written to: living contacts by agency, duty and audience, and how plans are cited."""

from __future__ import annotations

from datetime import date

from htx_workflow.domain.digests import Addressee, PlanHead
from htx_workflow.domain.mail_ways import Roles
from htx_workflow.domain.plan import AgencyKind, Audience
from htx_workflow.store import agencies as agency_store
from htx_workflow.store.agencies import AgencyRow, ContactRow
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan


class Directory:
    """Contacts and agencies as they are on one day."""

    def __init__(self, session: Session, day: date) -> None:
        self.agencies = agency_store.list_agencies(session, day)
        self.by_code = {row.code: row for row in self.agencies.values()}
        self.contacts = {contact.id: contact for contact in agency_store.list_contacts(session, day)}
        self._roles = Roles[ContactRow]((contact, contact.assignments) for contact in self.contacts.values())

    def holders(self, agency_id: int | None, duty_id: int) -> list[ContactRow]:
        """Who is reminded of a duty: its own contact, else the agency's, else the agency's clerk.

        Nobody for an agency that has ended.
        """
        if agency_id is None or agency_id not in self.agencies or self.agencies[agency_id].ended:
            return []
        return self._roles.holders(agency_id, duty_id)

    def leads(self, agency_id: int) -> list[ContactRow]:
        """The lead agency's officer, and its leaders who follow along."""
        return self._roles.of(agency_id, None, "focal") + self._roles.of(agency_id, None, "leader")

    def recipients(
        self, audience: Audience, loaded: LoadedPlan, holder_id: int | None, duty_id: int
    ) -> list[ContactRow]:
        """Contacts for one rung."""
        if audience is Audience.HOLDER:
            return self.holders(holder_id, duty_id)
        if audience is Audience.PROVINCE:
            return self.holders(self.by_code[loaded.plan.province].id, duty_id)
        if audience is Audience.CALL:
            return self._roles.of(self.by_code[loaded.plan.lead].id, None, "focal")
        return self.leads(self.by_code[loaded.plan.lead].id)

    def addressee(self, contact: ContactRow) -> Addressee:
        """A contact as a mail greets it."""
        agency = self.agencies[contact.agency_id]
        return Addressee(
            contact.code, contact.address, agency.code, agency.name, agency.short_name, agency.kind, contact.unit,
            contact.monday,
        )  # fmt: skip

    def head(self, loaded: LoadedPlan) -> PlanHead:
        """How mails cite this plan."""
        plan = loaded.plan
        lead = self.by_code[plan.lead]
        issuer = self.by_code[plan.document.issuer]
        focal = next(iter(self._roles.of(lead.id, None, "focal")), None)
        parts = (
            (focal.name or focal.unit, lead.name, f"điện thoại {focal.phone}" if focal.phone else "") if focal else ()
        )
        return PlanHead(
            code=plan.code,
            short=plan.short,
            citation=f"Kế hoạch số {plan.document.number} ngày {plan.document.dated:%d/%m/%Y} của {issuer.name}",
            lead_name=lead.name,
            focal=", ".join(part for part in parts if part),
            focal_address=focal.address if focal else "",
            agencies=sum(self._is_agency(code) for code in plan.holder_codes()),
        )

    def _is_agency(self, code: str) -> bool:
        found = self.by_code.get(code)
        return found is not None and found.kind is not AgencyKind.COOPERATIVE

    def agency(self, agency_id: int) -> AgencyRow:
        return self.agencies[agency_id]
