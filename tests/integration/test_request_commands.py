"""htx request: asking, advising, deciding and answering from scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import PLAN, Finished, htx_here

CODE = "kontum-3819"
AGENCY = f"{CODE}/R.agency/stc/2024"
PAPER = ("--number", "231/SKHĐT-KTTT", "--dated", "2024-12-09", "--issuer", "skhdt")
Htx = Callable[..., Finished]


@pytest.fixture
def htx(tmp_path: Path) -> Htx:
    """The commands of a machine with plan 3819, on 10/12/2024."""
    assert (
        htx_here("plan", "load", str(PLAN), "--on", "2024-10-23", var_dir=str(tmp_path), today="2024-10-23").code == 0
    )

    def run(*arguments: str) -> Finished:
        return htx_here("request", *arguments, var_dir=str(tmp_path), today="2024-12-10")

    return run


def test_an_extension_is_asked_advised_and_decided(htx: Htx) -> None:
    ask = (
        "ask",
        AGENCY,
        "gia-han",
        "--due",
        "2024-12-20",
        "--reason",
        "chờ quyết toán",
        "--as",
        "stc-dau-moi",
        "--json",
    )
    assert htx(*ask).json == [{"request": 1}]
    (waiting,) = htx("list", CODE, "--json").json
    del waiting["raised_at"]
    assert waiting == {
        "request": 1, "key": f"{AGENCY}/gia-han/1", "kind": "extension", "state": "raised", "from": "stc", "to": None,
        "occurrence": AGENCY, "opened": None, "reason": "chờ quyết toán", "proposed_due_on": "2024-12-20",
        "after_expiry": False, "decision": "", "document": None,
    }  # fmt: skip
    assert htx("advise", "1", "--text", "đề nghị đồng ý", "--as", "skhdt-dau-moi").code == 0
    decided = htx("decide", "1", "--grant", "--accept-pushed", *PAPER, "--as", "skhdt-dau-moi")
    assert (decided.code, decided.out) == (0, "Đã ghi quyết định về đề nghị số 1. Hạn thứ Sáu 20/12/2024.\n")
    assert htx("list", CODE, "--json").json == []
    (done,) = htx("list", CODE, "--all", "--json").json
    assert (done["state"], done["document"]) == ("granted", "231/SKHĐT-KTTT")


def test_a_request_is_withdrawn_once(htx: Htx) -> None:
    htx("ask", AGENCY, "thoi-theo-doi", "--reason", "không phát sinh")
    assert htx("withdraw", "1").out == "Đã rút lại đề nghị số 1.\n"
    second = htx("withdraw", "1")
    assert (second.code, "đã được giải quyết" in second.err) == (1, True)


def test_input_is_asked_of_several_and_answered(htx: Htx) -> None:
    asked = htx(
        "ask", f"{CODE}/R.kehoach/skhdt/2024", "phoi-hop", "--due", "2024-12-17", "--to", "stc", "--to", "lmhtx",
        "--reason", "góp ý dự thảo",
    )  # fmt: skip
    assert asked.out == "Đã ghi nhận đề nghị số 1: Đề nghị phối hợp.\nĐã ghi nhận đề nghị số 2: Đề nghị phối hợp.\n"
    assert htx("answer", "2", "--text", "nhất trí").out == "Đã trả lời đề nghị số 2.\n"
    assert [row["request"] for row in htx("list", CODE, "--json").json] == [1]


def test_a_request_that_is_not_there_is_a_sentence(htx: Htx) -> None:
    for arguments in (("advise", "7", "--text", "x"), ("decide", "7", "--refuse", "--text", "x"), ("withdraw", "7")):
        assert (htx(*arguments).code, htx(*arguments).err.strip()) == (1, "Không có đề nghị số 7.")


def test_the_list_for_people_says_the_words_of_the_portal(htx: Htx) -> None:
    htx("ask", AGENCY, "gia-han", "--due", "2024-12-20", "--reason", "chờ quyết toán")
    said = " ".join(htx("list", CODE).out.split())
    assert f"1 Xin gia hạn stc {AGENCY} 20/12/2024 Chờ ý kiến" in said
