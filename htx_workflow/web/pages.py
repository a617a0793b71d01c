"""Page templates: strict about values, escaped, compiled once, in Vietnamese or English."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2
from jinja2.runtime import Context
from starlette.responses import HTMLResponse

from htx_workflow.domain import words
from htx_workflow.domain.words import Said
from htx_workflow.runtime import LOCAL
from htx_workflow.web import static

Translate = Callable[..., str]


class Pages:
    """The pages of one folder. `catalogues` gives the texts of other languages by their Vietnamese."""

    def __init__(self, folder: Path, catalogues: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder),
            undefined=jinja2.StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals["static"] = static.addresses(folder / "static")
        self._environment.filters["counted"] = lambda number: words.count_text(int(number))
        self._environment.filters["day"] = words.day_text
        self._environment.filters["weekday"] = _in_the_language(words.said_day)
        self._environment.filters["moment"] = _in_the_language(words.said_moment)
        self._environment.filters["period"] = _in_the_language(words.said_period)
        self._environment.filters["local"] = lambda moment: moment.astimezone(LOCAL)
        self._environment.filters["hour"] = lambda moment: f"{moment.astimezone(LOCAL):%H:%M}"
        self._environment.filters["stamp"] = _in_the_language(_stamp)
        self._environment.filters["said"] = _options
        self._translators = {code: _translator(texts) for code, texts in (catalogues or {}).items()}
        self._vietnamese = _translator({})

    def compile(self) -> None:
        """Read every page now; a mistake in one is found at the start."""
        for name in self._environment.list_templates(extensions=["html"]):
            self._environment.get_template(name)

    def translator(self, language: str) -> Translate:
        """What pages call `_`: fixed words in this language, for what is put together outside of a template."""
        return self._translators.get(language, self._vietnamese)

    def show(self, name: str, status: int = 200, /, *, language: str = "vi", **values: Any) -> HTMLResponse:
        """A whole page as an answer."""
        template = self._environment.get_template(name)
        return HTMLResponse(template.render(values, language=language, _=self.translator(language)), status)


def _stamp(moment: datetime) -> Said:
    local = moment.astimezone(LOCAL)
    return words.said("%(hour)s ngày %(day)s", hour=f"{local:%H:%M}", day=words.day_text(local.date()))


def _in_the_language(make: Callable[[Any], Said]) -> Callable[..., str]:
    @jinja2.pass_context
    def shown(context: Context, value: Any) -> str:
        return str(context["_"](make(value)))

    return shown


@jinja2.pass_context
def _options(context: Context, options: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Fixed choices of a form: codes stay, words are in the language of the page."""
    return [(code, *map(context["_"], texts)) for code, *texts in options]


def _translator(texts: Mapping[str, str]) -> Translate:
    def translate(text: str, /, **values: Any) -> str:
        if isinstance(text, Said):
            values = {
                name: translate(value) if isinstance(value, Said) else value for name, value in text.values.items()
            }
            text = text.pattern
        found = texts.get(text, text)
        return found % values if values else found

    return translate
