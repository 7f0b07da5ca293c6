"""`qo check`: a dry run that writes nothing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from pipelines.cli import main

HEADER = "Mã đơn vị,Tháng,Số hồ sơ ngoài hệ thống\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("QO_DATA_DIR", str(tmp_path / "data"))

    def check(content: str):
        file = tmp_path / "ho-so_2022-03-31.csv"
        file.write_text(HEADER + content, encoding="utf-8")
        result = CliRunner().invoke(
            main, ["check", str(file), "--source", "dossiers_outside_system"]
        )
        assert not (tmp_path / "data").exists()
        return result

    return check


def test_a_clean_file(run):
    result = run("vp,2022-01,12\nvp,2022-02,7\n")
    assert result.exit_code == 0
    assert "2 nhận · accepted" in result.output


def test_a_row_that_would_be_rejected_is_named_with_its_value(run):
    result = run("vp,2022-01,12\nvp,2022-02,nhiều\n")
    assert result.exit_code == 3
    assert "1 loại · rejected" in result.output
    assert "nhiều" in result.output


def test_what_was_found_in_the_file_is_told(run):
    result = run("Sở A\nvp,2022-01,12\n,,\nTổng cộng,,12\n")
    assert result.exit_code == 0
    assert "format csv, encoding utf-8, delimiter ',', header row 1" in result.output
    assert "tên nhóm · titles of groups 1" in result.output
    assert "dòng tổng · totals 1" in result.output
    assert "unit_id ← Mã đơn vị" in result.output


def test_a_total_that_contradicts_the_rows_is_told_with_both_numbers(run):
    result = run("vp,2022-01,12\nTổng cộng,,13\n")
    assert result.exit_code == 3
    assert "TOTALS_MISMATCH" in result.output
    assert "states 13 under 'Số hồ sơ ngoài hệ thống'" in result.output
    assert "add up to 12" in result.output


def test_faults_are_counted_by_column(run):
    result = run("vp,2022-01,12\nvp,2022-02,nhiều\nvp,2022-03,ít\n,2022-03,1\n")
    assert result.exit_code == 3
    assert "2 × UNREADABLE_REQUIRED (dossiers_outside)" in result.output
    assert "1 × MISSING_REQUIRED (unit_id)" in result.output
