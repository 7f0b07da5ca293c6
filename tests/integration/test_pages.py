"""What stands on the pages is what stands in the warehouse, cell by cell."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from itertools import groupby
from typing import Any

import duckdb
import pytest

from pipelines.reports.pages.units import SHOWN, page_name
from tests.support.pages import PageFile, numbers, squeezed, vietnamese

YEAR = "period_grain = 'year' and period_start = date '2022-01-01'"
WORDS = {
    "met": "Đạt",
    "not_met": "Không đạt",
    "no_activity": "Không phát sinh",
    "insufficient_evidence": "Không đủ căn cứ",
}


@pytest.fixture(scope="module")
def ask(published_samples):
    """Asks the published warehouse; rows as dictionaries."""
    path = published_samples.office.settings.published
    with duckdb.connect(path, read_only=True) as connection:

        def query(sql: str, *values: object) -> list[dict[str, Any]]:
            cursor = connection.execute(sql, values)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        yield query


@pytest.fixture(scope="module")
def reports(published_samples):
    return published_samples.office.settings.reports


@pytest.fixture(scope="module")
def province(reports) -> PageFile:
    return PageFile(reports / "index.html")


@pytest.fixture(scope="module")
def units(ask) -> list[str]:
    """Two units: the one with the most figures, and the one with the most to do."""
    [most] = ask(
        f"select unit_id from marts.scorecard_by_unit where {YEAR} and is_headline "
        "group by 1 order by count(*) desc, 1 limit 1"
    )
    [busy] = ask(
        "select unit_id from marts.data_quality_issues where is_open and unit_id is not null "
        "group by 1 order by count(*) desc, 1 limit 1"
    )
    return [most["unit_id"], busy["unit_id"]]


def shows_rate(text: str, figure: dict[str, Any]) -> bool:
    """Whether a percentage is the rate, cut and not rounded."""
    if figure["rate"] is None:
        return text == "–"
    digits = text.removesuffix("%").replace(",", ".")
    exact = Decimal(100 * figure["numerator"]) / Decimal(figure["denominator"])
    step = Decimal(1).scaleb(-len(digits.partition(".")[2]))
    return Decimal(digits) == exact.quantize(step, ROUND_FLOOR)


def counted(figure: dict[str, Any]) -> list[int]:
    return [figure[part] for part in ("numerator", "denominator") if figure[part] is not None]


def headlines(ask, table: str = "scorecard", more: str = "true") -> list[dict[str, Any]]:
    return ask(f"select * from marts.{table} where is_headline and {YEAR} and {more} order by all")


def check_figure(row: dict[str, Any], figure: dict[str, Any]) -> None:
    """The cells that tables of figures share."""
    result = row["Kết quả"]
    if figure["denominator"] is None:
        assert numbers(squeezed(result)) == [figure["numerator"]]
    else:
        [rate], [counts] = (result.xpath(f"span[@class='{name}']") for name in ("rate", "counts"))
        assert shows_rate(squeezed(rate), figure)
        assert numbers(squeezed(counts)) == counted(figure)
    verdict = vietnamese(row["Đánh giá"]).partition("phụ thuộc dữ liệu thiếu")[0]
    assert verdict.strip() == WORDS[figure["verdict"]]
    [sign, target] = squeezed(row["Chỉ tiêu"]).split()
    assert sign == {"ge": "≥", "gt": ">"}[figure["comparator"]]
    share = 1 if figure["denominator"] is None else 100
    assert Decimal(target.removesuffix("%").replace(",", ".")) == round(
        Decimal(figure["target"]) * share, 6
    )
    left = vietnamese(row["Dư địa"])
    assert numbers(left) == (
        [] if figure["failures_left"] is None else [abs(figure["failures_left"])]
    )
    assert left.startswith("thiếu") == ((figure["failures_left"] or 0) < 0)
    depends = not figure["is_conclusive"] and figure["verdict"] != "insufficient_evidence"
    assert ("phụ thuộc dữ liệu thiếu" in squeezed(row["Đánh giá"])) == depends


def test_the_scorecard(ask, province):
    rows, figures = province.rows("scorecard-table"), headlines(ask)
    marks = {
        row["measure_id"]: (row["variation"], row["assurance"])
        for row in ask(
            """
            select measure_id, names.name_vi as variation, others.name_vi as assurance
            from marts.process_behaviour as behaviour
            inner join seeds.labels as names
                on names.attribute = 'variation' and names.code = behaviour.variation
            inner join seeds.labels as others
                on others.attribute = 'assurance' and others.code = behaviour.assurance
            where is_latest
            """
        )
    }
    assert len(marks) == 11
    earlier = {
        row["measure_id"]: row
        for row in ask(
            "select * from marts.scorecard where is_headline "
            "and period_grain = 'year' and period_start = date '2021-01-01'"
        )
    }
    figures.sort(key=lambda figure: figure["measure_id"])
    for row, figure in zip(rows, figures, strict=True):
        measure = figure["measure_id"]
        assert vietnamese(row["Phép đo"]) == f"{measure} {figure['measure_name_vi']}"
        check_figure(row, figure)
        known = marks.get(measure, ("Cộng dồn, không xét",) * 2)
        assert (vietnamese(row["Biến động"]), vietnamese(row["Khả năng đạt"])) == known
        before = earlier.get(measure, {"rate": None, "numerator": None})
        change = squeezed(row["So kỳ trước"]).replace("−", "-").replace(".", "").replace(",", ".")
        if figure["denominator"] is None and before["numerator"] is not None:
            assert int(change) == figure["numerator"] - before["numerator"]
        elif before["rate"] is None or figure["rate"] is None:
            assert change == "–"
        else:
            assert abs(float(change) - 100 * (figure["rate"] - before["rate"])) < 0.00501


def test_the_trends(ask, province):
    figures = ask(
        """
        select * from marts.scorecard
        where is_headline and (period_grain = 'year' or period_grain = 'month')
            and (period_grain = 'year' or period_start > date '2020-12-31')
        order by measure_id, period_grain = 'month', period_start desc
        """
    )
    for measure, found in groupby(figures, key=lambda figure: figure["measure_id"]):
        expected, rows = list(found), province.rows(f"trend-{measure}")
        for row, figure in zip(rows, expected, strict=True):
            start = figure["period_start"]
            is_year = figure["period_grain"] == "year"
            assert squeezed(row["Kỳ"]) == (f"Năm {start.year}" if is_year else f"{start:%m/%Y}")
            assert numbers(squeezed(row["Đạt/tính"])) == counted(figure)
            assert shows_rate(squeezed(row["Tỷ lệ"]), figure)
            assert squeezed(row["Đánh giá"]) == WORDS[figure["verdict"]]


def test_every_way_of_counting_beside_the_headline(ask, province):
    figures = ask(
        f"""
        select scorecard.*, bases.name_vi as basis_vi, scopes.name_vi as scope_vi
        from marts.scorecard
        inner join seeds.labels as bases
            on bases.attribute = 'basis' and bases.code = scorecard.basis
        inner join seeds.labels as scopes
            on scopes.attribute = 'scope' and scopes.code = scorecard.scope
        where {YEAR}
        qualify count(*) over (partition by measure_id) > 1
        order by measure_id
        """
    )
    for measure, found in groupby(figures, key=lambda figure: figure["measure_id"]):
        rows = {
            (vietnamese(row["Cách tính"]), vietnamese(row["Phạm vi"])): row
            for row in province.rows(f"ways-{measure}")
        }
        expected = {(figure["basis_vi"], figure["scope_vi"]): figure for figure in found}
        assert rows.keys() == expected.keys()
        assert expected[next(iter(rows))]["is_headline"]
        for key, figure in expected.items():
            assert numbers(squeezed(rows[key]["Đạt/tính"])) == counted(figure)
            assert shows_rate(squeezed(rows[key]["Tỷ lệ"]), figure)
            assert vietnamese(rows[key]["Đánh giá"]) == WORDS[figure["verdict"]]


def test_objectives_in_the_words_of_the_decision_with_their_rules(ask, province):
    clauses = ask("select measure_id, objective_no, clause_vi from seeds.targets")
    for clause in clauses:
        [section] = province.tree.xpath(f"//section[@id='objective-{clause['objective_no']}']")
        assert clause["clause_vi"] in squeezed(section)
        [article] = section.xpath(f".//article[@id='measure-{clause['measure_id']}']")
        [rule] = article.xpath("details")
        assert f"khoản {clause['objective_no']} Điều 1" in squeezed(rule)
        assert f"clause {clause['objective_no']}" in squeezed(rule)
        assert article.xpath(".//figure//*[local-name()='svg' and @role='img']")


def test_the_list_of_units(ask, province, reports):
    rows = province.rows("units-table")
    pages = {path.name for path in (reports / "units").iterdir()}
    linked = {row["Đơn vị"].xpath("a/@href")[0].removeprefix("units/") for row in rows}
    assert linked == pages
    by_page = {row["Đơn vị"].xpath("a/@href")[0].removeprefix("units/"): row for row in rows}
    figures = ask(
        f"""
        select unit_id, count(*) filter (verdict = 'not_met') as not_met,
            count(*) filter (verdict in ('met', 'not_met')) as judged
        from marts.scorecard_by_unit where is_headline and {YEAR} group by all
        """
    )
    for unit in figures:
        cell = by_page[page_name(unit["unit_id"])]["Phép đo không đạt"]
        expected = [unit["not_met"], unit["judged"]] if unit["judged"] else []
        assert numbers(squeezed(cell)) == expected
    for heading, query in {
        "Đã quá hạn": "marts.follow_up where state = 'overdue'",
        "Sắp đến hạn": "marts.follow_up where state in ('due_today', 'due_soon')",
        "Chưa có hạn": "marts.follow_up where state = 'missing_deadline'",
        "Lỗi dữ liệu": "marts.data_quality_issues where is_open",
    }.items():
        expected = {
            page_name(row["unit_id"]): row["n"]
            for row in ask(
                f"select coalesce(unit_id, '(unknown)') as unit_id, count(*) as n from {query} "
                "group by all"
            )
        }
        shown = {page: numbers(squeezed(row[heading]))[0] for page, row in by_page.items()}
        assert {page: number for page, number in shown.items() if number} == expected


def test_the_pages_of_units(ask, reports, units):
    for unit in units:
        page = PageFile(reports / "units" / page_name(unit))
        figures = headlines(ask, "scorecard_by_unit", f"unit_id = '{unit}'")
        figures.sort(key=lambda figure: figure["measure_id"])
        for row, figure in zip(page.rows("figures-table"), figures, strict=True):
            check_figure(row, figure)
        pending = ask("select * from marts.follow_up where unit_id = ?", unit)
        shown = page.rows("pending-table") if pending else []
        assert len(shown) == min(len(pending), SHOWN)
        by_case = {row["case_id"]: row for row in pending}
        for row in shown:
            case = by_case[squeezed(row["Vụ việc"])]
            due = case["due_on"]
            assert squeezed(row["Hạn"]) == (f"{due:%d/%m/%Y}" if due else "–")
            left = squeezed(row["Ngày làm việc còn lại"])
            assert left == (
                "–" if case["working_days_left"] is None else str(case["working_days_left"])
            )
        faults = ask("select * from marts.data_quality_issues where is_open and unit_id = ?", unit)
        assert len(page.rows("faults-table")) == min(len(faults), SHOWN)
        assert {squeezed(row["Vụ việc"]) for row in page.rows("faults-table")} <= {
            row["case_id"] or "" for row in faults
        }


def test_no_page_holds_a_title_or_a_raw_value(ask, reports):
    kept = ask(
        """
        select distinct title as text from marts.fct_initiatives where len(title) > 12
        union
        select distinct content from marts.fct_directives where len(content) > 12
        """
    )
    assert kept
    pages = [path.read_text(encoding="utf-8") for path in reports.rglob("*.html")]
    assert [row["text"] for row in kept if any(row["text"] in page for page in pages)] == []


def test_a_page_is_small_enough_to_be_mailed(reports):
    assert (reports / "index.html").stat().st_size < 3_000_000
