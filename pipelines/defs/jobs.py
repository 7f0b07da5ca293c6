"""The nightly job and its schedule."""

import dagster as dg

from pipelines.settings import LOCAL_ZONE

NIGHTLY = "nightly"

nightly = dg.define_asset_job(
    NIGHTLY,
    selection=dg.AssetSelection.all(),
    description=(
        "Từ tệp kết xuất đến kho dữ liệu được công bố và báo cáo · "
        "from extracts to the published warehouse, with every check, and its reports."
    ),
)

nightly_schedule = dg.ScheduleDefinition(
    name="nightly_at_one",
    job=nightly,
    cron_schedule="0 1 * * *",
    execution_timezone=LOCAL_ZONE.key,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Hằng đêm lúc 01:00 · every night at 01:00 (Asia/Ho_Chi_Minh).",
)
