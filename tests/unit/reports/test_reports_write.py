"""How reports come out: whole files, nothing left over, and a note for which edition they stand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import ConfigurationError, RunError
from pipelines.reports import write as writing
from pipelines.reports.edition import Edition
from pipelines.reports.periods import parse_period
from pipelines.reports.write import Kind, ReportError, ensure_reports, write_reports
from pipelines.settings import Settings

Write = Callable[[Edition, Path], list[Path]]


@pytest.fixture
def settings(published: Settings, tmp_path: Path) -> Settings:
    """A published warehouse of the run `first`."""
    shutil.copytree(published.data_dir, tmp_path / "data")
    settings = Settings(data_dir=tmp_path / "data", lock_wait=0)
    with duckdb.connect(str(settings.published)) as connection:
        connection.execute("create table ops.publication as select 'first' as run_id")
    return settings


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts other kinds of report in the place of the real ones."""

    def put(**writes: Write) -> None:
        monkeypatch.setattr(writing, "KINDS", tuple(Kind(*kind) for kind in writes.items()))

    return put


def files(**contents: str) -> Write:
    """A kind that writes these files; a double underscore stands for a folder."""

    def write(_: Edition, folder: Path) -> list[Path]:
        paths = []
        for name, content in contents.items():
            path = folder / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
            paths.append(path)
        return paths

    return write


def broken(_: Edition, folder: Path) -> list[Path]:
    (folder / "half").write_text("half")
    raise RunError("The template has no placeholder for the date.")


def lying(settings: Settings) -> dict[str, str]:
    """What people find under reports/."""
    return {
        path.relative_to(settings.reports).as_posix(): path.read_text()
        for path in sorted(settings.reports.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def write(settings: Settings, period: str | None = None) -> None:
    write_reports(settings, say=print, period=parse_period(period) if period else None)


def test_files_of_all_kinds_lie_together_and_old_ones_leave(settings, kinds):
    kinds(page=files(index="1"), units=files(units__a="1", units__b="1"))
    write(settings)
    (settings.reports / "units" / "own-notes").write_text("of the office")
    kinds(page=files(index="2"), units=files(units__a="2"))
    write(settings)
    assert lying(settings) == {"index": "2", "units/a": "2", "units/own-notes": "of the office"}
    assert not (settings.reports / ".new").exists()


def test_a_kind_that_fails_is_named_and_keeps_no_other_from_being_written(settings, kinds):
    kinds(page=files(index="1"), book=files(book="1"))
    write(settings)
    kinds(page=files(index="2"), book=broken)
    with pytest.raises(ReportError) as failure:
        write(settings)
    assert failure.value.faults == ("book: The template has no placeholder for the date.",)
    assert lying(settings) == {"index": "2", "book": "1"}
    kinds(page=files(index="3"), book=files(letter="3"))
    ensure_reports(settings, say=print)
    assert lying(settings) == {"index": "3", "letter": "3"}


def test_reports_stay_as_long_as_they_are_there_and_of_the_edition(settings, kinds):
    kinds(page=files(index="1", other="1"))
    ensure_reports(settings, say=print)
    assert lying(settings) == {"index": "1", "other": "1"}
    kinds(page=files(index="2", other="2"))
    ensure_reports(settings, say=print)
    assert lying(settings) == {"index": "1", "other": "1"}
    (settings.reports / "other").unlink()
    ensure_reports(settings, say=print)
    assert lying(settings) == {"index": "2", "other": "2"}
    with duckdb.connect(str(settings.published)) as connection:
        connection.execute("update ops.publication set run_id = 'second'")
    kinds(page=files(index="3", other="3"))
    ensure_reports(settings, say=print)
    assert lying(settings) == {"index": "3", "other": "3"}
    kinds(page=files(index="4", other="4"), book=files(book="4"))
    ensure_reports(settings, say=print)
    assert lying(settings) == {"index": "4", "other": "4", "book": "4"}


def test_what_a_killed_run_left_is_written_again_and_cleared(settings, kinds, monkeypatch):
    kinds(page=files(index="1", old="1"))
    write(settings)

    class Killed(BaseException):
        pass

    def kill(*_: object, **__: object) -> None:
        raise Killed

    kinds(page=files(index="2", new="2"))
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", kill)
        with pytest.raises(Killed):
            write(settings)
    kinds(page=files(index="3"))
    ensure_reports(settings, say=print)
    assert lying(settings) == {"index": "3"}


def test_another_period_has_a_folder_of_its_own(settings, kinds):
    def period(edition: Edition, folder: Path) -> list[Path]:
        (folder / "index").write_text(edition.reported_period().code)
        return [folder / "index"]

    kinds(page=period)
    write(settings)
    write(settings, "2022-Q1")
    assert lying(settings) == {"2022-Q1/index": "2022-Q1", "index": "2022"}
    with pytest.raises(ConfigurationError, match="no figures for the period 2019"):
        write(settings, "2019")
    assert lying(settings) == {"2022-Q1/index": "2022-Q1", "index": "2022"}


def test_a_folder_that_cannot_be_written_is_said(settings, kinds):
    kinds(page=files(index="1"))
    settings.reports.write_text("a file in the way")
    with pytest.raises(ReportError, match="cannot be written"):
        write(settings)


def test_an_edition_of_another_version_is_told_from_a_fault(settings, kinds):
    def newer(edition: Edition, _: Path) -> list[Path]:
        edition.rows("select * from marts.not_yet_known")
        return []

    kinds(page=newer)
    with pytest.raises(ReportError, match="another version of the program made this edition"):
        write(settings)
