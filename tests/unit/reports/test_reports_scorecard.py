"""The scorecard as people see it."""

from __future__ import annotations

import io
from datetime import date

import pytest
from rich.console import RenderableType

from pipelines.errors import ConfigurationError, RunError
from pipelines.reports.edition import published_edition
from pipelines.reports.periods import Period, parse_period
from pipelines.reports.scorecard import figures, notes, render
from pipelines.reports.terminal import LOG_WIDTH, console

QUARTER = parse_period("2022-Q1")


def printed(what: RenderableType) -> str:
    stream = io.StringIO()
    console(stream).print(what)
    return stream.getvalue()


def test_every_measure_with_its_counts_rate_target_and_verdict(published):
    with published_edition(published) as edition:
        text = printed(render(edition, figures(edition, QUARTER), QUARTER))
    lines = {line.split()[0]: line for line in text.splitlines() if line[:2].isdigit()}
    assert [*lines] == ["05b", "06", "07b", "10"]
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
    assert "1 short" in margin
    assert found["07b"] == ["còn được hỏng 1 · may fail: 1"]


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
        pytest.raises(ConfigurationError, match="run from 2022-01-01 to 2022-03-31"),
    ):
        figures(edition, parse_period(period), unit)


def test_the_default_period_is_the_year_of_the_newest_loaded_extract(published):
    with published_edition(published) as edition:
        assert edition.newest_year() == Period("year", date(2022, 1, 1))


def test_without_a_warehouse_the_sentence_says_what_to_run(nothing_published):
    with (
        pytest.raises(RunError, match="qo nightly"),
        published_edition(nothing_published),
    ):
        pass
