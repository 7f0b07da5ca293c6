"""`qo sample`: a whole landing folder of invented extracts, one folder per source.

Puts the parts of this package together; whoever wants other data uses those parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.errors import ConfigurationError
from pipelines.samples import directives, registers
from pipelines.samples.document_files import write_documents
from pipelines.samples.documents import Registry
from pipelines.samples.dossier_deliveries import EXTRACT_DATES
from pipelines.samples.dossier_rows import Clerk
from pipelines.samples.dossiers import Written, write_dossiers
from pipelines.samples.province import load_province
from pipelines.samples.shares import DocumentShares, DossierShares

DEFAULT_DOSSIERS = 950
DEFAULT_SEED = 13
DOSSIERS_PER_DOCUMENT = 2
MOST_DOCUMENTS = 60_000
"""The offices of a province register 20,000 to 60,000 incoming documents a year: how many does not
follow from how many dossiers its people hand in."""


@dataclass(frozen=True)
class SampleFile:
    """One file written: where, and how many rows below its header."""

    source: str
    path: Path
    rows: int


@dataclass(frozen=True)
class SampleSummary:
    """What `write_samples` wrote."""

    out: Path
    dossiers: int
    seed: int
    files: tuple[SampleFile, ...]

    @property
    def rows(self) -> int:
        """Rows of all files together."""
        return sum(file.rows for file in self.files)


def write_samples(
    out: Path,
    *,
    dossiers: int = DEFAULT_DOSSIERS,
    seed: int = DEFAULT_SEED,
    progress: Callable[[str], None] = lambda _: None,
    extract_dates: Sequence[date] = EXTRACT_DATES,
) -> SampleSummary:
    """Write extracts for every source under `out`, the same bytes for the same arguments.

    Args:
        out: Folder that gets one folder per source; files of the same names are replaced.
        dossiers: Number of distinct dossiers in the last extract; the other sources scale along, up
            to what the offices of one province can have.
        seed: Any whole number; another one gives another year of the same kind.
        progress: Told, in a short phrase, how far the work is.
        extract_dates: When the large sources were extracted, in order, all of 2022.

    Returns:
        The files and their numbers of rows.

    Raises:
        ConfigurationError: `dossiers` is not positive, or a date is not one of 2022 in order.
    """
    _check(dossiers, extract_dates)
    province = load_province(dossiers)
    clerk = Clerk(province, DossierShares(), dossiers, seed)
    written = write_dossiers(out / "dossiers", clerk, extract_dates, progress)
    registry = Registry(
        province,
        DocumentShares(),
        min(max(1, dossiers // DOSSIERS_PER_DOCUMENT), MOST_DOCUMENTS),
        seed,
        extract_dates[::-2][::-1],
    )
    progress("documents and registers")
    files = {
        "dossiers": written.files,
        "documents": write_documents(out / "documents", registry),
        "directives": directives.write_directives(
            out / "directives", province, dossiers, seed, extract_dates
        ),
        "programme_tasks": directives.write_tasks(
            out / "programme_tasks", province, seed, extract_dates
        ),
        **_write_registers(out, clerk, written, extract_dates[-1]),
    }
    every = tuple(
        SampleFile(source, path, rows) for source, those in files.items() for path, rows in those
    )
    return SampleSummary(out, dossiers, seed, every)


def _write_registers(
    out: Path, clerk: Clerk, dossiers: Written, on: date
) -> dict[str, list[tuple[Path, int]]]:
    """Write what comes in one small file each."""
    province = clerk.province
    outside, corrections = "dossiers_outside_system", "deadline_corrections"
    return {
        "regulations": [registers.write_regulations(out / "regulations", on)],
        "unit_reports": [registers.write_reports(out / "unit_reports", province, clerk.seed, on)],
        "initiatives": [registers.write_initiatives(out / "initiatives", province, on)],
        "qms_milestones": [registers.write_milestones(out / "qms_milestones", on)],
        outside: [registers.write_outside_totals(out / outside, province, clerk.dossiers, on)],
        corrections: [registers.write_corrections(out / corrections, dossiers.pushed, on)],
        "units": [registers.write_units(out / "units", province, on)],
        "procedures": [registers.write_procedures(out / "procedures", province, on)],
    }


def _check(dossiers: int, extract_dates: Sequence[date]) -> None:
    if dossiers < 1:
        raise ConfigurationError(f"--dossiers={dossiers} is not possible: give 1 or more.")
    in_order = list(extract_dates) == sorted(set(extract_dates))
    in_year = {on.year for on in extract_dates} == {EXTRACT_DATES[0].year}
    if not (in_order and in_year):
        given = ", ".join(str(on) for on in extract_dates) or "none"
        raise ConfigurationError(
            f"Extract dates must be different days of 2022 in order; given: {given}."
        )
