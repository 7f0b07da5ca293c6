"""The same 200 dossiers in every format, encoding and packing give the same rows, cell for cell."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts.datasets import DATASETS
from pipelines.contracts.model import Contract
from pipelines.extracts.formats.legacy_encodings import TCVN3, VNI
from pipelines.extracts.layout.headers import ROW_NUMBER, HeaderMatcher
from tests.support import filewriters as writers
from tests.support.filewriters import ENCODERS, Cell, Rows
from tests.unit.extracts.whole import WholeAccount, WholeTable, account, read_table

COLUMNS = (
    "dossier_id",
    "procedure_id",
    "procedure_name",
    "unit_name",
    "authority",
    "received_at",
    "due_at",
    "completed_at",
    "status",
    "deadline_exempt",
)
DATES = ("received_at", "due_at", "completed_at")
STATUSES = ("Đang xử lý", "Đã trả kết quả", "Mới tiếp nhận", "Dừng xử lý")
UNITS = ("Sở Xây dựng", "Văn phòng Ủy ban nhân dân tỉnh", "Phường Thuỷ Xuân; tổ 2", "Đất đai, Huế")
NAMES = ('Cấp "giấy phép"', "Đăng ký khai tử", "Chuyển nhượng\nquyền sử dụng", "Hộ tịch | tư pháp")
Writer = Callable[[Rows], bytes]
EXTRACTED_ON = date(2022, 12, 31)
DOSSIERS = 200


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.model_validate(
        {"source": "dossiers", "dataset": "dossiers", "columns": {name: {} for name in COLUMNS}}
    )


def dossiers() -> Rows:
    """Dates on which day and month tell themselves apart, and some that do not."""
    labels = {column.name: column.label_vi for column in DATASETS["dossiers"].columns}
    rows: list[list[Cell]] = [["STT", *(labels[name] for name in COLUMNS), "Số điện thoại"]]
    for place in range(DOSSIERS):
        received = datetime(2022, 1, 3) + timedelta(days=place)
        rows.append(
            [
                str(place + 1),
                f"000.00.{place % 60:02}.H57-2203{place:02}-{place:04}",
                f"1.{place:06}",
                NAMES[place % 4],
                UNITS[place // 4 % 4],
                ("UBND tỉnh", "Chủ tịch UBND tỉnh")[place % 2],
                received,
                received + timedelta(days=15) if place % 7 else None,
                received + timedelta(days=place % 30) if place % 4 == 1 else None,
                STATUSES[1 if place % 4 == 1 else 2 * (place % 2)],
                ("có", "không")[place % 2],
                f"09{place:08}",
            ]
        )
    return rows


def text_files() -> Iterator[tuple[str, Writer]]:
    """Delimited text: every delimiter in every encoding, line ends and quoting in turn."""
    for place, (delimiter, encoding) in enumerate(product(",;\t|", ENCODERS)):
        line_end = ("\n", "\r\n")[place % 2]
        quoting = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)[place // 2 % 2]
        yield (
            f"text {delimiter!r} {line_end!r} quoting {quoting} {encoding}",
            lambda rows, d=delimiter, e=line_end, q=quoting, c=encoding: ENCODERS[c](
                writers.delimited(rows, d, e, q)
            ),
        )


def markup_files() -> Iterator[tuple[str, Writer]]:
    """Web pages and XML workbooks in every encoding, web pages with entities too."""
    yield "html entities", lambda rows: writers.html_page(rows, entities=True).encode("ascii")
    yield (
        "html utf-8 said to be another",
        lambda rows: writers.html_page(rows, charset="windows-1258").encode(),
    )
    for encoding, encode in ENCODERS.items():
        charset = "windows-1258" if encoding == "cp1258" else None
        yield (
            f"html {encoding}",
            lambda rows, e=encode, c=charset: e(writers.html_page(rows, charset=c)),
        )
        yield f"spreadsheetml {encoding}", lambda rows, e=encode: e(writers.spreadsheetml(rows))


def json_files() -> Iterator[tuple[str, Writer]]:
    """JSON in every shape."""
    shapes = ("list", "object", "columns", "split", "lines")
    encodings = ("utf-8", "utf-8-sig", "utf-16 little", "utf-16 big, no mark")
    for shape, encoding in product(shapes, encodings):
        yield (
            f"json {shape} {encoding}",
            lambda rows, s=shape, e=encoding: ENCODERS[e](writers.json_text(rows, s)),
        )


def workbooks() -> Iterator[tuple[str, Writer]]:
    """Workbooks of every kind, also with text in fonts from before Unicode."""
    kinds: dict[str, Writer] = {
        "xlsx": writers.xlsx,
        "xlsx from 1904": lambda rows: writers.xlsx(rows, epoch_1904=True),
        "xlsx inline": writers.inline_xlsx,
        "xls": writers.xls,
        "xls from 1904": lambda rows: writers.xls(rows, epoch_1904=True),
        "xlsb": writers.xlsb,
        "ods": writers.ods,
        "parquet": writers.parquet,
    }
    yield from kinds.items()
    for kind, font in product(("xlsx", "xls", "ods"), (TCVN3, VNI)):
        yield f"{kind} {font}", lambda rows, k=kind, f=font: kinds[k](typed_in(rows, f))
    yield (
        "xlsx header in Unicode, values in tcvn3",
        lambda rows: kinds["xlsx"]([rows[0], *typed_in(rows[1:], TCVN3)]),
    )


def typed_in(rows: Rows, font: str) -> Rows:
    """The table as someone typed it in an old font."""
    return [
        [writers.in_font(cell, font) if isinstance(cell, str) else cell for cell in row]
        for row in rows
    ]


def packed_files() -> Iterator[tuple[str, Writer]]:
    """Some of the others, packed."""
    plain: dict[str, Writer] = {
        "a.csv": lambda rows: ENCODERS[TCVN3](writers.delimited(rows)),
        "a.xlsx": writers.xlsx,
        "a.xls": lambda rows: writers.html_page(rows).encode(),
        "a.json": lambda rows: writers.json_text(rows).encode(),
        "a.parquet": writers.parquet,
    }
    for name, write in plain.items():
        yield f"{name}.gz", lambda rows, w=write: writers.gzipped(w(rows))
        yield (
            f"{name}.zip",
            lambda rows, w=write, n=name: writers.zipped(
                {"thư mục/": "", f"thư mục/{n}": w(rows), "__MACOSX/._x": "x", ".DS_Store": "x"}
            ),
        )
    yield (
        "halves.zip",
        lambda rows: writers.zipped(
            {
                "2.csv": writers.delimited([rows[0], *rows[101:]], ";"),
                "1.xlsx": writers.xlsx(rows[:101]),
            }
        ),
    )


def _line(*cells: Cell) -> list[Cell]:
    """A row of the sheet's width."""
    width = len(COLUMNS) + 2
    return [*cells, *[None] * (width - len(cells))]


def title_block(rows: Rows) -> Rows:
    """What stands above the table of a printed list."""
    names = ["ỦY BAN NHÂN DÂN TỈNH LAM GIANG", "DANH SÁCH HỒ SƠ MỘT CỬA"]
    period = "(Từ ngày 01/01/2022 đến ngày 31/12/2022)"
    return [*map(_line, [*names, period]), _line(), *rows]


def column_numbers(rows: Rows) -> Rows:
    """(1) (2) (3) below the header."""
    return [rows[0], [f"({place})" for place in range(1, len(rows[0]) + 1)], *rows[1:]]


def pages(rows: Rows) -> Rows:
    """The header again on each page, below a blank row."""
    return [
        row
        for place, row in enumerate(rows)
        for row in ([_line(), rows[0], row] if place in (60, 120, 180) else [row])
    ]


def groups(rows: Rows) -> Rows:
    """Titles of groups among the rows."""
    titles = {1: "I. Sở, ban, ngành", 101: "II. UBND cấp huyện"}
    return [
        row
        for place, row in enumerate(rows)
        for row in ([_line(titles[place]), row] if place in titles else [row])
    ]


def totals(rows: Rows) -> Rows:
    """How many there are."""
    return [*rows, _line("Tổng cộng", str(DOSSIERS))]


def signature(rows: Rows) -> Rows:
    """Who signs, below a blank row."""
    place = "Lam Giang, ngày 05 tháng 01 năm 2023"
    signers = [_line("Người lập biểu", None, None, None, "TM. ỦY BAN NHÂN DÂN")]
    return [*rows, _line(), _line(None, None, None, None, place), *signers, _line("Nguyễn Văn A")]


def whole_print(rows: Rows) -> Rows:
    """All of them together."""
    for trap in (groups, pages, totals, signature, column_numbers, title_block):
        rows = trap(rows)
    return rows


TRAPS = (title_block, column_numbers, pages, groups, totals, signature, whole_print)
PRINTED = (
    "text ',' '\\n' quoting 0 utf-8",
    "xlsx",
    "xlsx inline",
    "xls",
    "xlsb",
    "ods",
    "html utf-8",
    "html entities",
    "html cp1258",
    "spreadsheetml utf-8",
    "xlsx tcvn3",
    "a.xlsx.zip",
    "a.xls.gz",
)


FILES = dict([*text_files(), *markup_files(), *json_files(), *workbooks(), *packed_files()])


def read(path: Path, contract: Contract) -> tuple[WholeTable, WholeAccount]:
    table = read_table(path, HeaderMatcher(contract))
    return table, account(table.frame, contract, EXTRACTED_ON)


def comparable(accounted: WholeAccount, *, folded: bool = False) -> pl.DataFrame:
    """Rows without their numbers, which are those of their file."""
    frame = accounted.accepted.drop(ROW_NUMBER)
    texts = pl.col(pl.String).str.replace_all(r"\s+", " ")
    # What was written in TCVN3 has lost the case of its capitals.
    return frame.with_columns(texts.str.to_lowercase() if folded else texts)


@pytest.fixture(scope="module")
def expected(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> WholeAccount:
    path = tmp_path_factory.mktemp("matrix") / "plain.csv"
    path.write_text(writers.delimited(dossiers()), encoding="utf-8")
    return read(path, contract)[1]


def test_the_dossiers_are_all_read_and_hold_what_was_written(expected: WholeAccount) -> None:
    assert (expected.rows_read, expected.rows_accepted) == (DOSSIERS, DOSSIERS)
    first = expected.accepted.row(1, named=True)
    assert first["dossier_id"] == "000.00.01.H57-220301-0001"
    assert first["received_at"] == datetime(2022, 1, 4)
    assert first["unit_name"] == "Sở Xây dựng"
    assert unicodedata.is_normalized("NFC", first["procedure_name"])
    assert (first["status"], first["deadline_exempt"]) == ("delivered", False)


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_rows(
    tmp_path: Path, contract: Contract, expected: WholeAccount, name: str
) -> None:
    path = tmp_path / "any.name"
    path.write_bytes(FILES[name](dossiers()))
    _, accounted = read(path, contract)
    assert (accounted.rows_read, accounted.rows_accepted) == (DOSSIERS, DOSSIERS)
    is_folded = TCVN3 in name or name.startswith("a.csv")
    assert comparable(accounted, folded=is_folded).equals(comparable(expected, folded=is_folded))


@pytest.mark.parametrize("name", PRINTED)
@pytest.mark.parametrize("trap", TRAPS)
def test_what_is_printed_around_the_rows_changes_none(
    tmp_path: Path,
    contract: Contract,
    expected: WholeAccount,
    name: str,
    trap: Callable[[Rows], Rows],
) -> None:
    path = tmp_path / "any.name"
    path.write_bytes(FILES[name](trap(dossiers())))
    table, accounted = read(path, contract)
    assert (accounted.rows_read, accounted.rows_accepted) == (DOSSIERS, DOSSIERS)
    is_folded = TCVN3 in name
    assert comparable(accounted, folded=is_folded).equals(comparable(expected, folded=is_folded))
    assert table.furniture or trap is title_block


@pytest.mark.parametrize("suffix", ["xls", "xlsx", "xlsb", "ods", "csv", "xml", "html"])
@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb", "ods"])
def test_a_wrong_ending_of_the_name_does_no_harm(
    tmp_path: Path, contract: Contract, kind: str, suffix: str
) -> None:
    path = tmp_path / f"danh sách.{suffix}"
    path.write_bytes(FILES[kind](dossiers()[:3]))
    table, _ = read(path, contract)
    assert (table.format, table.frame.height) == (kind, 2)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("xlsx", range(2, 202)),
        ("xls", range(2, 202)),
        ("xlsb", range(2, 202)),
        ("ods", range(2, 202)),
        ("html utf-8", range(2, 202)),
        ("spreadsheetml utf-8", range(2, 202)),
        ("json columns utf-8", range(1, 201)),
        ("json lines utf-8", range(1, 201)),
        ("parquet", range(1, 201)),
        ("halves.zip", [*range(2, 102), *range(103, 203)]),
    ],
)
def test_rows_are_numbered_as_a_person_finds_them(
    tmp_path: Path, contract: Contract, name: str, numbers: Sequence[int]
) -> None:
    path = tmp_path / "any.name"
    rows = [
        [cell.replace("\n", " ") if isinstance(cell, str) else cell for cell in row]
        for row in dossiers()
    ]
    path.write_bytes(FILES[name](rows))
    table, _ = read(path, contract)
    assert table.frame[ROW_NUMBER].to_list() == list(numbers)


def test_the_parts_of_an_archive_are_known(tmp_path: Path, contract: Contract) -> None:
    path = tmp_path / "halves.zip"
    path.write_bytes(FILES["halves.zip"](dossiers()))
    table, _ = read(path, contract)
    assert table.format == "csv+xlsx.zip"
    assert [(part.name, part.rows_before) for part in table.parts] == [
        ("1.xlsx", 0),
        ("2.csv", 101),
    ]


def test_each_column_of_a_workbook_has_its_own_font(tmp_path: Path, contract: Contract) -> None:
    head, *body = dossiers()[:9]
    place = list(head).index("Đơn vị giải quyết")
    typed = [writers.in_font(str(cell), TCVN3) for cell in head]
    rows = [typed, *([*row[:place], "xã Hà", *row[place + 1 :]] for row in body)]
    rows[1][place] = "Văn phòng Ủy ban"
    path = tmp_path / "a.xlsx"
    path.write_bytes(writers.xlsx(rows))
    table, accounted = read(path, contract)
    assert table.grid.encoding == TCVN3
    assert accounted.accepted["unit_name"].to_list() == ["Văn phòng Ủy ban", *["xã Hà"] * 7]
    assert set(accounted.accepted["status"]) == {"processing", "delivered", "accepted"}
