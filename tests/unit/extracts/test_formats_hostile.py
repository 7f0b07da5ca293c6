"""Files made to do harm are refused with a sentence, in bounded time and memory; the run goes on.

Everything is read in one process whose memory is bounded, so what is not refused in time ends it.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats import archives, limits
from pipelines.extracts.formats.isolation import IsolatedReader
from pipelines.extracts.layout.headers import HeaderMatcher
from tests.support import filewriters as writers
from tests.unit.extracts.whole import read_table

MIB = 1 << 20
MEMORY = 1024 * MIB
"""What reading a hostile file may take beyond what the libraries map for themselves."""

COLUMNS = {"dossier_id": {}, "received_at": {}, "status": {}}
HEAD = ["dossier_id", "received_at", "status"]
ROW = ["1", "01/03/2022", "processing"]
CSV = f"{','.join(HEAD)}\n{','.join(ROW)}\n"


@pytest.fixture
def contract() -> Contract:
    return Contract.model_validate(
        {"source": "dossiers", "dataset": "dossiers", "columns": COLUMNS}
    )


def read(path: Path, contract: Contract) -> pl.DataFrame:
    return read_table(path, HeaderMatcher(contract)).frame


def sheet_xml(cells: str, dimension: str = "A1:C2") -> str:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{space}"><dimension ref="{dimension}"/>'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )


def row_xml(number: int, cells: list[str]) -> str:
    inside = "".join(
        f'<c r="{writers.column_letters(place)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for place, cell in enumerate(cells)
    )
    return f'<row r="{number}">{inside}</row>'


TABLE_XML = row_xml(1, HEAD) + row_xml(2, ROW)
FAR_CELL = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
LAUGHS = "".join(
    f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' if level else '<!ENTITY l0 "ha">'
    for level in range(12)
)


def zip_bomb(members: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place in range(members):
            with archive.open(f"{place}.csv", "w") as member:
                for _ in range(64):
                    member.write(bytes(MIB))
    return out.getvalue()


def gzip_bomb(mebibytes: int) -> bytes:
    """Many packed blocks behind one another, each of zeros."""
    return gzip.compress(bytes(16 * MIB), mtime=0) * (mebibytes // 16)


def lying_zip() -> bytes:
    """The directory says that a member is small; what it unpacks to says otherwise."""
    out = bytearray(zip_bomb(1))
    place = out.rfind(b"PK\x01\x02")
    out[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(out)


def workbook_bomb() -> bytes:
    blanks = b'<row r="3"><c r="A3"/></row>' * (264 * MIB // 28)
    return writers.xlsx_of_sheet(sheet_xml(TABLE_XML + blanks.decode("ascii")))


def xls_with_far_cell() -> bytes:
    """A cell in column 65535, which the format can say and Excel cannot."""
    content = writers.xls([HEAD, ROW, *[["x"]] * 60_000])
    at = content.rfind(b"\xfd\x00\x0a\x00")
    return content[: at + 6] + b"\xff\xff" + content[at + 8 :]


def parquet_of_equal_rows() -> bytes:
    out = io.BytesIO()
    rows = limits.PARQUET_ROWS_FREELY + 1
    pl.select(pl.repeat(1, rows).alias(name) for name in HEAD).write_parquet(out)
    return out.getvalue()


def parquet_with_lying_footer() -> bytes:
    """The number of rows in the footer says 2^20 - 1 more than there are."""
    out = io.BytesIO()
    pl.DataFrame({name: [ROW[0]] * 5 for name in HEAD}).write_parquet(out)
    content = bytearray(out.getvalue())
    footer = len(content) - 8 - struct.unpack("<I", content[-8:-4])[0]
    at = content.index(b"\x16\x0a", footer)
    content[at : at + 2] = b"\x16\x8a"
    content[at + 2 : at + 2] = b"\x80\x01"
    content[-8:-4] = struct.pack("<I", struct.unpack("<I", content[-8:-4])[0] + 2)
    return bytes(content)


PAGE = f"<table><tr>{''.join(f'<td>{cell}</td>' for cell in HEAD)}</tr>{{}}</table>"
XML = (
    '<?xml version="1.0"?>{}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table>'
    "{}</Table></Worksheet></Workbook>"
)
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (lambda: zip_bomb(5), "unpacks to more than"),
    "gzip bomb": (lambda: gzip_bomb(512), "unpacks to more than"),
    "zip that lies": (lying_zip, "damaged|empty"),
    "zip of a zip": (lambda: writers.zipped({"a.zip": writers.zipped({"a": CSV})}), "within an"),
    "gzip of a gzip": (lambda: writers.gzipped(writers.gzipped(CSV.encode())), "within an"),
    "gzip of a zip": (lambda: writers.gzipped(writers.zipped({"a.csv": CSV})), "within an"),
    "zip of a gzip": (
        lambda: writers.zipped({"a.gz": writers.gzipped(CSV.encode())}),
        "a.gz in the archive is refused.*within an",
    ),
    "zip of nothing": (lambda: writers.zipped({"folder/": ""}), "holds no file"),
    "empty zip": (lambda: writers.zipped({}), "holds no file"),
    "zip of one table and something else": (
        lambda: writers.zipped({"a.csv": CSV, "b.txt": "Kính gửi: ...\n"}),
        r"b\.txt in the archive is refused.*missing",
    ),
    "zip of 20000 files": (
        lambda: writers.zipped({str(place): "" for place in range(20_000)}),
        "more than 10,000 files",
    ),
    "zip packed with lzma": (
        lambda: writers.zipped({"a.csv": CSV}, zipfile.ZIP_LZMA),
        "unusual way",
    ),
    "workbook bomb": (workbook_bomb, "unpacks to more than"),
    "far cell": (lambda: writers.xlsx_of_sheet(sheet_xml(TABLE_XML + FAR_CELL)), "MB of memory"),
    "far cell in an old workbook": (xls_with_far_cell, "MB of memory"),
    "far cell in OpenDocument": (
        lambda: writers.ods_of_table(
            '<table:table-row table:number-rows-repeated="1000000000"><table:table-cell '
            'office:value-type="string" table:number-columns-repeated="1000"><text:p>x</text:p>'
            "</table:table-cell></table:table-row>"
        ),
        "MB of memory|cannot be read",
    ),
    "entities in a workbook": (
        lambda: writers.xlsx_of_sheet(
            sheet_xml(row_xml(1, HEAD) + row_xml(2, ["&l11;"] * 3)).replace(
                "<worksheet", f"<!DOCTYPE w [{LAUGHS}]><worksheet"
            )
        ),
        "cannot be read",
    ),
    "entities in an XML workbook": (
        lambda: XML.format(
            f"<!DOCTYPE w [{LAUGHS}]>",
            '<Row><Cell><Data ss:Type="String">&l11;</Data></Cell></Row>',
        ).encode(),
        "own entities",
    ),
    "a file on this machine in an XML workbook": (
        lambda: XML.format('<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]>', "").encode(),
        "own entities",
    ),
    "far row in an XML workbook": (
        lambda: XML.format(
            "", '<Row ss:Index="999999999"><Cell><Data ss:Type="String">a</Data></Cell></Row>'
        ).encode(),
        "more than 20,000,000 cells",
    ),
    "far column in an XML workbook": (
        lambda: XML.format(
            "", '<Row><Cell ss:Index="999999999"><Data ss:Type="String">a</Data></Cell></Row>'
        ).encode(),
        "columns",
    ),
    "wide cells on a page": (
        lambda: PAGE.format('<tr><td colspan="999999999">x</td></tr>').encode(),
        "columns",
    ),
    "many wide cells on a page": (
        lambda: PAGE.format('<tr><td colspan="16000">x</td></tr>' * 2_000).encode(),
        "more than 20,000,000 cells",
    ),
    "many tables of wide cells": (
        lambda: b'<table><tr><td colspan="16000">x</td></tr></table>' * 200_000,
        "more than 20,000,000 cells",
    ),
    "one wide row above many narrow ones": (
        lambda: PAGE.format(
            '<tr><td colspan="16000">x</td></tr>' + "<tr><td>1</td></tr>" * 50_000
        ).encode(),
        "more than 20,000,000 cells",
    ),
    "tables within tables": (lambda: b"<table><tr><td>" * 200_000, "nested too deeply"),
    "deep page": (lambda: b"<div>" * 400_000, "nested too deeply"),
    "huge page": (lambda: b"<p>" + b"x" * (257 * MIB), "more than 256 MB"),
    "deep JSON": (lambda: b'[{"a":' * 500_000, "nested too deeply"),
    "JSON of nothing but brackets": (
        lambda: b"[" + b"{}," * (11 * MIB) + b"{}]",
        "more than 20,000,000 values",
    ),
    "JSON with a name per record": (
        lambda: json.dumps([{f"k{place}": 1} for place in range(20_000)]).encode(),
        "different names",
    ),
    "JSON lines with names of their own": (
        lambda: b"".join(
            json.dumps({f"k{place}-{at}": 1 for at in range(500)}).encode()
            + b"\n{}" * 9_999
            + b"\n"
            for place in range(5)
        ),
        "different names",
    ),
    "one endless line": (lambda: b"a,b," * MIB, "longer than"),
    "one endless line below a header": (
        lambda: CSV.encode() + b"x" * (100 * MIB),
        "Line 3 is longer than",
    ),
    "one endless JSON line": (
        lambda: b'{"dossier_id":1}\n{"dossier_id":"' + b"x" * (100 * MIB),
        "longer than",
    ),
    "Parquet of equal rows": (parquet_of_equal_rows, "claims 1,000,001 rows"),
    "Parquet with a lying footer": (parquet_with_lying_footer, "claims|cannot be read"),
    "nothing but zeros": (lambda: bytes(16 * MIB), "empty"),
}


@pytest.fixture(scope="module")
def hostile_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for place, (write, _) in enumerate(HOSTILE.values()):
        (folder / str(place)).write_bytes(write())
    return folder


@pytest.fixture(scope="module")
def answers(hostile_files: Path) -> dict[str, tuple[str, float]]:
    """What reading each file came to, all in one process of bounded memory."""
    command = [sys.executable, "-c", _READ_ALL, str(MEMORY), json.dumps(COLUMNS)]
    files = [str(hostile_files / str(place)) for place in range(len(HOSTILE))]
    done = subprocess.run(
        [*command, *files],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, "POLARS_MAX_THREADS": "2"},
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(files), (
        f"ended over {list(HOSTILE)[len(lines)]}: {done.stderr[-2000:]}"
    )
    return dict(zip(HOSTILE, lines, strict=True))


_READ_ALL = """
import json, resource, sys, time
from pathlib import Path
from pipelines.extracts.formats import columnar, delimited, workbook
from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.tables import read_table
from pipelines.extracts.layout.headers import HeaderMatcher

memory, columns, *paths = sys.argv[1:]
contract = Contract(source="dossiers", dataset="dossiers", columns=json.loads(columns))
for path in paths:
    # Read anew for each file: what the one before left behind is not its fault.
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft = mapped + int(memory)
    resource.setrlimit(resource.RLIMIT_AS, (soft, resource.RLIM_INFINITY))
    start = time.monotonic()
    try:
        read_table(Path(path), HeaderMatcher(contract))
        answer = "read"
    except RejectedFileError as fault:
        answer = str(fault)
    print(json.dumps([answer, time.monotonic() - start]), flush=True)
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(answers: dict[str, tuple[str, float]], name: str) -> None:
    answer, seconds = answers[name]
    assert re.search(HOSTILE[name][1], answer), answer
    assert seconds < 60


def test_names_that_lead_elsewhere_are_read_and_never_written(
    tmp_path: Path, contract: Contract
) -> None:
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    outside = tmp_path / "outside.csv"
    path.write_bytes(
        writers.zipped({"../../outside.csv": CSV, str(outside): CSV, "..\\outside.csv": CSV})
    )
    assert read(path, contract).height == 3
    assert [entry.name for entry in tmp_path.rglob("*") if entry.is_file()] == ["a.zip"]


def test_formulas_are_text(tmp_path: Path, contract: Contract) -> None:
    formulas = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2", '=HYPERLINK("http://x")']
    rows = [HEAD, *([formula, "01/03/2022", "processing"] for formula in formulas)]
    for content in (
        writers.delimited(rows).encode(),
        writers.xlsx(rows),
        writers.inline_xlsx(rows),
    ):
        path = tmp_path / "a.csv"
        path.write_bytes(content)
        assert read(path, contract)["dossier_id"].to_list() == formulas


def test_formulas_give_what_they_last_gave(tmp_path: Path, contract: Contract) -> None:
    cells = (
        '<row r="2"><c r="A2" t="str"><f>"x"&amp;1</f><v>x1</v></c><c r="B2"><f>44620+1</f><v>44621'
        '</v></c><c r="C2" t="e"><f>NA()</f><v>#N/A</v></c></row>'
    )
    path = tmp_path / "a.xlsx"
    path.write_bytes(writers.xlsx_of_sheet(sheet_xml(row_xml(1, HEAD) + cells)))
    assert read(path, contract).row(0)[:3] == ("x1", "44621", None)


def test_a_sheet_may_claim_more_than_it_holds(tmp_path: Path, contract: Contract) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(writers.xlsx_of_sheet(sheet_xml(TABLE_XML, "A1:XFD1048576")))
    assert read(path, contract).row(0)[:3] == tuple(ROW)


def test_the_process_that_died_is_followed_by_another(tmp_path: Path) -> None:
    reader = IsolatedReader(memory=1024 * MIB, seconds=60)
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(writers.xlsx([HEAD, ROW]))
    bad.write_bytes(writers.xlsx_of_sheet(sheet_xml(TABLE_XML + FAR_CELL)))
    ask = {"sheet": None, "folder": str(tmp_path)}
    with pytest.raises(RejectedFileError, match="1,024 MB of memory"):
        reader.ask("copy_sheets", path=str(bad), **ask)
    assert reader.ask("copy_sheets", path=str(good), **ask)["names"] == ["Danh sách"]
    reader.close()


def test_a_process_that_does_not_answer_is_ended(tmp_path: Path) -> None:
    fifo = tmp_path / "never"
    os.mkfifo(fifo)
    reader = IsolatedReader(seconds=1.5)
    start = time.monotonic()
    with pytest.raises(RejectedFileError, match=r"within 1\.5 seconds"):
        reader.ask("copy_sheets", path=str(fifo), sheet=None, folder=str(tmp_path))
    assert time.monotonic() - start < 30


def test_tables_of_text_that_pack_very_well_are_no_bombs(
    tmp_path: Path, contract: Contract
) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(writers.gzipped((CSV + CSV.splitlines()[1] + "\n").encode() + b"\n" * MIB))
    assert path.stat().st_size * limits.UNPACK_RATIO < MIB
    assert read(path, contract).height == 2


def test_an_archive_is_bounded_by_what_comes_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(writers.gzipped(os.urandom(2 * MIB)))
    archives.gunzip(path, tmp_path)
    monkeypatch.setattr(archives, "UNPACKED_AT_MOST", MIB)
    with pytest.raises(RejectedFileError, match="more than 1 MB"):
        archives.gunzip(path, tmp_path)
