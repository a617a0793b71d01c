"""The language of the interface (ngôn ngữ): a small form sets a cookie and comes back; nothing is kept here."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form
from starlette.responses import Response

from htx_workflow.web.portal import LANGUAGE, Portal, local_path

YEAR = 365 * 86400


def add(app: FastAPI, portal: Portal) -> None:
    @app.post("/ngon-ngu")
    def choose(tieng: Annotated[str, Form()] = "vi", tiep: Annotated[str, Form()] = "/") -> Response:
        answer = portal.back(local_path(tiep))
        answer.set_cookie(
            LANGUAGE, "en" if tieng == "en" else "vi",
            max_age=YEAR, httponly=True, samesite="lax", secure=portal.secure, path="/",
        )  # fmt: skip
        return answer
