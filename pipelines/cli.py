"""The command `qo`: thin commands over the functions that do the work.

Options are read here and results printed; nothing is computed. Heavy libraries are imported by the
functions that use them, so that every command starts at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from pipelines.errors import ConfigurationError, QoError, RunError
from pipelines.filemode import for_group_only
from pipelines.printable import lines
from pipelines.process import short_lived
from pipelines.settings import LOCAL_ZONE, Settings, load_settings

if TYPE_CHECKING:
    from pipelines.nightly import Outcome

_PERIODS = "2022, 2022-H1, 2022-Q1 or 2022-03"
_DAY = click.DateTime(["%Y-%m-%d"])


class _Commands(click.Group):
    """A group whose commands end with the sentence and status of any `QoError`."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except QoError as error:
            click.echo(lines(str(error)), err=True)
            ctx.exit(error.exit_status)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="quality-objectives", prog_name="qo")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Counts a province's quality objectives from extracts, honestly.

    Extracts lie in the data directory (QO_DATA_DIR, by default data/) under landing/<source>/.
    """
    ctx.with_resource(for_group_only())


@main.command()
@click.option(
    "--as-of",
    type=_DAY,
    help="Evaluate as of this date [default: QO_AS_OF, else today in Asia/Ho_Chi_Minh].",
)
@click.pass_context
def nightly(ctx: click.Context, as_of: datetime | None) -> None:
    """Read new extracts, check, count and publish.

    Ends with 0 (published, clean), 3 (published; an extract or rows of one were rejected, or a
    report could not be written), 1 (nothing published) or 2 (wrong usage, setting or contract).
    """
    from pipelines.nightly import NIGHTLY, run_nightly

    ctx.exit(_run_and_tell(NIGHTLY, as_of, run_nightly))


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
@click.option("--period", help=_PERIODS + " [default: year of the newest extract].")
def report(period: str | None) -> None:
    """Write the reports for people anew from the published warehouse.

    Those of another period than the default go to a folder of its name beside them.
    """
    from pipelines.reports.periods import parse_period
    from pipelines.reports.write import reports_folder, write_reports

    settings, asked = load_settings(), parse_period(period) if period else None
    written = write_reports(settings, say=click.echo, period=asked)
    for name, files in written.files.items():
        click.echo(f"{name}: {len(files)} files")
    click.echo(f"reports: {reports_folder(settings, asked) / 'index.html'}")


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
@click.pass_context
def rollback(ctx: click.Context, snapshot: str | None) -> None:
    """Publish a kept edition again, by default the one before the published one.

    SNAPSHOT is its name, or the beginning of it. It stays until the next run publishes. The reports
    are written of it; ends with 3 where they could not be.
    """
    from pipelines.reports.write import ReportError, write_reports
    from pipelines.warehouse.snapshots import rollback as publish_again

    settings = load_settings()
    chosen = publish_again(settings, snapshot, say=click.echo)
    click.echo(f"{settings.published} is again the edition of {chosen.name}.")
    try:
        write_reports(settings, say=click.echo)
    except ReportError as error:
        for fault in error.faults:
            click.echo(f"report: not written: {fault}", err=True)
        ctx.exit(3)


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
    from pipelines.nightly import REBUILD
    from pipelines.rebuild import run_rebuild

    ctx.exit(_run_and_tell(REBUILD, as_of, partial(run_rebuild, origin=origin)))


def _run_and_tell(command: str, as_of: datetime | None, run: Callable[..., Outcome]) -> int:
    """Do a run of the job, tell of it those whom the settings name, and return its status."""
    from pipelines.alerts.watch import watched
    from pipelines.reports.terminal import run_output

    now = datetime.now(LOCAL_ZONE)

    def load() -> Settings:
        settings = load_settings()
        day = settings.as_of if as_of is None else as_of.date()
        return settings.model_copy(update={"as_of": day})

    with run_output() as output:
        job = partial(run, now=now, output=output)
        return watched(command, load, job, now=now, output=output).status


@main.command()
@click.argument("text")
def alert(text: str) -> None:
    """Tell TEXT to those whom the QO_ALERT_ settings name.

    A trial of the settings; or what a service manager says of a run that was killed.
    """
    from pipelines.alerts.message import of_text
    from pipelines.alerts.notify import channels, notify

    settings = load_settings().alert
    if not any(channels(settings)):
        raise ConfigurationError(
            "Nobody is named to be told: set QO_ALERT_EMAIL_TO with QO_ALERT_SMTP_HOST, or "
            "QO_ALERT_WEBHOOK."
        )
    if failures := notify(settings, of_text(text), click.echo):
        raise RunError("; ".join(failures))


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


def run() -> None:
    """Do what the command line says, in a process that does nothing else."""
    with short_lived():
        main(prog_name="qo")


if __name__ == "__main__":
    run()
