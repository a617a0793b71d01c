"""QR codes of access sheets, as SVG."""

from __future__ import annotations

from io import BytesIO

import segno


def svg(text: str) -> bytes:
    """A QR code with this text: black on white also where the page is dark, with the quiet zone a camera needs."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=6, border=4, dark="#000", light="#fff")
    return out.getvalue()
