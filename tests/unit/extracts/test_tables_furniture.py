"""Rows that only print a sheet are left out and counted; a row that may be a case never is."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.grid import Piece
from pipelines.extracts.formats.tables import open_table
from pipelines.extracts.layout.body import Body
from pipelines.extracts.layout.headers import HeaderMatcher
from tests.unit.extracts.whole import WholeTable, account, read_table

MakeContract = Callable[..., Contract]
Row = Sequence[str]
ReadRows = Callable[..., WholeTable]

HEADER = ["STT", "Mã hồ sơ", "Người nộp", "Ngày tiếp nhận", "Ngày hẹn trả", "Trạng thái"]
NUMBERS = ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"]


def case(number: int, key: str) -> Row:
    return [str(number), key, "Trần D", "03/01/2022", "10/01/2022", "Đang xử lý"]


@pytest.fixture
def reader(make_contract: MakeContract) -> Contract:
    names = ("dossier_id", "received_at", "due_at", "status")
    return make_contract(columns={name: {} for name in names})


@pytest.fixture(params=["csv", "xlsx"])
def read(request: pytest.FixtureRequest, reader: Contract, tmp_path: Path) -> ReadRows:
    """Reads rows of cells written as a text file, and as a workbook."""

    def run(*rows: Row, using: Contract = reader) -> WholeTable:
        path = tmp_path / f"a.{request.param}"
        if request.param == "csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
        else:
            with xlsxwriter.Workbook(path) as book:
                sheet = book.add_worksheet()
                for place, cells in enumerate(rows):
                    for column, cell in enumerate(cells):
                        sheet.write(place, column, cell or None)
        return read_table(path, HeaderMatcher(using))

    return run


def keys(table: WholeTable) -> list[str | None]:
    return table.frame["dossier_id"].to_list()


def test_t57_only_data_rows_are_read_and_the_total_is_used(read: ReadRows) -> None:
    sheet = [
        ["UBND TỈNH X", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["", "", "", "Độc lập - Tự do - Hạnh phúc"],
        ["DANH SÁCH HỒ SƠ"],
        [],
        HEADER,
        NUMBERS,
        ["I. Sở, ban, ngành"],
        case(1, "HS-1"),
        case(2, "HS-2"),
        [],
        HEADER,
        NUMBERS,
        ["II", "UBND huyện"],
        case(1, "HS-3"),
    ]
    table = read(*sheet, ["Tổng cộng", "", "3"])
    assert keys(table) == ["HS-1", "HS-2", "HS-3"]
    assert table.frame["_row_number"].to_list() == [8, 9, 14]
    assert table.furniture == {
        "blank": 1,
        "column_numbers": 2,
        "group": 2,
        "header": 1,
        "total": 1,
    }
    with pytest.raises(RejectedFileError, match=r"row 15 .* states 4 .* rows read are 3"):
        read(*sheet, ["Tổng cộng", "", "4"])


def test_a_signature_block_ends_the_table(read: ReadRows) -> None:
    table = read(
        HEADER,
        case(1, "HS-1"),
        ["Nơi nhận", "", "", "Huế, ngày 05 tháng 01 năm 2022"],
        ["- Như trên;", "", "", "TM. ỦY BAN NHÂN DÂN"],
        ["- Lưu: VT.", "", "", "KT. CHỦ TỊCH"],
        [],
        ["", "", "", "Nguyễn Văn A"],
    )
    assert keys(table) == ["HS-1"]
    assert table.furniture == {"signature": 4, "blank": 1}


def test_below_a_signature_a_row_with_a_case_is_still_read(read: ReadRows) -> None:
    table = read(HEADER, case(1, "HS-1"), ["Người lập biểu"], HEADER, case(2, "HS-2"))
    assert keys(table) == ["HS-1", "HS-2"]
    assert table.furniture == {"signature": 1, "header": 1}


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (["", "  ", "", "", "", ""], "blank"),
        (["7"], "numbered"),
        (["Sở Tư pháp"], "group"),
        (["A", "UBND các huyện", "", "", "", ""], "group"),
        (["", "II. UBND các huyện"], "group"),
        (["I", "Sở, ban, ngành", "12"], "group"),
        (["Cộng", "1"], "total"),
        (["", "TỔNG SỐ: 1 hồ sơ"], "total"),
        (["Tổng cộng", "", "1 hồ sơ"], "total"),
        (["Tổng số hồ sơ quá hạn: 12"], "total"),
        (["CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "", "", "", "Trang 2"], "title"),
        (["UBND TỈNH X", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], "title"),
        (["Q. CHỦ TỊCH"], "signature"),
        (["1", "2", "3", "4", "5", "6=4+5"], "column_numbers"),
        (["A", "B", "1", "2", "3", "4"], "column_numbers"),
    ],
)
def test_furniture_of_each_kind(read: ReadRows, row: Row, kind: str) -> None:
    # Numbers of columns stand directly below a header, the others anywhere.
    around = [row, case(1, "HS-1")] if kind == "column_numbers" else [case(1, "HS-1"), row]
    table = read(HEADER, *around, case(2, "HS-2"))
    assert keys(table) == ["HS-1", "HS-2"]
    assert table.furniture == {kind: 1}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(["2", "", "Trần D", "03/01/2022", "", "Đang xử lý"], id="only the key lacks"),
        pytest.param(["2", "", "Trần D"], id="an ordinal number and a name"),
        pytest.param(["", "", "", "", "", "Đang xử lý"], id="a status alone"),
        pytest.param(["", "", "", "03/01/2022"], id="a date alone"),
        pytest.param(
            ["", "", "", "ngày 03 tháng 01 năm 2022", "", "Đang xử lý"], id="a date in words"
        ),
        pytest.param(["Tổng cộng", "", "", "03/01/2022"], id="a total with a date"),
        pytest.param(["", "HS-2"], id="a key alone"),
        pytest.param(["2", "5"], id="two numbers"),
        pytest.param(["", "", "UBND tỉnh X", "", "", "Đang xử lý"], id="two texts, one a status"),
        pytest.param(["2", "Cộng đồng X", "Trần D", "", "", "Đang xử lý"], id="words like a total"),
    ],
)
def test_a_row_that_may_be_a_case_is_rejected_not_dropped(
    read: ReadRows, reader: Contract, row: Row
) -> None:
    table = read(HEADER, case(1, "HS-1"), row)
    assert table.furniture == {}
    accounted = account(table.frame, reader, None)
    assert (accounted.rows_read, accounted.rows_accepted, accounted.rows_rejected) == (2, 1, 1)
    assert set(accounted.rejected["_row_number"]) == {3}


def test_cases_that_look_like_furniture_are_read(read: ReadRows, reader: Contract) -> None:
    rows = [
        ["1", "Tổng công ty X", "Tổng cộng", "03/01/2022", "", "Đang xử lý"],
        ["2", "I", "Người lập biểu", "03/01/2022", "", "Đang xử lý"],
        ["3", "(2)", "Nơi nhận", "03/01/2022", "", "Đang xử lý"],
    ]
    table = read(HEADER, *rows)
    assert account(table.frame, reader, None).rows_accepted == 3
    assert table.furniture == {}


def test_the_key_may_stand_first(read: ReadRows) -> None:
    table = read(
        ["Mã hồ sơ", "Ngày tiếp nhận", "Trạng thái"],
        ["I. Sở, ban, ngành"],
        ["HS-1", "03/01/2022", "Đang xử lý"],
        ["Tổng cộng: 1"],
        ["Người lập biểu", "", "CHỦ TỊCH"],
        ["Nguyễn Văn A", "", "Trần Thị B"],
    )
    assert keys(table) == ["HS-1"]
    assert table.furniture == {"group": 1, "total": 1, "signature": 2}


def test_a_total_by_month_is_no_unit(read: ReadRows, make_contract: MakeContract) -> None:
    table = read(
        ["Mã đơn vị", "Tháng", "Số hồ sơ ngoài hệ thống"],
        ["vp", "2022-01", "1.200"],
        ["sx", "2022-01", "34"],
        ["Tổng cộng", "2022-01", "1.234"],
        ["Tổng cộng", "2022-02", "0"],
        using=make_contract("dossiers_outside_system"),
    )
    assert table.frame["unit_id"].to_list() == ["vp", "sx"]
    assert table.furniture == {"total": 2}


def test_records_with_names_have_no_furniture(reader: Contract, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"Mã hồ sơ": "a", "Ngày tiếp nhận": "x", "Trạng thái": "y"}, {"STT": 7}]')
    table = read_table(path, HeaderMatcher(reader))
    assert keys(table) == ["a", None]


def test_a_file_with_all_keys_is_looked_at_no_closer(reader: Contract, tmp_path: Path) -> None:
    def refuse() -> pl.DataFrame:
        raise AssertionError("all columns were read")

    path = tmp_path / "a.csv"
    path.write_text("Mã hồ sơ,Ngày tiếp nhận,Trạng thái\na,03/01/2022,Đang xử lý\n", "utf-8")
    with open_table(path, HeaderMatcher(reader)) as table:
        (piece,) = table.grid.pieces()
        sound, without_key = (
            replace(table.grid, pieces=lambda frame=frame: iter([Piece(frame, refuse)]))
            for frame in (piece.frame, piece.frame.with_columns(pl.lit(None, pl.String).alias("0")))
        )
        assert [rows.height for rows in Body(sound, reader).cases()] == [1]
        with pytest.raises(AssertionError, match="all columns were read"):
            list(Body(without_key, reader).cases())


def test_no_row_that_could_be_accepted_is_ever_left_out(read: ReadRows, reader: Contract) -> None:
    chance = random.Random(57)
    texts = ("I", "1", "(2)", "5", "Sở A", "II. Sở B", "Tổng cộng", "Cộng: 3", "Nơi nhận")
    texts += ("Người lập biểu", "Trang 2", "HS-1", "Tổng công ty", "x")
    days = ("03/01/2022", "(4)", "TM. UBND TỈNH", "12", "ngày 05 tháng 01 năm 2022")
    states = ("Đang xử lý", "(6)", "CHỦ TỊCH", "7")
    pools = (texts, texts, texts, days, days, states)
    rows = [
        [chance.choice(pool) if chance.random() < 0.4 else "" for pool in pools]
        for _ in range(3_000)
    ]
    # Totals would contradict so odd a list: they are held against it elsewhere.
    rows = [row for row in rows if not any("ổng" in cell or "ộng" in cell for cell in row)]
    table = read(HEADER, *rows)
    kept = set(table.frame["_row_number"])
    left_out = [row for number, row in enumerate(rows, start=2) if number not in kept]
    assert len(left_out) > 100
    names = ("dossier_id", "received_at", "due_at", "status")
    alone = pl.DataFrame(
        [[row[1], row[3], row[4], row[5]] for row in left_out],
        schema=dict.fromkeys(names, pl.String),
        orient="row",
    ).with_row_index("_row_number")
    renamed = alone.with_columns(
        pl.when(pl.col("dossier_id") != "")
        .then(pl.format("{}#{}", "dossier_id", "_row_number"))
        .otherwise("dossier_id")
        .alias("dossier_id"),
        pl.col("_row_number").cast(pl.Int64),
    )
    assert account(renamed, reader, None).rows_accepted == 0
