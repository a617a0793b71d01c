"""Page templates: strict about values, escaped, compiled once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

from htx_workflow.domain import words


class Pages:
    """The pages of one folder."""

    def __init__(self, folder: Path) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder),
            undefined=jinja2.StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["counted"] = lambda number: words.count_text(int(number))
        self._environment.filters["day"] = words.day_text
        self._environment.filters["weekday"] = words.weekday_text

    def compile(self) -> None:
        """Read every page now; a mistake in one is found at the start."""
        for name in self._environment.list_templates(extensions=["html"]):
            self._environment.get_template(name)

    def show(self, name: str, status: int = 200, /, **values: Any) -> HTMLResponse:
        """A whole page as an answer."""
        return HTMLResponse(self._environment.get_template(name).render(values), status)
