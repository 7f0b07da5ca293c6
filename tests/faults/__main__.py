"""`python -m tests.faults`: kills nights at every point, and writes what happened into the README.

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
@click.option("--workers", default=2, show_default=True, help="Nights at a time.")
@click.option("--random", "randoms", default=200, show_default=True, help="Random kills.")
@click.option("--minutes", default=240.0, show_default=True, help="Stop after so long.")
@click.option("--data", default=100_000, help="States of the pipeline's files to try at most.")
@click.option("--tools", default=150, show_default=True, help="The same of its tools' files.")
@click.option("--tests", type=click.Path(path_type=Path), default=FOLDER / "tests.xml")
@click.option("--table-only", is_flag=True, help="Only write the table from what is known.")
def main(
    workers: int,
    randoms: int,
    minutes: float,
    data: int,
    tools: int,
    tests: Path,
    table_only: bool,
) -> None:
    """Kill nights; what was tried before with the same code is not tried again."""
    results = campaign.Results(FOLDER / "kills.jsonl")
    if not table_only:
        most = {"data": data, "tools": tools}
        campaign.run(results, _say, workers=workers, randoms=randoms, minutes=minutes, most=most)
    found = results.all()
    write_table(PROJECT_DIR / "README.md", found, tests)
    faults = [kill for kill in found if kill["type"] == "kill" and kill["faults"]]
    _say(f"{sum(1 for each in found if each['type'] == 'kill')} kills, {len(faults)} with faults")
    raise SystemExit(bool(faults))


def _say(line: str) -> None:
    click.echo(f"{datetime.now(LOCAL_ZONE):%H:%M:%S}  {line}")


if __name__ == "__main__":
    main()
