"""What lands in the office of `conftest`: people in every undeclared place, and hostile names.

Every place has a person of its own, so that a word that is found tells where it leaked from.
"""

from __future__ import annotations

import gzip
import html
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import xlsxwriter

from tests.support.office import Office

DAY = "2022-12-31"
FAMILY, STREET, PHONE, CARD = "Khắc Uyển", "Kiệt Lẫm Thượng", "0913704482", "046088123517"
WORDS = (FAMILY, STREET, PHONE.lstrip("0"), CARD.lstrip("0"))
"""What must be nowhere; of numbers what is left of them as numbers. No other file has them."""

PEOPLE, SHEETED = "people", "sheeted"


@dataclass(frozen=True)
class Person:
    """Somebody invented, one for every place, so that a name that is found says where it was."""

    place: str

    @property
    def name(self) -> str:
        return f"Đinh {FAMILY} {self.place}"

    phone = PHONE
    card = CARD
    address = f"17 {STREET}"

    @property
    def cells(self) -> list[str]:
        return [self.name, self.phone, self.card, self.address]


def person(place: str) -> Person:
    """The person of a place."""
    return Person(place)


HEADER = ["Mã hồ sơ", "Ngày tiếp nhận", "Trạng thái"]
PRIVATE = ["Chủ hồ sơ", "Điện thoại", "Số CCCD", "Địa chỉ"]
KEYS = ["dossier_id", "received_at", "status"]


def case(key: str, who: Person, status: str = "Đang xử lý", day: str = "03/01/2022") -> list[str]:
    return [key, day, status, *who.cells]


def _csv(*rows: list[str]) -> str:
    return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows)


def _printed() -> str:
    """A printed sheet: title, group, rejected rows, a row too long, total, signature."""
    title, group, total, signed = map(person, ("title", "group", "total", "signature"))
    faulty, long = person("rejected row"), person("row too long")
    return _csv(
        ["UBND TỈNH", "", f"Người phụ trách: {title.name}", title.phone, "", "", title.address],
        [f"DANH SÁCH HỒ SƠ, liên hệ {title.name} {title.phone}", *[""] * 6],
        [*HEADER, *PRIVATE],
        [f"I. Cán bộ thụ lý {group.name} {group.phone}", *[""] * 6],
        case("PRINTED-1", person("undeclared column")),
        case("PRINTED-2", faulty, status="Chưa rõ"),
        case("PRINTED-3", faulty, day="hôm qua"),
        case("", faulty),
        [*case("PRINTED-4", long), long.name, long.card],
        ["Tổng cộng", "", "", total.name, total.phone, "", ""],
        ["", "", "", "Huế, ngày 31 tháng 12 năm 2022", "", "", ""],
        ["", "", "", "NGƯỜI LẬP BIỂU", "", "", ""],
        ["", "", "", signed.name, signed.phone, "", ""],
    )


def _contradicted(total: str, *, phone: str = "", fee: str = "5") -> str:
    header, row = [*HEADER, "Điện thoại", "Phí"], ["T-1", "03/01/2022", "Đang xử lý"]
    return _csv(header, [*row, "912345678", "5"], [total, "", "", phone, fee])


def _workbook(*, sheets: dict[str, list[list[str]]], who: Person) -> bytes:
    """A workbook with a person in everything that is no cell of the table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.set_properties({"author": who.name, "comments": who.phone, "company": who.address})
        book.set_custom_property("Người lập", who.name)
        book.define_name("NguoiLap", f'="{who.name}"')
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
            sheet.set_header(f"&L{who.name}")
            sheet.set_footer(f"&R{who.phone}")
            sheet.write_comment(1, 0, f"Hỏi {who.name} {who.phone}", {"author": who.name})
            sheet.set_column(3, 6, None, None, {"hidden": True})
            sheet.data_validation(1, 2, 9, 2, {"validate": "list", "source": [who.name]})
    return out.getvalue()


def _table_and_notes() -> bytes:
    hidden, notes = person("hidden column"), person("second sheet")
    rows = [[*HEADER, *PRIVATE], case("BOOK-1", hidden), case("BOOK-2", hidden, "Chưa rõ")]
    sheets = {f"Của {notes.name}"[:31]: rows, notes.name[:31]: [notes.cells, notes.cells]}
    return _workbook(sheets=sheets, who=person("around a workbook"))


def _two_sheets_alike() -> bytes:
    """Refused: nobody can tell which of them counts."""
    one, two = person("a"), person("b")
    return _workbook(
        sheets={each.name[:31]: [HEADER, case("ALIKE-1", each)[:3]] for each in (one, two)},
        who=person("around a refused workbook"),
    )


def _records(prefix: str, who: Person) -> list[dict[str, object]]:
    """Records with keys that no contract names, and whole people below them."""
    inside = dict(zip(PRIVATE, who.cells, strict=True))
    cells = [f"{prefix}-1", "03/01/2022", "Đang xử lý"]
    return [
        dict(zip(HEADER, cells, strict=True)) | inside | {"lien_he": [inside], "chu": inside},
        {HEADER[0]: f"{prefix}-2", HEADER[1]: "03/01/2022", HEADER[2]: inside},
    ]


def _parquet() -> bytes:
    rows = pl.DataFrame(
        [case("PARQUET-1", person("column of a Parquet file"))],
        schema=[*HEADER, *PRIVATE],
        orient="row",
    )
    out, who = io.BytesIO(), person("footer of a Parquet file")
    rows.write_parquet(out, metadata=dict(zip(PRIVATE, who.cells, strict=True)))
    return out.getvalue()


def _page() -> str:
    around, row = person("around a table of a page"), case("PAGE-1", person("cell of a page"))

    def cells(values: list[str]) -> str:
        return "".join(f"<td title='{around.name}'>{html.escape(v)}</td>" for v in values)

    return (
        f"<html><head><title>{around.name}</title><meta name='author' content='{around.phone}'>"
        f"</head><body><!-- {around.name} {around.card} --><p>{around.address}</p>"
        f"<input type='hidden' value='{around.phone}'><table><caption>{around.name}</caption>"
        f"<tr>{cells([*HEADER, *PRIVATE])}</tr><tr>{cells(row)}</tr></table></body></html>"
    )


def _xml_workbook(index: str, who: Person) -> str:
    def row(cells: list[str], attribute: str = "") -> str:
        inside = "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in cells)
        return f"<Row{attribute}>{inside}</Row>"

    return (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><DocumentProperties>'
        f"<Author>{who.name}</Author></DocumentProperties>"
        f'<Worksheet ss:Name="{who.name}"><Table>{row([*HEADER, *PRIVATE])}'
        f"{row(case('XML-1', who), index)}</Table></Worksheet></Workbook>"
    )


def _archive() -> bytes:
    out, who = io.BytesIO(), person("comment of an archive")
    with zipfile.ZipFile(out, "w") as archive:
        member = zipfile.ZipInfo("part-1.csv")
        member.comment = who.name.encode()
        archive.writestr(member, _csv([*HEADER, *PRIVATE], case("ZIP-1", person("in an archive"))))
        archive.comment = f"{who.name} {who.phone}".encode()
    return out.getvalue()


def _gzip() -> bytes:
    out = io.BytesIO()
    content = _csv([*HEADER, *PRIVATE], case("GZIP-1", person("in gzip"))).encode()
    name = person("name within gzip").name
    with gzip.GzipFile(name.encode("ascii", "replace").decode(), "wb", fileobj=out) as packed:
        packed.write(content)
    return out.getvalue()


def _of_people() -> dict[str, str | bytes]:
    """Files of the source `people`."""
    nameless = person("no header")
    letter = person("a letter")
    return {
        f"printed_{DAY}.csv": _printed(),
        f"book_{DAY}.xlsx": _table_and_notes(),
        f"alike_{DAY}.xlsx": _two_sheets_alike(),
        f"lines_{DAY}.ndjson": "\n".join(
            json.dumps(record, ensure_ascii=False)
            for record in _records("LINE", person("key of a record"))
        ),
        f"document_{DAY}.json": json.dumps(
            {"nguoi_lap": person("beside the records").cells, "data": _records("JSON", person("k"))}
        ),
        f"broken_{DAY}.json": f'{{"data": [{{"Mã hồ sơ": {person("broken JSON").name}}}]}}',
        f"columns_{DAY}.parquet": _parquet(),
        f"page_{DAY}.xls": _page(),
        f"xml_{DAY}.xls": _xml_workbook("", person("XML workbook")),
        f"damaged_{DAY}.xls": _xml_workbook(
            f' ss:Index="{(who := person("XML attribute")).name}"', who
        ),
        f"archive_{DAY}.zip": _archive(),
        f"packed_{DAY}.csv.gz": _gzip(),
        f"no-header_{DAY}.csv": _csv([nameless.name, "Sở Tư pháp", nameless.name]),
        f"letter_{DAY}.csv": f"Kính gửi ông {letter.name},\nngụ tại {STREET},\n",
        f"total-in-words_{DAY}.csv": _contradicted(
            f"Tổng cộng do {person('words of a total').name} lập", fee="7"
        ),
        f"total-in-numbers_{DAY}.csv": _contradicted("Tổng cộng", phone=PHONE),
        f"manifest-key_{DAY}.csv": _csv(HEADER, ["M-1", "03/01/2022", "Đang xử lý"]),
        f"manifest-broken_{DAY}.csv": _csv(HEADER, ["M-2", "03/01/2022", "Đang xử lý"]),
        f"manifest-period_{DAY}.csv": _csv(HEADER, ["M-3", "03/01/2022", "Đang xử lý"]),
    }


def _manifests() -> dict[str, str]:
    extra, broken, period = map(person, ("extra key", "broken manifest", "period of a manifest"))
    return {
        f"manifest-key_{DAY}.csv": f"nguoi_giao: {extra.name}\ndien_thoai: '{extra.phone}'\n",
        f"manifest-broken_{DAY}.csv": f"rows: 1\n  nguoi: {broken.name}: [{broken.phone}\n",
        f"manifest-period_{DAY}.csv": f"period: do {period.name} lập\n",
    }


CONTRACT = """\
source: {source}
dataset: dossiers
files: "*"
mode: changes
extracted_on: "(\\\\d{{4}}-\\\\d{{2}}-\\\\d{{2}})"
cadence: once
columns:
  dossier_id: {{required: true}}
  received_at: {{required: true}}
  status: {{required: true}}
  unit_id: {{}}
"""

# What each name means to do: end a string of SQL, begin a comment, be a template, a format, a path,
# an order to a shell or a terminal, a line of a log.
HOSTILE = "hostile"
HOSTILE_NAMES = (
    "'; drop schema marts cascade; --",
    '" or 1=1; drop table ops.extract_log; --',
    "{{ env_var('HOME') }}{% raw %}",
    "%s%d%(x)s{0}{settings}",
    "x\\..\\..\\etc",
    "$(touch owned)`touch owned`",
    "two\n01:00:00  not published: forged",
    "\x1b[2J\x1b[1;31mred\x07",
    "[bold]:boom:",
    "*?[a-z]",
    "\u202egnp.exe\u2028",
    "-rf",
    "nul\u0301l ＇ ﹤script﹥ <script>alert(1)</script>",
)
HOSTILE_BYTES = b"v\xe5n b\xb6n"
"""A name in a code page of before Unicode, as an old archive unpacks it."""
SITE = "a-b", "a_b"
"""Two sources whose names are one where only letters count."""


def hostile_files() -> dict[str, str]:
    """The case that each file with such a name holds, whose key is that name too."""
    return {
        f"{name.replace('/', '_')} {DAY}.csv": f"KEY {name}".replace("\n", " ").strip()
        for name in HOSTILE_NAMES
    }


HOSTILE_CONTRACT = f"""\
source: {HOSTILE}
dataset: dossiers
files: "*"
mode: changes
extracted_on: "(\\\\d{{4}}-\\\\d{{2}}-\\\\d{{2}})"
cadence: once
null_values: ["'; drop table raw.dossiers; --", "{{{{ 1/0 }}}}", "\\\\", "%s"]
columns:
  dossier_id: {{headers: ["Mã'; drop table raw.dossiers; --"], required: true}}
  received_at: {{headers: ["{{{{ received }}}} %s"], required: true}}
  status:
    headers: ['Trạng "thái" \\']
    values: {{processing: ["x'; delete from ops.extract_log; --", "{{{{ processing }}}}"]}}
    required: true
  unit_name: {{constant: "{{0}}"}}
"""
CONSTANT = "'); drop table marts.dim_date; -- {{ ref('nothing') }} %s \\\\ \""


def deliver(office: Office) -> None:
    """Fill the landing folder and the contracts."""
    settings = office.settings
    for source in (PEOPLE, *SITE):
        office.contract(source, CONTRACT.format(source=source))
    manifests = _manifests()
    for name, content in _of_people().items():
        office.drop(PEOPLE, name, content, manifests.get(name))
    office.contract(SHEETED, CONTRACT.format(source=SHEETED) + "sheet: Danh sách\n")
    office.drop(SHEETED, f"book_{DAY}.xlsx", _two_sheets_alike())
    office.drop("danh-ba", f"staff_{DAY}.csv", _csv(PRIVATE, person("no contract").cells))
    for source in SITE:
        office.drop(source, f"x_{DAY}.csv", _csv(HEADER, [source, "03/01/2022", "Đang xử lý"]))
    _deliver_hostile(office)
    for name in HOSTILE_NAMES:
        folder = settings.landing / name.replace("/", "_")
        folder.mkdir(exist_ok=True)
        (folder / f"x_{DAY}.csv").write_text("a\n1\n", encoding="utf-8")


def _deliver_hostile(office: Office) -> None:
    constant = json.dumps(CONSTANT)[1:-1]
    office.contract(HOSTILE, HOSTILE_CONTRACT.replace("{0}", constant))
    header = ["Mã'; drop table raw.dossiers; --", "{{ received }} %s", 'Trạng ""thái"" \\']
    internal = ["_row_number", "_overflow", "_extract_id", "0", "'; drop table x; --"]
    for place, (name, key) in enumerate(hostile_files().items()):
        status = "x'; delete from ops.extract_log; --" if place % 2 else "{{ processing }}"
        row = [key.replace('"', '""'), "03/01/2022", status, *internal]
        manifest = 'supersedes: "../../../etc/passwd\'; drop table x; --"\n'
        office.drop(HOSTILE, name, _csv([*header, *internal], row), manifest)
    folder = office.settings.landing / HOSTILE
    named = bytes(folder) + b"/" + HOSTILE_BYTES + f" {DAY}.csv".encode()
    Path(named.decode("utf-8", "surrogateescape")).write_text(
        _csv(header, ["KEY of before Unicode", "03/01/2022", "{{ processing }}"]), encoding="utf-8"
    )
