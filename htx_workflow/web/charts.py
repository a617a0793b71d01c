"""Charts (biểu đồ) as inline SVG: values in, markup out. Colours come from classes of portal.css, never from styles.

Every chart says in words what it shows (title, desc), carries its numbers as text, marks what is late also by
hatching, and stands beside a table with the same numbers (the page's part).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

from htx_workflow.domain.pictures import Chart

WIDTH, LABEL, ROW, BAR = 760, 220, 30, 20
"""Units of the drawing: its width, the column of labels, a row, the bar in it."""
TOP = 8
PLOT_HEIGHT, PLOT_LEFT, PLOT_BOTTOM = 220, 48, 34
TONES = frozenset({"green", "brown", "red", "blue", "grey", "accent"})
HATCHED = frozenset({"brown", "red"})
NARROWEST = 16
"""A part narrower than this shows no number in it."""


@dataclass(frozen=True, slots=True)
class Series:
    """One part of every bar: its word and tone."""

    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: a label and a number for each series."""

    label: str
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """One row of a chart of completeness."""

    label: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Point:
    """One moment of a line; None where there is nothing to count yet."""

    label: str
    value: float | None
    """From 0 to 1."""


def stacked_bars(key: str, title: str, desc: str, series: Sequence[Series], bars: Sequence[Bar]) -> Markup:
    """A bar for each row, its parts beside each other, all on one scale. `key` makes ids unique on a page."""
    longest = max((sum(bar.parts) for bar in bars), default=0) or 1
    scale = (WIDTH - LABEL - 40) / longest
    rows = [_stacked(key, y, bar, series, scale) for y, bar in zip(count(TOP, ROW), bars, strict=False)]
    return _drawing(key, title, desc, TOP + ROW * len(bars), [_hatching(key), *rows])


def _stacked(key: str, y: int, bar: Bar, series: Sequence[Series], scale: float) -> Markup:
    drawn, x = [_label(y, bar.label)], float(LABEL)
    for one, number in zip(series, bar.parts, strict=True):
        if not number:
            continue
        width = number * scale
        drawn.append(_rect(x, y, width, one.tone, f"{bar.label}: {one.word} {number}"))
        if one.tone in HATCHED:
            drawn.append(Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="url(#{}-hatch)"/>').format(
                _n(x), y, _n(width), BAR, key))  # fmt: skip
        if width >= NARROWEST:
            drawn.append(_text(x + width / 2, y + 15, str(number), "on-bar", "middle"))
        x += width
    drawn.append(_text(x + 8, y + 15, str(sum(bar.parts)), "tick-text"))
    return Markup("").join(drawn)


def of(chart: Chart) -> Markup:
    """The chart of a consolidation, as papers and workbooks show it too."""
    if chart.stacked:
        series = [Series(one.word, one.tone) for one in chart.series]
        bars = [Bar(bar.label, tuple(value or 0 for value in bar.values)) for bar in chart.bars]
        return stacked_bars(chart.key, chart.title, chart.alt, series, bars)
    return grouped_bars(chart)


def grouped_bars(chart: Chart) -> Markup:
    """For each row a thin bar of each series, one under another; a value that nobody gave is a word."""
    thin = BAR // len(chart.series)
    longest = max((value for bar in chart.bars for value in bar.values if value is not None), default=0) or 1
    scale = (WIDTH - LABEL - 60) / longest
    drawn: list[Markup] = []
    for y, bar in zip(count(TOP, ROW + 4), chart.bars, strict=False):
        drawn.append(_label(y, bar.label))
        for place, (one, value) in enumerate(zip(chart.series, bar.values, strict=True)):
            top, shown = y + place * thin, "chưa có" if value is None else chart.shown(value)
            if value:
                drawn.append(_rect(LABEL, top, value * scale, one.tone, f"{bar.label}: {one.word} {shown}", thin - 1))
            drawn.append(_text(LABEL + (value or 0) * scale + 6, top + thin - 1, shown, "tick-text"))
    return _drawing(chart.key, chart.title, chart.alt, TOP + (ROW + 4) * len(chart.bars), drawn)


def share_bars(key: str, title: str, desc: str, shares: Sequence[Share]) -> Markup:
    """How much of each row is there: 5/7 (71 %)."""
    full = WIDTH - LABEL - 120
    rows = []
    for y, share in zip(count(TOP, ROW), shares, strict=False):
        part = share.done / share.total if share.total else 0.0
        rows.append(_label(y, share.label))
        rows.append(Markup('<rect class="track" x="{}" y="{}" width="{}" height="{}"/>').format(LABEL, y, full, BAR))
        if part:
            rows.append(_rect(LABEL, y, full * part, "accent", ""))
        words = f"{share.done}/{share.total} ({part:.0%})" if share.total else "không có việc"
        rows.append(_text(LABEL + full + 10, y + 15, words, ""))
    return _drawing(key, title, desc, TOP + ROW * len(shares), rows)


def rate_lines(key: str, title: str, desc: str, lines: Sequence[tuple[str, Sequence[Point]]]) -> Markup:
    """At most two lines of rates over the same moments: the first whole, the second dashed."""
    height = PLOT_HEIGHT + TOP + PLOT_BOTTOM
    drawn = [_grid(percent) for percent in (0, 25, 50, 75, 100)]
    moments = [point.label for point in lines[0][1]] if lines else []
    step = (WIDTH - PLOT_LEFT - 24) / max(len(moments) - 1, 1)
    every = max(1, -(-len(moments) // 10))
    drawn += [
        _text(PLOT_LEFT + step * number, height - 12, label, "tick-text", "middle" if number else "start")
        for number, label in enumerate(moments)
        if number % every == 0
    ]
    for number, (word, points) in enumerate(lines):
        drawn.append(_line(word, points, step, "second" if number else ""))
    return _drawing(key, title, desc, height, drawn)


def _line(word: str, points: Sequence[Point], step: float, kind: str) -> Markup:
    places = [
        (PLOT_LEFT + step * number, _height(point.value), point)
        for number, point in enumerate(points)
        if point.value is not None
    ]
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y, _ in places)
    drawn = [Markup('<polyline class="line {}" points="{}"/>').format(kind, path)]
    for x, y, point in places:
        drawn.append(
            Markup('<circle class="dot {}" cx="{}" cy="{}" r="3.5"><title>{}</title></circle>').format(
                kind, _n(x), _n(y), f"{word}, {point.label}: {point.value:.0%}"
            )
        )
    return Markup("").join(drawn)


def swatch(tone: str) -> Markup:
    """The square of a legend."""
    _check(tone)
    return Markup(
        '<svg viewBox="0 0 14 14" aria-hidden="true"><rect class="bar-{}" width="14" height="14"/>{}</svg>'
    ).format(tone, Markup('<path class="hatch" d="M0 14 14 0M-4 4 4-4M10 18 18 10"/>') if tone in HATCHED else "")


def _drawing(key: str, title: str, desc: str, height: int, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg viewBox="0 0 {w} {h}" role="img" aria-labelledby="{k}-title {k}-desc">'
        '<title id="{k}-title">{title}</title><desc id="{k}-desc">{desc}</desc>{body}</svg>'
    ).format(w=WIDTH, h=height, k=key, title=title, desc=desc, body=Markup("").join(parts))


def _hatching(key: str) -> Markup:
    return Markup(
        '<defs><pattern id="{}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="hatch" d="M0 0V7"/></pattern></defs>'
    ).format(key)


def _grid(percent: int) -> Markup:
    y = _height(percent / 100)
    rule = Markup('<path class="grid-line" d="M{} {}H{}"/>').format(PLOT_LEFT, _n(y), WIDTH - 12)
    return rule + _text(PLOT_LEFT - 8, y + 4, f"{percent}%", "tick-text", "end")


def _height(value: float) -> float:
    return TOP + PLOT_HEIGHT * (1 - value)


def _label(y: int, text: str) -> Markup:
    return _text(LABEL - 10, y + 15, text, "", "end")


def _rect(x: float, y: int, width: float, tone: str, title: str, height: int = BAR) -> Markup:
    _check(tone)
    said = Markup("<title>{}</title>").format(title) if title else ""
    return Markup('<rect class="bar-{}" x="{}" y="{}" width="{}" height="{}">{}</rect>').format(
        tone, _n(x), y, _n(width), height, said
    )


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> Markup:
    return Markup('<text x="{}" y="{}" class="{}" text-anchor="{}">{}</text>').format(_n(x), _n(y), kind, anchor, text)


def _check(tone: str) -> None:
    if tone not in TONES:
        raise ValueError(f"no such tone: {tone}")


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
