"""The page of the whole province: `index.html`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from pipelines.contracts.datasets import DATASETS
from pipelines.reports.edition import Edition, Words
from pipelines.reports.pages.charts import trend_charts
from pipelines.reports.pages.data_quality import Fault, open_faults
from pipelines.reports.pages.definitions import to_html
from pipelines.reports.pages.html import frame, render
from pipelines.reports.pages.measures import Measure, measures
from pipelines.reports.pages.units import overview
from pipelines.reports.restated import restated

NAME = "index.html"

_SUMMARY_SQL = """
    select verdict, count(*) as measures
    from marts.scorecard
    where is_headline and period_grain = $grain and period_start = $start
    group by verdict
    order by
        list_position(['met', 'not_met', 'insufficient_evidence', 'no_activity'], verdict)
"""
_NEWEST_EXTRACT_SQL = """
    select max(extracted_on) as extracted_on from marts.extract_log where status = 'loaded'
"""


@dataclass(frozen=True)
class Objective:
    """One objective of the decision with its measures, and what is wrong in the data they rest on.

    Attributes:
        number: Its number in the decision.
        measures: Its measures, in order.
        dataset: Name of the data behind them.
        faults: The open faults of that data.
    """

    number: int
    measures: Sequence[Measure]
    dataset: Words
    faults: Sequence[Fault]


def write(edition: Edition, folder: Path) -> list[Path]:
    """Write the page.

    Raises:
        ConfigurationError: The warehouse has no figures for the edition's period.
    """
    period = edition.reported_period()
    found = measures(edition, period)
    key = {"grain": period.grain, "start": period.start}
    page = render(
        "province.html",
        frame(edition),
        objectives=_objectives(edition, found),
        charts=trend_charts(found),
        summary=edition.rows(_SUMMARY_SQL, key),
        newest_extract=edition.rows(_NEWEST_EXTRACT_SQL)[0]["extracted_on"],
        units=overview(edition, period),
        restated=restated(edition),
        to_html=to_html,
    )
    path = folder / NAME
    path.write_text(page, encoding="utf-8")
    return [path]


def _objectives(edition: Edition, found: Sequence[Measure]) -> list[Objective]:
    faults = open_faults(edition)
    objectives = []
    for number, members in groupby(found, key=lambda measure: measure.clause.objective_no):
        together = list(members)
        dataset = DATASETS[together[0].clause.dataset]
        words = Words(dataset.label_vi, dataset.label_en)
        objectives.append(Objective(number, together, words, faults.get(dataset.name, ())))
    return objectives
