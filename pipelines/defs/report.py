"""What people read, after the warehouse is out: a failure here takes no edition back."""

import dagster as dg

from pipelines.defs.keys import REPORTS, WAREHOUSE
from pipelines.defs.resources import OWNERS, SESSION, WRITER_POOL, Session


@dg.asset(
    key=REPORTS,
    deps=[WAREHOUSE],
    group_name="report",
    kinds={"html"},
    owners=OWNERS,
    required_resource_keys={SESSION},
    pool=WRITER_POOL,
    description=(
        "Báo cáo cho người đọc · what people read, in reports/: written from the published "
        "warehouse alone, each file replaced whole."
    ),
)
def reports(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Write every kind of report."""
    from pipelines.reports.write import write_reports

    session: Session = context.resources.session
    session.working_on("reports")
    written = write_reports(session.settings, say=session.say)
    counts = {name: len(files) for name, files in written.files.items()}
    session.say(f"report: {session.settings.reports} ({sum(counts.values())} files)")
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(session.settings.reports),
            "edition_of_run": written.run_id,
            **{f"files_of_{name.replace(' ', '_')}": count for name, count in counts.items()},
        }
    )
