"""How values look on a page, and that nothing an extract says can become a part of it."""

from __future__ import annotations

import pytest
from lxml import html

from pipelines.contracts.datasets import DATASETS
from pipelines.reports.edition import published_edition
from pipelines.reports.pages.definitions import to_html
from pipelines.reports.pages.html import format_number, format_signed, frame, render
from pipelines.reports.pages.units import UNKNOWN, Unit, column_label, page_name

HOSTILE = "<script>alert(1)</script>' \"&{{ 1 }}"


@pytest.fixture
def unit_page(published):
    """Renders the page of a unit with these lists."""

    def make(unit, **lists):
        shown = {"figures": (), "pending": (), "faults": (), "column_label": column_label, **lists}
        with published_edition(published) as edition:
            return render("unit.html", frame(edition), unit=unit, datasets=DATASETS, **shown)

    return make


def unit(unit_id: str = "000.00.21.H57", name: str = "Sở Y tế", **counts: int) -> Unit:
    zeros = dict.fromkeys(
        ("judged", "not_met", "overdue", "due_soon", "without_deadline", "faults"), 0
    )
    return Unit(unit_id, name, **{**zeros, **counts})


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (0, "0"), (999, "999"), (1_234_567, "1.234.567"), (-3, "-3")]
)
def test_whole_numbers(value, text):
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (3, "+3"), (-1200, "−1.200"), (0.0, "+0,00"), (-1.239, "−1,24"), (2.5, "+2,50")],
)
def test_differences(value, text):
    assert format_signed(value) == text


def test_pages_of_units_have_names_that_any_system_takes():
    ids = ("000.00.21.H57", "000.00.21.h57", "so-y-te", "so y te", "SO-Y-TE", "CON", "../../x", "")
    names = [page_name(unit_id) for unit_id in ids]
    assert names[0] == "000.00.21.H57.html"
    assert len({name.lower() for name in names}) == len(ids)
    for name in [*names, page_name("dài" * 200)]:
        assert len(name) < 80
        assert not set(name) & set('/\\:*?"<>| ')
        assert name.partition(".")[0].upper() not in ("CON", "NUL", "PRN", "AUX")


def test_a_unit_with_nothing_says_so(unit_page):
    page = html.document_fromstring(unit_page(unit()))
    assert [element.get("lang") for element in page.xpath("//p[@class='empty']/span")] == ["en"] * 3
    assert page.xpath("//table") == []
    assert "Không phát sinh vụ việc nào trong kỳ" in page.text_content()


def test_what_an_extract_says_stays_text(unit_page):
    fault = {
        "name_vi": HOSTILE,
        "name_en": HOSTILE,
        "severity": "error",
        "case_id": HOSTILE,
        "dataset": "dossiers",
        "column_name": "due_at",
        "file_name": HOSTILE,
        "row_number": 7,
        "first_seen_on": None,
    }
    made = unit_page(unit(HOSTILE, HOSTILE, faults=2), faults=[fault])
    page = html.document_fromstring(made)
    assert len(page.xpath("//script")) == 1
    assert "alert" not in page.xpath("//script")[0].text
    [row] = page.xpath("//table[@id='faults-table']/tbody/tr")
    assert [cell.text_content() for cell in row.xpath("td/code")] == [HOSTILE]
    assert "Ngày hẹn trả" in [cell.text_content() for cell in row.xpath("td")]
    assert page.xpath("//h1")[0].text_content() == HOSTILE
    [query] = page.xpath("//p/code[contains(., 'select')]")
    assert HOSTILE.replace("'", "''") in query.text_content()
    assert "1 trong 2 dòng" in page.text_content()


def test_cases_without_a_unit_have_a_page_and_a_query(unit_page):
    made = unit_page(unit(UNKNOWN, UNKNOWN))
    assert "Không rõ đơn vị" in made
    assert unit(UNKNOWN).condition == "(unit_id = '(unknown)' or unit_id is null)"


def test_definitions_are_markdown_in_which_html_is_text():
    made = to_html("**Đạt**\n- `a` < b\n- <b>x</b>\n")
    assert "<strong>Đạt</strong>" in made
    assert made.count("<li>") == 2
    assert "&lt;b&gt;x&lt;/b&gt;" in made
