"""The scorecard as Markdown: every figure, and a plot that needs no other file."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import replace

from lxml import etree

from pipelines.reports.edition import published_edition
from pipelines.reports.figures import figures
from pipelines.reports.markdown import rates, scorecard_markdown
from pipelines.reports.periods import parse_period

QUARTER = parse_period("2022-Q1")
SVG = "{http://www.w3.org/2000/svg}"


def markdown(published, change=lambda found: found):
    with published_edition(published) as edition:
        found = change(figures(edition, QUARTER))
        return scorecard_markdown(edition, QUARTER, found), found


def rows(text):
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in text.splitlines()
        if re.match(r"\| \d", line)
    ]


def image(text):
    [encoded] = re.findall(r"\(data:image/svg\+xml;base64,([^)]+)\)", text)
    return etree.fromstring(b64decode(encoded))


def test_every_figure_is_a_row(published):
    text, found = markdown(published)
    shown = rows(text)
    assert [row[0] for row in shown] == [figure.measure_id for figure in found]
    of_05b = next(row for row in shown if row[0] == "05b")
    assert of_05b[2:6] == ["97/100", "97,00%", "≥ 98%", "Không đạt · Not met"]
    assert "PHỤ THUỘC DỮ LIỆU THIẾU" in of_05b[6]


def test_the_plot_shows_each_rate_with_target_and_bounds(published):
    text, found = markdown(published)
    drawn = image(text)
    rated = [figure for figure in found if figure.rate is not None]
    met = [figure for figure in rated if figure.verdict == "met"]
    assert len(drawn.findall(f"{SVG}circle")) == len(met)
    # The paper itself is one more rectangle.
    assert len(drawn.findall(f"{SVG}rect")) - 1 == len(rated) - len(met)
    texts = [element.text for element in drawn.findall(f"{SVG}text")]
    assert "60,004%" in texts
    of_05b = next(figure for figure in rated if figure.measure_id == "05b")
    assert any(of_05b.measure_name_vi in text for text in texts)


def test_names_do_not_become_markup(published):
    text, _ = markdown(
        published,
        lambda found: [replace(found[0], measure_name_vi="a | <b> [x](javascript:y)"), *found[1:]],
    )
    assert rows(text)[0][1].startswith(r"a \| \<b\> \[x\](javascript:y)")
    assert image(text) is not None


def test_without_figures_it_is_an_empty_table(published):
    text, _ = markdown(published, lambda _: [])
    assert rows(text) == []
    assert image(text).findall(f"{SVG}circle") == []


def test_each_rate_is_a_number_under_its_own_name(published):
    _, found = markdown(published)
    numbers = rates(found)
    assert numbers["rate_05b"] == 0.97
    assert numbers["count_10"] == 9
    assert "rate_06" not in numbers
    assert all(isinstance(value, float) for value in numbers.values())
