"""The checks on what arrived: Great Expectations suites and freshness, as asset checks.

Rules and severities are data under expectations/; `critical` ones block what comes after, and so
does any that could not be evaluated. What dbt tests is checked in the transform stage.
"""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Contract
from pipelines.defs.keys import build_key, raw_key
from pipelines.defs.resources import SESSION, Session, settings_in_force
from pipelines.quality.results import ExpectationResult
from pipelines.quality.suites import Suite, load_suites

FRESH = "is_fresh"


@dg.definitions
def quality_checks() -> dg.Definitions:
    """One step for all suites, so that their library is loaded once, and one for freshness."""
    settings = settings_in_force()
    suites = load_suites(settings.expectations)

    @dg.multi_asset_check(
        name="expectations",
        specs=_expectation_specs(suites),
        can_subset=True,
        required_resource_keys={SESSION},
    )
    def expectations(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        yield from _check(context, context.resources.session, suites)

    @dg.multi_asset_check(
        name="freshness",
        specs=_freshness_specs(load_contracts(settings)),
        can_subset=True,
        required_resource_keys={SESSION},
    )
    def freshness(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        yield from _check_freshness(context, context.resources.session)

    return dg.Definitions(asset_checks=[expectations, freshness])


def _expectation_specs(suites: Sequence[Suite]) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            suite.expectation_id(name),
            asset=build_key(suite.table_name),
            blocking=expectation.is_blocking,
            description=f"{expectation.title_vi} · {expectation.title_en}\n\n{expectation.notes}",
            metadata={"severity": expectation.severity, "table": suite.table},
        )
        for suite in suites
        for name, expectation in suite.expectations.items()
    ]


def _freshness_specs(contracts: Mapping[str, Contract]) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            FRESH,
            asset=raw_key(contract.source),
            additional_deps=[build_key("extract_log")],
            description=f"Nguồn giao tệp đúng nhịp · an extract is expected {contract.cadence}.",
        )
        for contract in contracts.values()
    ]


def _check(
    context: dg.AssetCheckExecutionContext, session: Session, suites: Sequence[Suite]
) -> Iterator[dg.AssetCheckResult]:
    from pipelines.quality.page import write_page
    from pipelines.quality.run import run_suites
    from pipelines.warehouse.connect import open_build

    selected = {key.name for key in context.selected_asset_check_keys}
    asked = [
        suite
        for suite in suites
        if any(suite.expectation_id(name) in selected for name in suite.expectations)
    ]
    session.working_on("check: Great Expectations")
    with open_build(session.settings, read_only=True, say=session.say) as connection:
        results = [
            result for result in run_suites(connection, asked) if result.expectation_id in selected
        ]
    failed = [result for result in results if result.outcome != "passed"]
    session.say(f"check: {len(results)} expectations, {len(failed)} of them not met")
    for result in failed:
        session.say(f"check: {result.severity}: {result.expectation_id}: {result.message}")
    page = write_page(
        session.settings.reports, suites, results, run_at=session.run_at, as_of=session.as_of
    )
    session.say(f"check: {page}")
    yield from map(_as_check_result, results)
    unknown = [result for result in results if result.outcome == "could_not_evaluate"]
    if unknown:
        raise dg.Failure(
            "These expectations could not be evaluated, so nothing is published: "
            + "; ".join(f"{result.expectation_id}: {result.message}" for result in unknown)
        )


def _as_check_result(result: ExpectationResult) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.ERROR if result.is_blocking else dg.AssetCheckSeverity.WARN
    metadata = {
        "outcome": result.outcome,
        "failing": result.unexpected_count,
        "judged": result.element_count,
        "failing_percent": result.unexpected_percent,
        "sample_keys": dg.MetadataValue.json([dict(keys) for keys in result.sample_keys]),
        "observed": dg.MetadataValue.json(dict(result.observed)),
        "issue_code": result.issue_code,
    }
    return dg.AssetCheckResult(
        asset_key=build_key(result.suite),
        check_name=result.expectation_id,
        passed=result.outcome == "passed",
        severity=severity,
        description=result.message,
        metadata={name: value for name, value in metadata.items() if value is not None},
    )


def _check_freshness(
    context: dg.AssetCheckExecutionContext, session: Session
) -> Iterator[dg.AssetCheckResult]:
    from pipelines.freshness import freshness
    from pipelines.warehouse.connect import open_build

    contracts = session.contracts.values()
    with open_build(session.settings, read_only=True) as connection:
        found = freshness(session.settings, connection, contracts, session.as_of)
    selected = {key.asset_key for key in context.selected_asset_check_keys}
    for source in found:
        if raw_key(source.source) in selected:
            if source.is_stale:
                session.say(f"freshness: {source}")
                session.stale.append(str(source))
            yield dg.AssetCheckResult(
                asset_key=raw_key(source.source),
                check_name=FRESH,
                passed=not source.is_stale,
                severity=dg.AssetCheckSeverity.WARN,
                description=str(source),
                metadata={"newest_extract": str(source.newest), "cadence": source.cadence},
            )
