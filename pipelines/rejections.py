"""What a run must be told of though it published: refused files and quarantined rows.

They are a run's own when it read the file, or when it is the first to publish what an earlier run
read and a failed check then held back. Otherwise a blocked night would hide them for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import duckdb

from pipelines.extracts.outcome import IngestOutcome
from pipelines.settings import Settings
from pipelines.warehouse.connect import DamagedFileError, open_published

_NOT_CLEAN = """
    select extract_id, source || '/' || file_name, error, rows_rejected, rows_read
    from marts.extract_log
    where status = 'rejected' or rows_rejected > 0
    order by all
"""


class Rejection(NamedTuple):
    """A file that was refused, or from which rows were quarantined.

    Attributes:
        extract_id: Its account.
        name: Source folder and file name.
        sentence: What is wrong with it.
    """

    extract_id: str
    name: str
    sentence: str


def published_rejections(settings: Settings) -> dict[str, Rejection]:
    """The rejections that the published warehouse shows, by extract; none before the first one."""
    if not settings.published.exists():
        return {}
    try:
        with open_published(settings) as connection:
            found = connection.execute(_NOT_CLEAN).fetchall()
    except (DamagedFileError, duckdb.Error):
        # An edition of an older layout or a damaged one, which `memory` tells: all are new then.
        return {}
    return {
        extract_id: Rejection(extract_id, name, _sentence(error, rejected, read))
        for extract_id, name, error, rejected, read in found
    }


def rejections(
    ingested: Mapping[str, IngestOutcome],
    before: Mapping[str, Rejection],
    after: Mapping[str, Rejection],
) -> list[Rejection]:
    """What this run rejected or is the first to publish, in the order of the folders.

    Args:
        ingested: What its ingest did, by source.
        before: What was published before it.
        after: What is published now.
    """
    own = {found.extract_id: found for found in _of_ingest(ingested)}
    first = {name: found for name, found in after.items() if name not in before}
    return sorted((first | own).values(), key=lambda found: found.name)


def _of_ingest(ingested: Mapping[str, IngestOutcome]) -> Iterable[Rejection]:
    for outcome in ingested.values():
        for account in outcome.read:
            if account.error or account.rows_rejected:
                sentence = _sentence(account.error, account.rows_rejected, account.rows_read)
                name = f"{account.source}/{account.file_name}"
                yield Rejection(account.extract_id, name, sentence)


def _sentence(error: str | None, rows_rejected: int | None, rows_read: int | None) -> str:
    return error or f"{rows_rejected} of {rows_read} rows (see marts.rejected_rows)"
