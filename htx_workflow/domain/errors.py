"""Errors are sentences, in Vietnamese, for the person who can act.

    HtxError
    ├── BadConfig       a file of config/ is wrong; carries every problem found in one run
    ├── BadInput        what a person typed or sent cannot be used
    ├── NotFound        the thing named does not exist
    ├── NotAllowed      the rules of the house refuse it
    ├── TooLate         somebody else was quicker; nothing was changed
    │   └── AlreadyRunning  another process is at the same run
    ├── CalendarEnds    working days beyond the years the calendar knows
    ├── StoreError      the database cannot be used now (locked, full, newer, damaged)
    ├── HookError       a notice could not be given to another system
    │   ├── HookLater   the other system may take it later
    │   └── HookNever   it will never be given to this address
    └── MailError
        ├── MailLater   the mail server may accept it later
        │   ├── MailServerProblem   no mail leaves until the administrator acts
        │   └── MailDoubtful        lost after the text was handed over: it may have arrived
        └── MailNever   it will never be accepted as it is

Foreign errors are translated once, where they appear, with `from`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class HtxError(Exception):
    """The root: `str(error)` is the sentence to show."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where it stands, what is wrong, what to do."""

    file: str
    line: int | None
    key: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.what} {self.remedy}".replace(" : ", " ")


class BadConfig(HtxError):
    """Every problem of the stage reached, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class BadInput(HtxError):
    """What a person typed or sent cannot be used."""


class NotFound(HtxError):
    """The thing named does not exist."""


class NotAllowed(HtxError):
    """The rules of the house refuse it."""


class TooLate(HtxError):
    """Somebody else was quicker; nothing was changed."""


class AlreadyRunning(TooLate):
    """Another process is at the same run."""


class CalendarEnds(HtxError):
    """Working days beyond the years the calendar knows."""


class StoreError(HtxError):
    """The database cannot be used now."""


class HookError(HtxError):
    """A notice could not be given to another system."""


class HookLater(HookError):
    """The other system may take it later."""


class HookNever(HookError):
    """It will never be given to this address."""


class MailError(HtxError):
    """A mail could not be handed to the mail server."""


class MailLater(MailError):
    """The mail server may accept it later."""


class MailServerProblem(MailLater):
    """No mail leaves until the administrator acts: password, certificate, encryption, relay."""


class MailDoubtful(MailLater):
    """The connection was lost after the text was handed over: the mail may have arrived."""


class MailNever(MailError):
    """It will never be accepted as it is."""
