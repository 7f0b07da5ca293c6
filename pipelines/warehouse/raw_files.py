"""Checks that the Parquet files of extracts are what was written, and names the others.

Every file that the models are about to read is looked at: its footer against its account, its bytes
against the hash that the account keeps. Parquet itself does not notice a flipped bit in a page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from pipelines.contracts.datasets import DATASETS
from pipelines.errors import RunError
from pipelines.settings import Settings
from pipelines.warehouse.schemas import raw_columns


class UnreadableExtractError(RunError):
    """Files under raw/ are missing or damaged; landing may still hold what they were made from.

    Attributes:
        extract_ids: The extracts to read again.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Say what is wrong, one sentence for each extract id."""
        self.extract_ids = tuple(problems)
        super().__init__(
            f"{' '.join(problems.values())} `qo nightly` reads such extracts again from landing/, "
            "as long as they lie there as they were: put back what is missing there."
        )


def require_rows(settings: Settings, con: duckdb.DuckDBPyConnection, extracts: str) -> None:
    """Make sure that the rows of some loaded extracts can be read; each is looked at once a load.

    Args:
        settings: Names the folder of the raw files.
        con: The working database inside a load, which has staged the accounts.
        extracts: A query of one column, the ids of the extracts.

    Raises:
        UnreadableExtractError: Some cannot be read, or hold other rows than their accounts say.
    """
    query = f"""
        select extract_id, source, dataset, rows_accepted, rows_sha256
        from fresh_accounts
        where
            extract_id in ({extracts})
            and extract_id in (select extract_id from fresh_extract_log where status = 'loaded')
            and extract_id not in (select extract_id from looked_at)
        order by dataset, extract_id
    """
    found = con.execute(query).fetchall()
    problems = {}
    for extract_id, source, dataset, rows, sha256 in found:
        path = settings.raw / source / f"{extract_id}.parquet"
        if (problem := _problem(con, dataset, path, rows, sha256)) is not None:
            problems[extract_id] = problem
    if problems:
        raise UnreadableExtractError(problems)
    looked_at = [[extract_id] for extract_id, *_ in found]
    if looked_at:
        con.executemany("insert into looked_at values (?)", looked_at)


def require_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Make sure that every rejected row of the extracts that enter has come with its lines.

    Raises:
        UnreadableExtractError: Some have fewer, or more, than their accounts say.
    """
    query = """
        select
            entering.extract_id,
            entering.source || '/' || log.file_name,
            log.rows_rejected,
            count(distinct lines.row_number)
        from entering_accounts as entering
        inner join fresh_extract_log as log using (extract_id)
        left join ops.rejected_rows as lines using (extract_id)
        where log.rows_rejected is not null and log.status <> 'duplicate'
        group by all
        having count(distinct lines.row_number) <> log.rows_rejected
        order by all
    """
    problems = {
        extract_id: (
            f"The lines on the rejected rows of {name} speak of {found} rows, its account of "
            f"{rejected}."
        )
        for extract_id, name, rejected, found in con.execute(query).fetchall()
    }
    if problems:
        raise UnreadableExtractError(problems)


def _problem(
    con: duckdb.DuckDBPyConnection, dataset: str, path: Path, rows: int, sha256: str | None
) -> str | None:
    if dataset not in DATASETS:
        return f"{path} belongs to no dataset ({dataset!r})."
    try:
        with path.open("rb", buffering=0) as file:
            is_other = sha256 not in (None, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as fault:
        return f"{path} cannot be read: {fault.strerror}."
    if is_other:
        return f"{path} cannot be read: its bytes are not those that were written."
    return next(_unlike_account(con, dataset, path, rows), None)


def _unlike_account(
    con: duckdb.DuckDBPyConnection, dataset: str, path: Path, rows: int
) -> Iterator[str]:
    with con.cursor() as probe:
        try:
            query = "select * from read_parquet(?) limit 0"
            shape = probe.execute(query, [[str(path)]]).description
            query = "select num_rows from parquet_file_metadata(?)"
            [(found,)] = probe.execute(query, [str(path)]).fetchall()
        except duckdb.Error as fault:
            yield f"{path} cannot be read: {str(fault).splitlines()[0]}"
            return
    columns = [name for name, *_ in shape or []]
    if columns != list(raw_columns(DATASETS[dataset])):
        yield f"{path} has other columns than {dataset} ({columns})."
    elif found != rows:
        yield f"{path} holds {found} rows, its account says {rows}."
