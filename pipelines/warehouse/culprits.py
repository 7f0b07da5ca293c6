"""Finds the new extracts over which the models cannot be built, and sets them aside.

Ingest accepts nothing that the models could not cast, as far as anybody foresaw. Where one fails
over a value all the same, the extracts that no edition has shown yet are tried: models are built
without all of them, then with one half and the other, until those that fail are left. They are
refused like a file that cannot be read, and all others are published. Where models fail without
any new extract too, all accounts are as before, and nothing is published.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipelines.errors import RunError
from pipelines.extracts.rawstore import Account, RawStore
from pipelines.settings import Settings
from pipelines.warehouse.connect import open_published
from pipelines.warehouse.lock import Say
from pipelines.warehouse.transform import BuildResult, NodeResult

_OVER_A_VALUE = re.compile(r"\b(Conversion|Out of Range|Invalid Input) Error\b")
"""How DuckDB begins what it says of a value that it cannot cast or count with."""

_UNREAD = {"rows_read": None, "rows_accepted": None, "rows_rejected": None, "rows_duplicate": None}


def fails_over_values(result: BuildResult) -> list[NodeResult]:
    """The models of a build that failed over a value, not over code, memory or the disk."""
    return [
        node
        for node in result.failed
        if node.status == "error" and _OVER_A_VALUE.search(node.message or "")
    ]


def build_without_culprits(
    settings: Settings,
    manifest: Mapping[str, Any],
    failed: Sequence[NodeResult],
    rebuild: Callable[[], BuildResult],
    say: Say,
) -> BuildResult | None:
    """Set aside the new extracts over which models failed, and build with all others.

    Args:
        settings: Names the folders and databases.
        manifest: dbt's manifest, which says what a model is made from.
        failed: The models that failed over a value.
        rebuild: Loads the accounts as they are then, and builds the models.
        say: Is told which extracts are set aside.

    Returns:
        What the last build did; None where the new extracts are not the cause.
    """
    accounts = list(_new_extracts(settings, _datasets(manifest, failed)))
    if not accounts:
        return None
    trial = _Trial(settings, rebuild, failed[0])
    trial.refuse(accounts)
    if not trial.builds():
        trial.take_back(accounts)
        return None
    culprits = trial.culprits(accounts)
    for account in culprits:
        say(f"set aside: {account.source}/{account.file_name}: {trial.sentence}")
    return rebuild()


class _Trial:
    """Extracts that are refused and taken back, to see with which of them the models are built."""

    def __init__(
        self, settings: Settings, rebuild: Callable[[], BuildResult], failed: NodeResult
    ) -> None:
        self._settings = settings
        self._rebuild = rebuild
        found = _OVER_A_VALUE.search(failed.message or "")
        kind = found[0] if found else "error"
        model = failed.unique_id.rpartition(".")[2]
        self.sentence = (
            f"An unexpected fault ({kind} in the model {model}): nothing of it was taken, all else "
            "goes on. Look for an odd value in it, and hand this line to who maintains the program."
        )

    def builds(self) -> bool:
        """Whether the models are built over no value that fails."""
        return not fails_over_values(self._rebuild())

    def refuse(self, accounts: Sequence[Account]) -> None:
        """Let none of the extracts count."""
        for account in accounts:
            refused = {"status": "rejected", "error": self.sentence, **_UNREAD}
            self._save(account.model_copy(update=refused))

    def take_back(self, accounts: Sequence[Account]) -> None:
        """Let the extracts count as before."""
        for account in accounts:
            self._save(account)

    def culprits(self, refused: Sequence[Account]) -> Sequence[Account]:
        """Take back all refused extracts but those over which the models fail; returns these."""
        if len(refused) == 1:
            return refused
        middle = len(refused) // 2
        return [*self._tried(refused[:middle]), *self._tried(refused[middle:])]

    def _tried(self, refused: Sequence[Account]) -> Sequence[Account]:
        self.take_back(refused)
        if self.builds():
            return []
        self.refuse(refused)
        return self.culprits(refused)

    def _save(self, account: Account) -> None:
        RawStore(self._settings.raw, account.source).save(account)


def _datasets(manifest: Mapping[str, Any], failed: Sequence[NodeResult]) -> frozenset[str]:
    """The datasets that the failed models are made from, by way of whatever models."""
    parents: Mapping[str, Sequence[str]] = manifest["parent_map"]
    found: set[str] = set()
    left = [node.unique_id for node in failed]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(parents.get(name, ()))
    sources = (manifest["sources"][name] for name in found if name in manifest["sources"])
    return frozenset(source["name"] for source in sources if source["source_name"] == "raw")


def _new_extracts(settings: Settings, datasets: frozenset[str]) -> Iterator[Account]:
    """Extracts of the datasets that count and that no edition has shown, in order of arrival."""
    published = _published(settings)
    found = [
        account
        for folder in settings.raw.glob("*/accounts")
        for account in RawStore(settings.raw, folder.parent.name).accounts()
        if account.status == "loaded"
        and account.dataset in datasets
        and account.extract_id not in published
    ]
    yield from sorted(found, key=lambda account: account.arrival)


def _published(settings: Settings) -> frozenset[str]:
    query = "select extract_id from marts.extract_log where status = 'loaded'"
    try:
        with open_published(settings) as connection:
            return frozenset(name for (name,) in connection.execute(query).fetchall())
    except RunError:
        return frozenset()
