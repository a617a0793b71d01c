"""How commands print: JSON for scripts, plain text for people, and the option types they share."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import click


def print_json(value: Any) -> None:
    """UTF-8 JSON with ISO dates, and nothing else, on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_iso))


def _iso(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot print {type(value).__name__} as JSON")


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases of click
    """A day typed as 2025-12-15 or 15/12/2025."""

    name = "NGÀY"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        for form in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return datetime.strptime(value, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        return self.fail(
            f"{value!r} không phải là một ngày có trong lịch; ví dụ 2025-12-15 hoặc 15/12/2025.", param, ctx
        )


def print_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Columns for people: as wide as the terminal allows, whole lines when piped."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 200)
    listing = Table(*head, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        listing.add_row(*(Text(cell) for cell in row))
    console.print(listing)


DAY = Day()
json_option = click.option("--json", "as_json", is_flag=True, help="In JSON cho chương trình khác đọc.")


@contextmanager
def days_bar(days: int, title: str, *, hidden: bool) -> Iterator[Callable[[date], None]]:
    """A progress bar for what lives through many days, silent for scripts; gives what is called on each day."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} ngày"),
        TimeElapsedColumn(),
        console=console,
        disable=hidden or not console.is_terminal,
    )
    task = bar.add_task(title, total=days)

    def advance(day: date) -> None:
        bar.update(task, advance=1, description=f"{title} {day:%d/%m/%Y}")

    with bar:
        yield advance
