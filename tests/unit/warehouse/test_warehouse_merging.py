"""What is merged and what is built anew: only later rows of cases can be added to what there is."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from pipelines.warehouse.load import load
from pipelines.warehouse.merging import MERGED, settle

OFFICE = {"unit_id": "VP", "unit_name": "Văn phòng"}
DOSSIER = {"dossier_id": "H1", "status": "accepted"}


@pytest.fixture
def night(settings, build, raw):
    """Loads what lies under raw/ and acts as if models had been built and published from it."""

    def act() -> tuple[str, ...]:
        outcome = load(settings, build, {})
        build.execute("create schema if not exists intermediate")
        for dataset in MERGED:
            build.execute(
                f"create table if not exists intermediate.int_{dataset}__versions (a int)"
            )
        settle(build)
        build.execute("insert into ops.publication values (now(), current_date, 'r')")
        return outcome.anew

    return act


def add_dossiers(raw, extract_id: str, *ids: str, **account: object) -> None:
    rows = [{**DOSSIER, "dossier_id": name} for name in ids]
    raw.add(extract_id, rows, source="dossiers", dataset="dossiers", **account)


def shown(con: duckdb.DuckDBPyConnection, dataset: str = "dossiers") -> set[str]:
    return {row for (row,) in con.execute(f"select _extract_id from raw.{dataset}").fetchall()}


def test_everything_is_built_anew_at_first(night):
    assert set(night()) == set(MERGED)
    assert night() == ()


def test_later_rows_are_merged_and_shown_until_they_are_published(settings, build, raw, night):
    add_dossiers(raw, "a1", "H1")
    night()
    add_dossiers(raw, "a2", "H1", extracted_on="2022-04-30")
    assert load(settings, build, {}).anew == ()
    assert shown(build) == {"a2"}
    [(batch,)] = build.execute("select batch_no from ops.batch").fetchall()
    add_dossiers(raw, "a3", "H2", extracted_on="2022-05-31")
    load(settings, build, {})  # the run in between died
    assert shown(build) == {"a2", "a3"}
    assert build.execute("select batch_no from ops.batch").fetchall() == [(batch,)]
    night()
    assert shown(build) == set()
    assert build.execute("select batch_no from ops.batch").fetchall() == [(batch + 1,)]


@pytest.mark.parametrize(("ids", "anew"), [(("H1", "H3"), ("dossiers",)), (("H3",), ())])
def test_an_earlier_extract_is_merged_unless_it_lists_a_case_known_since(
    settings, build, raw, night, ids, anew
):
    add_dossiers(raw, "a2", "H1", "H2", extracted_on="2022-04-30")
    night()
    add_dossiers(raw, "a1", *ids, first_seen_at="2022-05-01T01:00:00+00:00")
    assert load(settings, build, {}).anew == anew
    assert shown(build) == ({"a1", "a2"} if anew else {"a1"})


def test_units_told_by_name_do_not_hide_a_common_case(settings, build, raw, night):
    row = {"directive_id": "N1", "issuer": "ppc", "status": "completed"}
    row["assigned_at"] = datetime(2022, 3, 1)
    for extract_id, unit, day in (("d2", "VP", "2022-04-30"), ("d1", "Văn phòng", "2022-03-31")):
        rows = [{**row, "unit_id": unit}]
        raw.add(extract_id, rows, source="x", dataset="directives", extracted_on=day)
        anew = load(settings, build, {}).anew
        night()
    assert anew == ("directives",)


def test_an_extract_that_leaves_has_its_dataset_built_anew(settings, build, raw, night):
    add_dossiers(raw, "a1", "H1")
    add_dossiers(raw, "a2", "H2", extracted_on="2022-04-30")
    night()
    raw.change("a1", source="dossiers", status="superseded")
    assert load(settings, build, {}).anew == ("dossiers",)
    assert shown(build) == {"a2"}
    tables = "select table_name from duckdb_tables() where table_name like 'int_dossiers\\_\\_%' "
    assert build.execute(tables + "escape '\\'").fetchall() == []


@pytest.mark.parametrize("is_late", [False, True])
def test_counts_are_forgotten_with_the_cases_they_came_from(settings, build, raw, night, is_late):
    add_dossiers(raw, "a2", "H1", extracted_on="2022-04-30")
    night()
    for table in ("int_counted_periods", "int_measure_counts"):
        build.execute(f"create table intermediate.{table} (a int)")
    day = "2022-03-31" if is_late else "2022-05-31"
    add_dossiers(raw, "a1", "H1", extracted_on=day, first_seen_at="2022-06-01T01:00:00+00:00")
    load(settings, build, {})
    kept = "select count(*) from duckdb_tables() where table_name in (?, ?)"
    [(count,)] = build.execute(kept, ["int_counted_periods", "int_measure_counts"]).fetchall()
    assert count == (0 if is_late else 2)


def test_other_units_have_all_that_is_read_by_them_built_anew(settings, build, raw, night):
    raw.add("u1", [OFFICE])
    night()
    raw.add("u2", [OFFICE], extracted_on="2022-04-30")
    assert load(settings, build, {}).anew == ()
    night()
    raw.add("u3", [{**OFFICE, "is_office": True}], extracted_on="2022-05-31")
    anew = load(settings, build, {}).anew
    assert {"dossiers", "documents", "unit_reports"} <= set(anew)
    assert not {"regulations", "qms_milestones"} & set(anew)
    assert shown(build, "units") == {"u1", "u2", "u3"}


def test_other_procedures_have_dossiers_built_anew(settings, build, raw, night):
    night()
    row = {"procedure_id": "1.000001", "procedure_name": "Cấp phép"}
    raw.add("p1", [row], source="procedures", dataset="procedures")
    assert load(settings, build, {}).anew == ("dossiers",)


def test_a_correction_that_is_taken_back_has_its_datasets_built_anew(settings, build, raw, night):
    row = {"dataset": "dossiers", "case_id": "H1", "due_at": datetime(2022, 3, 31)}
    raw.add("c1", [row], source="corrections", dataset="deadline_corrections")
    night()
    raw.change("c1", source="corrections", status="superseded")
    anew = load(settings, build, {}).anew
    assert set(anew) == {"dossiers", "documents", "directives", "programme_tasks"}


def test_extracts_that_changed_places_have_their_dataset_built_anew(settings, build, raw, night):
    add_dossiers(raw, "a1", "H1")
    add_dossiers(raw, "a2", "H1")
    night()
    raw.change("a1", source="dossiers", first_seen_at="2022-05-01T01:00:00+00:00")
    assert load(settings, build, {}).anew == ("dossiers",)


def test_other_models_build_everything_anew(settings, build, raw, night):
    add_dossiers(raw, "a1", "H1")
    night()
    build.execute("update ops.built_from set fingerprint = 'older' where name = 'models'")
    assert set(load(settings, build, {}).anew) == set(MERGED)
    assert shown(build) == {"a1"}


def test_a_published_file_needs_no_raw_files(settings, build, raw, night):
    raw.add("u1", [OFFICE])
    add_dossiers(raw, "a1", "H1")
    night()
    for path in settings.raw.glob("*/*.parquet"):
        path.unlink()
    assert shown(build, "units") == {"u1"}
    assert shown(build) == set()
