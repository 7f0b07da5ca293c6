"""From templates to pages: one environment, which escapes everything, and how values are shown.

What a page says belongs to the templates, what it is about to the modules that gather it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from pipelines.reports.edition import Edition, Words
from pipelines.reports.numbers import NOTHING, format_day, format_share
from pipelines.reports.periods import Period

if TYPE_CHECKING:
    from jinja2 import Environment


def frame(edition: Edition) -> dict[str, Any]:
    """What every page of an edition has in common: its stamps, its period and its words."""
    as_of, published_at = edition.stamp()
    return {
        "as_of": as_of,
        "published_at": published_at,
        "label": edition.label,
        "period": edition.reported_period(),
    }


def render(template: str, common: Mapping[str, Any], **values: Any) -> str:
    """A page.

    Args:
        template: Its file under `templates/`.
        common: The `frame` of its edition.
        values: What else it shows.
    """
    return _environment().get_template(template).render(**common, **values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": format_day,
        "instant": _instant,
        "number": format_number,
        "share": _share,
        "signed": format_signed,
        "month": _month,
        "slug": _slug,
    }
    environment.globals["Words"] = Words
    environment.globals["Period"] = Period
    return environment


def format_number(value: int | None) -> str:
    """A whole number with points between thousands, as Vietnamese is written."""
    return NOTHING if value is None else f"{value:,}".replace(",", ".")


def format_signed(value: float | int | None) -> str:
    """A difference with its sign: whole, or with two decimals."""
    if value is None:
        return NOTHING
    shown = f"{value:+,}" if isinstance(value, int) else f"{value:+,.2f}"
    return shown.replace("-", "−").translate(str.maketrans(",.", ".,"))


def _share(value: float | None) -> str:
    return NOTHING if value is None else format_share(value)


def _instant(value: datetime) -> str:
    return f"{value:%d/%m/%Y %H:%M}"


def _month(value: date) -> str:
    return f"{value:%m/%Y}"


def _slug(text: str) -> str:
    """What may stand in an anchor."""
    return re.sub(r"[^0-9a-z]+", "-", text.lower()).strip("-")
