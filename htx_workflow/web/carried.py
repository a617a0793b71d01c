"""What a page carries in a hidden field from its preview to its confirmation: bytes as they came, and nothing larger.

A browser rewrites the line ends of text it sends back, so the bytes are packed.
"""

from __future__ import annotations

import base64
import binascii
import zlib

from htx_workflow.domain.errors import BadInput

STALE = "Nội dung đã xem trước không còn đủ trên trang này. Đề nghị đưa tệp lên lại."


def pack(body: bytes) -> str:
    """Bytes as letters that a form keeps."""
    return base64.urlsafe_b64encode(zlib.compress(body, 9)).decode()


def unpack(text: str, most: int) -> bytes:
    """The bytes again. Raises BadInput for anything else, and for more than `most` of them."""
    try:
        reader = zlib.decompressobj()
        body = reader.decompress(base64.b64decode(text, altchars=b"-_", validate=True), most + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise BadInput(STALE) from error
    if not text or not reader.eof or len(body) > most:
        raise BadInput(STALE)
    return body
