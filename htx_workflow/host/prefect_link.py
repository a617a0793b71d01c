"""Prefect beside us: its settings, whether it answers, and telling it of runs whose process died.

Prefect is never imported here. Its settings must stand in the environment before its first import anywhere in the
process, so one function sets them all.
"""

from __future__ import annotations

import os

import httpx

from htx_workflow.settings import Settings

HEALTH_SECONDS = 1.5


def prepare_environment(settings: Settings) -> dict[str, str]:
    """Set Prefect's settings for this process and its children; what was set is returned.

    Without an API address Prefect would start a hidden server of its own; with its default retries a server that
    dies in the middle of a run would hold the run for two minutes.
    """
    values = {
        "PREFECT_API_URL": settings.prefect_api,
        "PREFECT_HOME": str((settings.var_dir / "prefect").resolve()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_CLIENT_MAX_RETRIES": "1",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_MEMO_STORE_PATH": str((settings.var_dir / "prefect" / "memo_store.toml").resolve()),
    }
    for name, value in values.items():
        os.environ.setdefault(name, value)
    return values


def auth() -> httpx.BasicAuth | None:
    """The password of Prefect's API, when one is set (PREFECT_API_AUTH_STRING=user:password)."""
    user, colon, password = os.environ.get("PREFECT_API_AUTH_STRING", "").partition(":")
    return httpx.BasicAuth(user, password) if colon else None


def answers(settings: Settings) -> bool:
    """Whether Prefect's API is well now. Asked before a run, never found out by catching an exception."""
    try:
        response = httpx.get(f"{settings.prefect_api}/health", timeout=HEALTH_SECONDS, auth=auth())
    except httpx.HTTPError:
        return False
    return response.status_code == httpx.codes.OK


def mark_crashed(settings: Settings, prefect_ids: list[str]) -> int:
    """Set the Prefect runs of processes that died to Crashed; how many Prefect accepted."""
    told = 0
    for prefect_id in prefect_ids:
        state = {"type": "CRASHED", "name": "Crashed", "message": "tiến trình dừng giữa chừng"}
        try:
            response = httpx.post(
                f"{settings.prefect_api}/flow_runs/{prefect_id}/set_state",
                json={"state": state, "force": True},
                timeout=HEALTH_SECONDS,
                auth=auth(),
            )
        except httpx.HTTPError:
            return told
        told += response.is_success
    return told
