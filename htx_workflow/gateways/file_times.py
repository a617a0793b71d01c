"""Times inside Office files (thời điểm ghi trong tệp): a file of a virtual day says that day, whenever it was made.

Word and Excel files are zip archives whose parts carry the machine's clock. With the clock of the replay instead, the
same seed gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

CORE = "docProps/core.xml"
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def dated(body: bytes, at: datetime) -> bytes:
    """The same Office file as made at this moment."""
    moment = at.astimezone(UTC)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as found, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in found.infolist():
            content = found.read(part)
            if part.filename.endswith(".xlsx"):  # the figures behind a chart
                content = dated(content, at)
            if part.filename == CORE:
                content = _STAMP.sub(rb"\g<1>" + f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode() + rb"\2", content)
            made.writestr(zipfile.ZipInfo(part.filename, moment.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
