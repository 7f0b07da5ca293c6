"""The report to sign: the decree's layout, the warehouse's figures, and templates of offices."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docxtpl import DocxTemplate

from pipelines.errors import ConfigurationError
from pipelines.reports.edition import published_edition
from pipelines.reports.official import report, shipped
from pipelines.reports.official.words import OF_EACH, PLACEHOLDERS, words
from pipelines.settings import PROJECT_DIR
from tests.support.editions import spoiled

MEASURES = """
    select
        scorecard.measure_id,
        targets.clause_vi,
        case when scorecard.comparator = 'gt' then '>' else '≥' end || chr(160)
            || case when scorecard.denominator is null then target::int::varchar
                else (target * 100)::int || '%' end,
        numerator || coalesce('/' || denominator, ''),
        case when denominator is null then numerator::varchar
            else replace(format('{:.2f}%', (numerator * 10000 // denominator) / 100), '.', ',') end,
        labels.name_vi
    from marts.scorecard
    inner join seeds.targets on scorecard.measure_id = targets.measure_id
    inner join seeds.labels on labels.attribute = 'verdict' and labels.code = verdict
    where is_headline and period_grain = 'year' and period_start = '2022-01-01'
    order by scorecard.measure_id
"""


@pytest.fixture(scope="module")
def written(published_samples, tmp_path_factory):
    """The report on the samples."""
    folder = tmp_path_factory.mktemp("official")
    with published_edition(published_samples.office.settings) as edition:
        [path] = report.write(edition, folder)
    return path


@pytest.fixture
def template(tmp_path):
    """Makes an office's own template, of these paragraphs."""

    def make(*paragraphs: str) -> Path:
        document = docx.Document()
        for text in paragraphs:
            document.add_paragraph(text)
        path = tmp_path / "templates" / report.FILE_NAME
        path.parent.mkdir(exist_ok=True)
        document.save(str(path))
        return path

    return make


@pytest.fixture
def edition(published_samples, tmp_path):
    """The edition of the samples, in an office that keeps templates of its own."""
    with published_edition(published_samples.office.settings) as opened:
        yield replace(opened, templates=tmp_path / "templates")


def text_of(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    paragraphs = [*document.paragraphs, *(part for cell in cells for part in cell.paragraphs)]
    return "\n".join(paragraph.text for paragraph in paragraphs)


def test_the_table_is_what_the_warehouse_says(published_samples, written):
    [table] = [table for table in docx.Document(str(written)).tables if len(table.columns) == 6]
    found = [tuple(cell.text for cell in row.cells) for row in table.rows]
    assert found[0] == tuple(heading for heading, _, _ in shipped.OBJECTIVES)
    assert found[1:] == published_samples.office.query(MEASURES)


def test_sentences_count_what_the_warehouse_says(published_samples, written):
    text = text_of(written)
    [(measures, met, not_met)] = published_samples.office.query(
        """
        select count(*), count(*) filter (verdict = 'met'), count(*) filter (verdict = 'not_met')
        from marts.scorecard
        where is_headline and period_grain = 'year' and period_start = '2022-01-01'
        """
    )
    assert f"Trong {measures} chỉ tiêu" in text
    assert f"{met} chỉ tiêu đạt, {not_met} chỉ tiêu không đạt" in text
    lacking = published_samples.office.query(
        """
        select measure_id, -failures_left from marts.scorecard
        where is_headline and period_grain = 'year' and period_start = '2022-01-01'
            and verdict = 'not_met'
        """
    )
    assert len(lacking) == not_met
    for measure, short in lacking:
        assert re.search(rf"- {measure}\. .*; còn thiếu {short} ", text)
    unsure = published_samples.office.query(
        """
        select measure_id, missing_deadline_count, missing_completion_count from marts.scorecard
        where is_headline and period_grain = 'year' and period_start = '2022-01-01'
            and not is_conclusive
        """
    )
    assert unsure
    for measure, deadlines, completions in unsure:
        lacks = f"thiếu hạn {deadlines}, thiếu ngày hoàn thành {completions}"
        assert re.search(rf"- {measure}\. .*: {lacks};", text)


def test_units_that_pull_a_figure_down_are_named_with_their_counts(published_samples, written):
    [(name, failed, denominator)] = published_samples.office.query(
        """
        select unit_name, denominator - numerator, denominator from marts.scorecard_by_unit
        where measure_id = '05b' and is_headline and period_grain = 'year'
            and period_start = '2022-01-01'
        order by denominator - numerator desc, unit_id
        limit 1
        """
    )
    assert f"{name} ({failed}/{denominator})" in text_of(written)


def test_nothing_is_left_to_fill_in_by_a_program(written):
    with zipfile.ZipFile(written) as parts:
        for name in parts.namelist():
            if name.endswith(".xml"):
                assert not re.search(rb"\{\{|\{%", parts.read(name)), name


def test_paper_margins_type_and_page_numbers_follow_the_decree(written):
    document = docx.Document(str(written))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 20 <= round(section.top_margin.mm) <= 25
    assert 20 <= round(section.bottom_margin.mm) <= 25
    assert 30 <= round(section.left_margin.mm) <= 35
    assert 15 <= round(section.right_margin.mm) <= 20
    assert document.styles["Normal"].font.name == "Times New Roman"
    assert 13 <= document.styles["Normal"].font.size.pt <= 14
    # Numbers stand in the middle of the upper margin, from the second page on.
    assert section.different_first_page_header_footer
    [number] = section.header.paragraphs
    assert "PAGE" in number._p.xml
    assert number.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert section.first_page_header.paragraphs[0].text == ""


def test_the_parts_of_the_decree_stand_in_their_places(written):
    document = docx.Document(str(written))
    head, _, foot = document.tables
    issuer, state = ([part.text for part in cell.paragraphs] for cell in head.rows[0].cells)
    assert issuer[0] == "UBND TỈNH THỪA THIÊN HUẾ"
    assert issuer[-1].startswith("Số:")
    assert state[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert re.search(r", ngày +tháng \d+ năm \d{4}$", state[-1])
    recipients, signature = foot.rows[0].cells
    assert recipients.paragraphs[0].text == "Nơi nhận:"
    assert [run.font.size.pt for run in recipients.paragraphs[1].runs] == [11]
    assert signature.paragraphs[0].runs[0].bold
    texts = [paragraph.text for paragraph in document.paragraphs]
    title = texts.index("BÁO CÁO")
    assert texts[title + 1] == "Kết quả thực hiện mục tiêu chất lượng năm 2022"
    assert "Kính gửi: Ủy ban nhân dân tỉnh Thừa Thiên Huế." in texts
    bases = [part for part in document.paragraphs if part.text.startswith("Căn cứ")]
    assert bases
    assert all(run.italic for base in bases for run in base.runs)
    assert bases[-1].text.endswith(".")
    assert all(base.text.endswith(";") for base in bases[:-1])


def test_the_shipped_template_is_what_its_script_makes():
    assert docx.Document(str(report.SHIPPED)).element.xml == shipped.build().element.xml


def test_every_placeholder_is_known_filled_and_told_in_the_readme(edition):
    values = words(edition, edition.newest_year())
    assert values.keys() == PLACEHOLDERS.keys()
    assert all(measure.keys() == OF_EACH.keys() for measure in values["cac_chi_tieu"])
    assert DocxTemplate(report.SHIPPED).get_undeclared_template_variables() <= values.keys()
    readme = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Workbooks and the official report")[1].split("\n## ")[0]
    told = set(re.findall(r"\w+", section))
    assert {*PLACEHOLDERS, *OF_EACH} <= told


def test_an_office_s_own_template_is_used(edition, template, tmp_path):
    [path] = report.write(edition, tmp_path)
    assert "CỘNG HÒA" in text_of(path)
    template("Báo cáo {{ ky }}", "{%p for m in khong_dat %}", "{{ m.ma }}", "{%p endfor %}")
    [path] = report.write(edition, tmp_path)
    assert text_of(path).startswith("Báo cáo năm 2022")


@pytest.mark.parametrize(
    ("paragraph", "sentence"),
    [
        ("{{ thang_nam }}", "placeholder that does not exist: 'thang_nam' is undefined"),
        ("{{ khong_dat[0].ten_goi }}", "placeholder that does not exist: .*ten_goi"),
        ("{% for m in khong_dat %}", "cannot be read as a template: .*endfor"),
        ("{{ ky", "cannot be read as a template"),
        ("{{ ''.__class__.__mro__ }}", "cannot be done: .*unsafe"),
        ("{{ ky.format.__globals__ }}", "cannot be done: .*unsafe"),
        ("{{ 1 // 0 }}", "cannot be done"),
        ("{{ ky() }}", "cannot be done"),
        ("{{ ky.index('?') }}", "cannot be done"),
        ("{% include 'other' %}", "cannot be done"),
    ],
)
def test_a_faulty_template_is_named_with_what_is_wrong(
    edition, template, tmp_path, paragraph, sentence
):
    own = template(paragraph)
    with pytest.raises(ConfigurationError, match=sentence) as raised:
        report.write(edition, tmp_path)
    assert str(own) in str(raised.value)
    assert not (tmp_path / report.FILE_NAME).exists()


def test_a_template_that_is_no_word_document_is_named(edition, tmp_path):
    own = tmp_path / "templates" / report.FILE_NAME
    own.parent.mkdir()
    own.write_text("{{ ky }}")
    with pytest.raises(ConfigurationError, match=r"official\.docx is not a Word document"):
        report.write(edition, tmp_path)


def test_a_damaged_template_is_named(edition, template, tmp_path):
    own = template("{{ ky }}")
    with zipfile.ZipFile(own) as parts:
        kept = {name: parts.read(name) for name in parts.namelist()}
    with zipfile.ZipFile(own, "w") as parts:
        for name, content in kept.items():
            parts.writestr(name, content[:200] if name == "word/document.xml" else content)
    with pytest.raises(ConfigurationError, match=r"official\.docx is not a Word document"):
        report.write(edition, tmp_path)


def test_values_are_text_whatever_they_hold(published_samples, tmp_path, template):
    with spoiled(
        published_samples.office.settings.published,
        tmp_path,
        """
        update intermediate.int_scorecard set measure_name_vi = '<w:p/> & {{ ky }} {% x %}'
        where measure_id = '05b'
        """,
    ) as edition:
        own = template("{%p for m in cac_chi_tieu %}", "{{ m.ten }}", "{%p endfor %}")
        [path] = report.write(replace(edition, templates=own.parent), tmp_path)
    assert "<w:p/> & {{ ky }} {% x %}" in text_of(path)


def test_a_year_without_figures_gives_a_report_that_says_so(published_samples, tmp_path):
    with spoiled(
        published_samples.office.settings.published,
        tmp_path,
        "delete from intermediate.int_scorecard where is_headline",
    ) as edition:
        [path] = report.write(edition, tmp_path)
    text = text_of(path)
    assert "Trong 0 chỉ tiêu" in text
    assert "Không có chỉ tiêu chưa đạt." in text
    assert "Không có kết quả nào phụ thuộc dữ liệu thiếu." in text


def test_insufficient_evidence_is_said(published_samples, tmp_path):
    with spoiled(
        published_samples.office.settings.published,
        tmp_path,
        """
        update intermediate.int_scorecard set
            rate = null, rate_low = null, rate_high = null, failures_left = null,
            verdict = 'insufficient_evidence', is_conclusive = false
        where measure_id = '05a'
        """,
    ) as edition:
        [path] = report.write(edition, tmp_path)
    assert re.search(r"- 05a\. .*: dữ liệu hiện có không đủ căn cứ", text_of(path))
