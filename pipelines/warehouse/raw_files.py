"""Checks that the Parquet files of extracts are what their accounts say, and names the others.

Only their footers are read here: the models read the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from pipelines.contracts.datasets import DATASETS
from pipelines.errors import RunError
from pipelines.warehouse.schemas import raw_columns


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


def require_files(
    con: duckdb.DuckDBPyConnection,
    dataset: str,
    paths: Mapping[str, str],
    accepted: Mapping[str, int],
) -> None:
    """Make sure that some extracts of one dataset can be read.

    Args:
        con: Any connection.
        dataset: Their dataset.
        paths: Their files, by extract id.
        accepted: How many rows each account says there are.

    Raises:
        UnreadableExtractError: Some cannot be read, or hold other rows than their accounts say.
    """
    if dataset not in DATASETS:
        raise UnreadableExtractError(
            {key: f"{path} belongs to no dataset ({dataset!r})." for key, path in paths.items()}
        )
    problems = dict(_problems(con, dataset, paths, accepted))
    if problems:
        raise UnreadableExtractError(problems)


def _problems(
    con: duckdb.DuckDBPyConnection,
    dataset: str,
    paths: Mapping[str, str],
    accepted: Mapping[str, int],
) -> Iterator[tuple[str, str]]:
    expected = list(raw_columns(DATASETS[dataset]))
    with con.cursor() as probe:
        for extract_id, path in paths.items():
            try:
                shape = probe.execute("select * from read_parquet(?) limit 0", [[path]]).description
                query = "select num_rows from parquet_file_metadata(?)"
                [(found,)] = probe.execute(query, [path]).fetchall()
            except duckdb.Error as fault:
                yield extract_id, f"{path} cannot be read: {str(fault).splitlines()[0]}"
                continue
            columns = [name for name, *_ in shape or []]
            if columns != expected:
                yield extract_id, f"{path} has other columns than {dataset} ({columns})."
            elif found != accepted[extract_id]:
                yield (
                    extract_id,
                    f"{path} holds {found} rows, its account says {accepted[extract_id]}.",
                )
