"""Personas of the demo (đăng nhập theo vai): one click each, in demo mode only; any other installation answers 404."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.services import demos, visits
from htx_workflow.web import strangers
from htx_workflow.web.portal import Portal


def add(app: FastAPI, portal: Portal) -> None:
    @app.post("/demo/{contact}")
    def enter(request: Request, contact: str) -> Response:
        if not portal.runtime.settings.demo:
            raise HTTPException(404)
        before = portal.visitor(request)
        with portal.transaction("demo-sign-in") as session:
            token = demos.enter(session, contact, portal.now(), strangers.browser_words(request))
            if before is not None:
                visits.end(session, before.session_id, before.actor, portal.now())
        answer = portal.back("/")
        portal.sign_in(answer, token, request)
        return answer
