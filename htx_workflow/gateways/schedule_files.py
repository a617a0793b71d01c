"""config/schedule.yaml."""

from __future__ import annotations

from pathlib import Path

from htx_workflow.domain.schedule import Schedule
from htx_workflow.gateways import yaml_files


def read_schedule(path: Path) -> Schedule:
    """The schedule. Raises NotFound, or BadConfig with every problem of the file."""
    return yaml_files.validated(yaml_files.read(path), Schedule)
