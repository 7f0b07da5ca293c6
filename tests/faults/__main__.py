"""`python -m tests.faults`: tries what a kill leaves, and writes into the README what happened.

`make faults` runs it after the tests of single faults, whose report it takes in.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from pipelines.settings import LOCAL_ZONE, PROJECT_DIR
from tests.faults import campaign
from tests.faults.table import write_table

FOLDER = PROJECT_DIR / "build" / "faults"


@click.command()
@click.option("--workers", default=2, show_default=True, help="Trials at a time.")
@click.option("--kills", default=40, show_default=True, help="Kills at points photographed.")
@click.option("--random", "randoms", default=210, show_default=True, help="Random kills.")
@click.option("--minutes", default=240.0, show_default=True, help="Stop after so long.")
@click.option("--tests", type=click.Path(path_type=Path), default=FOLDER / "tests.xml")
@click.option("--table-only", is_flag=True, help="Only write the table from what is known.")
def main(
    workers: int,
    kills: int,
    randoms: int,
    minutes: float,
    tests: Path,
    table_only: bool,
) -> None:
    """Cut nights short; what was tried before with the same code is not tried again."""
    results = campaign.Results(FOLDER / "trials.jsonl")
    if not table_only:
        campaign.run(results, _say, campaign.Plan(workers, kills, randoms, minutes))
    found = results.all()
    write_table(PROJECT_DIR / "README.md", found, tests)
    trials = [each for each in found if each["type"] == "trial"]
    faults = [trial for trial in trials if trial["faults"]]
    errors = [each for each in found if each["type"] == "points" and each["errors"]]
    _say(f"{len(trials)} trials, {len(faults)} with faults")
    raise SystemExit(bool(faults or errors))


def _say(line: str) -> None:
    click.echo(f"{datetime.now(LOCAL_ZONE):%H:%M:%S}  {line}")


if __name__ == "__main__":
    main()
