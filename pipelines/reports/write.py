"""Everything that is written to files for people, all of it from one published edition.

Each kind of report is a function that fills an empty folder from an open edition; `KINDS` lists
them. What a kind holds and how it looks belongs to its own package. Here is how files come out:
they are made in a folder beside, and each replaces its predecessor by a rename, so that whoever
opens one sees a whole one, and a run that is killed leaves nothing half written. What is no longer
made is removed. A note beside the files says for which edition they stand.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from pipelines.errors import QoError, RunError
from pipelines.reports import official, workbooks
from pipelines.reports.edition import Edition, published_edition
from pipelines.reports.figures import figures
from pipelines.reports.pages import province, units
from pipelines.reports.periods import Period
from pipelines.settings import Settings
from pipelines.warehouse.lock import writer_lock

Say = Callable[[str], None]


@dataclass(frozen=True)
class Kind:
    """A kind of report.

    Attributes:
        name: What messages call it.
        write: Fills an empty folder, laid out as under `reports/`, and returns the files; it raises
            a `QoError` with a sentence when it cannot.
    """

    name: str
    write: Callable[[Edition, Path], Sequence[Path]]


KINDS = (
    Kind("province page", province.write),
    Kind("unit pages", units.write),
    Kind("workbooks", workbooks.write),
    Kind("official report", official.write),
)
"""Every kind there is, in the order they are written. A new one is added here."""

_NOTE = ".written.json"
_FRESH = ".new"


class ReportError(RunError):
    """Some reports could not be written; the published warehouse and the other reports stand.

    Attributes:
        faults: What went wrong, a sentence for each kind.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        """Keep the sentences."""
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Written:
    """What lies under `reports/`, or in a folder of one period there.

    Attributes:
        run_id: The run whose figures they show; empty when some kind could not be written.
        files: Their paths in the folder, by the name of the kind.
    """

    run_id: str
    files: Mapping[str, Sequence[str]]


def write_reports(settings: Settings, *, say: Say, period: Period | None = None) -> Written:
    """Write every kind of report from the published warehouse.

    Args:
        settings: Names the warehouse and the folder.
        say: Is told when there is somebody to wait for.
        period: What they are about. The default is the year of the newest extract; reports of
            another period get a folder of their own, named like the period.

    Raises:
        ConfigurationError: The warehouse holds no such period.
        RunError: Nothing is published, or another run is at work.
        ReportError: A kind could not be written. Its files are as they were.
    """
    folder = reports_folder(settings, period)
    # It would write into the home folder, which a service may not have, and look for fonts nightly.
    os.environ["MPLCONFIGDIR"] = str(settings.chart_fonts)
    with (
        writer_lock(settings, purpose="writing reports", say=say),
        published_edition(settings, period) as edition,
    ):
        if period is not None:
            figures(edition, period)
        known, fresh = _remembered(folder), folder / _FRESH
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            made, faults = _make(edition, fresh)
            _put_in_place(fresh, folder, made, known)
        except OSError as error:
            raise ReportError([f"{folder} cannot be written: {error}."]) from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        kept = {name: files for name, files in known.files.items() if name not in made}
        written = Written("" if faults else edition.run_id(), {**kept, **made})
        _remember(folder, written)
    if faults:
        raise ReportError(faults)
    return written


def ensure_reports(settings: Settings, *, say: Say) -> None:
    """Write the reports anew unless they are all there and of the published edition.

    Raises:
        RunError: As `write_reports`.
    """
    with published_edition(settings) as edition:
        run_id = edition.run_id()
    written = _remembered(settings.reports)
    names = [name for files in written.files.values() for name in files]
    are_there = all((settings.reports / name).is_file() for name in names)
    is_complete = written.files.keys() == {kind.name for kind in KINDS}
    if not (is_complete and are_there and written.run_id == run_id):
        write_reports(settings, say=say)


def reports_folder(settings: Settings, period: Period | None = None) -> Path:
    """Where the reports of a period lie; of the default period when none is asked for."""
    return settings.reports / period.code if period else settings.reports


def _make(edition: Edition, fresh: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Let every kind fill a folder of its own; a fault of one does not keep the others."""
    made: dict[str, list[str]] = {}
    faults = []
    for number, kind in enumerate(KINDS):
        room = fresh / str(number)
        room.mkdir(parents=True)
        try:
            paths = kind.write(edition, room)
        except (QoError, OSError, duckdb.Error) as error:
            faults.append(f"{kind.name}: {_sentence(error)}")
        else:
            made[kind.name] = [path.relative_to(room).as_posix() for path in paths]
    return made, faults


def _sentence(error: Exception) -> str:
    reason = str(error).partition("\n")[0]
    if isinstance(error, duckdb.CatalogException | duckdb.BinderException):
        # After a rollback over an upgrade.
        return f"another version of the program made this edition; the next run mends it ({reason})"
    return reason


def _put_in_place(
    fresh: Path, folder: Path, made: Mapping[str, Sequence[str]], known: Written
) -> None:
    # Until the end the files may be of two editions; a run that dies here leaves them all known.
    both = {**known.files, **{name: [*known.files.get(name, ()), *made[name]] for name in made}}
    _remember(folder, Written("", both))
    for number, kind in enumerate(KINDS):
        for name in made.get(kind.name, ()):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / str(number) / name).replace(folder / name)
    standing = {name for files in made.values() for name in files}
    for kind_name in made:
        for name in set(known.files.get(kind_name, ())) - standing:
            (folder / name).unlink(missing_ok=True)


def _remembered(folder: Path) -> Written:
    """What the note says; nothing when there is none that can be read."""
    try:
        return Written(**json.loads((folder / _NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Written("", {})


def _remember(folder: Path, written: Written) -> None:
    temporary = folder / f"{_NOTE}.tmp"
    temporary.write_text(json.dumps(asdict(written), indent=1), encoding="utf-8")
    temporary.replace(folder / _NOTE)
