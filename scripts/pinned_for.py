"""The lines of a lock that one CPython on Linux x86_64 needs, with hashes and without markers.

`pip download --python-version` judges markers by the Python it runs on, not by the one it is asked for: so the
markers are judged here. A release with any patch number must be served, so both ends are asked.

    python scripts/pinned_for.py 3.13 requirements/runtime.txt
"""

from __future__ import annotations

import sys
from pathlib import Path

from pip._vendor.packaging.requirements import Requirement


def pinned_for(version: str, lock: str) -> list[str]:
    """`name==version --hash=…` for each package of the lock that Python `version` (as in 3.13) installs."""
    statements = [line for line in lock.replace("\\\n", " ").splitlines() if line.strip() and line.strip()[0] != "#"]
    needed = []
    for statement in statements:
        pinned, *hashes = statement.split(" --hash=")
        requirement = Requirement(pinned)
        if requirement.marker is not None and not any(
            requirement.marker.evaluate(environment(version, patch)) for patch in (0, 99)
        ):
            continue
        requirement.marker = None
        needed.append(" ".join([str(requirement), *(f"--hash={each.strip()}" for each in hashes)]))
    return needed


def environment(version: str, patch: int) -> dict[str, str]:
    """What markers see there."""
    full = f"{version}.{patch}"
    return {
        "implementation_name": "cpython",
        "implementation_version": full,
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": full,
        "python_version": version,
        "sys_platform": "linux",
    }


if __name__ == "__main__":
    for file in sys.argv[2:]:
        print("\n".join(pinned_for(sys.argv[1], Path(file).read_text(encoding="utf-8"))))
