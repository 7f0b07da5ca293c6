"""Which files of a source still stand, from their accounts alone.

Told anew from all accounts at every ingest, so that it never depends on the runs in between. Only
files that could be read take the place of others: a broken delivery leaves the last good one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pipelines.extracts.rawstore import Account, Status


def settle(accounts: Iterable[Account], mode: str | None) -> list[Account]:
    """The accounts whose status changed, with the new one.

    A file is superseded by a later arrival that could be read: of the same date in mode `full`, or
    at the same path, or whose manifest names it; by the same file dated anew; and a rejected file
    by any later readable one at its path.

    Args:
        accounts: Every account of one source.
        mode: The mode of its contract; None without one: then the mode each was read under.
    """
    ordered = sorted(accounts, key=lambda account: account.arrival)
    rivals: dict[object, list[Account]] = defaultdict(list)
    for account in ordered:
        if account.was_read:
            rivals[account.extracted_on].append(account)
            rivals[account.file_name].append(account)
    changed = []
    for account in ordered:
        near = [*rivals[account.extracted_on], *rivals[account.file_name]]
        status = _status(account, near, mode)
        if status != account.status:
            changed.append(account.model_copy(update={"status": status}))
    return changed


def _status(account: Account, rivals: list[Account], mode: str | None) -> Status:
    if account.status == "duplicate":
        return "duplicate"
    later = (rival for rival in rivals if rival.arrival > account.arrival)
    if any(_replaces(rival, account, mode) for rival in later):
        return "superseded"
    return "rejected" if account.error is not None else "loaded"


def _replaces(later: Account, earlier: Account, mode: str | None) -> bool:
    same_path = later.file_name == earlier.file_name
    if earlier.error is not None:
        return same_path
    if later.extracted_on != earlier.extracted_on:
        return same_path and later.sha256 == earlier.sha256
    return (mode or later.mode) == "full" or same_path or later.supersedes == earlier.file_name
