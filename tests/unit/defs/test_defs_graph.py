"""Nothing that should be defined is missing.

Dagster drops bare definitions in silence when their file also has a `@dg.definitions` function, so
what our own files define is held in `graph.txt`; what comes from dbt and from the suites is
compared with those. After a wanted change: `python -m tests.unit.defs.test_defs_graph`.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import dagster as dg

from pipelines.defs.keys import WAREHOUSE, build_key
from pipelines.defs.resources import using
from pipelines.quality.suites import load_suites
from pipelines.settings import Settings

SNAPSHOT = Path(__file__).with_name("graph.txt")


def described(definitions: dg.Definitions) -> list[str]:
    """One line per asset, check, job, schedule, sensor and resource that is our own."""
    graph = definitions.resolve_asset_graph()
    repository = definitions.get_repository_def()
    assets = [
        f"asset {key.to_user_string()} group={graph.get(key).group_name} "
        f"executable={graph.get(key).is_executable}"
        for key in graph.get_all_asset_keys()
        if graph.get(key).group_name != "transform"
    ]
    checks = [
        f"check {key.asset_key.to_user_string()}:{key.name}"
        for key in graph.asset_check_keys
        if key.asset_key.path[0] in ("raw", "warehouse")
    ]
    jobs = [f"job {name}" for name in repository.job_names if not name.startswith("__")]
    schedules = [
        f"schedule {item.name}: {item.cron_schedule} {item.execution_timezone} {item.job_name}"
        for item in repository.schedule_defs
    ]
    sensors = [
        f"sensor {item.name}: {item.job_name if item.targets else item.sensor_type.value}"
        for item in repository.sensor_defs
    ]
    resources = [f"resource {name}" for name in definitions.resources or {}]
    return sorted([*assets, *checks, *jobs, *schedules, *sensors, *resources])


def test_our_own_definitions_are_all_there(definitions):
    assert described(definitions) == SNAPSHOT.read_text(encoding="utf-8").splitlines()


def test_every_model_and_seed_of_dbt_is_an_asset(definitions, empty_settings):
    manifest = json.loads((empty_settings.dbt_target / "manifest.json").read_bytes())
    nodes = {
        (node["config"]["schema"], node["name"])
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    graph = definitions.resolve_asset_graph()
    assets = {
        tuple(key.path)
        for key in graph.get_all_asset_keys()
        if graph.get(key).group_name == "transform"
    }
    assert assets == nodes
    assert {key.path[0] for key in graph.get(WAREHOUSE).parent_keys} >= {"marts"}


def test_every_expectation_is_a_check_that_blocks_when_it_is_critical(definitions, empty_settings):
    graph = definitions.resolve_asset_graph()
    expected = {
        (build_key(suite.table_name), suite.expectation_id(name)): expectation.is_blocking
        for suite in load_suites(empty_settings.expectations)
        for name, expectation in suite.expectations.items()
    }
    found = {
        (key.asset_key, key.name): graph.get_check_spec(key).blocking
        for key in graph.asset_check_keys
        if key.asset_key.path[0] == "build"
    }
    assert found == expected
    assert any(found.values())
    assert not all(found.values())


def test_every_asset_has_an_owner_a_group_and_a_description(definitions):
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.owners == ["team:data"], key
        assert node.group_name != "default", key
        assert node.description, key


if __name__ == "__main__":
    from pipelines.definitions import defs

    with tempfile.TemporaryDirectory() as folder, using(Settings(data_dir=Path(folder))):
        SNAPSHOT.write_text("\n".join(described(defs())) + "\n", encoding="utf-8")
