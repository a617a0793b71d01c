"""Which addresses need no sign-in. Every other route must have a guard: a test looks at them all."""

from __future__ import annotations

from starlette.routing import BaseRoute

PUBLIC = frozenset(
    {
        "/", "/vao", "/vao/ma", "/vao/cong-vu", "/vao/cong-vu/ve", "/v/{token}", "/v/{token}/{occurrence}", "/p", "/p/{short}", "/m/{token}", "/ngon-ngu", "/demo/{contact}",
        "/tinh-trang", "/health/live", "/health/ready", "/metrics", "/static",
        "/api/docs", "/api/openapi.json", "/api/assets", "/lich/{token}.ics",
    }
)  # fmt: skip
"""The ways in, and what shows counts, codes of plans and names of jobs: no people, no addresses, no texts of errors."""


def is_guarded(route: BaseRoute) -> bool:
    """Whether a route asks who is there: one of its dependencies carries the mark `is_guard`."""
    dependant = getattr(route, "dependant", None)
    return any(getattr(one.call, "is_guard", False) for one in getattr(dependant, "dependencies", ()))


def is_public(route: BaseRoute) -> bool:
    """Whether a route stands on the public list."""
    return getattr(route, "path", None) in PUBLIC
