"""What an ingest of one source did, for the run that asked for it and for who watches it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pipelines.extracts.facts import FileFacts
from pipelines.extracts.rawstore import Account


@dataclass
class IngestOutcome:
    """What one ingest of one source did.

    Attributes:
        source: The source.
        files: How many files lie in its folder.
        read: Accounts written because a file was read or judged, in order.
        new: Extracts whose rows stand now and did not before.
        changed: Extracts that were read again and still stand.
        removed: Extracts whose rows stood before and do not now.
        ignored: Files that the contract's `files` leaves out.
        unsettled: Sentences on files left for the next run.
        taken: Hash of what was judged of each file and of its manifest, by where they lie: empty
            if there is no manifest, None if the contract leaves the file aside. A file that was
            left for the next run is not among them.
        facts: What was found in the files that were read, by name.
    """

    source: str
    files: int = 0
    read: list[Account] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    taken: dict[Path, str | None] = field(default_factory=dict)
    facts: dict[str, FileFacts] = field(default_factory=dict)

    @property
    def is_news(self) -> bool:
        """Whether any account was written."""
        return bool(self.read or self.new or self.changed or self.removed)

    @property
    def rejected(self) -> list[Account]:
        """Files that this ingest refused, each with its sentence in `error`."""
        return [account for account in self.read if account.error is not None]

    @property
    def rows_rejected(self) -> int:
        """Rows that this ingest quarantined."""
        return sum(account.rows_rejected or 0 for account in self.read)


def told(account: Account) -> str:
    """One plain line on a file whose rows were taken."""
    if account.status == "duplicate":
        return f"{account.source}/{account.file_name}: a copy of a file that was read before"
    left_out = sum(account.furniture.values())
    return (
        f"{account.source}/{account.file_name}: {account.rows_read} rows, "
        f"{account.rows_accepted} accepted, {account.rows_rejected} rejected, "
        f"{account.rows_duplicate} repeated"
        f"{f'; {left_out} rows of titles, totals and blanks left out' if left_out else ''}"
    )
