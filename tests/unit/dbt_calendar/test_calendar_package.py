"""The reviewed calendar beside the `holidays` package, and the seed generated from the package."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from pipelines.settings import PROJECT_DIR
from pipelines.warehouse.calendar import (
    REVIEWED_YEARS,
    SEED,
    CalendarDay,
    seed_text,
    unreviewed_days,
    unreviewed_seed,
    write_seed,
)

OVERRIDES = PROJECT_DIR / "dbt_project" / "seeds" / "calendar_overrides.csv"

KNOWN_DIFFERENCES = {
    # The package does not know that 02/01/2026 was swapped for 10/01/2026 (12729/VPCP-KGVX).
    (date(2026, 1, 2), False): "reviewed calendar only",
    (date(2026, 1, 10), True): "reviewed calendar only",
}


def reviewed() -> set[tuple[date, bool]]:
    with OVERRIDES.open(encoding="utf-8", newline="") as file:
        return {
            (date.fromisoformat(row["date_day"]), row["is_working_day"] == "true")
            for row in csv.DictReader(file)
        }


def test_the_reviewed_calendar_differs_from_the_package_only_where_it_should() -> None:
    package = {
        (day.date_day, day.is_working_day)
        for day in unreviewed_days(REVIEWED_YEARS.start, REVIEWED_YEARS.stop - 1)
    }
    differences = dict.fromkeys(reviewed() - package, "reviewed calendar only") | dict.fromkeys(
        package - reviewed(), "package only"
    )
    assert differences == KNOWN_DIFFERENCES


def test_the_reviewed_years_are_the_years_of_the_seed() -> None:
    assert {day.year for day, _ in reviewed()} == set(REVIEWED_YEARS)


def test_the_unreviewed_seed_is_what_the_package_says() -> None:
    assert SEED.read_text(encoding="utf-8") == unreviewed_seed(), (
        "run `python -m pipelines.warehouse.calendar` and look at the difference"
    )


def test_a_make_up_day_of_the_year_before_is_found() -> None:
    # 02/01/2015 was paid for by working on Saturday 27/12/2014.
    assert (date(2014, 12, 27), True) in {
        (day.date_day, day.is_working_day) for day in unreviewed_days(2014, 2014)
    }


def test_the_seed_file_is_rewritten_whole(tmp_path: Path) -> None:
    path = tmp_path / "calendar_unreviewed.csv"
    path.write_text("leftover", encoding="utf-8")
    write_seed(path)
    assert path.read_text(encoding="utf-8") == unreviewed_seed()
    assert seed_text([CalendarDay(date(2030, 9, 2), False, "Quốc khánh", "a, b")]) == (
        'date_day,is_working_day,name_vi,source\n2030-09-02,false,Quốc khánh,"a, b"\n'
    )
