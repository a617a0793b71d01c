"""python -m benchmarks [NAME…] [--write]: measure, print a table; --write keeps it as benchmarks/results.md."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from benchmarks.house import NotMeasured
from benchmarks.report import Figure, Measured, machine, table

NAMES = ("help", "compose", "idle-tick", "full-tick", "flow", "replay", "portal", "consolidate", "contacts", "doors")
RESULTS = Path(__file__).with_name("results.md")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which figures: {', '.join(NAMES)} (all)")
    parser.add_argument("--write", action="store_true", help=f"keep the table as {RESULTS.parent.name}/{RESULTS.name}")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.names if name not in NAMES]
    if unknown:
        parser.error(f"no figure {', '.join(unknown)}; there are {', '.join(NAMES)}")
    figures: list[Figure] = []
    remarks: list[str] = []
    for name in chosen.names or NAMES:
        module: Measured = importlib.import_module(f"benchmarks.{name.replace('-', '_')}")  # type: ignore[assignment]
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            for found in module.measure():
                if isinstance(found, Figure):
                    figures.append(found)
                    print("  " + " | ".join(found.cells()), file=sys.stderr, flush=True)
                else:
                    remarks.append(found)
        except NotMeasured as error:
            print(error, file=sys.stderr)
            remarks.append(f"{name} was not measured to the end: {str(error).strip().splitlines()[-1]}")
    command = " ".join(["python -m benchmarks", *chosen.names])
    text = "\n".join(
        ["", f"Measured {machine()}: `{command}`", "", table(figures), "", *(f"- {one}" for one in remarks)]
    )
    print(text)
    if chosen.write:
        RESULTS.write_text(f"# Headline figures\n{text}\n", encoding="utf-8")
    missed = [figure for figure in figures if not figure.kept]
    if missed:
        print(f"{len(missed)} figures over their limit", file=sys.stderr)


if __name__ == "__main__":
    main()
