"""The history of one case."""

from __future__ import annotations

import io

import pytest

from pipelines.errors import ConfigurationError
from pipelines.reports.edition import published_edition
from pipelines.reports.figures import find_figure
from pipelines.reports.history import history
from pipelines.reports.history_text import render
from pipelines.reports.periods import parse_period
from pipelines.reports.terminal import console

QUARTER = parse_period("2022-Q1")


@pytest.fixture
def tell(published):
    """The history of a case, and its text."""
    with published_edition(published) as edition:

        def told(measure: str, case: str):
            found = history(edition, find_figure(edition, measure, QUARTER), case)
            stream = io.StringIO()
            console(stream).print(render(edition, found, QUARTER))
            return found, stream.getvalue()

        yield told


def test_every_version_goes_down_to_file_hash_and_row(tell):
    found, text = tell("05b", "TRE-0")
    assert [(v.file_name, v.sha256, v.row_number) for v in found.versions] == [
        ("dossiers/ho-so_2022-03-01.csv", "aa11", 7),
        ("dossiers/ho-so_2022-03-31.csv", "bb22", 12),
    ]
    assert set(found.versions[1].changes) == {"status", "due_at", "completed_at"}
    assert "Ngày hẹn trả (due_at): 08/03/2022 → 10/03/2022" in text
    assert "Trạng thái (status): Đang xử lý → Đã trả kết quả" in text
    assert "deadline shown 10/03/2022, hạn tính · in force 08/03/2022" in text
    assert "20/03/2022 15:30" in text
    assert "dòng · row 12" in text


def test_it_shows_every_basis_the_moves_and_the_open_issues(tell):
    found, text = tell("05b", "TRE-0")
    assert [(row["scope"], row["basis"]) for row in found.treatments] == [
        ("qms", "decided"),
        ("province", "decided"),
    ]
    assert [move["due_after"].day for move in found.moves] == [10]
    assert [issue["issue_code"] for issue in found.issues] == ["DUE_MOVED_UNEXPLAINED"]
    assert "Hạn dời không rõ căn cứ · Deadline moved" in text


def test_a_document_has_the_rows_of_all_its_units(tell):
    found, _ = tell("06", "2022|S|1|vp")
    assert [version.case_id for version in found.versions] == ["2022|S|1|vp|a", "2022|S|1|vp|b"]
    assert [move["case_id"] for move in found.moves] == ["2022|S|1|vp|b"]


def test_a_unit_has_the_obligations_of_the_period_and_no_others(tell):
    found, text = tell("09", "vp-nc")
    assert [row["product"] for row in found.obligations] == ["Báo cáo tháng"]
    assert [version.case_id for version in found.versions] == ["vp-nc|Báo cáo tháng|2022-01"]
    assert "obligations of the period" in text


@pytest.mark.parametrize("case", ["không có", "TRE"])
def test_a_case_nobody_ever_listed(tell, case):
    with pytest.raises(ConfigurationError, match=r"marts\.measure_cases"):
        tell("05b", case)


def test_a_case_outside_the_period_says_so(tell):
    _, text = tell("05b", "NGOAI-KY")
    assert "does not touch this period" in text
