"""The pages in a real browser: offline, sorted, filtered, printed, and for everyone."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.browser import chromium, opened

A4_WIDTH = 710
"""Pixels between the margins of a printed page: 210 mm less twice 11 mm."""
PAGES = ("province", "unit")


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(published_samples) -> dict[str, Path]:
    """The page of the province, and that of the unit with the most to show."""
    office = published_samples.office
    [(unit,)] = office.query(
        """
        select unit_id from marts.follow_up
        group by unit_id order by count(*) desc, unit_id limit 1
        """
    )
    folder = office.settings.reports
    return {"province": folder / "index.html", "unit": folder / "units" / f"{unit}.html"}


def cells(page, table: str, column: int) -> list[str]:
    return page.locator(f"{table} tbody tr:not([hidden])").evaluate_all(
        "(rows, column) => rows.map(row => row.cells[column].dataset.sort)", column
    )


def plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def too_wide(page, width: int) -> list[str]:
    """What reaches beyond the right edge, other than inside a region that scrolls."""
    return page.evaluate(
        """width => [...document.querySelectorAll("body *")]
            .filter(e => e.getBoundingClientRect().right > width + 1)
            .filter(e => getComputedStyle(e).position !== "absolute")
            .filter(e => { const box = e.closest(".scroll");
                return !box || box === e || getComputedStyle(box).overflowX === "visible"; })
            .map(e => e.outerHTML.slice(0, 80))""",
        width,
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_the_disk_and_asks_for_nothing_else(browser, pages, name):
    with opened(browser, pages[name]) as shown:
        assert shown.page.title()
        assert shown.requests == [pages[name].as_uri()]
        assert shown.complaints == []


def test_nothing_from_elsewhere_would_be_loaded(browser, pages):
    with opened(browser, pages["province"]) as shown:
        refused = shown.page.evaluate(
            """() => new Promise(refused => {
                document.addEventListener("securitypolicyviolation",
                    violation => refused(violation.violatedDirective));
                new Image().src = "https://example.org/x.png";
            })"""
        )
        assert refused == "img-src"


def test_columns_sort_both_ways_with_empty_cells_last(browser, pages):
    with opened(browser, pages["province"]) as shown:
        header = shown.page.locator("#scorecard-table th", has_text="Kết quả")
        header.get_by_role("button").click()
        assert header.get_attribute("aria-sort") == "ascending"
        rising = [float(value) for value in cells(shown.page, "#scorecard-table", 1) if value]
        assert rising == sorted(rising)
        assert len(set(rising)) > 5
        header.get_by_role("button").click()
        assert header.get_attribute("aria-sort") == "descending"
        falling = [float(value) for value in cells(shown.page, "#scorecard-table", 1) if value]
        assert falling == rising[::-1]
        change = shown.page.locator("#scorecard-table th", has_text="So kỳ trước")
        for _ in range(2):
            change.get_by_role("button").click()
            values = cells(shown.page, "#scorecard-table", 6)
            known = [value for value in values if value]
            assert values == known + [""] * (len(values) - len(known))


def test_a_list_is_filtered_without_regard_to_diacritics(browser, pages):
    with opened(browser, pages["province"]) as shown:
        rows = shown.page.locator("#units-table tbody tr")
        everything = rows.count()
        shown.page.get_by_role("searchbox").fill("so")
        names = rows.filter(visible=True).locator("th").all_inner_texts()
        assert 0 < len(names) < everything
        assert all("so" in plain(name) for name in names)
        assert f"{len(names)} / {everything}" in shown.page.locator("#units").inner_text()
        shown.page.get_by_role("searchbox").fill("")
        assert rows.filter(visible=True).count() == everything


def test_without_scripts_everything_is_there_and_nothing_is_dead(browser, pages):
    with opened(browser, pages["province"], java_script_enabled=False) as shown:
        assert shown.page.locator("#scorecard-table tbody tr").count() == 14
        assert shown.page.locator("button, input").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_on_a4_without_cut_columns(browser, pages, name):
    with opened(browser, pages[name], width=A4_WIDTH) as shown:
        shown.page.emulate_media(media="print")
        assert too_wide(shown.page, A4_WIDTH) == []
        heads = "[...document.querySelectorAll('thead')].map(e => getComputedStyle(e).display)"
        assert set(shown.page.evaluate(heads)) == {"table-header-group"}
        # Chromium leaves out buttons where it repeats a head on the next sheet.
        heads = "[...document.querySelectorAll('th button')].map(e => getComputedStyle(e).display)"
        assert set(shown.page.evaluate(heads)) == {"contents"}
        folded = "[...document.querySelectorAll('details > .both')].map(e => e.offsetHeight)"
        assert all(height > 0 for height in shown.page.evaluate(folded))
        pdf = shown.page.pdf(prefer_css_page_size=True)
        sheets = len(re.findall(rb"/Type\s*/Page\b", pdf))
        assert 1 <= sheets <= 40
        assert re.search(rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]", pdf)


@pytest.mark.parametrize("width", [360, 1280, 1920])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_any_window(browser, pages, name, width):
    with opened(browser, pages[name], width=width) as shown:
        assert too_wide(shown.page, width) == []


@pytest.mark.parametrize(
    ("name", "scheme", "width", "part"),
    [
        ("province", "light", 1280, None),
        # In the dark, one objective looks like the others.
        ("province", "dark", 360, "header, #scorecard, #objective-5, #restated, #reading"),
        ("unit", "dark", 1280, None),
    ],
)
def test_a_page_is_accessible(browser, pages, name, scheme, width, part):
    with opened(browser, pages[name], width=width, color_scheme=scheme) as shown:
        found = Axe().run(shown.page, context=part)
        assert found.violations_count == 0, found.generate_report()
