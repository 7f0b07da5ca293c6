"""A plot of rates beside their targets: one row per measure, as a small SVG image.

Drawn for places that show an image and nothing else, such as Dagster's pages. What is met is a
disc, what is not a square; a thin line spans the bounds, a bar marks the target. The scale begins
below the lowest of them, for most rates lie close together near its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor
from xml.etree import ElementTree as ET

from pipelines.reports.figures import Figure

_LEFT, _SCALE, _RIGHT = 330, 360, 90
_TOP, _ROW = 64, 24
_MET, _NOT_MET, _OTHER, _INK = "#0072B2", "#D55E00", "#6B6B6B", "#1A1A1A"
_LEGEND = "● đạt · met   ■ chưa đạt · not met   ┃ chỉ tiêu · target   ─ khoảng · bounds"
_TICKS = 5


def rates_svg(found: Sequence[Figure], title: str) -> str:
    """The image, of those figures that have a rate."""
    rated = [figure for figure in found if figure.rate is not None]
    height = _TOP + _ROW * len(rated) + 12
    width = _LEFT + _SCALE + _RIGHT
    image = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "font-family": "sans-serif",
            "font-size": "12",
            "fill": _INK,
        },
    )
    ET.SubElement(image, "title").text = title
    ET.SubElement(image, "rect", {"width": "100%", "height": "100%", "fill": "#FFFFFF"})
    _text(image, 8, 18, title, weight="bold")
    _text(image, 8, 36, _LEGEND)
    lowest = _lowest(rated)
    place = _scale(lowest)
    for step in range(_TICKS):
        share = lowest + (1 - lowest) * step / (_TICKS - 1)
        x = place(share)
        _line(image, (x, x), (_TOP - 4, height - 8), "#D9D9D9", 1)
        _text(image, x, _TOP - 8, f"{100 * share:g}%".replace(".", ","), anchor="middle")
    for number, figure in enumerate(rated):
        _row(image, place, _TOP + _ROW * number + _ROW // 2, figure)
    return ET.tostring(image, encoding="unicode")


def _lowest(rated: Sequence[Figure]) -> float:
    """Where the scale begins: a tenth below the lowest of all rates, bounds and targets."""
    shares = [
        share
        for figure in rated
        for share in (figure.rate, figure.rate_low, figure.target)
        if share is not None
    ]
    return max(floor(10 * min(shares, default=0)) - 1, 0) / 10


def _scale(lowest: float) -> Callable[[float], float]:
    return lambda share: _LEFT + _SCALE * (share - lowest) / (1 - lowest)


def _row(image: ET.Element, place: Callable[[float], float], y: int, figure: Figure) -> None:
    assert figure.rate is not None
    _text(image, 8, y + 4, f"{figure.measure_id}  {_short(figure.measure_name_vi)}")
    if figure.rate_low is not None and figure.rate_high is not None:
        _line(image, (place(figure.rate_low), place(figure.rate_high)), (y, y), _INK, 2)
    target = place(figure.target)
    _line(image, (target, target), (y - 9, y + 9), _INK, 3)
    x = place(figure.rate)
    if figure.verdict == "met":
        ET.SubElement(image, "circle", _numbers(cx=x, cy=y, r=5) | {"fill": _MET})
    else:
        colour = _NOT_MET if figure.verdict == "not_met" else _OTHER
        square = _numbers(x=x - 5, y=y - 5, width=10, height=10)
        ET.SubElement(image, "rect", square | {"fill": colour})
    _text(image, _LEFT + _SCALE + 14, y + 4, figure.shown_rate)


def _short(name: str, length: int = 46) -> str:
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"


def _line(
    image: ET.Element, xs: tuple[float, float], ys: tuple[float, float], colour: str, width: int
) -> None:
    ends = _numbers(x1=xs[0], x2=xs[1], y1=ys[0], y2=ys[1])
    ET.SubElement(image, "line", ends | {"stroke": colour, "stroke-width": str(width)})


def _text(
    image: ET.Element,
    x: float,
    y: float,
    text: str,
    *,
    weight: str = "normal",
    anchor: str = "start",
) -> None:
    look = {"font-weight": weight, "text-anchor": anchor}
    ET.SubElement(image, "text", _numbers(x=x, y=y) | look).text = text


def _numbers(**values: float) -> dict[str, str]:
    return {name: f"{value:.1f}" for name, value in values.items()}
