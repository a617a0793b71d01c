"""docs/api.md: its receiver takes what we sign, its curl lines name addresses that are there, its scopes are all."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest

from htx_workflow.domain import hooks
from htx_workflow.domain.scopes import SCOPES
from htx_workflow.runtime import Clock, Runtime
from htx_workflow.settings import load_settings
from htx_workflow.web.app import create_app
from tests.commands import HOME

TEXT = (HOME / "docs" / "api.md").read_text("utf-8")
SECRET = hooks.PREFIX + "a" * 44


def code(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.S)


def test_the_receiver_of_the_document_takes_and_refuses() -> None:
    (source,) = code("python")
    names: dict[str, Any] = {}
    exec(source, names)  # what people copy must run
    (body,) = code("json")
    sent = body.strip().encode()
    signed = hooks.sign(SECRET, "change-1-2", int(time.time()), sent)  # noqa: TID251 - the receiver reads its own clock
    assert names["check"](SECRET, signed.headers, sent) == "change-1-2"
    with pytest.raises(ValueError, match="forged"):
        names["check"](SECRET, signed.headers, sent + b" ")
    old = hooks.sign(SECRET, "change-1-2", 1_700_000_000, sent)
    with pytest.raises(ValueError, match="too old"):
        names["check"](SECRET, old.headers, sent)
    assert json.loads(sent)["type"] in hooks.EVENTS


def test_the_addresses_of_the_document_are_there() -> None:
    routes = create_app(Runtime(load_settings(), Clock())).routes
    patterns = [route.path_regex for route in routes if hasattr(route, "path_regex")]
    asked = [address.partition("?")[0] for address in re.findall(r'"\$PORTAL(/[^"]+)"', TEXT)]
    assert len(asked) > 4
    assert [address for address in asked if not any(pattern.match(address) for pattern in patterns)] == []


def test_every_scope_is_in_the_document() -> None:
    assert [scope for scope in SCOPES if f"`{scope}`" not in TEXT] == []
