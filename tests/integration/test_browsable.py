"""What a real run leaves to browse: in Dagster's history, and beside the reports."""

from __future__ import annotations

import re
from base64 import b64decode

import dagster as dg
import pytest
from lxml import etree, html

from pipelines.defs.instance import open_instance


@pytest.fixture(scope="module")
def metadata(published_samples):
    """Of the newest materialization of the published warehouse."""
    with open_instance(published_samples.office.settings) as instance:
        [record] = instance.fetch_materializations(dg.AssetKey("warehouse"), limit=1).records
        return record.asset_materialization.metadata


def test_the_published_asset_shows_the_scorecard_with_a_plot(published_samples, metadata):
    assert isinstance(metadata["scorecard"], dg.MarkdownMetadataValue)
    text = metadata["scorecard"].value
    for measure, numerator, denominator in published_samples.office.query(
        """
        select measure_id, numerator, denominator from marts.scorecard
        where is_headline and period_grain = 'year' and period_start = '2022-01-01'
        """
    ):
        counts = f"{numerator}" if denominator is None else f"{numerator}/{denominator}"
        assert re.search(rf"^\| {measure} \| .* \| {counts} \| ", text, re.MULTILINE)
    [image] = re.findall(r"\(data:image/svg\+xml;base64,([^)]+)\)", text)
    assert etree.fromstring(b64decode(image)).tag.endswith("svg")


def test_each_rate_is_a_number_that_dagster_plots(published_samples, metadata):
    published = dict(
        published_samples.office.query(
            """
            select 'rate_' || measure_id, rate from marts.scorecard
            where is_headline and period_grain = 'year' and period_start = '2022-01-01'
                and rate is not null
            """
        )
    )
    assert published
    rates = {name: value for name, value in metadata.items() if name.startswith("rate_")}
    assert all(isinstance(value, dg.FloatMetadataValue) for value in rates.values())
    assert {name: value.value for name, value in rates.items()} == published


def test_checks_that_failed_carry_counts_and_sample_keys(published_samples):
    with open_instance(published_samples.office.settings) as instance:
        [run] = instance.get_runs()
        found_of_run = instance.get_records_for_run(
            run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        )
        evaluations = [
            record.event_log_entry.dagster_event.event_specific_data
            for record in found_of_run.records
        ]
    failed = [
        found for found in evaluations if not found.passed and "sample_keys" in found.metadata
    ]
    assert failed
    for found in failed:
        if found.metadata.get("failing") is not None:
            assert found.metadata["failing"].value >= len(found.metadata["sample_keys"].value) > 0


def test_the_page_of_expectations_agrees_with_what_the_run_said(published_samples):
    page = published_samples.office.settings.reports / "expectations.html"
    document = html.fromstring(page.read_text(encoding="utf-8"))
    [said] = published_samples.run.lines("check: 2")
    total, not_met = map(int, re.findall(r"\d+", said))
    assert len(document.xpath("//tbody/tr")) == total
    assert len(document.xpath("//td[@class='failed']")) == not_met
    [moved] = document.xpath("//tr[.//summary[text()='dossiers_due_at_given']]")
    [(failing, judged)] = re.findall(
        r"dossiers_due_at_given: ([\d,]+) of ([\d,]+) rows", published_samples.run.output
    )
    counts = [cell.text_content() for cell in moved.xpath("./td[@class='number']")]
    assert counts == [failing.replace(",", ""), judged.replace(",", "")]


def test_the_models_can_be_browsed_in_one_page_that_names_every_mart(published_samples):
    page = published_samples.office.settings.reports / "dbt-docs.html"
    text = page.read_text(encoding="utf-8")
    marts = published_samples.office.query(
        """
        select table_name from information_schema.tables where table_schema = 'marts'
        """
    )
    for (name,) in marts:
        assert f"model.quality_objectives.{name}" in text
    # Nothing has to be fetched beside it.
    assert "INLINE DATA" not in text.split("<body")[0]
