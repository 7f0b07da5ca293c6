"""Extracts as delivered to typed raw files: one asset per source, made from the contracts."""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial

import dagster as dg

from pipelines.arrivals import Seen
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Contract
from pipelines.defs.keys import UNCLAIMED, landing_key, raw_key
from pipelines.defs.resources import OWNERS, SESSION, WRITER_POOL, Session, settings_in_force
from pipelines.extracts.faults import UnsettledFileError
from pipelines.extracts.ingest import ingest, ingest_without_contract
from pipelines.extracts.landing import NO_FOLDER, files_of, folders, orphaned_manifests
from pipelines.extracts.outcome import IngestOutcome
from pipelines.extracts.rawstore import DamagedAccountsError
from pipelines.extracts.unforeseen import UnforeseenError, refusing_unforeseen

GROUP = "ingest"
FILES_DESCRIBED = 50
"""Of how many files read last the metadata say what was found in them."""


@dg.definitions
def ingest_assets() -> dg.Definitions:
    """For every contract its landing folder and its raw files; and the folders without one."""
    contracts = load_contracts(settings_in_force()).values()
    return dg.Definitions(
        assets=[
            *map(_landing_spec, contracts),
            *map(_raw_asset, contracts),
            without_contract(),
        ]
    )


def _landing_spec(contract: Contract) -> dg.AssetSpec:
    return dg.AssetSpec(
        landing_key(contract.source),
        group_name=GROUP,
        kinds={"file"},
        owners=OWNERS,
        description=(
            f"{contract.data.label_vi}: tệp kết xuất như đã giao · extracts as delivered, in "
            f"landing/{contract.source}/. The pipeline never changes them."
        ),
        metadata={"cadence": contract.cadence, "mode": contract.mode},
    )


def _raw_asset(contract: Contract) -> dg.AssetsDefinition:
    spec = dg.AssetSpec(
        raw_key(contract.source),
        deps=[landing_key(contract.source)],
        group_name=GROUP,
        kinds={"polars", "parquet"},
        owners=OWNERS,
        description=(
            f"{contract.data.label_vi}: dòng được nhận và sổ tệp · {contract.data.label_en}: "
            "accepted rows, one file per extract, and what became of all others."
        ),
        metadata={"dataset": contract.dataset, "contract_version": contract.version},
    )

    @dg.multi_asset(
        name=_step(contract.source),
        specs=[spec],
        required_resource_keys={SESSION},
        pool=WRITER_POOL,
    )
    def asset(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        return _ingest(context.resources.session, contract.source)

    return asset


def _step(source: str) -> str:
    """The name of the step: of letters, digits and _, and another one for each source."""
    if "-" not in source:
        return f"ingest_{source}"
    mark = hashlib.sha256(source.encode()).hexdigest()[:6]
    return f"ingest_{source.replace('-', '_')}_{mark}"


def without_contract() -> dg.AssetsDefinition:
    """The asset that refuses what lies in folders without a contract."""
    spec = dg.AssetSpec(
        UNCLAIMED,
        group_name=GROUP,
        kinds={"file"},
        owners=OWNERS,
        description="Thư mục chưa có hợp đồng · folders that no contract names: files are refused.",
    )

    @dg.multi_asset(
        name="ingest_without_contract",
        specs=[spec],
        required_resource_keys={SESSION},
        pool=WRITER_POOL,
    )
    def asset(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        return _refuse_unclaimed(context.resources.session)

    return asset


def _ingest(session: Session, source: str) -> dg.MaterializeResult[None]:
    session.working_on(f"ingest: {source}")
    outcome = _mending(
        session,
        source,
        lambda: ingest(
            session.settings,
            session.contracts[source],
            files_of(session.settings, source),
            run_at=session.run_at,
            seen=_seen(session, source),
            progress=lambda line: session.say(f"ingest: {line}"),
        ),
    )
    for sentence in (*outcome.unsettled, *_left_aside(session, outcome)):
        session.say(f"ingest: {sentence}")
    session.ingested[source] = outcome
    return dg.MaterializeResult(metadata=_metadata(outcome))


def _seen(session: Session, source: str) -> dict[str, Seen]:
    """What is known of the files of a source, by the names that they have there."""
    folder = f"{source}/"
    return {
        path.removeprefix(folder): seen
        for path, seen in session.seen.items()
        if path.startswith(folder)
    }


def _mending(session: Session, source: str, work: Callable[[], IngestOutcome]) -> IngestOutcome:
    """Ingest; accounts that turn out to be damaged are restored before.

    A folder that cannot be listed is left for the next run, and the other sources go on. So they do
    where a fault that nobody foresaw ends the work on this one: what it published before stays.
    """
    try:
        with refusing_unforeseen():
            try:
                return work()
            except DamagedAccountsError as damage:
                from pipelines.recall import mend_accounts

                mend_accounts(session.settings, damage, session.say)
            return work()
    except UnsettledFileError as reason:
        return IngestOutcome(source, unsettled=[str(reason)])
    except UnforeseenError as fault:
        return IngestOutcome(source, unsettled=[f"{source}: {fault}"])


def _left_aside(session: Session, outcome: IngestOutcome) -> Iterator[str]:
    """What lies in the folder and was not even judged, so that no one waits for it in vain."""
    source = outcome.source
    contract = session.contracts.get(source)
    globs = ", ".join(contract.files) if contract else ""
    for name in outcome.ignored:
        yield f"{source}/{name}: ignored, the contract reads files named {globs} only."
    for name in orphaned_manifests(session.settings, source):
        yield f"{source}/{name}: ignored, the file that it describes is not there."


def _refuse_unclaimed(session: Session) -> dg.MaterializeResult[None]:
    refused = dict(_unclaimed(session))
    session.ingested.update(refused)
    return dg.MaterializeResult(
        metadata={
            "folders": ", ".join(refused) or "none",
            "files": sum(outcome.files for outcome in refused.values()),
        }
    )


def _unclaimed(session: Session) -> Iterator[tuple[str, IngestOutcome]]:
    for source in folders(session.settings):
        if source in session.contracts:
            continue
        outcome = _mending(session, source, partial(_refuse, session, source))
        if outcome.files or outcome.unsettled:
            session.say(f"ingest: {source}: {_no_contract(source)}; its files are refused.")
            for sentence in (*outcome.unsettled, *_left_aside(session, outcome)):
                session.say(f"ingest: {sentence}")
            yield source, outcome


def _refuse(session: Session, source: str) -> IngestOutcome:
    return ingest_without_contract(
        session.settings, source, files_of(session.settings, source), run_at=session.run_at
    )


def _no_contract(source: str) -> str:
    return "this is no source's folder" if source == NO_FOLDER else "no contract names this folder"


def _metadata(outcome: IngestOutcome) -> dict[str, int | str | dg.MetadataValue]:
    newest = dict(list(outcome.facts.items())[-FILES_DESCRIBED:])
    dates = [account.extracted_on for account in outcome.read if account.extracted_on]
    return {
        "files": outcome.files,
        "files_read": len(outcome.read),
        "files_rejected": len(outcome.rejected),
        "files_ignored": len(outcome.ignored),
        "dagster/row_count": sum(account.rows_accepted or 0 for account in outcome.read),
        "rows_rejected": outcome.rows_rejected,
        "rows_repeated": sum(account.rows_duplicate or 0 for account in outcome.read),
        "extract_dates": ", ".join(sorted({day.isoformat() for day in dates})) or "none new",
        "files_found": dg.MetadataValue.json(
            {name: facts.as_metadata() for name, facts in newest.items()}
        ),
        "rejections": dg.MetadataValue.json(
            {account.file_name: account.error for account in outcome.rejected}
        ),
    }
