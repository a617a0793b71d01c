"""The tables. Integer keys inside, one unique text key or code outside, states as text with CHECK.

Rows are written by SQLModel where they are single, and read as columns (`occurrences = table("occurrence")`,
`occurrences.c.due_on`) where they are many. Rows go no further than the store and the services.
"""

from __future__ import annotations

from htx_workflow.store.tables.base import (
    BASES,
    CREDENTIAL_KINDS,
    MESSAGE_STATES,
    METADATA,
    NOTE_KINDS,
    REQUEST_KINDS,
    REQUEST_STATES,
    RUN_OUTCOMES,
    RUNG_STATES,
    SCANS,
    STATES,
    STRENGTHS,
    table,
)
from htx_workflow.store.tables.mail import Message, MessageReminder, Reminder
from htx_workflow.store.tables.operations import AuditEvent, Run
from htx_workflow.store.tables.people import Assignment, Contact, Credential, Delegation, Person
from htx_workflow.store.tables.plans import (
    Agency,
    AgencyName,
    Document,
    Duty,
    Milestone,
    Occurrence,
    OccurrenceChange,
    OccurrenceNote,
    Plan,
    PlanVersion,
    Request,
)
from htx_workflow.store.tables.reports import (
    Attachment,
    Definition,
    FileBlob,
    Report,
    ReportAside,
    ReportOccurrence,
    ReportRevision,
)

__all__ = [
    "BASES",
    "CREDENTIAL_KINDS",
    "MESSAGE_STATES",
    "METADATA",
    "NOTE_KINDS",
    "REQUEST_KINDS",
    "REQUEST_STATES",
    "RUNG_STATES",
    "RUN_OUTCOMES",
    "SCANS",
    "STATES",
    "STRENGTHS",
    "Agency",
    "AgencyName",
    "Assignment",
    "Attachment",
    "AuditEvent",
    "Contact",
    "Credential",
    "Definition",
    "Delegation",
    "Document",
    "Duty",
    "FileBlob",
    "Message",
    "MessageReminder",
    "Milestone",
    "Occurrence",
    "OccurrenceChange",
    "OccurrenceNote",
    "Person",
    "Plan",
    "PlanVersion",
    "Reminder",
    "Report",
    "ReportAside",
    "ReportOccurrence",
    "ReportRevision",
    "Request",
    "Run",
    "table",
]
