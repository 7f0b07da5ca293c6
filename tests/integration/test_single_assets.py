"""Single assets, as they are materialized from the UI: they work alone and publish nothing."""

from __future__ import annotations

import dagster as dg
import pytest

from pipelines.defs.instance import open_instance
from pipelines.defs.keys import WAREHOUSE, build_key, raw_key
from pipelines.defs.resources import using
from tests.support.office import digest

DIM_UNIT = dg.AssetKey(["marts", "dim_unit"])
NEW_UNITS = """\
Mã đơn vị,Tên đơn vị,Thuộc Văn phòng
vp,Văn phòng UBND tỉnh,Có
vp-nc,Phòng Nội chính,Có
"""


@pytest.fixture(scope="module")
def desk(published_samples, tmp_path_factory):
    """A copy of the samples' office with one more extract, and a way to materialize by key."""
    from pipelines.definitions import defs

    office = published_samples.office.copy(tmp_path_factory.mktemp("single") / "data")
    office.drop("units", "don-vi_2023-01-31.csv", NEW_UNITS)
    with using(office.settings), open_instance(office.settings) as instance:
        job = defs().resolve_implicit_global_asset_job_def()

        def materialize(key: dg.AssetKey) -> dg.ExecuteInProcessResult:
            return job.execute_in_process(
                instance=instance,
                asset_selection=[key],
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                raise_on_error=False,
            )

        yield office, materialize


def test_each_works_alone_on_what_is_there_and_publishes_nothing(desk):
    office, materialize = desk
    published = digest(office.settings.published)
    rows = {}
    for key in (raw_key("units"), build_key("units"), DIM_UNIT):
        result = materialize(key)
        assert result.success, key
        [event] = result.get_asset_materialization_events()
        assert event.asset_key == key
        rows[key] = event.materialization.metadata.get("dagster/row_count")
    assert rows[raw_key("units")].value == 2
    assert rows[build_key("units")].value == 49 + 2
    assert digest(office.settings.published) == published


def test_the_warehouse_alone_is_not_published(desk):
    office, materialize = desk
    published = digest(office.settings.published)
    result = materialize(WAREHOUSE)
    assert not result.success
    [failure] = [event for event in result.all_events if event.is_step_failure]
    assert "launch the job nightly" in str(failure.step_failure_data.error)
    assert digest(office.settings.published) == published
