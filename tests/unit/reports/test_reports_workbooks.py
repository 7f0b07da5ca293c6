"""Workbooks hold what the warehouse says, cell by cell, and nothing that runs."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime, timedelta

import openpyxl
import polars as pl
import pytest

from pipelines.reports.edition import Words, published_edition
from pipelines.reports.workbooks import book, cases, data_quality, follow_up, scorecard, tables
from tests.support.editions import spoiled

WORKBOOKS = (scorecard, cases, follow_up, data_quality)
HOSTILE = (
    '=HYPERLINK("http://example.org")',
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "http://example.org",
    "bad\x01sign",
    "<b>&amp;</b>",
)

YEAR = "period_grain = 'year' and period_start = '2022-01-01'"
# A rate is cut after two decimals of a percentage; no rate of the samples needs more.
FIGURE = """
    numerator, denominator,
    case when rate is not null then (numerator * 10000 // denominator) / 10000 end,
    case comparator when 'gt' then '>' else '≥' end, target,
    verdicts.name_vi || ' · ' || verdicts.name_en,
    case when is_conclusive then 'Có · yes' else 'Không · no' end,
    trunc(round(rate_low * 10000, 8)) / 10000, trunc(round(rate_high * 10000, 8)) / 10000,
    missing_deadline_count, missing_completion_count, exempt_count, suspended_count,
    undecided_count, excluded_count, failures_left
"""
NAME = "measure_id, measure_name_vi || ' · ' || measure_name_en"
VERDICTS = (
    "inner join seeds.labels as verdicts"
    " on verdicts.attribute = 'verdict' and verdicts.code = verdict"
)
SHEETS = {
    "scorecard.xlsx": {
        "Tổng hợp": f"""
            select {NAME}, {FIGURE} from marts.scorecard {VERDICTS}
            where is_headline and {YEAR}
        """,
        "Các cách tính": f"""
            select
                {NAME}, scopes.name_vi || ' · ' || scopes.name_en,
                bases.name_vi || ' · ' || bases.name_en,
                case when is_headline then 'Có · yes' else 'Không · no' end, {FIGURE}
            from marts.scorecard {VERDICTS}
            inner join seeds.labels as scopes
                on scopes.attribute = 'scope' and scopes.code = scope
            inner join seeds.labels as bases on bases.attribute = 'basis' and bases.code = basis
            where {YEAR}
        """,
        "Theo đơn vị": f"""
            select {NAME}, unit_id, unit_name, {FIGURE} from marts.scorecard_by_unit {VERDICTS}
            where is_headline and {YEAR}
        """,
        "Theo kỳ": f"""
            select
                {NAME},
                case period_grain
                    when 'year' then strftime(period_start, '%Y')
                    when 'half_year'
                        then year(period_start) || '-H' || (month(period_start) + 5) // 6
                    when 'quarter' then year(period_start) || '-Q' || quarter(period_start)
                    else strftime(period_start, '%Y-%m')
                end,
                period_start, period_end, evaluated_on, {FIGURE}
            from marts.scorecard {VERDICTS}
            where is_headline and year(period_start) = 2022
        """,
    },
    "follow-up.xlsx": {
        "Danh sách": """
            select
                states.name_vi || ' · ' || states.name_en, working_days_left, due_on, null, case_id,
                unit_id, unit_name, last_urged_on
            from marts.follow_up
            inner join seeds.labels as states on attribute = 'state' and code = state
        """,
        "Theo đơn vị": """
            pivot (
                select unit_id, unit_name, state, count(*) over (partition by unit_id) as items
                from marts.follow_up
            )
            on state in ('overdue', 'due_today', 'due_soon', 'missing_deadline')
            using count(*) group by unit_id, unit_name, items
        """,
    },
    "data-quality.xlsx": {
        "Lỗi cần sửa": """
            select
                severities.name_vi || ' · ' || severities.name_en, issue_code,
                codes.name_vi || ' · ' || codes.name_en, issues.source, case_id,
                issues.unit_id, unit_name, file_name, row_number, column_name,
                raw_value, detail, first_seen_on
            from marts.data_quality_issues as issues
            inner join seeds.issue_codes as codes using (issue_code)
            inner join seeds.labels as severities
                on attribute = 'severity' and code = issues.severity
            left join marts.dim_unit as units on units.unit_id = issues.unit_id
            left join marts.extract_log as extracts on extracts.extract_id = issues.extract_id
            where is_open
        """,
        "Dòng bị từ chối": """
            select source, file_name, row_number, column_name, raw_value, reason
            from marts.rejected_rows
        """,
        "Tệp đã nhận": """
            select
                source, file_name, extracted_on, name_vi || ' · ' || name_en, rows_read,
                rows_accepted, rows_rejected, rows_duplicate, error,
                timezone('Asia/Ho_Chi_Minh', loaded_at)
            from marts.extract_log
            inner join seeds.labels on attribute = 'extract_status' and code = status
        """,
    },
}
CASES = f"""
    select
        case_id, unit_id, unit_name, treatments.name_vi || ' · ' || treatments.name_en,
        reasons.name_vi || ' · ' || reasons.name_en, received_on, due_on, completed_on
    from marts.measure_cases
    semi join (select * from marts.scorecard where is_headline and {YEAR}) as headlines
        using (measure_id, scope, basis, period_grain, period_start)
    left join marts.dim_unit using (unit_id)
    left join seeds.labels as treatments
        on treatments.attribute = 'treatment' and treatments.code = treatment
    left join seeds.labels as reasons on reasons.attribute = 'reason' and reasons.code = reason
    where measure_id = ? and treatment is distinct from 'met'
"""


@pytest.fixture(scope="module")
def written(published_samples, tmp_path_factory):
    """Every workbook of the samples, by file name."""
    folder = tmp_path_factory.mktemp("workbooks")
    with published_edition(published_samples.office.settings) as edition:
        paths = [path for workbook in WORKBOOKS for path in workbook.write(edition, folder)]
    return {path.name: path for path in paths}


@pytest.fixture(scope="module")
def opened(written):
    """The same, open."""
    return {name: openpyxl.load_workbook(path) for name, path in written.items()}


def head_of(sheet):
    """The row of the headings: the first whose cells are filled."""
    return next(row[0].row for row in sheet.iter_rows() if row[0].fill.fill_type)


def table(sheet):
    """The rows below the headings, as plain values."""
    rows = sheet.iter_rows(min_row=head_of(sheet) + 1, values_only=True)
    return sorted((tuple(map(plain, row)) for row in rows), key=str)


def plain(value):
    if isinstance(value, datetime):
        return value.date() if value.time() == datetime.min.time() else value.replace(microsecond=0)
    if isinstance(value, float):
        return round(value, 9)
    return value


def expected(rows):
    return sorted((tuple(map(plain, row)) for row in rows), key=str)


def without_kinds(rows):
    """Rows of the follow-up list without the names of datasets, which no table holds."""
    return sorted(((*row[:3], None, *row[4:]) for row in rows), key=str)


@pytest.mark.parametrize(
    ("name", "sheet"), [(name, sheet) for name, sheets in SHEETS.items() for sheet in sheets]
)
def test_every_cell_is_what_the_warehouse_says(published_samples, opened, name, sheet):
    found = table(opened[name][sheet])
    in_warehouse = expected(published_samples.office.query(SHEETS[name][sheet]))
    assert len(in_warehouse) > 0
    if sheet == "Danh sách":
        assert all(" · " in row[3] for row in found)
        found = without_kinds(found)
    if sheet == "Theo đơn vị" and name == "follow-up.xlsx":
        in_warehouse = sorted(((*row[:2], *row[3:], row[2]) for row in in_warehouse), key=str)
    assert found == in_warehouse


def test_the_cases_behind_each_headline_figure_are_listed_with_their_reasons(
    published_samples, opened
):
    workbook = opened["cases.xlsx"]
    measures = [sheet for sheet in workbook.sheetnames if sheet != "Tổng hợp"]
    assert len(measures) == 14
    listed = 0
    for measure in measures:
        in_warehouse = expected(published_samples.office.query(CASES, measure))
        listed += len(in_warehouse)
        if in_warehouse:
            assert table(workbook[measure]) == in_warehouse, measure
        else:
            assert "none" in table(workbook[measure])[0][0]
    assert listed > 100
    counts = table(workbook["Tổng hợp"])
    [(of_met,)] = published_samples.office.query(
        f"""
        select count(*) from marts.measure_cases
        semi join (select * from marts.scorecard where is_headline and {YEAR}) as headlines
            using (measure_id, scope, basis, period_grain, period_start)
        where treatment = 'met'
        """
    )
    assert sum(row[-1] for row in counts) == listed + of_met


def test_cases_that_met_are_counted_with_the_query_that_lists_them(published_samples, opened):
    sheet = opened["cases.xlsx"]["05b"]
    lines = [row[0].value for row in sheet.iter_rows(max_row=head_of(sheet) - 1) if row[0].value]
    [number] = [int(line.split()[0]) for line in lines if "met, not listed" in line]
    [query] = [line for line in lines if line.endswith("treatment = 'met';")]
    assert len(published_samples.office.query(query)) == number


def test_dates_numbers_and_percentages_are_real_and_formatted(opened):
    sheet = opened["scorecard.xlsx"]["Theo kỳ"]
    rows = sheet.iter_rows(min_row=head_of(sheet) + 1)
    by_kind = {cell.number_format: cell for row in rows for cell in row if cell.value is not None}
    assert by_kind["dd/mm/yyyy"].is_date
    assert isinstance(by_kind["#,##0"].value, int)
    assert isinstance(by_kind["0.00%"].value, (int, float))
    assert by_kind["0%"].value in (1, 0.9, 0.98, 0.8, 0.6)


def test_a_rate_close_to_its_target_shows_more_digits(published, tmp_path):
    with published_edition(published) as edition:
        [figure] = [
            figure
            for figure in scorecard.headlines_within(edition, 2022)
            if figure.measure_id == "07b"
        ]
    share = scorecard._rate(figure)
    assert share == tables.Share(0.60004, 3)


def test_sheets_are_made_for_filtering_and_printing(opened):
    for workbook in opened.values():
        for sheet in workbook:
            head = head_of(sheet)
            assert sheet.freeze_panes == f"B{head + 1}"
            assert sheet.auto_filter.ref.startswith(f"A{head}:")
            assert sheet.page_setup.orientation == "landscape"
            assert int(sheet.page_setup.paperSize) == 9
            assert sheet.print_title_rows == f"${head}:${head}"
            assert sheet.page_setup.fitToWidth in (None, 1)
            assert sheet.page_setup.fitToHeight == 0
            assert len(sheet.title) <= 31
            vi_and_en = [cell.value.split("\n") for cell in sheet[head]]
            assert all(len(words) == 2 for words in vi_and_en)


def test_titles_of_items_stay_out(published_samples, opened):
    titles = {
        title
        for (title,) in published_samples.office.query(
            "select title from marts.follow_up where title is not null and len(title) > 12"
        )
    }
    assert titles
    cells = {cell for row in table(opened["follow-up.xlsx"].worksheets[0]) for cell in row}
    assert not titles & cells


def test_no_name_of_a_person_is_in_any_cell(published_samples, opened):
    landing = published_samples.office.settings.landing / "dossiers"
    extract = pl.read_csv(landing / "ho-so-mot-cua_2022-12-31.csv", infer_schema=False)
    names = extract["Chủ hồ sơ"].str.replace(r" \d+$", "").unique().to_list()
    assert len(names) > 1
    cells = "\n".join(
        str(value)
        for workbook in opened.values()
        for sheet in workbook
        for row in sheet.iter_rows(values_only=True)
        for value in row
    )
    assert not [name for name in names if name in cells]


def test_the_same_edition_gives_the_same_bytes(published_samples, written, tmp_path):
    with published_edition(published_samples.office.settings) as edition:
        for workbook in WORKBOOKS:
            [path] = workbook.write(edition, tmp_path)
            assert path.read_bytes() == written[path.name].read_bytes(), path.name


def test_properties_name_the_edition(published_samples, opened):
    [(published_at,)] = published_samples.office.query(
        "select distinct timezone('UTC', published_at) from marts.scorecard"
    )
    for workbook in opened.values():
        properties = workbook.properties
        assert properties.created == published_at.replace(microsecond=0)
        assert f"{published_at + timedelta(hours=7):%d/%m/%Y %H:%M:%S}" in properties.subject


def test_no_value_becomes_a_formula_or_a_link(published_samples, tmp_path):
    hostile = ", ".join("('" + text.replace("'", "''") + "')" for text in HOSTILE)
    with spoiled(
        published_samples.office.settings.published,
        tmp_path,
        f"""
        create temp table hostile as
        select col0 as text, row_number() over () as number from (values {hostile})
        """,
        "delete from marts.follow_up",
        """
        insert into marts.follow_up (dataset, case_id, unit_id, unit_name, state)
        select 'dossiers', text, text, text, 'overdue' from hostile
        """,
        f"""
        insert into marts.follow_up (dataset, case_id, unit_id, unit_name, state)
        select 'dossiers', 'long', 'long', repeat('x', {book.MAX_TEXT} + 1), 'overdue'
        """,
    ) as edition:
        [path] = follow_up.write(edition, tmp_path)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["Danh sách"]
    rows = list(sheet.iter_rows(min_row=head_of(sheet) + 1))
    assert len(rows) == len(HOSTILE) + 1
    cells = [cell for row in rows for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
    # Whoever edits such a cell leaves it text: its format says so.
    assert {cell.number_format for row in rows for cell in row[4:7]} == {"@"}
    shown = {row[4].value for row in rows}
    assert {text for text in HOSTILE if "\x01" not in text} <= shown
    assert max(len(row[6].value) for row in rows) == book.MAX_TEXT
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            assert not re.search(rb"<f[ >]|<hyperlink", parts.read(name)), name


def test_a_long_list_is_cut_and_says_where_the_rest_is(published_samples, tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_ROWS", 5)
    monkeypatch.setattr(cases, "MAX_ROWS", 5)
    with published_edition(published_samples.office.settings) as edition:
        [listed] = follow_up.write(edition, tmp_path)
        [of_cases] = cases.write(edition, tmp_path)
    [(items,)] = published_samples.office.query("select count(*) from marts.follow_up")
    sheet = openpyxl.load_workbook(listed)["Danh sách"]
    above = " ".join(str(row[0].value) for row in sheet.iter_rows(max_row=head_of(sheet)))
    assert f"the first 5 of {items} rows" in above
    assert "select * from marts.follow_up;" in above
    assert len(table(sheet)) == 5
    assert len(table(openpyxl.load_workbook(of_cases)["07b"])) == 5


def test_a_year_without_anything_still_gives_workbooks(published_samples, tmp_path):
    with spoiled(
        published_samples.office.settings.published,
        tmp_path,
        "delete from intermediate.int_scorecard where is_headline",
        "delete from marts.follow_up",
    ) as edition:
        paths = [path for workbook in WORKBOOKS for path in workbook.write(edition, tmp_path)]
    assert len(paths) == len(WORKBOOKS)
    [only] = openpyxl.load_workbook(tmp_path / "cases.xlsx").worksheets
    assert "none" in table(only)[0][0]
    assert "none" in table(openpyxl.load_workbook(tmp_path / "follow-up.xlsx").worksheets[0])[0][0]


def test_no_activity_and_insufficient_evidence_leave_the_rate_empty(published_samples, tmp_path):
    with spoiled(
        published_samples.office.settings.published,
        tmp_path,
        """
        update intermediate.int_scorecard set
            numerator = 0, denominator = 0, rate = null, rate_low = null, rate_high = null,
            failures_left = null, verdict = 'no_activity'
        where measure_id = '06'
        """,
        """
        update intermediate.int_scorecard set
            rate = null, rate_low = null, rate_high = null, failures_left = null,
            verdict = 'insufficient_evidence', is_conclusive = false
        where measure_id = '05a'
        """,
    ) as edition:
        [path] = scorecard.write(edition, tmp_path)
    sheet = openpyxl.load_workbook(path)["Tổng hợp"]
    rows = {row[0]: row for row in table(sheet)}
    assert rows["06"][2:5] == (0, 0, None)
    assert rows["06"][7] == "Không phát sinh · No activity"
    assert rows["05a"][4] is None
    assert rows["05a"][7] == "Không đủ căn cứ · Insufficient evidence"
    assert rows["05a"][8] == "Không · no"


def test_a_workbook_that_fails_leaves_no_file(published, tmp_path):
    words = Words("a", "a")
    table_of_two = tables.Table("a", words, [tables.Column("a", "a")], [["text"], [object()]])

    def write(edition):
        with book.open_book(edition, tmp_path / "half.xlsx", words) as opened:
            opened.write(table_of_two)

    with published_edition(published) as edition, pytest.raises(TypeError, match="cannot hold"):
        write(edition)
    assert not (tmp_path / "half.xlsx").exists()
