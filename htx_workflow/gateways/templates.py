"""Mail templates (mẫu thư): values in, one subject line, a text part and an HTML part out.

A mail is a folder of templates/emails/ with subject.txt, body.txt and body.html. The sentences that both
parts share are macros of `_base/words.txt`, so that they cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any, NamedTuple

import jinja2
from jinja2.runtime import Context, Macro

from htx_workflow.domain import digests, words
from htx_workflow.domain.digests import Digest, Line, PlanHead, PlanPart, ProvinceDraft
from htx_workflow.domain.errors import BadConfig, Problem
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.gateways import yaml_files

LINK = "@@HTX-LINK@@"
"""Stands in stored mail for the sign-in address; the token is put in when the mail leaves."""
CODE = "@@HTX-CODE@@"
"""Stands in stored mail for the six digits of a sign-in; they are put in when the mail leaves."""
LONGEST_SUBJECT = 120
"""Characters, without the mark of a simulation."""
WIDTH = 74
"""Columns of the text part."""

_MARK = "[MÔ PHỎNG] "
_LABEL = 9
_NUMBER_GAP = re.compile(r"(?<=\d) (?=\d)")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAMED = re.compile(r"'([^']+)' is undefined|no (?:attribute|element) '?([^']+)'?|No (?:filter|test) named '([^']+)'")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One mail, ready to be stored; `LINK` still stands in it."""

    subject: str
    text: str
    html: str


class _Context(Context):
    """Calls a macro without asking first what else it might be, and keeps what it said to plain arguments.

    A mail makes a score of such calls. Macros are imported without context: the same arguments give the same text.
    """

    environment: _Environment

    def call(self, obj: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is not Macro:
            return super().call(obj, *args, **kwargs)
        if kwargs:
            kwargs.pop("_loop_vars", None)  # for functions that ask for the context
            kwargs.pop("_block_vars", None)
        if kwargs or not _PLAIN.issuperset(map(type, args)):
            return obj(self.eval_ctx, *args, **kwargs)
        said, key = self.environment.said, (obj, self.eval_ctx.autoescape, args)
        text = said.get(key)
        if text is None:
            if len(said) >= _KEPT:
                said.clear()
            text = said[key] = obj(self.eval_ctx, *args)
        return text


_PLAIN = frozenset({str, bool, int, PlanHead})
_KEPT = 1000


class _Environment(jinja2.Environment):
    """Looks a template up in a plain dict: `extends` and `import` ask for one at each rendering."""

    context_class = _Context
    getattr = staticmethod(getattr)  # type: ignore[assignment]  # what Jinja's own tries first; a miss is an error here

    def __init__(self, folder: Path) -> None:
        super().__init__(
            loader=jinja2.FileSystemLoader(folder),
            undefined=jinja2.StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(".html"),
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._compiled: dict[str, jinja2.Template] = {}
        self.said: dict[tuple[Macro, bool, tuple[Any, ...]], str] = {}
        self.globals["LINK"] = LINK
        self.globals["CODE"] = CODE
        self.filters.update(_FILTERS)

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> jinja2.Template:
        if isinstance(name, jinja2.Template):
            return name
        if name not in self._compiled:
            template = super().get_template(name, parent, globals)
            template.globals = dict(template.globals)  # copied at each rendering, and a ChainMap copies slowly
            self._compiled[name] = template
        return self._compiled[name]


class _Triad(NamedTuple):
    subject: jinja2.Template
    text: jinja2.Template
    html: jinja2.Template


class MailTemplates:
    """The mails of one folder. Templates are compiled once; a changed file needs a new object.

    Every method raises `BadConfig`, naming file and line, for a missing file, a mistake in a template or a
    value that a template needs and was not given.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._triads: dict[str, _Triad] = {}
        self._environment = _Environment(folder)

    def names(self) -> list[str]:
        """The mails there are, in alphabetical order."""
        return sorted(path.name for path in self.folder.glob("[!_.]*") if path.is_dir())

    def render(self, name: str, /, **values: Any) -> Rendered:
        """Subject, text and HTML of one mail."""
        with self._sentences():
            triad = self._triad(name)
            return Rendered(
                subject=_one_line(triad.subject.render(values)),
                text=_tidy(triad.text.render(values)),
                html=triad.html.render(values).strip() + "\n",
            )

    def subject(self, name: str, /, **values: Any) -> str:
        """The subject alone, for the forecast."""
        with self._sentences():
            return _one_line(self._triad(name).subject.render(values))

    def _triad(self, name: str) -> _Triad:
        if name not in self._triads:
            get = self._environment.get_template
            self._triads[name] = _Triad(get(f"{name}/subject.txt"), get(f"{name}/body.txt"), get(f"{name}/body.html"))
        return self._triads[name]

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (jinja2.TemplateError, AttributeError, UnicodeDecodeError) as error:
            raise BadConfig([self._problem(error)]) from error

    def _problem(self, error: jinja2.TemplateError | AttributeError | UnicodeDecodeError) -> Problem:
        file, line = self._place(error.__traceback__)
        if isinstance(error, jinja2.TemplateNotFound):
            file = yaml_files.shown_name(self.folder / (error.name or ""))
            return Problem(file, None, "tệp", "Không có tệp mẫu thư này.", "Đề nghị khôi phục tệp.")
        if isinstance(error, jinja2.TemplateSyntaxError):
            file, line = yaml_files.shown_name(self.folder / (error.name or "")), error.lineno
            return Problem(file, line, "cú pháp", f"{error.message}.", "Đề nghị sửa dòng này của mẫu thư.")
        if isinstance(error, (jinja2.UndefinedError, AttributeError)):
            found = _NAMED.search(str(error))
            name = next((group for group in found.groups() if group), "?") if found else "?"
            what = f"Mẫu thư cần giá trị {name!r} nhưng không được cung cấp."
            return Problem(file, line, name, what, "Đề nghị sửa tên giá trị trong mẫu, hoặc cung cấp giá trị.")
        return Problem(
            file, line, "mẫu thư", f"Không dùng được ({error}).", "Đề nghị lưu tệp dạng UTF-8 và kiểm tra lại."
        )

    def _place(self, trace: TracebackType | None) -> tuple[str, int | None]:
        """The innermost line of a template that the error passed through."""
        place: tuple[str, int | None] = (yaml_files.shown_name(self.folder), None)
        for frame, line in walk_tb(trace):
            path = Path(frame.f_code.co_filename)
            if path.suffix in (".txt", ".html"):
                place = (yaml_files.shown_name(path), line)
        return place


# Values of the mails that are made of a digest


class _Group(NamedTuple):
    """Lines under one numbered heading."""

    numeral: str
    code: str
    """Of the addressee's own work: overdue, soon, coming, waiting. Of others': agencies, cooperatives, calls."""
    lines: tuple[Line, ...]
    expected: int
    """How many of the lines have an assumed day."""
    late_from: int
    """The least number of working days by which a line is overdue."""


class _Part(NamedTuple):
    """A plan's part with the overdue work of cooperatives apart: they are spoken of in another tone."""

    letter: str
    plan: PlanHead
    own: int
    sections: list[_Group]
    groups: list[_Group]


def digest_values(digest: Digest, *, links: bool, link_until: date | None, simulation: bool) -> dict[str, Any]:
    """What reminder_agency and reminder_cooperative need: the digest, and what their subjects say first."""
    parts = [_part(number, part) for number, part in enumerate(digest.parts)]
    own = [(section.code, line) for part in parts for section in part.sections for line in section.lines]
    asked = [(code, line) for code, line in own if not line.waits_for] or own
    late = [line for code, line in asked if code == "overdue"]
    ahead = [line for code, line in asked if code != "overdue"]
    groups = [group for part in parts for group in part.groups]
    return {
        "to": digest.to,
        "moment": digest.moment,
        "day": words.day_text(digest.day),
        "parts": parts,
        "leads": words.joined(list(dict.fromkeys(part.plan.lead_name for part in parts))),
        "own": len(own),
        "late": late,
        **_nearest(ahead, words.weekday_text(digest.day)),
        "others": sum(len(group.lines) for group in groups if group.code != "calls"),
        "calls": sum(len(group.lines) for group in groups if group.code == "calls"),
        "late_from": min((group.late_from for group in groups if group.code == "agencies"), default=0),
        "soon": digests.SOON,
        "links": links,
        "link_until": words.day_text(link_until) if link_until else "",
        "simulation": simulation,
    }


def draft_values(draft: ProvinceDraft, *, simulation: bool) -> dict[str, Any]:
    """What province_draft needs. Bodies the province cannot direct (NHNN, Liên minh) stand apart."""
    asked = (AgencyKind.BANK, AgencyKind.UNION)
    return {
        "to": draft.to,
        "plan": draft.plan,
        "moment": draft.moment,
        "day": words.day_text(draft.day),
        "late_agencies": draft.late_agencies,
        "urged": [line for line in draft.lines if line.holder_kind not in asked],
        "asked": [line for line in draft.lines if line.holder_kind in asked],
        "simulation": simulation,
    }


def _part(number: int, part: PlanPart) -> _Part:
    cooperatives = tuple(line for line in part.others if line.holder_kind is AgencyKind.COOPERATIVE)
    agencies = tuple(line for line in part.others if line.holder_kind is not AgencyKind.COOPERATIVE)
    own = [(section.code, section.lines) for section in part.sections]
    others = (("agencies", agencies), ("cooperatives", cooperatives), ("calls", part.calls))
    listed = [(code, lines) for code, lines in (*own, *others) if lines]
    groups = [_group(words.ROMAN[place], code, lines) for place, (code, lines) in enumerate(listed)]
    return _Part(_LETTERS[number], part.plan, part.own, groups[: len(own)], groups[len(own) :])


def _group(numeral: str, code: str, lines: tuple[Line, ...]) -> _Group:
    expected = sum(line.expected for line in lines)
    return _Group(numeral, code, lines, expected, min(-line.left for line in lines))


def _nearest(ahead: list[Line], today: str) -> dict[str, Any]:
    """What a subject says of the nearest day that has not passed."""
    if not ahead:
        return {"nearest": None}
    nearest = min(ahead, key=_urgency)
    day = (nearest.due_short, nearest.expected)
    return {
        "nearest": nearest,
        "same_day": sum((line.due_short, line.expected) == day for line in ahead),
        "last_day": nearest.due_short == today,
        "last_working_day": f"cuối cùng là {today}" in nearest.due,
    }


def _urgency(line: Line) -> tuple[bool, int, bool, int]:
    """Nearest day first; an assumed day that has passed is the least urgent."""
    return line.left < 0, line.left, line.expected, line.number


# Filters


def _tidy(text: str) -> str:
    """One blank line where a template left several."""
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip() + "\n"


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return _short(line, LONGEST_SUBJECT + (len(_MARK) if line.startswith(_MARK) else 0))


def _short(text: str, longest: int) -> str:
    """The text, cut between two words when it is longer."""
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:(") + "…"


@lru_cache(maxsize=4096)
def _wrap(text: str, indent: int = 0, first: str = "") -> str:
    """Lines of at most WIDTH columns; those after the first are indented, telephone numbers stay whole."""
    lines, start = [], first
    rest = " ".join(_NUMBER_GAP.sub("\0", text).split())
    while len(start) + len(rest) > WIDTH:
        cut = rest.rfind(" ", 0, max(WIDTH - len(start), 0) + 1)
        if cut < 0:  # one word is longer than the line
            cut = rest.find(" ")
        if cut < 0:
            break
        lines.append(start + rest[:cut])
        start, rest = " " * indent, rest[cut + 1 :]
    lines.append(start + rest)
    return "\n".join(lines).replace("\0", " ")


@lru_cache(maxsize=4096)
def _field(text: str, label: str) -> str:
    """`   Căn cứ   : …`: a labelled sentence under a numbered title."""
    return _wrap(_stop(text), _LABEL + 5, f"   {label:<{_LABEL}}: ")


def _stop(text: str) -> str:
    """The text with a full stop, unless it has one."""
    return text if text.endswith((".", ":", "…")) else f"{text}."


def _lower_first(text: str) -> str:
    """A title inside a sentence; abbreviations keep their capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


_FILTERS: dict[str, Callable[..., str]] = {
    "wrap": _wrap,
    "field": _field,
    "short": _short,
    "stop": _stop,
    "lower_first": _lower_first,
    "capital": words.sentence,
    "counted": lambda number: words.count_text(int(number)),
    "roman": lambda number: words.ROMAN[number - 1],
}
