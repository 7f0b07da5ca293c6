"""What lies in the folder: every source, the right headers, the same bytes for the same seed."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from pathlib import Path

import fastexcel
import polars as pl
import pytest
import yaml

from pipelines.contracts.datasets import DATASETS
from pipelines.errors import ConfigurationError
from pipelines.samples.write import SampleSummary, write_samples

from .conftest import read_rows, tidy

UNDECLARED = {"dossiers": "Chủ hồ sơ"}


def fingerprints(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def headers(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return pl.read_parquet(path).columns
    if path.suffix == ".xlsx":
        return [
            column.name for column in fastexcel.read_excel(path).load_sheet(0).available_columns()
        ]
    if path.suffix == ".json":
        return list(json.loads(path.read_text(encoding="utf-8"))[0])
    if path.suffix == ".ndjson":
        return list(json.loads(path.read_text(encoding="utf-8").splitlines()[0]))
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    first = raw.decode("utf-8-sig").splitlines()[0]
    return first.split(";" if ";" in first else ",")


def test_every_source_has_extracts(small: SampleSummary) -> None:
    assert {file.source for file in small.files} == set(DATASETS)
    assert {path.name for path in small.out.iterdir()} == set(DATASETS)
    assert all(file.rows > 0 for file in small.files)


def test_headers_are_the_first_vietnamese_ones(small: SampleSummary) -> None:
    for file in small.files:
        expected = [column.label_vi for column in DATASETS[file.source].columns]
        found = headers(file.path)
        extra = found[len(expected) :]
        assert found[: len(expected)] == expected, file.path.name
        assert extra in ([], [UNDECLARED.get(file.source)]), file.path.name


def test_formats_are_spread(small: SampleSummary) -> None:
    suffixes = {"".join(file.path.suffixes[-2:]).lstrip(".") for file in small.files}
    assert suffixes >= {"csv", "csv.gz", "xlsx", "json", "ndjson", "parquet"}


def test_dates_come_from_names_but_for_one_manifest(small: SampleSummary) -> None:
    undated = [file for file in small.files if not re.search(r"\d{4}-\d{2}-\d{2}", file.path.name)]
    assert [file.source for file in undated] == ["qms_milestones"]
    sidecar = undated[0].path.with_name(f"{undated[0].path.name}.manifest.yml")
    manifest = yaml.safe_load(sidecar.read_text(encoding="utf-8"))
    assert manifest == {"extracted_on": date(2022, 12, 31), "rows": undated[0].rows}


def test_same_arguments_same_bytes(small: SampleSummary, tmp_path: Path) -> None:
    write_samples(tmp_path, dossiers=small.dossiers, seed=small.seed)
    assert fingerprints(tmp_path) == fingerprints(small.out)


def test_another_seed_is_another_year(small: SampleSummary, tmp_path: Path) -> None:
    write_samples(tmp_path, dossiers=small.dossiers, seed=small.seed + 1)
    here, there = fingerprints(small.out), fingerprints(tmp_path)
    assert here.keys() == there.keys()
    differing = {name.split("/")[0] for name in here if here[name] != there[name]}
    assert differing >= {"dossiers", "documents", "directives", "programme_tasks"}


def test_the_size_of_a_chunk_does_not_show(
    small: SampleSummary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.samples.dossiers.CHUNK_ROWS", 100)
    monkeypatch.setattr("pipelines.samples.documents.CHUNK_DOCUMENTS", 70)
    write_samples(tmp_path, dossiers=small.dossiers, seed=small.seed)
    for name in ("2022-03-31.csv", "2022-12-31.csv"):
        path = Path("dossiers") / f"ho-so-mot-cua_{name}"
        # Repeated rows stand at the end of the chunk they belong to.
        assert sorted((tmp_path / path).read_bytes().splitlines()) == sorted(
            (small.out / path).read_bytes().splitlines()
        )
    documents = "van-ban-den_2022-12-31.xlsx"
    assert pl.read_excel(tmp_path / "documents" / documents).equals(
        pl.read_excel(small.out / "documents" / documents)
    )


def test_registers_too_large_for_a_workbook_are_csv(
    small: SampleSummary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.samples.document_files.LARGEST_WORKBOOK", 100)
    summary = write_samples(tmp_path, extract_dates=[date(2022, 12, 31)])
    documents = [file for file in summary.files if file.source == "documents"]
    assert [file.path.suffix for file in documents] == [".csv"]
    rows = read_rows(documents[0].path)
    key = rows.select("register_year", "register_book", "arrival_no", "office_id")
    assert key.n_unique() == small.dossiers // 2
    assert rows["arrived_at"].str.contains(r"^\d{2}/\d{2}/2022 \d{2}:\d{2}$").all()


def test_offices_have_no_more_documents_and_tasks_for_more_dossiers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.samples.write.MOST_DOCUMENTS", 40)
    monkeypatch.setattr("pipelines.samples.directives.MOST_DIRECTIVES", 100)
    summary = write_samples(tmp_path, dossiers=200, extract_dates=[date(2022, 12, 31)])
    path = {file.source: file.path for file in summary.files}
    columns = {c.label_vi: c.name for c in DATASETS["documents"].columns}
    documents = pl.read_excel(path["documents"]).rename(columns)
    key = documents.select("register_year", "register_book", "arrival_no", "office_id")
    assert key.n_unique() == 40
    assert read_rows(path["directives"]).height == 100


@pytest.mark.parametrize("dossiers", [1, 2, 17])
def test_small_numbers_work(dossiers: int, tmp_path: Path) -> None:
    write_samples(tmp_path, dossiers=dossiers)
    last = read_rows(tmp_path / "dossiers" / "ho-so-mot-cua_2022-12-31.csv")
    assert last["dossier_id"].n_unique() == dossiers


@pytest.mark.parametrize(
    ("dossiers", "dates"),
    [
        (0, [date(2022, 12, 31)]),
        (10, []),
        (10, [date(2022, 6, 30), date(2022, 3, 31)]),
        (10, [date(2023, 6, 30)]),
    ],
)
def test_impossible_wishes_are_refused(dossiers: int, dates: list[date], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        write_samples(tmp_path, dossiers=dossiers, extract_dates=dates)
    assert not list(tmp_path.iterdir())


def test_people_in_it_are_nobody(small: SampleSummary) -> None:
    fictional = re.compile(r"(Nguyễn Văn A|Trần Thị B|Lê Văn C|Phạm Thị D) \d{4,}")
    owners = read_rows(small.out / "dossiers" / "ho-so-mot-cua_2022-12-31.csv")[
        UNDECLARED["dossiers"]
    ]
    assert owners.null_count() == 0
    assert all(fictional.fullmatch(owner) for owner in owners)
    surname = re.compile(r"\b(Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi)\b")
    for file in small.files:
        if file.path.suffix in {".csv", ".json", ".ndjson"}:
            text = fictional.sub("", file.path.read_text(encoding="utf-8"))
            assert not surname.search(text), file.path.name


def test_units_named_in_rows_are_known_but_a_few(
    last_dossiers: pl.DataFrame, large: SampleSummary
) -> None:
    units = read_rows(large.out / "units" / "don-vi_2022-12-31.csv")
    names = [*units["unit_name"], *(a for each in units["aliases"] for a in each.split(";"))]
    known = {tidy(name) for name in names}
    unknown = {name for name in last_dossiers["unit_name"] if tidy(name) not in known}
    assert {tidy(name) for name in unknown} <= {tidy("Bộ phận Một cửa lưu động")}
    assert len(names) == len({tidy(name) for name in names}), "a name resolves to one unit"
    assert set(last_dossiers["unit_id"].drop_nulls()) <= set(units["unit_id"])
