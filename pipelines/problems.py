"""What went wrong in a run, told from Dagster's events, whoever launched it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dagster import AssetCheckEvaluation, DagsterEvent
    from dagster_shared.error import SerializableErrorInfo

REPORTS = "reports"
"""The step that writes reports, after the edition is out."""
EXAMPLES_NAMED = 5
_OWN_WORDS = frozenset(
    {"Failure", "ConfigurationError", "RunError", "ReportError", "UnreadableExtractError"}
)
"""Errors whose first line is a sentence for people; others may say anything."""
_CHECK_FAILED = "DagsterAssetCheckFailedError"


class Problem(NamedTuple):
    """One reason.

    Attributes:
        sentence: What may leave the machine: no value of a row.
        details: What only the log of the run says: keys of cases, the words of an unexpected fault.
        step: The step that failed, if one did.
    """

    sentence: str
    details: str = ""
    step: str = ""

    def __str__(self) -> str:
        """All of it."""
        return self.sentence + self.details


def is_published(events: Iterable[DagsterEvent]) -> bool:
    """Whether the step that publishes ended well; what comes after it takes nothing back."""
    from pipelines.defs.keys import WAREHOUSE

    step = WAREHOUSE.to_python_identifier()
    return any(event.is_step_success and event.step_key == step for event in events)


def problems(events: Iterable[DagsterEvent]) -> Iterator[Problem]:
    """One per check that blocks and per step that failed; else why the run could not begin."""
    found = False
    for event in events:
        for problem in _of_event(event, is_first=not found):
            found = True
            yield problem


def _of_event(event: DagsterEvent, *, is_first: bool) -> Iterator[Problem]:
    match event.event_type_value:
        case "ASSET_CHECK_EVALUATION":
            check: AssetCheckEvaluation = event.asset_check_evaluation_data
            if not check.passed and check.severity.value == "ERROR":
                yield Problem(f"{check.check_name}: {check.description}", _examples(check))
        case "STEP_FAILURE":
            failed = event.step_failure_data.error
            if failed is not None and failed.cls_name != _CHECK_FAILED:
                yield _of_error(event.step_key or "", failed)
        case "RESOURCE_INIT_FAILURE" | "PIPELINE_FAILURE" if is_first:
            # Such as the writer lock, which somebody else held for too long.
            error = getattr(event.event_specific_data, "error", None)
            why = Problem(event.message or "The run failed.")
            yield why if error is None else _of_error("", error)


def _of_error(step: str, error: SerializableErrorInfo) -> Problem:
    where = f"{step}: " if step else ""
    while error.cause is not None and error.cls_name not in _OWN_WORDS:
        error = error.cause
    # Dagster puts the name of the class before the sentence.
    said = error.message.strip().partition(": ")[2]
    if error.cls_name not in _OWN_WORDS:
        return Problem(f"{where}an unexpected fault ({error.cls_name})", f": {said}", step)
    first, _, rest = said.partition("\n")
    return Problem(where + first, f"\n{rest}" if rest else "", step)


def _examples(check: AssetCheckEvaluation) -> str:
    """The keys of the first failing rows."""
    sample = check.metadata.get("sample_keys")
    rows = sample.value if sample is not None and isinstance(sample.value, list) else []
    keys = ["|".join(str(value) for value in row.values()) for row in rows[:EXAMPLES_NAMED]]
    return f" For example {', '.join(keys)}." if keys else ""
