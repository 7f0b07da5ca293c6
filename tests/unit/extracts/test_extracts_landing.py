"""What lies in the landing folders: files, sidecars, litter."""

import errno
import hashlib
import os
import re
from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import RunError
from pipelines.extracts.faults import UnsettledFileError
from pipelines.extracts.landing import (
    NO_FOLDER,
    LandingFile,
    files_of,
    look_at,
    orphaned_manifests,
    scan,
)
from pipelines.extracts.manifests import period_of
from pipelines.settings import Settings


def drop(settings: Settings, name: str, content: str = "x", mtime: int = 1_000) -> Path:
    path = settings.landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    os.utime(path, (mtime, mtime))
    return path


def with_manifest(settings: Settings, content: str) -> LandingFile:
    path = drop(settings, "dossiers/a.csv")
    drop(settings, "dossiers/a.csv.manifest.yml", content)
    return look_at("dossiers", path, path.parent)


def test_scan_lists_files_by_source_in_order_of_modification(settings: Settings) -> None:
    drop(settings, "dossiers/b.csv", mtime=1_000)
    drop(settings, "dossiers/a.csv", mtime=2_000)
    drop(settings, "dossiers/2022/c.csv", mtime=3_000)
    drop(settings, "unknown/d.csv")
    (settings.landing / "units").mkdir()
    found = scan(settings)
    assert [file.name for file in found["dossiers"]] == ["b.csv", "a.csv", "2022/c.csv"]
    assert list(found) == ["dossiers", "units", "unknown"]
    assert found["units"] == []
    assert found["unknown"][0].source == "unknown"


def test_litter_and_sidecars_are_no_extracts(settings: Settings) -> None:
    for name in (".a.csv", "~$a.xlsx", "a.csv.part", "a.tmp", "Thumbs.db", ".git/a.csv"):
        drop(settings, f"dossiers/{name}")
    drop(settings, "dossiers/a.csv.manifest.yml")
    drop(settings, ".hidden/a.csv")
    assert scan(settings) == {"dossiers": []}


def test_a_file_in_no_folder_is_listed_apart(settings: Settings) -> None:
    drop(settings, "stray.csv")
    drop(settings, "dossiers/a.csv")
    found = scan(settings)
    assert [file.name for file in found[NO_FOLDER]] == ["stray.csv"]
    assert [file.name for file in found["dossiers"]] == ["a.csv"]


def test_a_manifest_without_its_file_is_an_orphan(settings: Settings) -> None:
    for name in ("dossiers/a.csv", "dossiers/a.csv.manifest.yml"):
        drop(settings, name)
    drop(settings, "dossiers/2022/b.csv.manifest.yml")
    drop(settings, "c.csv.manifest.yml")
    assert orphaned_manifests(settings, "dossiers") == ["2022/b.csv.manifest.yml"]
    assert orphaned_manifests(settings, NO_FOLDER) == ["c.csv.manifest.yml"]
    assert orphaned_manifests(settings, "units") == []


def test_no_landing_folder_is_nothing_to_read(settings: Settings) -> None:
    assert scan(settings) == {}


def test_a_landing_folder_that_went_away_is_an_error(settings: Settings) -> None:
    account = settings.raw / "dossiers" / "accounts" / "a.json"
    account.parent.mkdir(parents=True)
    account.write_text("{}")
    with pytest.raises(RunError, match="is not there, though extracts were read"):
        scan(settings)


def test_a_folder_that_cannot_be_listed_is_left(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(settings, "dossiers/a.csv")
    drop(settings, "units/b.csv")

    def refuse(path: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(UnsettledFileError, match=r"landing/units cannot be listed \(Permission"):
        files_of(settings, "units")
    monkeypatch.undo()
    assert [file.name for file in files_of(settings, "units")] == ["b.csv"]
    assert files_of(settings, "nobody") == []


def test_a_manifest_is_read_with_its_hash(settings: Settings) -> None:
    content = "extracted_on: 2022-03-31\nperiod: 2022-Q1\nrows: 12\nsupersedes: old.csv\n"
    file = with_manifest(settings, content)
    manifest = file.manifest
    assert (manifest.extracted_on, manifest.rows) == (date(2022, 3, 31), 12)
    assert manifest.supersedes == "old.csv"
    assert manifest.period is not None
    assert (manifest.period.start, manifest.period.end) == (date(2022, 1, 1), date(2022, 3, 31))
    assert file.manifest_sha256 == hashlib.sha256(content.encode()).hexdigest()
    assert file.manifest_fault is None


@pytest.mark.parametrize("content", ["", "# nothing said\n"])
def test_an_empty_manifest_says_nothing(settings: Settings, content: str) -> None:
    file = with_manifest(settings, content)
    assert (file.manifest_fault, file.manifest.extracted_on) == (None, None)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("extracted_on: [", "not valid YAML"),
        ("extracted_on: sometime", "extracted_on: "),
        ("extracted: 2022-03-31", "extracted: "),
        ("extracted_on: 2022-02-30", "not valid YAML.*day is out of range"),
        ("period: {from: 2022-02-01, to: 2022-01-01}", "period: .*before it begins"),
        ("rows: -1", "rows: "),
        ("period: 2022-Q5", "period: .*2022-Q5"),
        ("period: {from: 2022-01-01}", "period.to: "),
        ("just words", "the whole: "),
    ],
)
def test_a_malformed_manifest_is_a_sentence(settings: Settings, content: str, reason: str) -> None:
    fault = with_manifest(settings, content).manifest_fault
    assert fault is not None
    assert fault.startswith("The manifest a.csv.manifest.yml ")
    assert re.search(reason, fault)


@pytest.mark.parametrize(
    "content",
    [
        "rows: 1\n  nguoi_lap: Nguyễn: A\n",
        "rows: !!int Nguyễn\n",
        "rows: *Nguyễn\n",
        "rows: Nguyễn\n",
        "extracted_on: Nguyễn\n",
        "period: Nguyễn\n",
        "nguoi_lap: Nguyễn\n",
    ],
)
def test_a_malformed_manifest_is_not_repeated(settings: Settings, content: str) -> None:
    fault = with_manifest(settings, content).manifest_fault
    assert fault is not None
    assert "Nguyễn" not in fault


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("2022", (date(2022, 1, 1), date(2022, 12, 31))),
        ("2022-H2", (date(2022, 7, 1), date(2022, 12, 31))),
        ("2022-Q1", (date(2022, 1, 1), date(2022, 3, 31))),
        ("2024-02", (date(2024, 2, 1), date(2024, 2, 29))),
    ],
)
def test_periods(name: str, days: tuple[date, date]) -> None:
    assert period_of(name) == days


@pytest.mark.parametrize("name", ["2022-13", "2022-Q5", "22", "2022-3", "Q1"])
def test_what_is_no_period_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="is not a period"):
        period_of(name)


def test_a_period_may_be_given_by_its_days(settings: Settings) -> None:
    manifest = with_manifest(settings, "period: {from: 2022-01-05, to: 2022-02-01}").manifest
    assert manifest.period is not None
    assert (manifest.period.start, manifest.period.end) == (date(2022, 1, 5), date(2022, 2, 1))


def test_the_hash_is_of_the_bytes(settings: Settings) -> None:
    path = drop(settings, "dossiers/a.csv", "nội dung")
    file = look_at("dossiers", path, path.parent)
    assert file.sha256() == hashlib.sha256("nội dung".encode()).hexdigest()


def test_a_file_that_changed_since_it_was_looked_at_is_unsettled(settings: Settings) -> None:
    path = drop(settings, "dossiers/a.csv")
    file = look_at("dossiers", path, path.parent)
    file.require_unchanged()
    drop(settings, "dossiers/a.csv", "more", mtime=2_000)
    with pytest.raises(UnsettledFileError, match="changed while it was read"):
        file.require_unchanged()
    path.unlink()
    with pytest.raises(UnsettledFileError, match="changed while it was read"):
        file.require_unchanged()
    with pytest.raises(UnsettledFileError, match="cannot be opened"):
        file.sha256()
