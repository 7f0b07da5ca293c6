"""dbt's models, seeds and tests as assets and checks, built by one dbt runner in this process.

A test that fails with severity `error` fails the step, so nothing is published; one with severity
`warn` is a check that did not pass, and no more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.asset_utils import (
    get_dbt_resource_names_for_asset_keys,
    get_dbt_test_names_for_check_keys,
)
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from dagster_dbt.dbt_manifest import validate_manifest

from pipelines.defs.keys import build_key
from pipelines.defs.resources import OWNERS, SESSION, WRITER_POOL, Session, settings_in_force
from pipelines.errors import RunError
from pipelines.warehouse.transform import BuildResult, NodeResult

_RESULTS = frozenset({"LogModelResult", "LogSeedResult", "LogSnapshotResult", "LogTestResult"})
"""The events of dbt that Dagster is told, of the thousands that a build makes."""
UNIT_TESTS = "resource_type:unit_test"
"""They judge the code on made-up rows, not tonight's data, and run with the project's tests."""
_FAILURES_NAMED = 10


class Translator(DagsterDbtTranslator):
    """Names dbt's nodes as the rest of the graph does."""

    def __init__(self) -> None:
        """Let the accounts, which are several sources to dbt, be one asset."""
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Sources are what the load stage makes; models and seeds are `schema/name`."""
        if dbt_resource_props["resource_type"] != "source":
            return super().get_asset_key(dbt_resource_props)
        if dbt_resource_props["source_name"] == "memory":
            return dg.AssetKey(["memory", dbt_resource_props["name"]])
        return build_key(dbt_resource_props["name"])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:  # noqa: ARG002
        """All of dbt is one stage."""
        return "transform"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002
        """The data team."""
        return OWNERS


def model_keys(manifest_path: Path) -> list[dg.AssetKey]:
    """The assets of all models and seeds."""
    nodes = validate_manifest(manifest_path)["nodes"].values()
    translator = Translator()
    return [
        translator.get_asset_key(node)
        for node in nodes
        if node["resource_type"] in ("model", "seed")
    ]


@dg.definitions
def transform_assets() -> dg.Definitions:
    """One asset per model and seed, one check per test."""
    from pipelines.warehouse.transform import prepare

    manifest = prepare(settings_in_force())

    @dbt_assets(
        manifest=manifest,
        name="dbt",
        dagster_dbt_translator=Translator(),
        required_resource_keys={SESSION},
        pool=WRITER_POOL,
    )
    def dbt(context: dg.AssetExecutionContext) -> Iterator[Any]:
        yield from _build(context, context.resources.session, manifest)

    return dg.Definitions(assets=[dbt])


def _build(
    context: dg.AssetExecutionContext, session: Session, manifest_path: Path
) -> Iterator[Any]:
    from pipelines.warehouse.connect import open_build
    from pipelines.warehouse.load import write_run
    from pipelines.warehouse.transform import build

    translator, manifest = Translator(), validate_manifest(manifest_path)
    with open_build(session.settings, say=session.say) as connection:
        write_run(connection, as_of=session.as_of, run_at=session.run_at, run_id=context.run.run_id)
    messages: list[DbtCoreCliEventMessage] = []

    def listen(event: Any) -> None:
        if event.info.name not in _RESULTS:
            return
        message = _as_message(event)
        if message.is_result_event:
            session.working_on(f"dbt: {message}")
            messages.append(message)

    def run_build() -> BuildResult:
        messages.clear()
        return build(
            session.settings,
            select=_selection(context, translator, manifest),
            exclude=[UNIT_TESTS],
            on_event=listen,
            say=session.say,
        )

    result = _without_culprits(session, manifest, run_build(), run_build)
    for message in messages:
        yield from message.to_default_asset_events(manifest, translator, context)
    _report(session, result)
    if not context.is_subset:
        _write_docs(session)


def _without_culprits(
    session: Session,
    manifest: Mapping[str, Any],
    result: BuildResult,
    run_build: Callable[[], BuildResult],
) -> BuildResult:
    """The result, or that of a build without the new extracts over which models failed."""
    from pipelines.defs.load import load_accounts
    from pipelines.warehouse.culprits import build_without_culprits, fails_over_values

    def rebuild() -> BuildResult:
        load_accounts(session)
        return run_build()

    failed = fails_over_values(result)
    if not failed:
        return result
    session.working_on("looking for the extract over which models fail")
    found = build_without_culprits(session.settings, manifest, failed, rebuild, session.say)
    return result if found is None else found


def _write_docs(session: Session) -> None:
    """Let people browse the models; a page that cannot be made is no reason not to publish."""
    from pipelines.warehouse.dbt_docs import write_docs

    session.working_on("dbt: documentation")
    try:
        page = write_docs(session.settings)
    except RunError as error:
        session.say(f"dbt: no documentation: {error}")
        return
    if page is not None:
        session.say(f"dbt: {page}")


def _as_message(event: Any) -> DbtCoreCliEventMessage:
    """dbt's event as dagster-dbt knows it from the log of a dbt process."""
    from google.protobuf.json_format import MessageToDict

    raw_event = MessageToDict(event, preserving_proto_field_name=True)
    return DbtCoreCliEventMessage(raw_event={"data": {}, **raw_event}, event_history_metadata={})


def _selection(
    context: dg.AssetExecutionContext, translator: Translator, manifest: Mapping[str, Any]
) -> Sequence[str]:
    """What to build: everything, or the nodes and tests that were asked for."""
    if not context.is_subset:
        return ()
    definition = context.assets_def
    return [
        *get_dbt_resource_names_for_asset_keys(
            translator, manifest, definition, context.selected_asset_keys
        ),
        *get_dbt_test_names_for_check_keys(
            translator, manifest, definition, context.selected_asset_check_keys
        ),
    ]


def _report(session: Session, result: BuildResult) -> None:
    """Say what was built and tested; fail the step where something must not be published."""
    tests = [node for node in result.nodes if node.resource_type == "test"]
    warned = [node for node in tests if node.status == "warn"]
    session.say(f"dbt: {len(result.nodes) - len(tests)} models and seeds, {len(tests)} tests")
    for node in warned:
        session.say(f"dbt: warning: {_sentence(node)}")
    if result.failed:
        named = "; ".join(map(_sentence, result.failed[:_FAILURES_NAMED]))
        raise dg.Failure(
            f"{len(result.failed)} of dbt's models or tests failed: {named}", allow_retries=False
        )


def _sentence(node: NodeResult) -> str:
    name = node.unique_id.split(".", 2)[-1]
    return f"{name}: {node.message or node.status}"
