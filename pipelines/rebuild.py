"""The warehouse anew from what is kept, with the same figures: `qo rebuild`.

The steps of a night build a new working database beside the old one, from all of raw/. Before that
every file of landing/ may be read again into a new raw folder, which keeps the order in which the
files arrived. What was published before is remembered from the published warehouse. Whatever fails
leaves the published warehouse, raw/ and the working database as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from pipelines import news
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Contract
from pipelines.errors import RunError
from pipelines.extracts.again import UNREAD
from pipelines.extracts.rawstore import DamagedAccountsError, RawStore
from pipelines.nightly import (
    NOT_PUBLISHED,
    REBUILD,
    Outcome,
    run_job,
    tell,
)
from pipelines.printable import in_utf8
from pipelines.recall import Log, log_rows, recall_accounts
from pipelines.recovery import bring_in_step, told_in_a_sentence
from pipelines.reports.terminal import RunOutput
from pipelines.settings import Settings
from pipelines.warehouse.beside import Place, clear, prepare_place, put_in_place
from pipelines.warehouse.connect import open_published
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.snapshots import list_snapshots

Origin = Literal["raw", "landing"]
"""What a rebuild starts from."""

NAMED = 20
"""How many lost extracts an error names."""


@dataclass(frozen=True)
class _Published:
    """What the published warehouse says of itself.

    Attributes:
        as_of: The evaluation date of its figures.
        extracts: The rows of its `ops.extract_log`, in order of arrival.
    """

    as_of: date | None = None
    extracts: Log = ()


def run_rebuild(settings: Settings, *, origin: Origin, now: datetime, output: RunOutput) -> Outcome:
    """Build the working database anew and publish it.

    Args:
        settings: The run's settings. Without an as-of date it is that of the published warehouse.
        origin: `raw` loads all raw files again; `landing` reads all extracts again before, and with
            them what is new there.
        now: The instant the run starts, aware.
        output: Is told what happens.

    Raises:
        ConfigurationError: A contract or an expectation suite is not valid; nothing was started.
        RunError: The figures could not be the same ones, or another writer did not finish in time.
    """
    contracts = load_contracts(settings)
    with told_in_a_sentence(), writer_lock(settings, purpose="rebuild", say=output.say):
        clear(settings)
        published = _published(settings)
        as_of = settings.as_of or published.as_of or settings.evaluation_date(now)
        settings = settings.model_copy(update={"as_of": as_of})
        output.say(f"rebuild: {settings.data_dir} from {origin}/, as of {as_of}")
        try:
            if origin == "raw":
                outcome = _from_raw(settings, published, now, output)
            else:
                outcome = _from_landing(settings, published, contracts, now, output)
        finally:
            clear(settings)
    tell(settings, outcome, output)
    return outcome


def _from_raw(
    settings: Settings, published: _Published, now: datetime, output: RunOutput
) -> Outcome:
    kept = {path.stem for path in settings.raw.glob("*/accounts/*.json")}
    lost = [row for row in published.extracts if _stands(row) and row["extract_id"] not in kept]
    if lost:
        raise RunError(
            f"The published warehouse holds {_named(lost)} of which raw/ has no account. Nothing "
            "was changed. `qo rebuild --from landing` reads them again, if landing/ has them."
        )
    known = news.remembered(settings)
    outcome = _build(settings, prepare_place(settings, with_raw=False), None, now, output)
    if known is not None and outcome.status != NOT_PUBLISHED:
        # Nothing was read: what has come to landing/ since is still news.
        news.remember(settings, replace(known, as_of=str(settings.as_of)))
    return outcome


def _from_landing(
    settings: Settings,
    published: _Published,
    contracts: Mapping[str, Contract],
    now: datetime,
    output: RunOutput,
) -> Outcome:
    # Every file is hashed again, whatever its size and time say.
    found = news.fingerprint(settings, settings.evaluation_date(now))
    output.working_on("landing")
    place = prepare_place(settings, with_raw=True)
    _drop_damaged_accounts(place, output)
    recall_accounts(place.raw, published.extracts)
    lost = _mark_unread(place, found.landing, contracts)
    if lost:
        raise RunError(
            f"landing/ no longer holds {_named(lost)} as they were read, or no contract reads them "
            "any more: the figures would change. Nothing was changed. Put the files back; or use "
            "`qo rebuild --from raw`, for which raw/ is enough. If they were replaced on purpose, "
            "run `qo nightly` first."
        )
    return _build(settings, place, found, now, output)


def _build(
    settings: Settings,
    place: Place,
    found: news.Fingerprint | None,
    now: datetime,
    output: RunOutput,
) -> Outcome:
    """Let the steps of a night work in the new place, and keep what they made if it came out."""
    known = news.remembered(settings)
    bring_in_step(place, output.say)
    outcome = run_job(place, now, found, output, command=REBUILD, reads_landing=found is not None)
    if outcome.status != NOT_PUBLISHED:
        put_in_place(settings, place)
    elif known is not None:
        news.remember(settings, known)
    return outcome


def _published(settings: Settings) -> _Published:
    """Look into the published warehouse; without one only a first build can be made.

    Raises:
        RunError: Only the old working database may know what was published before.
    """
    if not settings.published.exists():
        if settings.build.exists() and not list_snapshots(settings):
            raise RunError(
                f"No edition is published in {settings.warehouse_dir} that a rebuild could take "
                "the figures published before from: run `qo nightly`, which publishes one."
            )
        return _Published()
    with open_published(settings) as con:
        stamp = con.execute("select as_of from ops.publication").fetchone()
        extracts = log_rows(con)
    return _Published(None if stamp is None else stamp[0], extracts)


def _drop_damaged_accounts(place: Place, output: RunOutput) -> None:
    for folder in place.raw.glob("*/accounts"):
        try:
            RawStore(place.raw, folder.parent.name).accounts()
        except DamagedAccountsError as damage:
            for path in damage.paths:
                output.say(f"rebuild: the account {path.name} is damaged and is made anew")
                path.unlink()


def _mark_unread(
    place: Place, landing: Mapping[str, news.LandingEntry], contracts: Mapping[str, Contract]
) -> Log:
    """Mark what landing holds as not read yet; return what stands and cannot be read again."""
    landing = {in_utf8(name): entry for name, entry in landing.items()}
    lost: list[Mapping[str, Any]] = []
    for folder in sorted(place.raw.glob("*/accounts")):
        store = RawStore(place.raw, folder.parent.name)
        contract = contracts.get(folder.parent.name)
        for account in store.accounts():
            entry = landing.get(f"{account.source}/{account.file_name}")
            is_there = entry is not None and entry.sha256 == account.sha256
            is_read = contract is not None and contract.accepts(account.file_name)
            if is_there and is_read and account.is_current:
                store.save(account.model_copy(update={"reader_version": UNREAD}))
            elif _stands(row := account.model_dump()):
                lost.append(row)
    return lost


def _stands(extract: Mapping[str, Any]) -> bool:
    return bool(extract["status"] == "loaded")


def _named(extracts: Iterable[Mapping[str, Any]]) -> str:
    """`2 extracts (documents/a.csv of 2022-03-31, documents/b.csv of 2022-06-30)`."""
    names = [f"{row['source']}/{row['file_name']} of {row['extracted_on']}" for row in extracts]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    noun = "1 extract" if len(names) == 1 else f"{len(names)} extracts"
    return f"{noun} ({', '.join(names[:NAMED])}{more})"
