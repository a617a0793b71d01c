"""What ties the values of a rubric together (đối chiếu bộ tiêu chí): sums, bands, names, ladders.

`problems` finds everything in one run; a rubric with problems is not loaded. `gaps` are what is not known: shown, never
refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal
from itertools import chain, pairwise

from htx_workflow.domain import formulas, ladders, typed, words
from htx_workflow.domain.findings import Finding, Key, repeated, unknown
from htx_workflow.domain.rubrics import Criterion, Group, Rubric, laddered, unknown_maxima

DOCUMENT = "Đề nghị đối chiếu các mức tối đa với văn bản."


def problems(rubric: Rubric) -> list[Finding]:
    """Everything that keeps the rubric from being loaded, each at its key as written in the file."""
    return list(chain.from_iterable(check(rubric) for check in _CHECKS))


def gaps(rubric: Rubric) -> list[str]:
    """What the rubric does not know, as sentences for people."""
    said = []
    numbers = unknown_maxima(rubric)
    if numbers:
        what = f"chưa có mức tối đa của tiêu chí {numbers_text(numbers)}, chỉ kiểm tra được tổng nhóm"
        said.append(f"{rubric.short}: {what}. Người quản trị bổ sung vào tệp khi có văn bản và tăng version.")
    if not any(laddered(rubric)):
        said.append(f"{rubric.short}: chưa có thang điểm chi tiết; người chấm nhập điểm.")
    said += [f"{rubric.short}, tiêu chí {one.num}: {one.gap}" for one in rubric.criteria.values() if one.gap]
    return [*said, *(f"{rubric.short}: {gap}" for gap in rubric.gaps)]


def numbers_text(numbers: list[int]) -> str:
    """10 đến 15; 2; 3, 5 và 7."""
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} đến {numbers[-1]}"
    return words.joined([str(number) for number in numbers])


def unknown_fields(rubric: Rubric, known: Collection[str]) -> list[Finding]:
    """Fields named in ladders that the form does not have; `known` are the ids of its fields."""
    found = []
    for number, group in enumerate(rubric.groups):
        for place, criterion in enumerate(group.criteria):
            key: Key = ("groups", number, "criteria", place)
            for at, ladder, _ in _ladders(key, criterion):
                formula = ladders.formula_of(ladder)
                names = {name.name for name in formulas.names(formulas.parse(formula))} if formula else set()
                found += [unknown(at, name, "trường", known, "biểu mẫu") for name in sorted(names - set(known))]
    return found


# Sums


def _group_sums(rubric: Rubric) -> Iterator[Finding]:
    groups = sum(group.max for group in rubric.groups)
    if groups != rubric.total:
        what = f"Các nhóm cộng được {_text(groups)} điểm, khác tổng {_text(rubric.total)}."
        yield Finding(("groups",), what, DOCUMENT)
    for number, group in enumerate(rubric.groups):
        place: Key = ("groups", number)
        yield from _sum_problems(
            (*place, "max"), group.max, [one.max for one in group.criteria], f"{group.name}: các tiêu chí"
        )
        for at, criterion in enumerate(group.criteria):
            key: Key = (*place, "criteria", at, "max")
            what = f"Tiêu chí {criterion.num}: các điểm thành phần"
            yield from _sum_problems(key, criterion.max, [item.max for item in criterion.items], what)


def _sum_problems(key: Key, most: Decimal | None, parts: list[Decimal | None], what: str) -> Iterator[Finding]:
    """Known parts never exceed the whole; when all are known they make it."""
    known = [part for part in parts if part is not None]
    added = sum(known, Decimal(0))
    if not parts:
        return
    if most is None:
        if len(known) == len(parts):
            yield Finding(key, f"{what} đã có đủ mức tối đa mà mức chung còn trống.", f"Đề nghị ghi {_text(added)}.")
    elif added > most:
        yield Finding(key, f"{what} cộng được {_text(added)} điểm, vượt mức {_text(most)}.", DOCUMENT)
    elif added < most and len(known) == len(parts):
        yield Finding(key, f"{what} cộng được {_text(added)} điểm, chưa đủ mức {_text(most)}.", DOCUMENT)


# Names


def _numbers(rubric: Rubric) -> Iterator[Finding]:
    expected = 1
    for number, group in enumerate(rubric.groups):
        if group.num is None and len(rubric.groups) > 1:
            what = "Nhóm chưa có số thứ tự trong bộ tiêu chí có nhiều nhóm."
            yield Finding(("groups", number, "num"), what, "Đề nghị ghi I, II, III.")
        for place, criterion in enumerate(group.criteria):
            key: Key = ("groups", number, "criteria", place)
            if criterion.num != expected:
                what = f"Tiêu chí số {criterion.num} đứng ở chỗ của tiêu chí {expected}."
                yield Finding((*key, "num"), what, "Đề nghị đánh số liên tục từ 1, theo thứ tự của văn bản.")
            expected = max(expected, criterion.num) + 1
            letters = [item.id for item in criterion.items]
            if letters != [chr(ord("a") + at) for at in range(len(letters))]:
                what = f"Điểm thành phần của tiêu chí {criterion.num} ghi là {words.joined(letters)}."
                yield Finding((*key, "items"), what, "Đề nghị ghi a, b, c theo thứ tự.")


def _repeated_names(rubric: Rubric) -> Iterator[Finding]:
    groups = [group.num or "" for group in rubric.groups]
    yield from _repeats(("groups",), "num", groups, "Nhóm")
    yield from _repeats(("bands",), "code", [band.code for band in rubric.bands], "Xếp loại")
    yield from _repeats(("not_rated",), "code", [rule.code for rule in rubric.not_rated], "Trường hợp")
    yield from _repeats(("sizes",), "code", [size.code for size in rubric.sizes], "Quy mô")
    yield from _repeats(("kinds",), "code", [kinds.code for kinds in rubric.kinds], "Phân loại")
    kinds = [kind.governance for kind in rubric.sign_offs]
    yield from _repeats(("sign_offs",), "governance", kinds, "Tổ chức quản trị")
    for number, kind in enumerate(rubric.sign_offs):
        yield from _repeats(("sign_offs", number, "roles"), "role", [role.role for role in kind.roles], "Vai trò ký")


def _repeats(key: Key, name: str, values: Iterable[str], noun: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value in seen:
            yield repeated((*key, number, name), value, noun)
        seen.add(value)


# Bands, classes, days


def _bands(rubric: Rubric) -> Iterator[Finding]:
    """From 0 to the total, each beginning where the one below ends."""
    order = sorted(range(len(rubric.bands)), key=lambda number: rubric.bands[number].from_)
    lowest, highest = rubric.bands[order[0]], rubric.bands[order[-1]]
    if lowest.from_ != 0:
        what = f"Từ 0 đến dưới {_text(lowest.from_)} điểm chưa có xếp loại."
        yield Finding(("bands", order[0], "from"), what, "Đề nghị để xếp loại thấp nhất bắt đầu từ 0.")
    if highest.to != rubric.total or highest.below is not None:
        what = f"Xếp loại cao nhất không kết thúc ở {_text(rubric.total)} điểm."
        yield Finding(("bands", order[-1]), what, f"Đề nghị ghi to: {_text(rubric.total)} và bỏ below.")
    for lower, upper in pairwise(order):
        one, other = rubric.bands[lower], rubric.bands[upper]
        if one.below is None or one.to is not None:
            what = f"Xếp loại {one.title} chưa ghi điểm mà nó không còn tính."
            yield Finding(("bands", lower), what, f"Đề nghị ghi below: {_text(other.from_)} và bỏ to.")
        elif one.below < other.from_:
            what = f"Từ {_text(one.below)} đến dưới {_text(other.from_)} điểm chưa có xếp loại."
            yield Finding(("bands", lower, "below"), what, f"Đề nghị ghi below: {_text(other.from_)}.")
        elif one.below > other.from_ or one.from_ == other.from_:
            what = f"Xếp loại {one.title} và {other.title} trùng nhau từ {_text(other.from_)} điểm."
            yield Finding(("bands", lower, "below"), what, f"Đề nghị ghi below: {_text(other.from_)}.")


def _classes(rubric: Rubric) -> Iterator[Finding]:
    for number, size in enumerate(rubric.sizes):
        key: Key = ("sizes", number, "classes")
        if size.classes[0].from_ != 0:
            yield Finding((*key, 0, "from"), "Mức đầu không bắt đầu từ 0.", "Đề nghị ghi from: 0.")
        for place, (one, other) in enumerate(pairwise(size.classes), start=1):
            if other.from_ <= one.from_:
                what = f"{other.title} không cao hơn {one.title}."
                yield Finding((*key, place, "from"), what, "Đề nghị xếp các mức từ thấp đến cao.")
        yield from _repeats(key, "code", [step.code for step in size.classes], "Mức")


def _rules(rubric: Rubric) -> Iterator[Finding]:
    for number, rule in enumerate(rubric.not_rated):
        if (rule.under is None) == (rule.over is None):
            yield Finding(("not_rated", number), "Cần đúng một trong hai: under hoặc over.", "Đề nghị giữ lại một.")
    codes = [band.code for band in rubric.bands]
    for number, forced in enumerate(rubric.forced):
        if forced.band not in codes:
            yield unknown(("forced", number, "band"), forced.band, "xếp loại", codes, "bands")


def _days(rubric: Rubric) -> Iterator[Finding]:
    if rubric.valid_to is not None and rubric.valid_to.on < rubric.valid_from.on:
        what = "Ngày hết hiệu lực trước ngày có hiệu lực."
        yield Finding(("valid_to", "on"), what, "Đề nghị kiểm tra hai ngày.")


# Ladders


def _ladder_problems(rubric: Rubric) -> Iterator[Finding]:
    for number, group in enumerate(rubric.groups):
        yield from _of_group(("groups", number), group)


def _of_group(key: Key, group: Group) -> Iterator[Finding]:
    for place, criterion in enumerate(group.criteria):
        at: Key = (*key, "criteria", place)
        if criterion.items and criterion.ladder is not None:
            what = f"Tiêu chí {criterion.num} có điểm thành phần nên không có thang điểm riêng."
            yield Finding((*at, "ladder"), what, "Đề nghị ghi thang điểm ở từng điểm thành phần.")
            continue
        for spot, ladder, most in _ladders(at, criterion):
            yield from ladders.problems(spot, ladder, most)


def _ladders(key: Key, criterion: Criterion) -> Iterator[tuple[Key, ladders.AnyLadder, Decimal | None]]:
    """Where a ladder stands, the ladder, and the maximum it has to keep."""
    if criterion.ladder is not None:
        yield (*key, "ladder"), criterion.ladder, criterion.max
    for number, item in enumerate(criterion.items):
        if item.ladder is not None:
            yield (*key, "items", number, "ladder"), item.ladder, item.max


def _text(points: Decimal | int) -> str:
    return typed.number_text(points)


_CHECKS: tuple[Callable[[Rubric], Iterator[Finding]], ...] = (
    _group_sums,
    _numbers,
    _repeated_names,
    _bands,
    _classes,
    _rules,
    _days,
    _ladder_problems,
)
