"""Strategies for the small registers: rows that change at will from one extract to the next.

Only the current version counts in most of them, so every version is drawn anew; what is drawn with
care is its dates, about the ends of months and years.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.properties.histories import EXTRACTS, Draw
from tests.properties.reference import Version

EDGES = st.sampled_from(
    [
        date.fromisoformat(day)
        for day in (
            "2021-12-31", "2022-01-01", "2022-03-31", "2022-04-01", "2022-04-15", "2022-04-16",
            "2022-05-31", "2022-06-01",
        )
    ]
)  # fmt: skip
DELIVERED = (EXTRACTS[2], EXTRACTS[5], EXTRACTS[8])
DAYS = EDGES | st.dates(date(2021, 11, 5), date(2022, 7, 31))
SOME_DAY = st.none() | DAYS

REGULATION = st.fixed_dictionaries(
    {
        "issued_at": st.just(date(2019, 5, 1)) | DAYS,
        "reviewed_at": SOME_DAY | st.just(date(2021, 6, 1)),
        "outcome": st.sampled_from([None, "kept", "amended", "replaced", "repealed", "amending"]),
    }
)
INITIATIVE = st.fixed_dictionaries(
    {
        "unit_id": st.sampled_from(["o1", "u1", None]),
        "applied_at": SOME_DAY,
        "decided_at": SOME_DAY,
        "outcome": st.sampled_from(
            ["recognised", "recognised", "recognised", "rejected", "pending"]
        ),
    }
)
MILESTONE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(
            [
                "internal_audit",
                "management_review",
                "conformity_declaration",
                "corrective_actions_closed",
                "document_review",
            ]
        ),
        "due_at": DAYS,
        "completed_at": SOME_DAY,
        "evidence": st.sampled_from(["Biên bản số 7", None]),
    }
)
OUTSIDE = st.fixed_dictionaries({"dossiers_outside": st.integers(0, 40)})


@st.composite
def restated(draw: Draw, row: st.SearchStrategy[dict[str, Any]]) -> list[Version]:
    """One to three versions of a row that may all differ."""
    days = draw(st.sets(st.sampled_from(DELIVERED), min_size=1))
    return [Version(day, _deliverable(draw(row), day)) for day in sorted(days)]


def _deliverable(row: dict[str, Any], day: date) -> dict[str, Any]:
    """A completion later than the extract would be refused."""
    completed = row.get("completed_at")
    return {**row, "completed_at": min(completed, day)} if completed else row


@st.composite
def obligation(draw: Draw) -> dict[str, Any]:
    """A row of something to hand in, most often handed in as it should be."""
    due = draw(DAYS)
    late_by = draw(st.sampled_from([0, -1, -5, 1, 9, None]))
    return {
        "due_at": due,
        "submitted_at": None if late_by is None else due + timedelta(days=late_by),
        "submitted_online": draw(st.sampled_from([True, True, True, False, None])),
        "accepted": draw(st.sampled_from([True, None, None, False])),
    }


OBLIGED_UNIT = st.tuples(
    st.sampled_from(["under the Office", "of the Office", "elsewhere"]),
    st.lists(restated(obligation()), min_size=1, max_size=4),
)
"""Where a unit stands, and what it has to hand in."""
