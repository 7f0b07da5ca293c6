"""Reads what is new in one source's landing folder into its raw folder.

Each file is judged alone: known already, a duplicate, to be read, refused, or left for the next run
because it is still changing. A file that cannot be read stops no other. What the rows of all files
together mean (which file stands, which is superseded) is settled once at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta

from pipelines.arrivals import Seen
from pipelines.contracts.model import Contract
from pipelines.extracts.facts import file_facts
from pipelines.extracts.faults import RejectedFileError, UnsettledFileError
from pipelines.extracts.landing import NO_FOLDER, LandingFile
from pipelines.extracts.outcome import IngestOutcome, told
from pipelines.extracts.rawstore import Account, RawStore, extract_id
from pipelines.extracts.reading import READER_VERSION, Extract, extract_date, read_extract
from pipelines.extracts.supersede import settle
from pipelines.extracts.unforeseen import refusing_unforeseen
from pipelines.settings import Settings

Progress = Callable[[str], None]
"""Called with one plain line per file that is read."""


def ingest(
    settings: Settings,
    contract: Contract,
    files: Iterable[LandingFile],
    *,
    run_at: datetime,
    seen: Mapping[str, Seen] | None = None,
    progress: Progress | None = None,
) -> IngestOutcome:
    """Bring the raw folder of one source up to date with its landing folder.

    Args:
        settings: Where the folders are.
        contract: The source's contract.
        files: What lies in its landing folder (`landing.scan`).
        run_at: Start of the run, an aware instant.
        seen: When runs that did not end saw the files first, by name; otherwise it is now.
        progress: Told of every file that is read.
    """
    return _Ingest(settings, contract.source, contract, run_at, seen or {}, progress).run(files)


def ingest_without_contract(
    settings: Settings, source: str, files: Iterable[LandingFile], *, run_at: datetime
) -> IngestOutcome:
    """Refuse every new file of a folder that no contract names, so that each has its account."""
    return _Ingest(settings, source, None, run_at, {}, None).run(files)


class _Ingest:
    """One run over one source: the accounts as they were, and what becomes of them."""

    def __init__(
        self,
        settings: Settings,
        source: str,
        contract: Contract | None,
        run_at: datetime,
        seen: Mapping[str, Seen],
        progress: Progress | None,
    ) -> None:
        self.contract = contract
        self.store = RawStore(settings.raw, source)
        self.run_at = run_at
        self.seen = seen
        self.progress = progress or _silent
        self.accounts = {account.extract_id: account for account in self.store.accounts()}
        self.current = {
            account.file_name: account for account in self.accounts.values() if account.is_current
        }
        self.last_arrival = max(
            (account.first_seen_at for account in self.accounts.values()), default=None
        )
        self.outcome = IngestOutcome(source)

    def run(self, files: Iterable[LandingFile]) -> IngestOutcome:
        stood = self._standing()
        for file in sorted(files, key=self._arrival):
            self.outcome.files += 1
            if self.contract is not None and not self.contract.accepts(file.name):
                self.outcome.ignored.append(file.name)
                self.outcome.taken[file.path] = None
                continue
            try:
                self.outcome.taken[file.path] = self._take(file)
                self.outcome.taken[file.sidecar] = file.manifest_sha256 or ""
            except UnsettledFileError as reason:
                self.outcome.unsettled.append(str(reason))
        mode = self.contract.mode if self.contract is not None else None
        for account in settle(self.accounts.values(), mode):
            self._keep(account)
            self.store.save(account)
        self._compare(stood)
        return self.outcome

    def _standing(self) -> set[str]:
        return {key for key, account in self.accounts.items() if account.status == "loaded"}

    def _compare(self, stood: set[str]) -> None:
        stands = self._standing()
        reread = {account.extract_id for account in self.outcome.read}
        self.outcome.new = sorted(stands - stood)
        self.outcome.changed = sorted(stands & stood & reread)
        self.outcome.removed = sorted(stood - stands)
        self.outcome.read = [self.accounts[account.extract_id] for account in self.outcome.read]

    def _arrival(self, file: LandingFile) -> tuple[datetime, int, str]:
        known = self.current.get(file.name)
        return (known.first_seen_at if known else self._arriving(file), file.mtime_ns, file.name)

    def _arriving(self, file: LandingFile) -> datetime:
        """When bytes arrived that have no account: after all others, even with a clock set back."""
        noted = self.seen.get(file.name)
        is_noted = noted and (noted.size, noted.mtime_ns) == (file.size, file.mtime_ns)
        at = noted.at if noted and is_noted else self.run_at
        if self.last_arrival is None or self.last_arrival <= at:
            return at
        return self.last_arrival + timedelta(microseconds=1)

    def _take(self, file: LandingFile) -> str:
        """Judge one file, if that was not done before; the hash of what it held then."""
        known = self.current.get(file.name)
        sha256 = known.sha256 if known and _looks_same(known, file) else file.sha256()
        if known and self._is_up_to_date(known, file, sha256):
            return sha256
        try:
            with refusing_unforeseen():
                self._read(file, sha256)
        except RejectedFileError as fault:
            account = self._account(file, sha256, fault=fault)
            self.store.save_without_rows(account)
            self._record(account)
            self.progress(f"{file.source}/{file.name}: rejected. {fault}")
        return sha256

    def _is_up_to_date(self, known: Account, file: LandingFile, sha256: str) -> bool:
        if known.sha256 != sha256 or known.manifest_sha256 != file.manifest_sha256:
            return False
        if self.contract is None:
            return True
        if known.was_read and not self.store.parquet_path(known.extract_id).exists():
            self.progress(f"{file.source}/{file.name}: its rows under raw/ are gone; read again")
            return False
        return (known.contract_version, known.reader_version) == (
            self.contract.version,
            READER_VERSION,
        )

    def _read(self, file: LandingFile, sha256: str) -> None:
        if self.contract is None:
            raise RejectedFileError(_unclaimed(file.source))
        extract_date(file, self.contract)
        account = self._account(file, sha256)
        if (first := self._first_copy(account)) is not None:
            account = account.model_copy(update=_copied(first, account))
            self.store.save_without_rows(account)
        else:
            account = self._read_rows(file, self.contract, account)
        self._record(account)
        self.progress(told(account))

    def _read_rows(self, file: LandingFile, contract: Contract, account: Account) -> Account:
        """Store what a file holds; its account with what was found."""
        with (
            self.store.rows(account) as rows,
            read_extract(
                file, contract, account.extracted_on, rows.write, sha256=account.sha256
            ) as extract,
        ):
            account = account.model_copy(update=_found(extract))
            account = self.store.save_rows(account, rows, extract.accounted)
            self.outcome.facts[file.name] = file_facts(extract, contract)
        for note in extract.notes:
            self.progress(f"{file.source}/{file.name}: {note}")
        return account

    def _account(
        self, file: LandingFile, sha256: str, *, fault: RejectedFileError | None = None
    ) -> Account:
        extracted_on = self._date_or_none(file)
        period = file.manifest.period
        contract = self.contract
        return Account(
            extract_id=extract_id(file.source, file.name, extracted_on, sha256),
            source=file.source,
            dataset=contract.dataset if contract else None,
            file_name=file.name,
            sha256=sha256,
            size_bytes=file.size,
            mtime_ns=file.mtime_ns,
            extracted_on=extracted_on,
            status="loaded" if fault is None else "rejected",
            error=None if fault is None else str(fault),
            mode=contract.mode if contract else None,
            period_start=period.start if period else None,
            period_end=period.end if period else None,
            loaded_at=self.run_at,
            first_seen_at=self._first_seen(file, sha256),
            contract_version=contract.version if contract else None,
            reader_version=READER_VERSION,
            manifest_sha256=file.manifest_sha256,
            supersedes=file.manifest.supersedes,
        )

    def _date_or_none(self, file: LandingFile) -> date | None:
        try:
            return extract_date(file, self.contract) if self.contract else None
        except RejectedFileError:
            return None

    def _first_seen(self, file: LandingFile, sha256: str) -> datetime:
        """Bytes still at their path keep their arrival; bytes that come back arrive anew."""
        known = self.current.get(file.name)
        return known.first_seen_at if known and known.sha256 == sha256 else self._arriving(file)

    def _first_copy(self, account: Account) -> Account | None:
        """The earlier file with the same bytes and date, if one could be read."""
        return next(
            (
                other
                for other in self.accounts.values()
                if (other.sha256, other.extracted_on) == (account.sha256, account.extracted_on)
                and other.file_name != account.file_name
                and other.was_read
                and other.arrival < account.arrival
            ),
            None,
        )

    def _record(self, account: Account) -> None:
        """Make `account` what lies at its path; what lay there before no longer does."""
        before = self.current.get(account.file_name)
        if before is not None and before.extract_id != account.extract_id:
            past = before.model_copy(update={"is_current": False})
            self.store.save(past)
            self._keep(past)
        self._keep(account)
        self.current[account.file_name] = account
        self.outcome.read.append(account)

    def _keep(self, account: Account) -> None:
        self.accounts[account.extract_id] = account


def _unclaimed(source: str) -> str:
    if source == NO_FOLDER:
        return "The file lies in landing/ itself: move it to the folder of its source."
    return (
        f"No contract reads the folder {source}: write contracts/{source}.yml, "
        "or move the file to the folder of its source."
    )


def _looks_same(known: Account, file: LandingFile) -> bool:
    return (known.size_bytes, known.mtime_ns) == (file.size, file.mtime_ns)


def _found(extract: Extract) -> dict[str, object]:
    accounted, period = extract.accounted, extract.period
    return {
        "period_start": period.start if period else None,
        "period_end": period.end if period else None,
        "furniture": dict(extract.table.furniture),
        "rows_read": accounted.rows_read,
        "rows_accepted": accounted.rows_accepted,
        "rows_rejected": accounted.rows_rejected,
        "rows_duplicate": accounted.rows_duplicate,
    }


def _copied(first: Account, copy: Account) -> dict[str, object]:
    return {
        "period_start": copy.period_start or first.period_start,
        "period_end": copy.period_end or first.period_end,
        "rows_read": first.rows_read,
        "rows_accepted": 0,
        "rows_rejected": 0,
        "rows_duplicate": first.rows_read,
        "status": "duplicate",
    }


def _silent(_line: str) -> None:
    """Progress that nobody asked for."""
