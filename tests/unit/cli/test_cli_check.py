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
