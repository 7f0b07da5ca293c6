"""The layers keep to themselves, and everything people read is described."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

import duckdb

from pipelines.freshness import ALLOWED_DAYS
from pipelines.settings import PROJECT_DIR

PREFIXES = {"staging": ("stg_",), "intermediate": ("int_",), "marts": ()}
MAY_READ = {
    "staging": {"source", "staging"},
    "intermediate": {"staging", "intermediate", "seed"},
    "marts": {"intermediate", "marts", "seed"},
}
PUBLIC_TABLES = re.compile(r"^(fct|dim)_\w+$")
OTHER_PUBLIC_TABLES = {
    "process_behaviour",
    "scorecard",
    "scorecard_by_unit",
    "measure_cases",
    "follow_up",
    "data_quality_issues",
    "deadline_changes",
    "restatements",
    "restatement_cases",
    "published_figures",
    "extract_log",
    "rejected_rows",
}


def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def layer(node: dict[str, Any]) -> str:
    if node["resource_type"] != "model":
        return str(node["resource_type"])
    return PurePosixPath(node["path"]).parts[0]


def test_layers_read_only_what_lies_below(manifest: dict[str, Any]) -> None:
    known = manifest["nodes"] | manifest["sources"]
    wrong = [
        f"{model['name']} reads {known[parent]['name']}"
        for model in models(manifest)
        for parent in model["depends_on"]["nodes"]
        if layer(known[parent]) not in MAY_READ[layer(model)]
    ]
    assert wrong == []


def test_names_follow_layers(manifest: dict[str, Any]) -> None:
    for model in models(manifest):
        name = model["name"]
        if layer(model) == "marts":
            assert PUBLIC_TABLES.match(name) or name in OTHER_PUBLIC_TABLES, name
        else:
            assert name.startswith(PREFIXES[layer(model)]), name


def test_every_model_and_source_is_described(manifest: dict[str, Any]) -> None:
    nodes = [*models(manifest), *manifest["sources"].values()]
    assert [node["name"] for node in nodes if not node["description"].strip()] == []


def test_every_public_column_is_explained_in_the_warehouse(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    bare = warehouse.execute(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name = 'marts' and coalesce(comment, '') = ''"
    ).fetchall()
    assert bare == []


def test_every_documented_column_exists(
    manifest: dict[str, Any], warehouse: duckdb.DuckDBPyConnection
) -> None:
    existing = warehouse.execute(
        "select schema_name, table_name, column_name from duckdb_columns()"
    ).fetchall()
    documented = {
        (model["schema"], model["name"], column)
        for model in models(manifest)
        for column in model["columns"]
    }
    assert documented - set(existing) == set()


def test_every_reason_is_explained(warehouse: duckdb.DuckDBPyConnection) -> None:
    text = (PROJECT_DIR / "dbt_project/models/docs/columns.md").read_text(encoding="utf-8")
    block = text.split("{% docs column_reason %}")[1].split("{% enddocs %}")[0]
    explained = set(re.findall(r"^\| `(\w+)` \|", block, re.MULTILINE))
    used = warehouse.execute("select distinct reason from marts.measure_cases").fetchall()
    assert {reason for (reason,) in used} <= explained


def test_cadences_are_those_of_the_freshness_check(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    seed = warehouse.execute("select cadence, allowed_days from seeds.cadences").fetchall()
    assert dict(seed) == dict(ALLOWED_DAYS)
