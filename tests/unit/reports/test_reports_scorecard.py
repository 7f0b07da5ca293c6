"""The scorecard as people see it."""

from __future__ import annotations

import io
import shutil
from datetime import date, datetime

import pytest
from rich.console import RenderableType

from pipelines.errors import ConfigurationError, RunError
from pipelines.reports.edition import edition_known_on, published_edition
from pipelines.reports.figures import every_figure, figures
from pipelines.reports.periods import Period, parse_period
from pipelines.reports.scorecard import notes, render, render_alternates
from pipelines.reports.terminal import LOG_WIDTH, console
from pipelines.settings import LOCAL_ZONE
from pipelines.warehouse.snapshots import snapshot_path

QUARTER = parse_period("2022-Q1")


def printed(what: RenderableType) -> str:
    stream = io.StringIO()
    console(stream).print(what)
    return stream.getvalue()


def test_every_measure_with_its_counts_rate_target_and_verdict(published):
    with published_edition(published) as edition:
        text = printed(render(edition, figures(edition, QUARTER), QUARTER))
    lines = {line.split()[0]: line for line in text.splitlines() if line[:2].isdigit()}
    assert [*lines] == ["05b", "06", "07a", "07b", "09", "10"]
    for expected in ("97/100", "97,00%", "≥ 98%", "Không đạt"):
        assert expected in lines["05b"]
    assert "60,004%" in lines["07b"]
    assert "> 60%" in lines["07b"]
    assert "0/0" in lines["06"]
    assert "Không phát sinh" in lines["06"]
    assert "≥ 7" in lines["10"]
    assert "vượt 2" in lines["10"]
    assert "01/04/2022 01:02:03" in text
    assert max(map(len, text.splitlines())) <= LOG_WIDTH


def test_a_verdict_that_hangs_on_missing_data_says_so(published):
    with published_edition(published) as edition:
        found = {figure.measure_id: notes(figure) for figure in figures(edition, QUARTER)}
    dependent, missing, margin = found["05b"]
    assert "PHỤ THUỘC DỮ LIỆU THIẾU" in dependent
    assert "thiếu hạn 3" in missing
    assert "94,17% … 97,08%" in missing
    assert margin == "còn thiếu 1 để đạt · 1 short"
    assert found["07b"] == ["còn được phép không đạt thêm 1 · may still fail: 1"]


def test_one_unit(published):
    with published_edition(published) as edition:
        found = figures(edition, QUARTER, "so-tnmt")
        text = printed(render(edition, found, QUARTER))
    assert [figure.measure_id for figure in found] == ["05b"]
    assert "Sở Tài nguyên và Môi trường" in text


@pytest.mark.parametrize(("period", "unit"), [("2021", None), ("2022-Q1", "khong-co")])
def test_a_period_or_unit_without_figures_says_what_there_is(published, period, unit):
    with (
        published_edition(published) as edition,
        pytest.raises(ConfigurationError, match="run from 2022-01-01 to 2022-12-31"),
    ):
        figures(edition, parse_period(period), unit)


def test_the_default_period_is_the_year_of_the_newest_loaded_extract(published):
    with published_edition(published) as edition:
        assert edition.newest_year() == Period("year", date(2022, 1, 1))


def test_all_ways_of_counting_side_by_side(published):
    with published_edition(published) as edition:
        found = every_figure(edition, QUARTER)
        lines = printed(render_alternates(edition, found)).splitlines()
    ways = [line.split()[:3] for line in lines if line.startswith("05b")]
    assert ways == [
        ["05b*", "qms", "decided:"],
        ["05b", "qms", "closed:"],
        ["05b", "province", "decided:"],
    ]
    assert not any(line.startswith("06") for line in lines)


@pytest.mark.parametrize(
    ("day", "counts", "as_of"),
    [
        (date(2022, 4, 1), "97/100", date(2022, 4, 1)),
        (date(2030, 1, 1), "97/100", date(2022, 4, 1)),
        (date(2022, 3, 31), "90/100", date(2022, 3, 1)),
    ],
)
def test_as_known_on_takes_the_newest_edition_by_the_end_of_that_local_day(
    published, day, counts, as_of
):
    with edition_known_on(published, day, of_units=False) as edition:
        assert figures(edition, QUARTER)[0].counts == counts
        assert edition.stamp()[0] == as_of
        text = printed(render(edition, figures(edition, QUARTER), QUARTER, day))
    assert f"newest edition by {day:%d/%m/%Y}" in text


def test_before_the_first_edition_nothing_was_known(published):
    with (
        pytest.raises(RunError, match="by the end of 2022-03-30: the first one is of 2022-03-31"),
        edition_known_on(published, date(2022, 3, 30), of_units=False),
    ):
        pass


def test_unit_figures_of_the_past_come_from_the_kept_edition(published, tmp_path):
    kept = published.model_copy(update={"data_dir": tmp_path})
    kept.warehouse_dir.mkdir()
    shutil.copy(published.published, kept.published)
    day = date(2022, 4, 1)
    with (
        pytest.raises(RunError, match="of 2022-04-01 01:02:03 is no longer kept"),
        edition_known_on(kept, day, of_units=True),
    ):
        pass
    snapshot = snapshot_path(kept, datetime(2022, 4, 1, 1, 2, 3, tzinfo=LOCAL_ZONE))
    snapshot.parent.mkdir()
    snapshot.hardlink_to(kept.published)
    with edition_known_on(kept, day, of_units=True) as edition:
        [figure] = figures(edition, QUARTER, "so-tnmt")
    assert figure.unit_name == "Sở Tài nguyên và Môi trường"


def test_without_a_warehouse_the_sentence_says_what_to_run(nothing_published):
    with (
        pytest.raises(RunError, match="qo nightly"),
        published_edition(nothing_published),
    ):
        pass
