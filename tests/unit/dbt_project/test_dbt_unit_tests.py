"""The unit tests that stand beside the models: dbt ran each of them before it built its model."""

from __future__ import annotations

import pytest
import yaml

from pipelines.settings import PROJECT_DIR, Settings
from pipelines.warehouse.transform import BuildResult, NodeResult

MODELS = PROJECT_DIR / "dbt_project" / "models"


def declared() -> list[str]:
    """Names of the unit tests in the yml files."""
    return sorted(
        test["name"]
        for path in MODELS.rglob("*.yml")
        for test in yaml.safe_load(path.read_text(encoding="utf-8")).get("unit_tests", [])
    )


@pytest.fixture(scope="module")
def results(built: tuple[Settings, BuildResult]) -> dict[str, NodeResult]:
    """What dbt says of every unit test, by name."""
    _, outcome = built
    return {
        node.unique_id.rsplit(".", 1)[-1]: node
        for node in outcome.nodes
        if node.resource_type == "unit_test"
    }


@pytest.mark.parametrize("name", declared())
def test_dbt_unit_test(results: dict[str, NodeResult], name: str) -> None:
    assert results[name].status == "pass", results[name].message


def test_dbt_knows_no_other_unit_test(results: dict[str, NodeResult]) -> None:
    assert sorted(results) == declared()
