"""A year of assigned tasks on one morning: 22,000 rungs due, for 2,000 and for 22,000 contacts.

Decided, composed with the real templates, written into ledger and outbox by one process, while a second one writes a
document and touches an occurrence every 20 ms. Peers: the same rows only written (what is left when nothing has to be
decided or put into words), and one object, one mail and one commit for each rung – 1,000 of them measured, times 22.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from benchmarks import data, databases, house
from benchmarks.report import Figure
from htx_workflow.store import tables
from htx_workflow.store.database import Database

RUNGS = 22_000
SIZES = (data.Size(2_000, 1, RUNGS, 6_000), data.Size(11_000, 2, RUNGS, 11_000))
REPEAT = 3
SECONDS, MEMORY, WAIT = 8.0, 400.0, 0.5


def measure() -> Iterator[Figure | str]:
    calendar = house.calendar()
    with databases.server() as address:
        for kind in databases.KINDS:
            for size in SIZES:
                runs: list[dict[str, Any]] = []
                alone: list[dict[str, Any]] = []
                beside: list[dict[str, Any]] = []
                for turn in range(REPEAT):
                    with databases.fresh(kind, address, "full_tick") as database:
                        data.fill(database, calendar, size)
                        if turn == 0:
                            naive = house.child("naive", address_of(database))
                            empty(database)
                            data.fill(database, calendar, size)
                        alone.append(_writer_alone(address_of(database)))
                        run, other = _run(address_of(database))
                        runs.append(run)
                        beside.append(other)
                        if turn == 0:
                            raw = house.child("raw", address_of(database))
                yield from _figures(kind, size, runs, alone, beside, naive, raw)


def _run(url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """One tick with a second writer, and a tick after it: what the writer held at that moment is decided then."""
    writer = house.start("write", url)
    time.sleep(1.0)
    run = house.child("tick", url)
    other = house.finish(writer)
    rest = house.child("tick", url)
    if run["rungs"] + rest["rungs"] != RUNGS or run["broken"]:
        raise house.NotMeasured(f"not {RUNGS} rungs were decided: {run}, {rest}")
    return run, other


def _writer_alone(url: str) -> dict[str, Any]:
    writer = house.start("write", url)
    time.sleep(3.0)
    return house.finish(writer)


def _figures(
    kind: str,
    size: data.Size,
    runs: list[dict[str, Any]],
    alone: list[dict[str, Any]],
    beside: list[dict[str, Any]],
    naive: dict[str, Any],
    raw: dict[str, Any],
) -> Iterator[Figure | str]:
    case = f"{kind}, {size.contacts // 1000} 000 contacts"
    seconds = median(run["seconds"] for run in runs)
    often = naive["seconds"] / naive["rungs"] * RUNGS
    yield Figure("full tick", case, seconds, "s", SECONDS, "a commit per rung (1 000, × 22)", often)
    yield Figure("full tick", case, seconds, "s", SECONDS, "only writing the same rows", raw["seconds"])
    busy = median(run["processor"] / run["pace"] for run in runs)
    yield Figure(
        "its processor time",
        case,
        busy,
        "s",
        None,
        "as measured, before the pace",
        median(run["processor"] for run in runs),
    )
    yield Figure(
        "its memory", case, max(run["peak"] for run in runs), "MB", MEMORY, f"imports alone {runs[0]['before']:.0f} MB"
    )
    longest = max(other["longest"] for other in beside)
    yield Figure(
        "other writer", case, longest, "s", WAIT, "longest with nothing else", max(other["longest"] for other in alone)
    )
    one = sorted(runs, key=lambda run: float(run["seconds"]))[len(runs) // 2]
    names = sorted(one["longest"].items(), key=lambda pair: -pair[1])
    longest_names = ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in names[:4])
    all_runs = ", ".join(f"{run['seconds']:.2f}" for run in runs)
    yield (
        f"{case}: {one['rungs']} rungs, {one['digests']} mails, {one['drafts']} drafts; deciding {one['tick']:.2f} s,"
        f" composing {one['compose']:.2f} s, processor {one['processor']:.2f} s at pace {one['pace']:.2f}; all runs {all_runs} s;"
        f" longest transactions {longest_names}; the other writer made {sum(other['writes'] for other in beside)} writes,"
        f" 99 % of them within {max(other['p99'] for other in beside) * 1000:.0f} ms."
    )


def address_of(database: Database) -> str:
    return database.url


def empty(database: Database) -> None:
    """Tables as new, for another filling."""
    tables.METADATA.drop_all(database.engine)
    tables.METADATA.create_all(database.engine)
