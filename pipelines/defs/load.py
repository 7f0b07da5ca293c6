"""Raw files to the working database: one step, one asset per canonical dataset and the accounts."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.contracts.datasets import DATASETS
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Contract
from pipelines.defs.keys import EXTRACT_LOG, UNCLAIMED, build_key, raw_key
from pipelines.defs.resources import OWNERS, SESSION, WRITER_POOL, Session, settings_in_force

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.warehouse.load import LoadOutcome


@dg.definitions
def load_assets() -> dg.Definitions:
    """The tables of the working database that are loaded as they came."""
    contracts = load_contracts(settings_in_force())

    @dg.multi_asset(
        name="load",
        specs=[*_dataset_specs(contracts), _log_spec(contracts)],
        can_subset=True,
        required_resource_keys={SESSION},
        pool=WRITER_POOL,
    )
    def load(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        yield from _load(context, context.resources.session)

    return dg.Definitions(assets=[load])


def _load(
    context: dg.AssetExecutionContext, session: Session
) -> Iterator[dg.MaterializeResult[None]]:
    outcome, accounts = load_accounts(session)
    changed = {name: count for name, count in outcome.inserted.items() if count}
    session.say(f"load: {_list_of(changed) or 'no new rows'}")
    for key in context.selected_asset_keys:
        name = key.path[-1]
        metadata = {
            "dagster/row_count": outcome.rows.get(name, accounts),
            "rows_inserted": outcome.inserted.get(name, 0),
            "rows_deleted": outcome.deleted.get(name, 0),
        }
        yield dg.MaterializeResult(asset_key=key, metadata=metadata)


def load_accounts(session: Session) -> "tuple[LoadOutcome, int]":
    """Bring the working database up to the accounts; what that did, and how many there are."""
    from pipelines.warehouse.connect import open_build

    with open_build(session.settings, say=session.say) as connection:
        outcome = _load_mending(session, connection)
        [(accounts,)] = connection.sql("select count(*) from ops.extract_log").fetchall()
    return outcome, accounts


def _load_mending(session: Session, connection: "DuckDBPyConnection") -> "LoadOutcome":
    """Load; rows under raw/ that turn out to be damaged are read again from landing/ before."""
    from pipelines.extracts.again import read_again
    from pipelines.warehouse.load import load
    from pipelines.warehouse.raw_files import UnreadableExtractError

    try:
        return load(session.settings, connection, session.contracts)
    except UnreadableExtractError as damage:
        if not session.reads_landing:
            raise
        session.say(f"damage: {damage}")
        read_again(
            session.settings,
            session.contracts,
            damage.extract_ids,
            run_at=session.run_at,
            progress=lambda line: session.say(f"ingest: {line}"),
        )
    return load(session.settings, connection, session.contracts)


def _list_of(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,} rows" for name, count in counts.items())


def _dataset_specs(contracts: Mapping[str, Contract]) -> Iterator[dg.AssetSpec]:
    for dataset in DATASETS.values():
        feeding = [item.source for item in contracts.values() if item.dataset == dataset.name]
        yield dg.AssetSpec(
            build_key(dataset.name),
            deps=[raw_key(source) for source in feeding],
            skippable=True,
            group_name="load",
            kinds={"duckdb", "table"},
            owners=OWNERS,
            description=f"{dataset.label_vi} · {dataset.label_en}: accepted rows of every extract.",
        )


def _log_spec(contracts: Mapping[str, Contract]) -> dg.AssetSpec:
    return dg.AssetSpec(
        EXTRACT_LOG,
        deps=[*(raw_key(source) for source in contracts), UNCLAIMED],
        skippable=True,
        group_name="load",
        kinds={"duckdb", "table"},
        owners=OWNERS,
        description="Sổ tệp kết xuất · every file ever seen, with its accounts and rejections.",
    )
