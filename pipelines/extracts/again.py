"""Reads files again whose rows under raw/ are damaged: landing/ still holds what they came from.

Which ones, whoever needs their rows finds out. A file that is no longer in landing/, or holds other
bytes there, is left as it is: its account stays, so nothing forgets that it was there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from pipelines.contracts.model import Contract
from pipelines.extracts.ingest import ingest
from pipelines.extracts.landing import files_of
from pipelines.extracts.rawstore import RawStore
from pipelines.settings import Settings

UNREAD = -1
"""Reader version of an account whose file has to be read again."""


def read_again(
    settings: Settings,
    contracts: Mapping[str, Contract],
    extract_ids: Iterable[str],
    *,
    run_at: datetime,
    progress: Callable[[str], None],
) -> None:
    """Read the files of some extracts again, as far as landing/ has them.

    Args:
        settings: Names the folders.
        contracts: The contracts in force, by source.
        extract_ids: The extracts.
        run_at: Start of the run, an aware instant.
        progress: Told of every file that is read.

    Raises:
        UnsettledFileError: A folder that should hold them cannot be listed now.
    """
    wanted = frozenset(extract_ids)
    for folder in sorted(settings.raw.glob("*/accounts")):
        source = folder.parent.name
        store = RawStore(settings.raw, source)
        marked = [name for name in wanted if (folder / f"{name}.json").exists()]
        if not marked or source not in contracts:
            continue
        for account in store.accounts():
            if account.extract_id in wanted:
                store.save(account.model_copy(update={"reader_version": UNREAD}))
        ingest(
            settings,
            contracts[source],
            files_of(settings, source),
            run_at=run_at,
            progress=progress,
        )
