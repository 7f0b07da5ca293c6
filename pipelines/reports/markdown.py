"""The scorecard as Markdown, for Dagster's pages: a table, and a plot that travels inside it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from pipelines.reports.edition import Edition
from pipelines.reports.figures import Figure
from pipelines.reports.numbers import format_day
from pipelines.reports.periods import Period
from pipelines.reports.plot import rates_svg
from pipelines.reports.scorecard import notes

_HEAD = (
    (
        "| Mã · id | Mục tiêu · measure | Đạt/tính · met/counted | Tỷ lệ · rate "
        "| Chỉ tiêu · target | Đánh giá · verdict | Ghi chú · notes |"
    ),
    "| --- | --- | ---: | ---: | ---: | --- | --- |",
)


def scorecard_markdown(edition: Edition, period: Period, found: Sequence[Figure]) -> str:
    """The headline figures of a period with their notes, and a plot of the rates."""
    as_of, published_at = edition.stamp()
    title = f"Mục tiêu chất lượng {period.label_vi} · Quality objectives {period.code}"
    stamp = (
        f"Tính đến · as of {format_day(as_of)}; "
        f"công bố · published {published_at:%d/%m/%Y %H:%M:%S}"
    )
    rows = [_row(edition, figure) for figure in found]
    image = b64encode(rates_svg(found, title).encode()).decode()
    plot = f"![{_plain(title)}](data:image/svg+xml;base64,{image})"
    return "\n".join([f"### {_plain(title)}", "", stamp, "", *_HEAD, *rows, "", plot, ""])


def rates(found: Sequence[Figure]) -> dict[str, float]:
    """Each figure as a number of its own, `rate_05b`, or `count_10` where things are counted."""
    return {
        f"rate_{figure.measure_id}": figure.rate for figure in found if figure.rate is not None
    } | {
        f"count_{figure.measure_id}": float(figure.numerator) for figure in found if figure.is_count
    }


def _row(edition: Edition, figure: Figure) -> str:
    cells = (
        figure.measure_id,
        f"{figure.measure_name_vi} · {figure.measure_name_en}",
        figure.counts,
        figure.shown_rate,
        figure.shown_target,
        str(edition.label("verdict", figure.verdict)),
        "; ".join(notes(figure)),
    )
    return f"| {' | '.join(map(_plain, cells))} |"


def _plain(text: str) -> str:
    """Text that Markdown takes for nothing else."""
    for sign in "\\|[]<>*_`":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
