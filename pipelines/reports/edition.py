"""The published warehouse as reports see it: one open edition, its stamps and its words.

Every report reads through here: read-only, values bound, and a plain sentence where there is no
warehouse yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pipelines.errors import RunError
from pipelines.reports.periods import Period
from pipelines.settings import LOCAL_ZONE, Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Words:
    """A label in both languages."""

    vi: str
    en: str


@dataclass
class Edition:
    """One published warehouse, open for reading."""

    connection: DuckDBPyConnection
    _labels: dict[tuple[str, str], Words] = field(default_factory=dict)

    def rows(
        self, sql: str, parameters: Mapping[str, object] | None = None
    ) -> list[dict[str, Any]]:
        """The rows of a query, each as a dictionary by column name."""
        cursor = self.connection.execute(sql, dict(parameters or {}))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def label(self, attribute: str, code: str | None) -> Words:
        """The words for a code, such as a verdict's; the code itself where it has none."""
        if not self._labels:
            for row in self.rows("select attribute, code, name_vi, name_en from seeds.labels"):
                self._labels[row["attribute"], row["code"]] = Words(row["name_vi"], row["name_en"])
        unknown = Words(code or "", code or "")
        return self._labels.get((attribute, code or ""), unknown)

    def stamp(self) -> tuple[date, datetime]:
        """The as-of date and the instant of publication, in local time."""
        [row] = self.rows("select as_of, published_at from marts.scorecard limit 1") or [{}]
        if not row:
            raise RunError("The published warehouse holds no figures: run `make nightly` again.")
        return row["as_of"], row["published_at"].astimezone(LOCAL_ZONE)

    def newest_year(self) -> Period:
        """The year of the newest loaded extract, the default period of every report."""
        [row] = self.rows(
            "select max(extracted_on) as newest from marts.extract_log where status = 'loaded'"
        )
        newest: date = row["newest"] or self.stamp()[0]
        return Period("year", date(newest.year, 1, 1))


@contextmanager
def published_edition(settings: Settings) -> Iterator[Edition]:
    """Open the published warehouse for a report.

    Raises:
        RunError: Nothing has been published yet.
    """
    from pipelines.warehouse.connect import open_published

    with open_published(settings) as connection:
        yield Edition(connection)
