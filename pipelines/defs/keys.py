"""The keys of all assets, in one place, so that stages can depend on each other by name."""

from __future__ import annotations

import dagster as dg

from pipelines import problems
from pipelines.contracts.datasets import DATASETS

WAREHOUSE = dg.AssetKey(["warehouse"])
REPORTS = dg.AssetKey([problems.REPORTS])
UNCLAIMED = dg.AssetKey(["raw", "without_contract"])
"""The accounts of files in folders that no contract names."""
EXTRACT_LOG = dg.AssetKey(["build", "extract_log"])


def landing_key(source: str) -> dg.AssetKey:
    """The folder that a source delivers into."""
    return dg.AssetKey(["landing", source])


def raw_key(source: str) -> dg.AssetKey:
    """The accepted rows and accounts of a source's extracts."""
    return dg.AssetKey(["raw", source])


def build_key(table: str) -> dg.AssetKey:
    """A table that is loaded from the raw files: a dataset's rows, or the accounts."""
    return dg.AssetKey(["build", table]) if table in DATASETS else EXTRACT_LOG
