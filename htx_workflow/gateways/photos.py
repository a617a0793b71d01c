"""Photographs of phones (ảnh chụp): made small and upright, without the place and the camera, several in one PDF.

A picture is decoded here once and written anew, so what is stored is ours alone: nothing of the camera's own data
(EXIF, GPS, comments) and nothing hidden behind the picture goes further. One picture is decoded at a time.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Sequence
from typing import IO, BinaryIO

import img2pdf
from PIL import ExifTags, Image, UnidentifiedImageError

from htx_workflow.domain import file_rules
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.file_rules import Kind, Limits

try:
    from pillow_heif import register_heif_opener
except ImportError:  # no wheel for this machine: HEIC is refused in words
    READS_HEIC = False
else:
    register_heif_opener(thumbnails=False)
    READS_HEIC = True

LONGEST = 2000
"""Pixels of the longer side: an A4 page photographed at some 170 dpi, readable and about 0.5 MB."""
QUALITY = 82
A4 = (img2pdf.mm_to_pt(210), img2pdf.mm_to_pt(297))
FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP", Kind.HEIC: "HEIF"}
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
SMOOTH = ("RGB", "RGBA", "L", "LA", "CMYK")
"""Modes that can be made smaller as they are."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by its EXIF orientation."""
TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
DAMAGE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, IndexError, RuntimeError, EOFError)
"""What Pillow and libheif raise on a picture that is cut off or changed."""
_turn = threading.Lock()


def kind_of(head: bytes) -> Kind | None:
    """The kind of picture that begins so."""
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return Kind.HEIC
    return None


def check(file: BinaryIO, name: str, limits: Limits) -> None:
    """Raises BadInput for a picture with too many pixels, or of a kind that cannot be read here; decodes nothing."""
    with _opened(file, name, limits):
        pass


def shrink(file: BinaryIO, name: str, limits: Limits, target: IO[bytes]) -> None:
    """Write the picture as a small upright JPEG. Raises BadInput, naming it, for one that cannot be read."""
    with _turn:
        _shrink(file, name, limits, target)


def combine(pictures: Sequence[IO[bytes]], target: IO[bytes]) -> None:
    """Write these JPEGs as the pages of one PDF (A4, turned as the picture is); they are not decoded again."""
    for picture in pictures:
        picture.seek(0)
    layout = img2pdf.get_layout_fun(A4, auto_orient=True)
    img2pdf.convert(*pictures, layout_fun=layout, outputstream=target, nodate=True)


def _opened(file: BinaryIO, name: str, limits: Limits) -> Image.Image:
    file.seek(0)
    kind = kind_of(file.read(32)) or Kind.JPEG
    file.seek(0)
    if kind is Kind.HEIC and not READS_HEIC:
        raise BadInput(file_rules.no_heic(name))
    try:
        picture = Image.open(file, formats=[FORMATS[kind]])
    except TOO_LARGE as error:
        raise BadInput(file_rules.too_many_pixels(name, limits)) from error
    except DAMAGE as error:
        raise BadInput(file_rules.damaged(name, kind)) from error
    if picture.width * picture.height > limits.pixels:
        raise BadInput(file_rules.too_many_pixels(name, limits))
    return picture


def _shrink(file: BinaryIO, name: str, limits: Limits, target: IO[bytes]) -> None:
    picture = _opened(file, name, limits)
    try:
        turn = TURNS.get(_orientation(picture))
        picture.draft("RGB", (LONGEST, LONGEST))  # a JPEG is decoded small already
        plain: Image.Image = picture if picture.mode in SMOOTH else picture.convert("RGBA")
        plain = plain.resize(_fitting(plain.size), Image.Resampling.LANCZOS, reducing_gap=2.0)
        plain = _on_white(plain)
        plain = plain.transpose(turn) if turn is not None else plain
        plain.info = {}
        plain.save(target, "JPEG", quality=QUALITY, optimize=True)
    except DAMAGE as error:
        raise BadInput(file_rules.damaged(name, Kind.JPEG)) from error
    finally:
        picture.close()


def _orientation(picture: Image.Image) -> int:
    """How the camera was held, from EXIF; one that cannot be read says nothing. HEIC is upright already."""
    try:
        return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except (*DAMAGE, KeyError, struct.error):
        return 1


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    """The size with the longer side at most `LONGEST`; never larger than it was."""
    share = min(1.0, LONGEST / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _on_white(picture: Image.Image) -> Image.Image:
    """What is transparent becomes paper."""
    if picture.mode in ("RGBA", "LA"):
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
        return paper
    return picture if picture.mode in ("RGB", "L") else picture.convert("RGB")
