"""A cooperative scored through the command line: refusals at their place, three levels, results, a round, a snapshot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import PLAN, Finished, htx_here
from tests.scores import SAMPLES
from tests.scoring import CODE, FACTS, REASON, changed, typed

CARD = f"{CODE}/htx-rangdong/2025"
Run = Callable[..., Finished]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`htx` on a machine of its own with plan 3819, on a day (default 15/12/2025)."""
    var = str(tmp_path / "var")

    def htx(*arguments: str, today: str = "2025-12-15") -> Finished:
        return htx_here(*arguments, var_dir=var, today=today)

    assert htx("plan", "load", str(PLAN), "--on", "2024-10-23", today="2024-10-23").code == 0
    return htx


def points(level: str) -> list[str]:
    return [f"{key}={text}" for key, text in typed("B", level).items()]


def reasons(level: str) -> list[str]:
    return [part for key in changed("B", level) for part in ("--reason", f"{key}={REASON}")]


def score_all(run: Run) -> None:
    """Sample B on three levels, its start entered."""
    sample = SAMPLES["B"].baseline
    start = [f"{number}={given / 100}" for number, given in sample.points.items()]
    improve = ",".join(map(str, sorted(sample.to_improve)))
    assert run("score", "baseline", CODE, *start, "--unit", "htx-rangdong", "--improve", improve).code == 0
    facts = [part for name, value in FACTS.items() for part in ("--fact", f"{name}={value}")]
    assert run("score", "save", CARD, *points("self"), *facts).code == 0
    for role in ("chu-tich-hdqt", "truong-bks"):
        assert run("score", "sign", CARD, role, "--name", "Người Mẫu").code == 0
    assert run("score", "submit", CARD).code == 0
    for level, day in (("district", "2025-12-18"), ("province", "2025-12-21")):
        check = run("score", "check", CARD, *points(level), *reasons(level), "--level", level, today=day)
        assert check.code == 0, check.err
        assert run("score", "submit", CARD, "--level", level, today=day).code == 0


def test_a_chain_of_three_levels_ends_in_results_that_name_the_level_that_decides(run: Run) -> None:
    score_all(run)
    found = run("score", "results", CODE, "--period", "2025", "--json").json
    assert set(found) == {"plan", "period", "heading", "target", "pass_mark", "cooperatives", "late"}
    ours = next(one for one in found["cooperatives"] if one["unit"] == "htx-rangdong")
    verdicts = [ours["decisive"], *ours["others"]]
    assert [(one["level"], one["total"], one["conclusion"]) for one in verdicts] == [
        ("self", 8600, "passed"), ("district", 8500, "passed"), ("province", 8450, "failed"),
    ]  # fmt: skip
    assert found["target"] == "01/05 hợp tác xã đạt"
    text = run("score", "results", CODE, "--period", "2025").out
    assert "Kết luận theo điểm tự chấm (mặc định, chưa có văn bản chọn cấp khác). 01/05 hợp tác xã đạt." in text


def test_what_cannot_be_kept_is_refused_and_the_rest_is_saved(run: Run) -> None:
    done = run("score", "save", CARD, "5=7", "9=4,5", "--json")
    assert (done.code, done.json["points"]) == (1, {"5": 700})
    said = "Tiêu chí 9: 4,5 lớn hơn mức tối đa 4. Đề nghị nhập từ 0 đến 4, tối đa hai chữ số thập phân."
    assert (done.err.strip(), done.json["refused"]) == (said, [{"key": "9", "what": said}])
    assert run("score", "save", CARD, "5=6", "--version", "0").code == 1
    assert run("score", "card", CARD, "--json").json["points"] == {"5": 700}


def test_a_check_without_a_reason_is_refused_there(run: Run) -> None:
    score_all(run)
    assert run("score", "return", CARD, "--level", "province", "--reason", "rà soát").code == 0
    done = run("score", "check", CARD, "6=4", "--level", "province", "--reason", "6=", "--json")
    assert done.code == 1
    assert done.err.startswith("Tiêu chí 6: tỉnh chấm 4, huyện 5; chưa có lý do.")
    assert done.json["points"]["6"] == 500


def test_a_card_is_shown_to_people_with_its_levels_and_what_it_concludes(run: Run) -> None:
    score_all(run)
    text = run("score", "card", CARD, "--level", "province").out
    assert "HTX Rạng Đông, tỉnh 2025: đã chấm xong." in text
    assert "Chưa đạt vì tiêu chí 4 (thuộc nhóm cần hoàn thiện) được 4 điểm, thấp hơn điểm ban đầu 4,5" in text
    assert "có thông tin đã hết hiệu lực" in text


@pytest.mark.parametrize("key", ["kontum-3819", "kontum-3819/htx-rangdong/25", "//2025"])
def test_a_key_of_another_form_is_refused_with_an_example(run: Run, key: str) -> None:
    done = run("score", "card", key)
    assert (done.code, "không phải là mã phiếu" in done.err) == (1, True)


def test_the_sheet_of_starting_scores_goes_out_and_comes_back(run: Run, tmp_path: Path) -> None:
    score_all(run)
    sheet = tmp_path / "ban-dau.xlsx"
    assert run("score", "baseline", CODE, "--export", str(sheet)).code == 0
    assert run("score", "baseline", CODE, "--file", str(sheet)).out.strip() == "Đã ghi điểm ban đầu của 1 hợp tác xã."
    assert run("score", "baseline", CODE).code == 2


def test_a_round_names_who_is_missing_and_what_holds_up_the_final_assessment(run: Run) -> None:
    score_all(run)
    found = run("round", CODE, "--json", today="2025-12-22").json
    assert set(found) == {"rounds", "chain", "holding", "critical_path"}
    assert found["critical_path"]["target"] == f"{CODE}/V.1.1b/skhdt/2025"
    now = next(one for one in found["rounds"] if one["period"] == "2025")
    own = next(level for level in now["levels"] if level["duty"] == "R.htx")
    assert (own["owed"], own["sent"], own["accepted"], "htx-rangdong" in own["missing"]) == (5, 1, 1, False)
    assert f"{CODE}/R.huyen/huyen-dakto/2025" in found["holding"]
    assert "UBND huyện Đăk Tô" in run("round", CODE).out


def test_a_snapshot_is_written_and_compared_with_the_one_before(run: Run, tmp_path: Path) -> None:
    out = ("--round", "2025", "--out", str(tmp_path / "out"))
    first = run("consolidate", CODE, *out, "--json").json
    assert (first["no"], first["target"]) == (1, {"passed": 0, "of": 5})
    score_all(run)
    second = run("consolidate", CODE, *out, "--compare", "1", "--json").json
    assert second["no"] == 2
    places = {(change["section"], change["key"], change["place"]): change["after"] for change in second["changes"]}
    assert places["cooperatives", "htx-rangdong", "decisive.total"] == 8600
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {f"tong-hop-{CODE}-2025-so-{no}.json" for no in (1, 2)} < written
    assert {f"bao-cao-tong-ket_{CODE}_2025_so-0{no}.docx" for no in (1, 2)} < written
    assert {Path(path).name for path in second["files"]} == {
        name for name in written if name.endswith(("so-2.json", "so-02.docx", "so-02.xlsx"))
    }
