"""The results of a run's expectations as one page to browse: rule in words, how many rows fail.

Made from the results at hand, before anything is published: a run that a check stops leaves the
page that says which. Failing rows are named by their keys alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from pipelines.quality.results import ExpectationResult
from pipelines.quality.suites import Expectation, Suite
from pipelines.settings import LOCAL_ZONE

FILE_NAME = "expectations.html"

_OUTCOMES = {
    "could_not_evaluate": "Không kiểm được · could not be evaluated",
    "failed": "Không thỏa · not met",
    "passed": "Thỏa · met",
}
"""In the order of the page."""
_SEVERITIES = {
    "critical": "Chặn công bố · blocks",
    "warning": "Cảnh báo · warning",
    "info": "Để biết · for information",
}


def write_page(
    folder: Path,
    suites: Sequence[Suite],
    results: Sequence[ExpectationResult],
    *,
    run_at: datetime,
    as_of: date,
) -> Path:
    """Write `expectations.html`, replacing the page of the run before.

    Args:
        folder: Where reports are.
        suites: What was asked.
        results: What was found.
        run_at: When the run began.
        as_of: Its as-of date.

    Returns:
        The page.
    """
    from jinja2 import Environment, StrictUndefined

    template = Path(__file__).with_name("page.html.j2").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = environment.from_string(template).render(
        suites=list(_by_suite(suites, results)),
        totals=[
            (words, sum(result.outcome == outcome for result in results))
            for outcome, words in _OUTCOMES.items()
        ],
        outcomes=_OUTCOMES,
        severities=_SEVERITIES,
        run_at=f"{run_at.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M:%S}",
        as_of=f"{as_of:%d/%m/%Y}",
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    return partial.replace(path)


def _by_suite(
    suites: Sequence[Suite], results: Sequence[ExpectationResult]
) -> list[tuple[Suite, list[tuple[Expectation, ExpectationResult]]]]:
    """The rules of each table with what was found, the gravest first."""
    found = {result.expectation_id: result for result in results}
    order = list(_OUTCOMES)
    sections = []
    for suite in suites:
        rules = [
            (expectation, found[suite.expectation_id(name)])
            for name, expectation in suite.expectations.items()
            if suite.expectation_id(name) in found
        ]
        rules.sort(key=lambda rule: order.index(rule[1].outcome))
        if rules:
            sections.append((suite, rules))
    return sections
