"""The job that reads the mailbox for returned mail (đọc hộp thư trả lại).

Each mail is one transaction; it is marked as read in the mailbox after the commit, so that one whose marking was cut off
is read again and known by its mark.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date

from htx_workflow.domain.errors import MailError
from htx_workflow.services import bounces
from htx_workflow.services.job_tools import Call, Outcome, Table, Tools

MOST = 300
"""Mails of one run, the newest first; the next run goes on."""
KINDS = ("permanent", "transient", "unknown", "again", "none")


async def read_bounces(tools: Tools, call: Call, plan: str, on: date) -> Outcome:
    """Read what came back since the last run. `plan` is empty. Does nothing where no mailbox is set."""
    counts, problem = await call(read_box, tools)
    rows = tuple({"kind": kind, "mails": counts[kind]} for kind in KINDS)
    table = Table("kinds", "Thư trong hộp thư trả lại", rows)
    return Outcome({"read": sum(counts.values()), **counts}, [problem] if problem else [], [table])


async def read_box(tools: Tools) -> tuple[dict[str, int], str]:
    """One step: mails by what became of them, and what kept the mailbox from being read to its end.

    In a thread: a mail server that is slow to answer keeps nobody else waiting.
    """
    return await asyncio.to_thread(_read, tools)


def _read(tools: Tools) -> tuple[dict[str, int], str]:
    counts = Counter(dict.fromkeys(KINDS, 0))
    if tools.bounce_box is None:
        return dict(counts), ""
    try:
        with tools.bounce_box() as box:
            for number, raw in box.unread(MOST):
                with tools.database.transaction("bounce") as session:
                    taken = bounces.take(session, raw, tools.sender, tools.style, tools.clock())
                counts[taken.kind] += 1
                if taken.kind != "none":
                    box.mark_read(number)
    except MailError as error:
        return dict(counts), str(error)
    return dict(counts), ""
