"""What Dagster loads: everything under `defs/`, and nothing else."""

import dagster as dg

from pipelines.settings import PROJECT_DIR


@dg.definitions
def defs() -> dg.Definitions:
    """All assets, checks, jobs, schedules, sensors and resources of the project."""
    return dg.load_from_defs_folder(path_within_project=PROJECT_DIR)
