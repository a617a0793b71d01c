"""Page templates: strict about values, escaped, compiled once, in Vietnamese or English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

from htx_workflow.domain import words
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
        self._environment.filters["weekday"] = words.weekday_text
        self._environment.filters["moment"] = words.moment_text
        self._environment.filters["local"] = lambda moment: moment.astimezone(LOCAL)
        self._environment.filters["hour"] = lambda moment: f"{moment.astimezone(LOCAL):%H:%M}"
        self._environment.filters["stamp"] = lambda moment: f"{moment.astimezone(LOCAL):%H:%M ngày %d/%m/%Y}"
        self._translators = {code: _translator(texts) for code, texts in (catalogues or {}).items()}
        self._vietnamese = _translator({})

    def compile(self) -> None:
        """Read every page now; a mistake in one is found at the start."""
        for name in self._environment.list_templates(extensions=["html"]):
            self._environment.get_template(name)

    def show(self, name: str, status: int = 200, /, *, language: str = "vi", **values: Any) -> HTMLResponse:
        """A whole page as an answer."""
        translate = self._translators.get(language, self._vietnamese)
        return HTMLResponse(self._environment.get_template(name).render(values, language=language, _=translate), status)


def _translator(texts: Mapping[str, str]) -> Translate:
    def translate(text: str, /, **values: Any) -> str:
        found = texts.get(text, text)
        return found % values if values else found

    return translate
