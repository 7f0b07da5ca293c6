"""The last step: the audited working database becomes the published warehouse."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import dagster as dg

from pipelines import arrivals, news
from pipelines.contracts.datasets import DATASETS
from pipelines.defs.keys import EXTRACT_LOG, WAREHOUSE, build_key
from pipelines.defs.resources import OWNERS, SESSION, WRITER_POOL, Session, settings_in_force
from pipelines.defs.transform import model_keys
from pipelines.rejections import published_rejections, rejections
from pipelines.reports.edition import Edition, published_edition
from pipelines.reports.figures import figures_if_any
from pipelines.reports.restated import Restated, restated
from pipelines.settings import LOCAL_ZONE
from pipelines.warehouse.schemas import MEMORY

READABLE = "opens_with_figures"


@dg.definitions
def publish_asset() -> dg.Definitions:
    """The published warehouse, which comes after every model and every blocking check."""
    from pipelines.warehouse.transform import prepare

    models = model_keys(prepare(settings_in_force()))
    audited = frozenset([*models, *map(build_key, DATASETS), EXTRACT_LOG])

    @dg.asset(
        key=WAREHOUSE,
        deps=models,
        group_name="publish",
        kinds={"duckdb"},
        owners=OWNERS,
        check_specs=[dg.AssetCheckSpec(READABLE, asset=WAREHOUSE)],
        required_resource_keys={SESSION},
        pool=WRITER_POOL,
        description=(
            "Kho dữ liệu được công bố · the published warehouse, warehouse.duckdb: replaced whole, "
            "only by a run in which everything was loaded, modelled and checked."
        ),
    )
    def warehouse(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        _require_audit(context, audited)
        yield _publish(context.run.run_id, context.resources.session)
        yield _check_readable(context.resources.session)

    return dg.Definitions(assets=[warehouse, *_memory_specs()])


def _memory_specs() -> Iterator[dg.AssetSpec]:
    """What each publication leaves for the next run: an input of the models, made by no step."""
    for name in MEMORY:
        yield dg.AssetSpec(
            dg.AssetKey(["memory", name]),
            group_name="publish",
            kinds={"duckdb", "table"},
            owners=OWNERS,
            description="Trí nhớ công bố · publication memory, appended to by each publication.",
        )


def _require_audit(context: dg.AssetExecutionContext, audited: frozenset[dg.AssetKey]) -> None:
    """Refuse to publish what this very run has not built and checked."""
    run = context.run
    if not run.asset_selection and not run.asset_check_selection:
        return
    left_out = audited - (run.asset_selection or frozenset())
    if left_out or run.asset_check_selection is not None:
        raise dg.Failure(
            "The warehouse is published only by a run that also loads, models and checks "
            "everything: launch the job nightly instead of this asset alone.",
            allow_retries=False,
        )


def _publish(run_id: str, session: Session) -> dg.MaterializeResult[None]:
    from pipelines.warehouse.publish import publish

    session.working_on("publish")
    before = published_rejections(session.settings)
    # From here on the published warehouse may differ from what the last fingerprint stands for.
    news.forget(session.settings)
    publication = publish(
        session.settings,
        published_at=datetime.now(LOCAL_ZONE),
        as_of=session.as_of,
        run_id=run_id,
        say=session.say,
    )
    _remember_news(session)
    after = published_rejections(session.settings)
    session.rejected.extend(rejections(session.ingested, before, after))
    session.say(f"publish: {publication.path} ({publication.size_bytes / 2**20:.1f} MiB)")
    for warning in publication.warnings:
        session.say(f"publish: warning: {warning}")
    with published_edition(session.settings) as edition:
        restatements = _tell_restatements(session, edition)
        scorecard = _scorecard(edition)
    return dg.MaterializeResult(
        metadata={
            **scorecard,
            "dagster/row_count": sum(publication.rows.values()),
            "published_at": publication.published_at.isoformat(),
            "as_of": session.as_of.isoformat(),
            "size_mib": publication.size_bytes / 2**20,
            "sha256": publication.sha256,
            "path": dg.MetadataValue.path(publication.path),
            "snapshot": dg.MetadataValue.path(publication.snapshot or "none"),
            "warnings": "\n".join(publication.warnings) or "none",
            "figures_restated": restatements.figures,
            "totals_restated": restatements.totals,
            "headlines_restated": len(restatements.headlines),
            **_not_clean(session),
        }
    )


def _not_clean(session: Session) -> dict[str, dg.MetadataValue]:
    """What somebody has to be told though the edition came out (`pipelines.defs.alerts`)."""
    return {
        "rejected": dg.MetadataValue.json([list(found) for found in session.rejected]),
        "unsettled": dg.MetadataValue.json(session.unsettled),
        "stale": dg.MetadataValue.json(session.stale),
    }


def _remember_news(session: Session) -> None:
    """Let the next run know what this edition was made from.

    Only a run that looked at every source itself can say so: one that was taken up again after a
    failed step has skipped what the first attempt read.
    """
    if session.found is not None and session.ingested.keys() >= session.contracts.keys():
        # In this order: a run that finds nothing new has no reason to look for the note.
        arrivals.drop(session.settings)
        news.remember(session.settings, session.found.as_taken(_taken(session)))


def _taken(session: Session) -> dict[str, str | None]:
    """What was judged of each file under landing, by path there."""
    return {
        path.relative_to(session.settings.landing).as_posix(): sha256
        for outcome in session.ingested.values()
        for path, sha256 in outcome.taken.items()
    }


def _scorecard(edition: Edition) -> dict[str, dg.MetadataValue[Any]]:
    """The figures of the newest year to look at, and one by one for Dagster to plot over time."""
    from pipelines.reports.markdown import rates, scorecard_markdown

    year = edition.newest_year()
    found = [figure for figure in figures_if_any(edition, year) if figure.is_headline]
    numbers = {name: dg.MetadataValue.float(value) for name, value in rates(found).items()}
    return {"scorecard": dg.MetadataValue.md(scorecard_markdown(edition, year, found)), **numbers}


def _tell_restatements(session: Session, edition: Edition) -> Restated:
    found = restated(edition)
    for line in found.lines:
        session.say(f"restated: {line}")
    return found


def _check_readable(session: Session) -> dg.AssetCheckResult:
    from pipelines.warehouse.connect import open_published

    with open_published(session.settings) as connection:
        [(figures, measures)] = connection.sql(
            "select count(*), count(distinct measure_id) from marts.scorecard"
        ).fetchall()
    return dg.AssetCheckResult(
        check_name=READABLE,
        passed=figures > 0,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"figures": figures, "measures": measures},
        description=f"{figures:,} figures of {measures} measures can be read.",
    )
