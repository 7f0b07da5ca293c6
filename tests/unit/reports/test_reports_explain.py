"""The receipt of a figure and the history of a case."""

from __future__ import annotations

import io

import pytest
from rich.console import RenderableType

from pipelines.errors import ConfigurationError
from pipelines.reports import history
from pipelines.reports.edition import published_edition
from pipelines.reports.explain import CASES_SHOWN, receipt, render, treatment_of
from pipelines.reports.periods import parse_period
from pipelines.reports.terminal import console

QUARTER = parse_period("2022-Q1")


def printed(what: RenderableType) -> str:
    stream = io.StringIO()
    console(stream).print(what)
    return stream.getvalue()


def test_the_receipt_counts_every_treatment_and_lists_what_was_not_met(published):
    with published_edition(published) as edition:
        found = receipt(edition, "05b", QUARTER)
        text = printed(render(edition, found, QUARTER))
    counts = {row["treatment"]: row["cases"] for row in found.counts}
    assert counts == {"met": 97, "failed": 3, "missing_deadline": 23}
    listed = [case["case_id"] for case in found.cases]
    assert listed[:3] == ["TRE-0", "TRE-1", "TRE-2"]
    assert len(listed) == 3 + CASES_SHOWN
    assert "và 98% đảm bảo thời gian quy định" in text
    assert "97/100 = 97,00%" in text
    assert "3 more: marts.measure_cases" in text
    assert "HS-000" not in text


@pytest.mark.parametrize("measure", ["5b", "05B", " 05b "])
def test_a_measure_may_be_written_short(published, measure):
    with published_edition(published) as edition:
        assert receipt(edition, measure, QUARTER).figure.measure_id == "05b"


def test_only_one_units_cases(published):
    with published_edition(published) as edition:
        found = receipt(edition, "05b", QUARTER, "so-tnmt")
    assert {row["treatment"]: row["cases"] for row in found.counts} == {"met": 97}


def test_an_unknown_measure_names_the_known_ones(published):
    with (
        published_edition(published) as edition,
        pytest.raises(ConfigurationError, match="05b, 06, 07b, 10"),
    ):
        receipt(edition, "11", QUARTER)


def test_the_history_of_a_case_goes_down_to_file_hash_and_row(published):
    with published_edition(published) as edition:
        versions = history.history(edition, "05b", "TRE-0")
        treated = treatment_of(edition, receipt(edition, "05b", QUARTER), "TRE-0")
        text = printed(history.render(edition, "05b", versions, treated))
    assert [(v.file_name, v.sha256, v.row_number) for v in versions] == [
        ("ho-so_2022-03-01.csv", "aa11", 7),
        ("ho-so_2022-03-31.csv", "bb22", 12),
    ]
    assert set(versions[1].changes) == {"status", "due_at", "completed_at"}
    assert "Ngày hẹn trả (due_at): 08/03/2022 → 10/03/2022" in text
    assert "20/03/2022 15:30" in text
    assert "Không đạt" in text
    assert "dòng · row 12" in text


def test_a_case_nobody_ever_listed(published):
    with (
        published_edition(published) as edition,
        pytest.raises(ConfigurationError, match="fct_dossier_versions"),
    ):
        history.history(edition, "05b", "không có")
