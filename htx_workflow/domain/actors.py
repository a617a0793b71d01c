"""Who acts (người thực hiện): the contact, the person behind a shared mailbox, the delegation acted under.

Written as one short text wherever an act is recorded: `dakto-tckh`, `dakto-tckh#12`, `skhdt-dau-moi#3^7`; a program
that acts with a key of its agency is `token:12`. It holds codes and numbers only, so that the audit chain names nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

PROGRAM = "token:"
"""Before the number of an access key; no contact's code has a colon."""


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


def of_program(key_id: int) -> str:
    """How what a program does with this key is recorded."""
    return f"{PROGRAM}{key_id}"


def program_of(contact: str) -> int | None:
    """The number of the key behind an act; None for a contact."""
    number = contact.removeprefix(PROGRAM)
    return int(number) if contact.startswith(PROGRAM) and number.isdecimal() else None


def parse(text: str) -> Actor:
    """The actor that was written so; a text of another kind is a contact of that name."""
    rest, _, delegation = text.partition("^")
    contact, _, person = rest.partition("#")
    if not (person.isdecimal() or not person) or not (delegation.isdecimal() or not delegation):
        return Actor(text)
    return Actor(contact, int(person) if person else None, int(delegation) if delegation else None)
