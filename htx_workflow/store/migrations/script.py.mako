"""${message}"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from htx_workflow.store.types import UtcStamp

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
