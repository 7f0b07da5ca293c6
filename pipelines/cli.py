"""The command `qo`: thin commands over the functions that do the work.

Options are read here and results printed; nothing is computed. Heavy libraries are imported by the
functions that use them, so that every command starts at once.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import click

from pipelines.errors import ConfigurationError, QoError
from pipelines.settings import LOCAL_ZONE, load_settings

_PERIODS = "2022, 2022-H1, 2022-Q1 or 2022-03"
_DAY = click.DateTime(["%Y-%m-%d"])


class _Commands(click.Group):
    """A group whose commands end with the sentence and status of any `QoError`."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except QoError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_status)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="quality-objectives", prog_name="qo")
def main() -> None:
    """Counts a province's quality objectives from extracts, honestly.

    Extracts lie in the data directory (QO_DATA_DIR, by default data/) under landing/<source>/.
    """


@main.command()
@click.option(
    "--as-of",
    type=_DAY,
    help="Evaluate as of this date [default: QO_AS_OF, else today in Asia/Ho_Chi_Minh].",
)
@click.pass_context
def nightly(ctx: click.Context, as_of: datetime | None) -> None:
    """Read new extracts, check, count and publish.

    Ends with 0 (published, clean), 3 (published; an extract or rows of one were rejected), 1
    (nothing published) or 2 (wrong usage, setting or contract).
    """
    from pipelines.nightly import run_nightly
    from pipelines.reports.terminal import run_output

    settings = load_settings()
    if as_of is not None:
        settings = settings.model_copy(update={"as_of": as_of.date()})
    with run_output() as output:
        outcome = run_nightly(settings, now=datetime.now(LOCAL_ZONE), output=output)
    ctx.exit(outcome.status)


@main.command()
@click.option("--period", help=_PERIODS + " [default: year of the newest extract].")
@click.option("--unit", help="Only this unit (its id).")
@click.option(
    "--as-known-on",
    type=_DAY,
    help="As the newest edition said that was published by the end of this day.",
)
@click.option(
    "--basis",
    type=click.Choice(["all"]),
    help="Beside the headlines, every other way of counting them.",
)
def scorecard(
    period: str | None, unit: str | None, as_known_on: datetime | None, basis: str | None
) -> None:
    """Show the 14 measures of a period from the published warehouse."""
    from pipelines.reports import scorecard as scorecards
    from pipelines.reports.edition import edition_known_on, published_edition
    from pipelines.reports.figures import every_figure
    from pipelines.reports.periods import parse_period
    from pipelines.reports.terminal import console

    asked = parse_period(period) if period else None
    settings = load_settings()
    known_on = as_known_on.date() if as_known_on else None
    with (
        edition_known_on(settings, known_on, of_units=unit is not None)
        if known_on
        else published_edition(settings)
    ) as edition:
        chosen = asked or edition.newest_year()
        found = every_figure(edition, chosen, unit)
        headlines = [figure for figure in found if figure.is_headline]
        console().print(scorecards.render(edition, headlines, chosen, known_on))
        if basis:
            console().print("", scorecards.render_alternates(edition, found), sep="\n")


@main.command()
@click.argument("measure")
@click.option("--period", required=True, help=_PERIODS + ".")
@click.option("--unit", help="Only this unit (its id).")
@click.option("--scope", help="qms or province [default: the headline's].")
@click.option("--basis", help="A way of counting, such as closed [default: the headline's].")
@click.option("--case", help="The history of this case (its case_id).")
@click.option("--all", "everything", is_flag=True, help="List every case and every moved deadline.")
def explain(
    measure: str,
    period: str,
    unit: str | None,
    scope: str | None,
    basis: str | None,
    case: str | None,
    everything: bool,
) -> None:
    """Show how a figure came about: its cases, counted, met, excluded and why.

    MEASURE is an id such as 05b; `qo scorecard` lists them.
    """
    from pipelines.reports import history, history_text, receipt, receipt_text
    from pipelines.reports.edition import published_edition
    from pipelines.reports.figures import find_figure
    from pipelines.reports.periods import parse_period
    from pipelines.reports.terminal import console

    asked = parse_period(period)
    with published_edition(load_settings()) as edition:
        figure = find_figure(edition, measure, asked, unit=unit, scope=scope, basis=basis)
        if case is not None:
            known = history.history(edition, figure, case)
            console().print(history_text.render(edition, known, asked))
            return
        shown = None if everything else receipt.SHOWN
        found = receipt.receipt(edition, figure, unit=unit, shown=shown)
        console().print(receipt_text.render(edition, found, asked))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="The source whose contract applies.")
@click.pass_context
def check(ctx: click.Context, file: Path, source: str) -> None:
    """Read one extract against its contract and say what would happen; nothing is written.

    Ends with 0 when every row would be accepted, 3 when the file or rows would be rejected.
    """
    from pipelines.contracts.loader import load_contracts
    from pipelines.extracts.preview import preview
    from pipelines.reports.check import is_clean, render
    from pipelines.reports.terminal import console

    settings = load_settings()
    contracts = load_contracts(settings)
    if source not in contracts:
        raise ConfigurationError(
            f"No contract is called {source!r}; there are {', '.join(sorted(contracts))}."
        )
    found = preview(settings, contracts[source], file)
    console().print(render(found))
    ctx.exit(0 if is_clean(found) else 3)


@main.command()
@click.argument("query", required=False)
@click.option("--csv", is_flag=True, help="Print the answer as CSV.")
def sql(query: str | None, csv: bool) -> None:
    """Open the published warehouse in DuckDB's terminal client, read-only.

    With QUERY, print its answer and end.
    """
    from pipelines.warehouse.client import client_command

    command = client_command(load_settings(), query, csv=csv)
    os.execv(command[0], command)  # noqa: S606 - the terminal becomes the client's


@main.command()
@click.argument("snapshot", required=False)
def rollback(snapshot: str | None) -> None:
    """Publish a kept edition again, by default the one before the published one.

    SNAPSHOT is its name, or the beginning of it. It stays until the next run publishes.
    """
    from pipelines.warehouse.snapshots import rollback as publish_again

    settings = load_settings()
    chosen = publish_again(settings, snapshot, say=click.echo)
    click.echo(f"{settings.published} is again the edition of {chosen.name}.")


@main.command()
@click.option(
    "--from",
    "origin",
    type=click.Choice(["raw", "landing"]),
    default="raw",
    show_default=True,
    help="Load all raw files again, or read all extracts again before.",
)
@click.option(
    "--as-of",
    type=_DAY,
    help="Evaluate as of this date [default: QO_AS_OF, else that of the published warehouse].",
)
@click.pass_context
def rebuild(ctx: click.Context, origin: Literal["raw", "landing"], as_of: datetime | None) -> None:
    """Make the working database anew from what is kept and publish it: the same figures.

    A rebuild that fails leaves everything as it was. Ends like `qo nightly`.
    """
    from pipelines.rebuild import run_rebuild
    from pipelines.reports.terminal import run_output

    settings = load_settings()
    if as_of is not None:
        settings = settings.model_copy(update={"as_of": as_of.date()})
    with run_output() as output:
        outcome = run_rebuild(settings, origin=origin, now=datetime.now(LOCAL_ZONE), output=output)
    ctx.exit(outcome.status)


@main.command()
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to fill."
)
@click.option("--dossiers", type=click.IntRange(min=1), help="How many distinct dossiers.")
@click.option("--seed", type=int, help="The same seed gives the same files.")
def sample(out: Path, dossiers: int | None, seed: int | None) -> None:
    """Write synthetic, realistic, deliberately untidy extracts for all sources."""
    from pipelines.reports.terminal import run_output
    from pipelines.samples.write import write_samples

    given = {"dossiers": dossiers, "seed": seed}
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    with run_output() as output:
        written = write_samples(out, progress=output.working_on, **chosen)
    for file in written.files:
        click.echo(f"{file.path}: {file.rows} rows")
    click.echo(f"{len(written.files)} extracts of {written.dossiers} dossiers, seed {written.seed}")


if __name__ == "__main__":
    main(prog_name="qo")
