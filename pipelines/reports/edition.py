"""The published warehouse as reports see it: one open edition, its stamps and its words.

Every report reads through here: read-only, values bound, and a plain sentence where there is no
warehouse yet. An edition of the past is the newest one with the memory it carries; figures of
single units are not remembered, they are read in the kept edition itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import RunError
from pipelines.reports.periods import Period
from pipelines.settings import LOCAL_ZONE, Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BLOCK = 10_000
_NEWEST_YEAR_SQL = """
    select max(period_start) as first_day
    from {scorecard}
    where
        ($edition is null or published_at = $edition)
        and period_grain = 'year'
        and period_start <= coalesce(
            (select max(extracted_on) from marts.extract_log where status = 'loaded'), as_of
        )
"""
_KNOWN_ON_SQL = """
    select
        max(published_at) filter (published_at < $next_day) as published_at,
        min(published_at) as first_published_at
    from marts.published_figures
"""


@dataclass(frozen=True)
class Words:
    """A label in both languages."""

    vi: str
    en: str

    def __str__(self) -> str:
        """Both, as reports show them; one where they are the same."""
        return self.vi if self.vi == self.en else f"{self.vi} · {self.en}"


@dataclass
class Edition:
    """One published warehouse, open for reading.

    Attributes:
        connection: The open file.
        remembered: The edition of the past whose figures are meant, by its stamp; None for the
            file's own.
        asked: The period that a report was asked for; None for the default of every report.
        templates: Where the site keeps its own templates of reports.
    """

    connection: DuckDBPyConnection
    remembered: datetime | None = None
    asked: Period | None = None
    templates: Path | None = None
    _labels: dict[tuple[str, str], Words] = field(default_factory=dict)

    @property
    def scorecard(self) -> str:
        """The table that holds the figures of the edition, perhaps beside those of others."""
        return "marts.scorecard" if self.remembered is None else "marts.published_figures"

    def rows(
        self, sql: str, parameters: Mapping[str, object] | None = None
    ) -> list[dict[str, Any]]:
        """The rows of a query, each as a dictionary by column name."""
        cursor = self.connection.execute(sql, dict(parameters or {}))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def stream(
        self, sql: str, parameters: Mapping[str, object] | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of a query that may have many, a block at a time; ask nothing else meanwhile."""
        cursor = self.connection.execute(sql, dict(parameters or {}))
        while block := cursor.fetchmany(_BLOCK):
            yield from block

    def label(self, attribute: str, code: str | None) -> Words:
        """The words for a code, such as a verdict's; the code itself where it has none."""
        if not self._labels:
            for row in self.rows("select attribute, code, name_vi, name_en from seeds.labels"):
                self._labels[row["attribute"], row["code"]] = Words(row["name_vi"], row["name_en"])
        unknown = Words(code or "", code or "")
        return self._labels.get((attribute, code or ""), unknown)

    def stamp(self) -> tuple[date, datetime]:
        """The as-of date and the instant of publication, in local time."""
        found = self.rows(
            f"select as_of, published_at from {self.scorecard} "
            "where $edition is null or published_at = $edition limit 1",
            {"edition": self.remembered},
        )
        if not found:
            raise RunError("The published warehouse holds no figures: run `qo nightly` again.")
        return found[0]["as_of"], found[0]["published_at"].astimezone(LOCAL_ZONE)

    def run_id(self) -> str:
        """The run that computed the figures; a stamp that is renewed alone does not change it."""
        [row] = self.rows("select run_id from ops.publication")
        return str(row["run_id"])

    def reported_period(self) -> Period:
        """The period that reports are about."""
        return self.asked or self.newest_year()

    def newest_year(self) -> Period:
        """The default period of every report: the year of the newest loaded extract.

        Of an edition of the past, its last year up to that one.
        """
        [row] = self.rows(
            _NEWEST_YEAR_SQL.format(scorecard=self.scorecard), {"edition": self.remembered}
        )
        first_day: date = row["first_day"] or self.stamp()[0].replace(month=1, day=1)
        return Period("year", first_day)


@contextmanager
def published_edition(settings: Settings, asked: Period | None = None) -> Iterator[Edition]:
    """Open the published warehouse for a report, about a period if one was asked for.

    Raises:
        RunError: Nothing has been published yet, or it cannot be read.
    """
    from pipelines.warehouse.connect import reading_published

    with reading_published(settings) as connection:
        yield Edition(connection, asked=asked, templates=settings.templates)


@contextmanager
def edition_known_on(settings: Settings, day: date, *, of_units: bool) -> Iterator[Edition]:
    """Open the newest edition that was published by the end of a local day.

    Args:
        settings: Names the published warehouse and the kept editions.
        day: The day, in Asia/Ho_Chi_Minh.
        of_units: Figures of single units are wanted, which only the kept edition itself holds.

    Raises:
        RunError: None had been published by then, or it is no longer kept.
    """
    with published_edition(settings) as newest:
        published_at = _known_on(newest, day)
        if not of_units:
            yield Edition(newest.connection, published_at)
            return
    with _kept_edition(settings, published_at) as edition:
        yield edition


def _known_on(newest: Edition, day: date) -> datetime:
    next_day = datetime.combine(day + timedelta(days=1), time(), LOCAL_ZONE)
    [row] = newest.rows(_KNOWN_ON_SQL, {"next_day": next_day})
    if row["published_at"] is None:
        first = row["first_published_at"]
        known = f"the first one is of {_second(first)}" if first else "none is remembered"
        raise RunError(f"No edition had been published by the end of {day}: {known}.")
    published_at: datetime = row["published_at"]
    return published_at


@contextmanager
def _kept_edition(settings: Settings, published_at: datetime) -> Iterator[Edition]:
    from pipelines.warehouse.connect import open_edition
    from pipelines.warehouse.snapshots import list_snapshots

    kept = [item for item in list_snapshots(settings) if item.published_at == published_at]
    if not kept:
        raise RunError(
            f"The edition of {_second(published_at)} is no longer kept, and figures of "
            "single units are remembered nowhere else: ask without --unit. QO_SNAPSHOTS says how "
            f"many editions are kept (now {settings.snapshots})."
        )
    with closing(open_edition(kept[0].path)) as connection:
        yield Edition(connection)


def _second(instant: datetime) -> str:
    return f"{instant.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M:%S}"
