"""What an expectation found, in the project's own words.

Turns the answers of Great Expectations into plain records that asset checks, logs and the command
line read. A record names failing rows by their keys and carries no other value of a row: what a
person wrote into an extract must not leak through a report about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pipelines.quality.suites import Expectation, Severity, Suite

Outcome = Literal["passed", "failed", "could_not_evaluate"]
MESSAGE_LIMIT = 400


@dataclass(frozen=True)
class ExpectationResult:
    """The result of one expectation.

    Attributes:
        suite: Table of the suite without its schema; for raw tables the dataset.
        table: `schema.table`.
        expectation_id: Stable and unique over all suites.
        title_vi: What should hold, in Vietnamese.
        title_en: What should hold, in English.
        severity: As the suite file says.
        issue_code: Code in `data_quality_issues`, if the fault is listed there.
        outcome: `could_not_evaluate` when the expectation raised: neither pass nor fail.
        observed: What was seen, fit for JSON; no values of rows.
        unexpected_count: Failing rows, or groups where the expectation reports groups.
        element_count: Rows judged; null where unknown.
        unexpected_percent: Failing rows in percent of those judged; null for groups.
        sample_keys: Keys of failing rows, or whole groups with their counts.
        message: One sentence for people.
    """

    suite: str
    table: str
    expectation_id: str
    title_vi: str
    title_en: str
    severity: Severity
    issue_code: str | None
    outcome: Outcome
    observed: Mapping[str, Any] = field(default_factory=dict)
    unexpected_count: int | None = None
    element_count: int | None = None
    unexpected_percent: float | None = None
    sample_keys: tuple[Mapping[str, Any], ...] = ()
    message: str = ""

    @property
    def is_blocking(self) -> bool:
        """Whether this result stops the publication.

        A failed invariant does, and so does anything that could not be evaluated, however mild
        its severity: nobody knows what it would have said.
        """
        failed_invariant = self.outcome == "failed" and self.severity == "critical"
        return failed_invariant or self.outcome == "could_not_evaluate"


def could_not_evaluate(suite: Suite, name: str, reason: str) -> ExpectationResult:
    """The record of an expectation that raised `reason` instead of answering."""
    first_line = reason.strip().partition("\n")[0]
    return _record(
        suite,
        name,
        outcome="could_not_evaluate",
        message=f"Could not be evaluated, so nothing is published: {first_line}"[:MESSAGE_LIMIT],
    )


def evaluated(
    suite: Suite, name: str, *, success: bool, result: Mapping[str, Any], rows: int, sample: int
) -> ExpectationResult:
    """The record of an expectation that answered.

    Args:
        suite: The suite it belongs to.
        name: Its name in the suite.
        success: The answer of Great Expectations.
        result: The counts and samples that came with it.
        rows: How many rows were judged.
        sample: How many failing rows to name at most; groups are kept whole.
    """
    expectation = suite.expectations[name]
    unexpected = _unexpected_count(expectation, result)
    percent = 100 * unexpected / rows if unexpected is not None and rows else None
    return _record(
        suite,
        name,
        outcome="passed" if success else "failed",
        observed=_observed(expectation, result),
        unexpected_count=unexpected,
        element_count=rows,
        unexpected_percent=None if expectation.sample else percent,
        sample_keys=tuple(_sample(suite, expectation, result, sample)),
        message=_message(expectation, success, unexpected, rows) + _mismatch(result),
    )


def _record(suite: Suite, name: str, **found: Any) -> ExpectationResult:
    expectation = suite.expectations[name]
    return ExpectationResult(
        suite=suite.table_name,
        table=suite.table,
        expectation_id=suite.expectation_id(name),
        title_vi=expectation.title_vi,
        title_en=expectation.title_en,
        severity=expectation.severity,
        issue_code=expectation.issue_code,
        **found,
    )


def _unexpected_count(expectation: Expectation, result: Mapping[str, Any]) -> int | None:
    if expectation.is_query:
        return int(result["observed_value"])
    if expectation.is_row_wise:
        return int(result.get("unexpected_count") or 0)
    return None


def _observed(expectation: Expectation, result: Mapping[str, Any]) -> dict[str, Any]:
    if expectation.is_query:
        return {}
    told = ("observed_value", "missing_count")
    seen = {key: result[key] for key in told if result.get(key) is not None}
    return _plain({**seen, **_mismatched(result)})


def _mismatched(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Names of columns that are missing or unexpected, where the expectation compares them."""
    return (result.get("details") or {}).get("mismatched") or {}


def _mismatch(result: Mapping[str, Any]) -> str:
    return "".join(
        f" {kind.capitalize()}: {', '.join(names)}." for kind, names in _mismatched(result).items()
    )


def _sample(
    suite: Suite, expectation: Expectation, result: Mapping[str, Any], limit: int
) -> Iterable[dict[str, Any]]:
    if expectation.is_query:
        found = result.get("details", {}).get("unexpected_rows", [])
    else:
        found = result.get("partial_unexpected_index_list") or []
    columns = expectation.sample or suite.keys
    kept = found if expectation.sample else found[:limit]
    return (_plain({key: row[key] for key in columns if key in row}) for row in kept)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values that JSON knows."""
    return {key: _plain_value(value) for key, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return value


def _message(expectation: Expectation, success: bool, unexpected: int | None, rows: int) -> str:
    if success and rows == 0:
        return "Nothing to check: no rows."
    if unexpected is None:
        return "Holds." if success else "Does not hold."
    if not unexpected:
        return f"Holds for all {rows:,} rows."
    if expectation.sample:
        return f"Found {unexpected:,}, listed with their counts."
    mostly = expectation.kwargs.get("mostly", 1)
    tolerance = f", {100 * (1 - mostly):.2g}% allowed" if mostly < 1 else ""
    share = f" ({100 * unexpected / rows:.2f}%{tolerance})" if rows else ""
    return f"{unexpected:,} of {rows:,} rows fail{share}."
