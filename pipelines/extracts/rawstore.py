"""The raw folder of one source: accepted rows as Parquet, and the account of every file.

An account's `.json` is the commit mark: rows and lines are in place before it is. All writes go to
a temporary name first and are renamed, so that a run that dies leaves the old state or the new one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.errors import RunError
from pipelines.extracts.layout.headers import ROW_NUMBER
from pipelines.extracts.rowfile import RowFile
from pipelines.extracts.rows.account import Accounted

Status = Literal["loaded", "duplicate", "superseded", "rejected"]


class Account(BaseModel):
    """What is known of one file, dated: the row of the extract log, and what ingest needs besides.

    Attributes:
        extract_id: Known by source, name, date and bytes.
        status: `superseded` when a later file took its place; its rows stay in the raw folder.
        error: Why it was rejected, as a sentence.
        period_start: First day it claims to hold, by its manifest or else its title.
        period_end: Last day.
        furniture: How many rows of which kind hold no case and were left out.
        loaded_at: Start of the run that read it last.
        first_seen_at: Start of the first run that saw these bytes under this name.
        contract_version: Of the contract that read it; None for a folder without a contract.
        reader_version: Of the code that read it.
        supersedes: The file that its manifest says it replaces.
        is_current: Whether this is what lay at its path when it was last looked at.
        rows_sha256: Hash of the file with its accepted rows; None where none was kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    extract_id: str
    source: str
    dataset: str | None
    file_name: str
    sha256: str
    size_bytes: int
    mtime_ns: int
    extracted_on: date | None
    rows_read: int | None = None
    rows_accepted: int | None = None
    rows_rejected: int | None = None
    rows_duplicate: int | None = None
    status: Status
    error: str | None = None
    mode: str | None
    period_start: date | None = None
    period_end: date | None = None
    furniture: dict[str, int] = {}
    loaded_at: datetime
    first_seen_at: datetime
    contract_version: str | None
    reader_version: int
    manifest_sha256: str | None
    supersedes: str | None = None
    is_current: bool = True
    rows_sha256: str | None = None

    @property
    def was_read(self) -> bool:
        """Whether its rows were read from the file: neither refused nor a copy of another's."""
        return self.error is None and self.status != "duplicate"

    @property
    def arrival(self) -> tuple[datetime, int, str, bool]:
        """Sorts accounts in order of arrival; of one file dated twice the current one is last."""
        return (self.first_seen_at, self.mtime_ns, self.file_name, self.is_current)


class DamagedAccountsError(RunError):
    """Accounts that are not what was written.

    Attributes:
        paths: Their files.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        """Name them, and say what to do."""
        self.paths = tuple(sorted(paths))
        named = ", ".join(str(path) for path in self.paths)
        super().__init__(
            f"Damaged accounts of extracts: {named}. Run `qo nightly`: their files are then read "
            "again from landing/."
        )


def extract_id(source: str, name: str, extracted_on: date | None, sha256: str) -> str:
    """16 hex digits that name one file's bytes under one name and date."""
    day = "" if extracted_on is None else extracted_on.isoformat()
    return hashlib.sha256(f"{source}|{name}|{day}|{sha256}".encode()).hexdigest()[:16]


def hash_of_rows(path: Path) -> str:
    """The hash of a file with accepted rows."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class RawStore:
    """Reads and writes the raw folder of one source."""

    def __init__(self, raw: Path, source: str) -> None:
        """Point at `raw/<source>`; nothing is made before something is written."""
        self.folder = raw / source
        self._accounts = self.folder / "accounts"

    def accounts(self) -> list[Account]:
        """Every account of the source, in order of arrival.

        Raises:
            DamagedAccountsError: Some cannot be read.
        """
        found, damaged = [], []
        for path in self._accounts.glob("*.json"):
            try:
                found.append(Account.model_validate_json(path.read_bytes()))
            except ValidationError:
                damaged.append(path)
        if damaged:
            raise DamagedAccountsError(damaged)
        return sorted(found, key=lambda account: account.arrival)

    def parquet_path(self, extract_id: str) -> Path:
        """Where the accepted rows of an extract are."""
        return self.folder / f"{extract_id}.parquet"

    def rejected_path(self, extract_id: str) -> Path:
        """Where the lines of its rejected rows are, if it has any."""
        return self._accounts / f"{extract_id}.rejected.ndjson"

    def issues_path(self, extract_id: str) -> Path:
        """Where the issues of its accepted rows are, if it has any."""
        return self._accounts / f"{extract_id}.issues.ndjson"

    def save(self, account: Account) -> None:
        """Write an account alone: its status changed, or it has no rows."""
        self._accounts.mkdir(parents=True, exist_ok=True)
        path = self._accounts / f"{account.extract_id}.json"
        _temporary(path).write_bytes(account.model_dump_json(indent=1).encode())
        _put(_temporary(path), path)

    @contextmanager
    def rows(self, account: Account) -> Iterator[RowFile]:
        """Take the accepted rows of an extract as they come; `save_rows` puts them in place.

        What was not put in place by then is gone.
        """
        self._accounts.mkdir(parents=True, exist_ok=True)
        final = self.parquet_path(account.extract_id)
        file = RowFile(_temporary(final), _lineage(account))
        try:
            yield file
        finally:
            file.discard()

    def save_rows(self, account: Account, rows: RowFile, accounted: Accounted) -> Account:
        """Put an extract's rows and lines in place, then its account with the hash of the rows."""
        rows.finish(accounted.withdrawn)
        assert rows.height == accounted.rows_accepted, "every accepted row is written"
        account = account.model_copy(update={"rows_sha256": hash_of_rows(rows.path)})
        _put(rows.path, self.parquet_path(account.extract_id))
        rejected = (_rejected_lines(lines, account) for lines in accounted.rejected)
        self._save_lines(self.rejected_path(account.extract_id), rejected)
        issues = (_issue_lines(lines, account) for lines in accounted.issues)
        self._save_lines(self.issues_path(account.extract_id), issues)
        self.save(account)
        return account

    def save_without_rows(self, account: Account) -> None:
        """Write an account, then drop rows and lines that an earlier reading left."""
        self.save(account)
        for path in (
            self.parquet_path(account.extract_id),
            self.rejected_path(account.extract_id),
            self.issues_path(account.extract_id),
        ):
            path.unlink(missing_ok=True)

    def _save_lines(self, path: Path, frames: Iterable[pl.DataFrame]) -> None:
        temporary = _temporary(path)
        with temporary.open("wb") as file:
            for lines in frames:
                lines.write_ndjson(file)
            size = file.tell()
        if size:
            _put(temporary, path)
        else:
            temporary.unlink()
            path.unlink(missing_ok=True)


def _lineage(account: Account) -> dict[str, pl.Expr]:
    return {
        "_source": pl.lit(account.source),
        "_extract_id": pl.lit(account.extract_id),
        "_extracted_on": pl.lit(account.extracted_on, pl.Date),
    }


def _rejected_lines(lines: pl.DataFrame, account: Account) -> pl.DataFrame:
    return lines.select(
        pl.lit(account.extract_id).alias("extract_id"),
        pl.lit(account.source).alias("source"),
        pl.lit(account.file_name).alias("file_name"),
        pl.col(ROW_NUMBER).alias("row_number"),
        "reason",
        "code",
        "case_id",
        "column_name",
        "raw_value",
    )


def _issue_lines(lines: pl.DataFrame, account: Account) -> pl.DataFrame:
    return lines.select(
        pl.lit(account.extract_id).alias("extract_id"),
        pl.lit(account.source).alias("source"),
        pl.lit(account.dataset).alias("dataset"),
        pl.col("code").alias("issue_code"),
        "case_id",
        pl.col(ROW_NUMBER).alias("row_number"),
        "column_name",
        "raw_value",
        pl.col("reason").alias("detail"),
    )


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.tmp")


def _put(temporary: Path, path: Path) -> None:
    """Put a file in place that is written under its temporary name."""
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
