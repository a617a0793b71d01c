"""A bar for what lives through many days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date


@contextmanager
def days_bar(days: int, title: str, *, hidden: bool) -> Iterator[Callable[[date], None]]:
    """A progress bar on a terminal, silent for scripts; gives what is called on each day."""
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
