"""Inserts the Parquet files of extracts into the raw tables, and names those that are damaged."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pipelines.contracts.datasets import DATASETS
from pipelines.errors import RunError
from pipelines.warehouse.connect import identifier
from pipelines.warehouse.schemas import change, raw_columns


class UnreadableExtractError(RunError):
    """Files under raw/ are missing or damaged; landing still holds what they were made from.

    Attributes:
        extract_ids: The extracts to read again.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Say what is wrong, one sentence for each extract id."""
        self.extract_ids = tuple(problems)
        accounts = ", ".join(f"{extract_id}.json" for extract_id in problems)
        super().__init__(
            f"{' '.join(problems.values())} Delete the account ({accounts}) and run again: the "
            "file is then read again from landing/."
        )


def insert_files(con: duckdb.DuckDBPyConnection, dataset: str, paths: Mapping[str, str]) -> int:
    """Insert the accepted rows of some extracts of one dataset, and return how many there were.

    Args:
        con: The working database inside a transaction, with the extracts listed in the temporary
            table `entering_rows`.
        dataset: Their dataset.
        paths: Their files, by extract id.

    Raises:
        UnreadableExtractError: Some cannot be read, or hold other rows than their accounts say.
    """
    if dataset not in DATASETS:
        raise UnreadableExtractError(
            {key: f"{path} belongs to no dataset ({dataset!r})." for key, path in paths.items()}
        )
    statement = f"""
        insert into raw.{identifier(dataset)} by name
        select * from read_parquet(?, hive_partitioning = false)
    """
    try:
        rows = change(con, statement, [list(paths.values())])
    except duckdb.Error as error:
        raise UnreadableExtractError(_find_damaged(con, dataset, paths, error)) from error
    _check_counts(con, dataset, paths)
    return rows


def _find_damaged(
    con: duckdb.DuckDBPyConnection, dataset: str, paths: Mapping[str, str], error: duckdb.Error
) -> dict[str, str]:
    """Try the files one by one, outside the broken transaction, to name the faulty ones."""
    problems = {}
    expected = list(raw_columns(DATASETS[dataset]))
    with con.cursor() as probe:
        for extract_id, path in paths.items():
            try:
                shape = probe.execute("select * from read_parquet(?) limit 0", [[path]]).description
                probe.execute("select bit_xor(hash(rows)) from read_parquet(?) as rows", [[path]])
            except duckdb.Error as fault:
                problems[extract_id] = f"{path} cannot be read: {str(fault).splitlines()[0]}"
            else:
                columns = [name for name, *_ in shape or []]
                if columns != expected:
                    problems[extract_id] = f"{path} has other columns than {dataset} ({columns})."
    return problems or {key: f"{path} cannot be loaded: {error}" for key, path in paths.items()}


def _check_counts(con: duckdb.DuckDBPyConnection, dataset: str, paths: Mapping[str, str]) -> None:
    query = f"""
        with loaded as (
            select _extract_id as extract_id, count(*) as row_count
            from raw.{identifier(dataset)}
            where _extract_id in (select extract_id from entering_rows where dataset = $dataset)
            group by all
        )
        select extract_id, rows_accepted, coalesce(row_count, 0)
        from entering_rows
        left join loaded using (extract_id)
        where dataset = $dataset and rows_accepted is distinct from coalesce(row_count, 0)
    """
    different = con.execute(query, {"dataset": dataset}).fetchall()
    if different:
        raise UnreadableExtractError(
            {
                extract_id: f"{paths[extract_id]} holds {found} rows, its account says {accepted}."
                for extract_id, accepted, found in different
            }
        )
