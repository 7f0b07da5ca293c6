"""The trend of each measure as an inline SVG: its months, its target, its process limits.

Drawn by matplotlib without its interactive half. Colours are names of the page's style sheet, so
one drawing serves light, dark and paper; text stays text, in the page's font.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.reports.figures import Figure
from pipelines.reports.pages.measures import Measure, Month

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

_INK, _FAINT, _LINE, _GOOD, _BAD, _BAND, _PAPER = (f"#00000{digit}" for digit in range(1, 8))
_VARIABLES = {
    _INK: "var(--ink)",
    _FAINT: "var(--faint)",
    _LINE: "var(--line)",
    _GOOD: "var(--good)",
    _BAD: "var(--bad)",
    _BAND: "var(--band)",
    _PAPER: "var(--paper)",
}
"""Colours that nobody would choose, each replaced by one that the page defines."""

_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "",
    "font.size": 9,
    "text.color": _INK,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "xtick.color": _LINE,
    "ytick.color": _LINE,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.labelcolor": _FAINT,
    "ytick.labelcolor": _FAINT,
}
_SIZE = (6.4, 2.7)
_LABELLED_MONTHS = 8
_MARKERS = {
    "improving": ("^", _GOOD),
    "concerning": ("v", _BAD),
    "common_cause": ("o", _INK),
    "not_enough_data": ("o", _INK),
}
"""Shape and colour of a point by its variation."""


def trend_charts(measures: Sequence[Measure]) -> Mapping[str, Markup]:
    """The trend of each measure that has at least one month with a figure, by its id."""
    import matplotlib as mpl

    with mpl.rc_context(_SETTINGS):
        return {
            measure.figure.measure_id: _chart(measure)
            for measure in measures
            if any(_value(month) is not None for month in measure.months)
        }


def _chart(measure: Measure) -> Markup:
    from matplotlib.figure import Figure as Drawing

    drawing = Drawing(figsize=_SIZE)
    # Fixed margins: to find them out takes as long as to draw.
    axes = drawing.add_axes((0.08, 0.11, 0.91, 0.86))
    _draw(axes, measure)
    buffer = io.StringIO()
    drawing.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return _inline(buffer.getvalue(), measure)


def _draw(axes: Axes, measure: Measure) -> None:
    months = measure.months
    values = [_value(month) for month in months]
    places = range(len(months))
    latest = measure.behaviour.latest
    judged = [place for place in places if months[place].point is not None]
    if latest is not None and judged:
        span = (judged[0] - 0.4, judged[-1] + 0.4)
        axes.fill_between(
            span, latest.lower_limit, latest.upper_limit, color=_BAND, linewidth=0, zorder=1
        )
        axes.plot(span, [latest.mean_rate] * 2, color=_FAINT, linewidth=1.2, zorder=2)
    targets = [month.figure.target for month in months]
    axes.step(places, targets, where="mid", color=_BAD, linewidth=1.6, dashes=(5, 2.5), zorder=3)
    drawn = [float("nan") if value is None else value for value in values]
    axes.plot(places, drawn, color=_INK, linewidth=1.1, zorder=4)
    for (shape, colour, fill), marked in _marks(months).items():
        axes.plot(
            marked,
            [drawn[place] for place in marked],
            marker=shape,
            markersize=5 if shape == "o" else 7,
            markerfacecolor=fill,
            markeredgecolor=colour,
            linestyle="none",
            zorder=5,
        )
    _scale(axes, measure, [*targets, *(value for value in values if value is not None)])


def _marks(months: Sequence[Month]) -> Mapping[tuple[str, str, str], Sequence[int]]:
    """The places of the points that look alike: shape, colour and fill."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for place, month in enumerate(months):
        if month.point is None:
            found.setdefault(("o", _INK, _PAPER), []).append(place)
        else:
            shape, colour = _MARKERS[month.point.variation]
            found.setdefault((shape, colour, colour), []).append(place)
    return found


def _scale(axes: Axes, measure: Measure, values: Sequence[float]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    latest = measure.behaviour.latest
    reach = [*values, latest.lower_limit, latest.upper_limit] if latest else list(values)
    low, high = min(reach), max(reach)
    room = (high - low) * 0.1 or 0.02 * (high or 1)
    axes.set_ylim(max(low - room, -room / 2), high + room)
    is_count = measure.figure.is_count
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=is_count))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:g}" if is_count else _percent(value))
    )
    months = measure.months
    step = -(-len(months) // _LABELLED_MONTHS)
    shown = range((len(months) - 1) % step, len(months), step)
    axes.set_xticks(list(shown), [f"{months[place].figure.period_start:%m/%y}" for place in shown])
    axes.set_xlim(-0.6, len(months) - 0.4)
    axes.grid(axis="y", color=_LINE, linewidth=0.5)
    axes.set_axisbelow(True)


def _percent(share: float) -> str:
    return f"{100 * share:.4g}%".replace(".", ",")


def _value(month: Month) -> float | None:
    figure = month.figure
    return float(figure.numerator) if figure.is_count else figure.rate


def _inline(svg: str, measure: Measure) -> Markup:
    """The drawing as a part of the page: nameable, in the page's colours, ids its own."""
    from markupsafe import Markup, escape

    identity = measure.figure.measure_id
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>|<style .*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r' id="[A-Za-z0-9.]+_\d+"', "", body)
    body = re.sub(r'(id="|"url\(#|url\(#|xlink:href="#|href="#)', rf"\g<1>c{identity}-", body)
    body = re.sub(r"font-family: [^;\"]*; ?", "", body)
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, variable)
    size = re.search(r'viewBox="([^"]+)"', body)
    title = escape(_description(measure))
    head = f'<svg class="chart" role="img" viewBox="{size[1] if size else ""}" '
    head += f'xmlns:xlink="http://www.w3.org/1999/xlink" aria-label="{title}">'
    return Markup(head + body[body.index(">") + 1 :])  # noqa: S704


def _description(measure: Measure) -> str:
    """What somebody hears who does not see the drawing; the table beside it has every month."""
    seen = [month for month in measure.months if _value(month) is not None]
    first, last = seen[0].figure, seen[-1].figure
    months = f"{first.period_start:%m/%Y}–{last.period_start:%m/%Y}"
    values = f"{_shown(first)} → {_shown(last)}; chỉ tiêu {last.shown_target}"
    return f"{measure.figure.measure_name_vi}, {months}: {values}"


def _shown(figure: Figure) -> str:
    return figure.counts if figure.is_count else figure.shown_rate
