"""Accounts of extracts that are lost or damaged, restored from the log of the published warehouse.

An account says when its file arrived, which decides what stands where two files disagree, so it is
restored before the file is read again as if it were new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipelines.extracts.again import UNREAD
from pipelines.extracts.rawstore import Account, DamagedAccountsError, RawStore
from pipelines.settings import Settings
from pipelines.warehouse.connect import DamagedFileError, open_published
from pipelines.warehouse.schemas import OPS

LOG_COLUMNS = tuple(OPS["extract_log"])
LOG_QUERY = f"select {', '.join(LOG_COLUMNS)} from ops.extract_log order by arrival_no"

Log = Sequence[Mapping[str, Any]]
"""Rows of `ops.extract_log`, in order of arrival."""


def log_rows(con: duckdb.DuckDBPyConnection) -> Log:
    """The extract log of an open edition."""
    return [dict(zip(LOG_COLUMNS, row, strict=True)) for row in con.execute(LOG_QUERY).fetchall()]


def recall_accounts(raw: Path, log: Log, only: Iterable[str] | None = None) -> None:
    """Write the accounts that a log knows and a raw folder lacks; their files are unread.

    Args:
        raw: The raw folder.
        log: What the published warehouse knows.
        only: Ids of the extracts to restore; all that are missing without.
    """
    kept = {path.stem for path in raw.glob("*/accounts/*.json")}
    newest = {(row["source"], row["file_name"]): row["extract_id"] for row in log}
    wanted = None if only is None else frozenset(only)
    for row in log:
        if row["extract_id"] in kept or (wanted is not None and row["extract_id"] not in wanted):
            continue
        fields = {name: value for name, value in row.items() if name != "arrival_no"}
        account = Account(
            **fields,
            mtime_ns=row["arrival_no"],
            reader_version=UNREAD,
            manifest_sha256=None,
            is_current=newest[row["source"], row["file_name"]] == row["extract_id"],
        )
        RawStore(raw, account.source).save(account)


def mend_accounts(
    settings: Settings, damage: DamagedAccountsError, say: Callable[[str], None]
) -> None:
    """Replace damaged accounts by what the published log says of them, and say so.

    One that the log does not know is of a file that was never published: it is read as new.
    """
    for path in damage.paths:
        path.unlink()
        say(f"damage: the account {path} cannot be read; its file is read again from landing/.")
    recall_accounts(settings.raw, _published_log(settings), [path.stem for path in damage.paths])


def _published_log(settings: Settings) -> Log:
    if not settings.published.exists():
        return []
    try:
        with open_published(settings) as con:
            return log_rows(con)
    except DamagedFileError:
        return []
