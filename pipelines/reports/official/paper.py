"""What a Word document of the decree is put together from: lines, rules, paragraphs, frames.

Sizes of type are in points, lengths in mm. Which parts there are and what they say is `shipped`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
BODY, TABLE, RECIPIENTS = 14, 12, 11
WIDTH = 165
"""Width of the text: A4 less a margin of 30 on the left and 15 on the right."""


def set_up(document: Document) -> None:
    """Paper, margins, type, and page numbers from the second page on."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(BODY)
    for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
        style.element.rPr.rFonts.set(qn(script), FONT)
    style.element.rPr.append(element("w:lang", val="vi-VN", eastAsia="vi-VN"))
    style.paragraph_format.space_after = Pt(0)
    _number_pages(section.header.paragraphs[0])


def _number_pages(paragraph: Paragraph) -> None:
    from docx.shared import Pt

    _centre(paragraph)
    instruction = element("w:instrText")
    instruction.text = "PAGE"
    begin, end = (element("w:fldChar", fldCharType=kind) for kind in ("begin", "end"))
    for part in (begin, instruction, end):
        run = paragraph.add_run()
        run.font.size = Pt(BODY)
        run._r.append(part)


def frame(document: Document, *widths: int) -> list[_Cell]:
    """Cells side by side, without lines."""
    table = document.add_table(rows=1, cols=len(widths))
    fix_widths(table, widths)
    table.rows[0]._tr.get_or_add_trPr().append(element("w:cantSplit"))
    return list(table.rows[0].cells)


def fix_widths(table: Table, widths: Sequence[int]) -> None:
    """Give each column its width, whatever stands in it."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Mm

    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def line(place: Document | _Cell, text: str, size: int, look: str = "", *, before: int = 0) -> None:
    """A line of its own, centred.

    Args:
        place: Where it follows what is there.
        text: What it says.
        size: Of its type.
        look: Any of `bold`, `italic` and `left`.
        before: Points between it and what stands above.
    """
    from docx.shared import Pt

    paragraph = _next_paragraph(place)
    if "left" not in look:
        _centre(paragraph)
    paragraph.paragraph_format.space_before = Pt(before)
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), "bold" in look, "italic" in look


def rule(place: Document | _Cell, *, indent: int) -> None:
    """A solid line, shorter than the text above it by an indent on both sides."""
    from docx.shared import Mm, Pt

    paragraph = place.add_paragraph()
    layout = paragraph.paragraph_format
    layout.left_indent = layout.right_indent = Mm(indent)
    layout.line_spacing = Pt(2)
    borders = element("w:pBdr")
    borders.append(element("w:bottom", val="single", sz="6", space="1", color="000000"))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:rPr")


def text(document: Document, words: str, look: str = "", *, after: int = 0) -> None:
    """A paragraph of the body: justified, its first line indented; perhaps `bold` or `italic`."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    layout = paragraph.paragraph_format
    layout.first_line_indent = Mm(12.7)
    layout.space_before, layout.space_after = Pt(6), Pt(after)
    layout.line_spacing = 1.1
    layout.keep_with_next = look == "bold"
    run = paragraph.add_run(words)
    run.bold, run.italic = look == "bold", look == "italic"


def fill_cell(cell: _Cell, words: str, *, bold: bool = False, is_left: bool = False) -> None:
    """Put words into a cell of a table."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.shared import Pt

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    if not is_left:
        _centre(paragraph)
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(2)
    run = paragraph.add_run(words)
    run.font.size, run.bold = Pt(TABLE), bold


def element(name: str, **attributes: str) -> Any:
    """An element of WordprocessingML."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made: Any = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _next_paragraph(place: Document | _Cell) -> Paragraph:
    """A new paragraph; a cell has an empty one to begin with."""
    paragraphs = place.paragraphs
    if len(paragraphs) == 1 and not paragraphs[0].runs:
        return paragraphs[0]
    return place.add_paragraph()


def _centre(paragraph: Paragraph) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
