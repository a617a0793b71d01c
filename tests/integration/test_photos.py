"""Photographs: small, upright, without the place they were taken at, several in one PDF in the order sent."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.file_rules import Limits
from htx_workflow.gateways import photos
from tests import file_samples as samples

LIMITS = Limits()


def shrunk(content: bytes, limits: Limits = LIMITS) -> bytes:
    target = io.BytesIO()
    photos.shrink(samples.opened(content), "ảnh.jpg", limits, target)
    return target.getvalue()


def picture(content: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(content))
    found.load()
    return found


def red_corner(found: Image.Image) -> tuple[bool, bool]:
    """Whether the red quarter lies left, and whether it lies above."""
    width, height = found.size
    quarters = {
        (left, above): found.convert("RGB").getpixel(
            (width // 8 if left else width - width // 8, height // 8 if above else height - height // 8)
        )
        for left in (True, False)
        for above in (True, False)
    }
    (red,) = [place for place, colour in quarters.items() if isinstance(colour, tuple) and colour[1] < 100]
    return red


@pytest.mark.parametrize(
    "content",
    [
        samples.a_picture(3000, 1500),
        samples.a_picture(3000, 1500, format="PNG"),
        samples.a_picture(3000, 1500, format="PNG", mode="RGBA"),
        samples.a_picture(3000, 1500, format="PNG", mode="P"),
        samples.a_picture(3000, 1500, format="WEBP"),
        samples.a_heic(3000, 1500),
    ],
    ids=["jpeg", "png", "transparent", "palette", "webp", "heic"],
)
def test_every_kind_of_picture_becomes_a_jpeg_of_at_most_two_thousand_pixels(content: bytes) -> None:
    found = picture(shrunk(content))
    assert (found.format, found.size) == ("JPEG", (2000, 1000))
    assert red_corner(found) == (True, True)


def test_a_small_picture_is_not_made_larger() -> None:
    assert picture(shrunk(samples.a_picture(120, 80))).size == (120, 80)


@pytest.mark.parametrize(
    ("orientation", "size", "corner"),
    [
        (1, (120, 80), (True, True)),
        (2, (120, 80), (False, True)),
        (3, (120, 80), (False, False)),
        (4, (120, 80), (True, False)),
        (5, (80, 120), (True, True)),
        (6, (80, 120), (False, True)),
        (7, (80, 120), (False, False)),
        (8, (80, 120), (True, False)),
    ],
)
def test_a_picture_stands_upright_however_the_phone_was_held(
    orientation: int, size: tuple[int, int], corner: tuple[bool, bool]
) -> None:
    found = picture(shrunk(samples.a_picture(orientation=orientation)))
    assert (found.size, red_corner(found)) == (size, corner)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_the_place_and_the_camera_go_no_further(format: str) -> None:
    before = samples.a_picture(format=format)
    assert dict(picture(before).getexif()) != {}
    after = shrunk(before)
    assert dict(picture(after).getexif()) == {}
    assert [
        mark for mark in (b"Exif", b"GPS", "Điện thoại".encode(), b"bi mat", b"ns.adobe.com") if mark in after
    ] == []


def test_what_is_transparent_becomes_paper() -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    target = io.BytesIO()
    clear.save(target, "PNG")
    assert picture(shrunk(target.getvalue())).getpixel((20, 20)) == (255, 255, 255)


def test_a_picture_that_is_cut_off_is_refused() -> None:
    content = samples.a_picture(2000, 2000)
    with pytest.raises(BadInput, match="bị hỏng hoặc gửi chưa trọn"):
        shrunk(content[: len(content) // 2])


def test_heic_is_refused_in_words_where_it_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "READS_HEIC", False)
    with pytest.raises(BadInput, match=r"ảnh HEIC của iPhone.*Đề nghị gửi ảnh JPG"):
        shrunk(samples.a_heic())


def test_several_pictures_are_the_pages_of_one_pdf_in_the_order_sent() -> None:
    pages = [io.BytesIO(shrunk(samples.a_picture(*size))) for size in ((120, 80), (80, 120), (100, 100))]
    target = io.BytesIO()
    photos.combine(pages, target)
    with pikepdf.open(target) as pdf:
        pictures = [next(iter(page.Resources.XObject.as_dict().values())) for page in pdf.pages]
        assert [(int(each.Width), int(each.Height)) for each in pictures] == [(120, 80), (80, 120), (100, 100)]
        assert [each.read_raw_bytes() for each in pictures] == [each.getvalue() for each in pages]
        boxes = [[round(float(number)) for number in page.mediabox] for page in pdf.pages]
    assert boxes == [[0, 0, 842, 595], [0, 0, 595, 842], [0, 0, 595, 842]]


SHRINK = """
import io, resource, sys
from htx_workflow.domain.file_rules import Limits
from htx_workflow.gateways import photos
content, target = open(sys.argv[1], "rb"), io.BytesIO()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
photos.shrink(content, "a.jpg", Limits(), target)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, len(target.getvalue()))
"""


def test_a_photograph_of_a_phone_takes_a_bounded_part_of_the_memory(tmp_path: Path) -> None:
    """Decoded whole it would take 192 MB."""
    (tmp_path / "a.jpg").write_bytes(samples.a_picture(8000, 6000))
    done = subprocess.run(
        [sys.executable, "-c", SHRINK, tmp_path / "a.jpg"], capture_output=True, text=True, check=True
    )
    kilobytes, size = map(int, done.stdout.split())
    assert kilobytes < 100_000
    assert 0 < size < 300_000
