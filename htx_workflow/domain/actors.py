"""Who acts (người thực hiện): the contact, the person behind a shared mailbox, the delegation acted under.

Written as one short text wherever an act is recorded: `dakto-tckh`, `dakto-tckh#12`, `skhdt-dau-moi#3^7`. It holds
codes and numbers only, so that the audit chain names nobody.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A contact's code with the numbers of a person and of a delegation."""

    contact: str
    person: int | None = None
    delegation: int | None = None

    def __str__(self) -> str:
        person = f"#{self.person}" if self.person is not None else ""
        delegation = f"^{self.delegation}" if self.delegation is not None else ""
        return f"{self.contact}{person}{delegation}"


def parse(text: str) -> Actor:
    """The actor that was written so; a text of another kind is a contact of that name."""
    rest, _, delegation = text.partition("^")
    contact, _, person = rest.partition("#")
    if not (person.isdecimal() or not person) or not (delegation.isdecimal() or not delegation):
        return Actor(text)
    return Actor(contact, int(person) if person else None, int(delegation) if delegation else None)
