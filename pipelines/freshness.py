"""Whether sources deliver as often as their contracts say.

Age is counted in days from the date of the newest loaded extract to the as-of date, never from the
time of a file: an old extract that is copied today is still old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipelines.contracts.model import Contract
from pipelines.settings import Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ALLOWED_DAYS: Mapping[str, int | None] = MappingProxyType(
    {
        "daily": 4,  # Friday's extract is still the newest on Tuesday after a long weekend
        "weekly": 10,  # a week and a weekend
        "monthly": 40,  # made in the first days of the next month, some days after its end
        "yearly": 400,  # a year and a month
        "once": None,
    }
)

_NEWEST_SQL = """
    select source, max(extracted_on) as newest
    from ops.extract_log
    where status in ('loaded', 'duplicate')
    group by source
"""


@dataclass(frozen=True)
class Freshness:
    """How old a source's newest extract is.

    Attributes:
        source: The source.
        cadence: How often its contract expects an extract.
        newest: Date of its newest loaded extract, if there is one.
        age_days: Days from then to the as-of date.
        is_stale: It is older than its cadence allows, or the folder is there and holds none.
    """

    source: str
    cadence: str
    newest: date | None
    age_days: int | None
    is_stale: bool

    def __str__(self) -> str:
        """One sentence for people."""
        if self.newest is None:
            return f"{self.source}: no extract was loaded yet (expected {self.cadence})."
        verdict = "too old" if self.is_stale else "in time"
        return (
            f"{self.source}: newest extract of {self.newest}, {self.age_days} days before the "
            f"as-of date, {verdict} (expected {self.cadence})."
        )


def freshness(
    settings: Settings,
    connection: DuckDBPyConnection,
    contracts: Iterable[Contract],
    as_of: date,
) -> list[Freshness]:
    """Compare every source's newest loaded extract with its cadence.

    Args:
        settings: Names the landing folder: a source without a folder is not in use.
        connection: The working database or the published warehouse.
        contracts: The contracts in force.
        as_of: The date to judge at.
    """
    newest = dict(connection.execute(_NEWEST_SQL).fetchall())
    return [
        _judge(contract, newest.get(contract.source), as_of, settings)
        for contract in sorted(contracts, key=lambda item: item.source)
    ]


def _judge(contract: Contract, newest: date | None, as_of: date, settings: Settings) -> Freshness:
    allowed = ALLOWED_DAYS[contract.cadence]
    if newest is None:
        is_stale = allowed is not None and (settings.landing / contract.source).is_dir()
        return Freshness(contract.source, contract.cadence, None, None, is_stale)
    age = (as_of - newest).days
    is_stale = allowed is not None and age > allowed
    return Freshness(contract.source, contract.cadence, newest, age, is_stale)
