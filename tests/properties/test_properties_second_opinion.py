"""The warehouse agrees with a plain evaluation, case by case, of what its extracts say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import duckdb
import pytest

from tests.properties.expected import Expected, expect
from tests.properties.histories import told_as_text

KEY = ("measure_id", "scope", "basis", "period_grain", "period_start")
TARGETS = {
    "01": (">=", 1),
    "02": (">=", 1),
    "03a": (">=", 1),
    "03b": (">", Fraction(9, 10)),
    "04a": (">=", 1),
    "04b": (">=", Fraction(9, 10)),
    "05a": (">=", 1),
    "05b": (">=", Fraction(98, 100)),
    "06": (">", Fraction(8, 10)),
    "07a": (">=", 1),
    "07b": (">", Fraction(6, 10)),
    "08": (">=", 1),
    "09": (">=", 1),
    "10": (">=", 7),
}
WITH_BOUNDS = {"03b", "04b", "05b", "06"}
WITH_EVIDENCE = {"01", "05a", "07a"}
WITHOUT_UNITS = {"01", "08", "10"}


class Opinions(NamedTuple):
    """What is expected, how it was told, and a connection to what was built."""

    expected: Expected
    histories: Mapping[str, list]
    con: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module", params=["early", "late"])
def opinions(request, world) -> Iterator[Opinions]:
    edition = world.editions[request.param]
    with duckdb.connect(str(edition.path), read_only=True) as con:
        yield Opinions(expect(world.province, edition.as_of), world.histories(), con)


def test_every_treatment_of_every_case_is_the_expected_one(opinions):
    query = f"select {', '.join(KEY)}, case_id, treatment from marts.measure_cases"
    found = {tuple(row[:-1]): row[-1] for row in opinions.con.execute(query).fetchall()}
    counted = Counter(key[:-1] for key in found if key[0] == "10")
    found = {key: treatment for key, treatment in found.items() if key[0] != "10"}
    expected = opinions.expected.treatments
    differing = {
        key: (expected.get(key), found.get(key))
        for key in expected.keys() | found.keys()
        if expected.get(key) != found.get(key)
    }
    assert not differing, simplest(differing, opinions.histories)
    assert counted == +opinions.expected.initiatives
    assert len(set(expected.values())) == 8


def test_histories_are_hard_enough(opinions):
    cases = opinions.expected.cases.values()
    dossiers = [case for case in cases if case.pauses or case.clock.is_exact]
    assert len(cases) > 2_500
    assert len(dossiers) > 500
    assert sum(case.first_seen is not None for case in cases) > 100
    assert sum(case.is_withdrawn for case in cases) > 100
    explained = dict(
        opinions.con.execute(
            "select coalesce(explanation, 'none'), count(*) from marts.deadline_changes group by 1"
        ).fetchall()
    )
    assert explained.keys() == {"earlier", "pause", "extension", "correction", "none"}
    assert min(explained.values()) > 20
    assert {key[0] for key in opinions.expected.treatments} == TARGETS.keys() - {"10"}


def test_every_figure_is_the_sum_of_its_treatments(opinions):
    counts = defaultdict(Counter)
    for (*figure, _), treatment in opinions.expected.treatments.items():
        counts[tuple(figure)][treatment] += 1
    rows = figures(opinions.con, "marts.scorecard")
    assert {row["measure_id"] for row in rows} == TARGETS.keys()
    assert {row["verdict"] for row in rows} == {
        "met", "not_met", "no_activity", "insufficient_evidence",
    }  # fmt: skip
    for row in rows:
        figure = tuple(row[name] for name in KEY)
        check(row, counts[figure], opinions.expected, None)


def test_every_figure_of_a_unit_is_the_sum_of_its_treatments(opinions):
    expected = opinions.expected
    counts = defaultdict(Counter)
    for (*figure, case_id), treatment in expected.treatments.items():
        if figure[0] not in WITHOUT_UNITS:
            counts[(*figure, expected.units[case_id])][treatment] += 1
    seen = set()
    for row in figures(opinions.con, "marts.scorecard_by_unit"):
        assert row["measure_id"] not in WITHOUT_UNITS
        figure = (*(row[name] for name in KEY), row["unit_id"])
        seen.add(figure)
        check(row, counts[figure], expected, row["unit_id"])
    assert counts.keys() <= seen


def simplest(differing: Mapping[tuple, tuple], histories: Mapping[str, list]) -> str:
    """The difference with the shortest history, as text."""
    lengths = {key: sum(map(len, histories[key[-1]])) for key in differing}
    key = min(differing, key=lambda key: (lengths[key], key))
    expected, found = differing[key]
    return (
        f"{len(differing)} treatments differ; of {key} it should be {expected} and is {found}. "
        f"Its extracts say:\n{told_as_text(histories[key[-1]])}"
    )


def figures(con: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    found = con.execute(f"select * from {table}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def check(row: dict[str, Any], counts: Counter, expected: Expected, unit: str | None) -> None:
    measure, figure = row["measure_id"], tuple(row[name] for name in KEY)
    if measure == "10":
        check_count(row, expected.initiatives[figure])
        return
    check_counts(row, counts, expected.outside.get((figure, unit), 0))
    has_evidence = measure not in WITH_EVIDENCE or (figure, unit) in expected.evidence
    if row["denominator"] == 0 and (has_evidence or measure != "01"):
        check_nothing(row)
    elif has_evidence:
        check_rates(row)
    else:
        assert row["verdict"] == "insufficient_evidence", row
        assert not row["is_conclusive"]
        assert [row[name] for name in ("rate", "rate_low", "rate_high", "failures_left")] == [
            None
        ] * 4


def check_count(row, number):
    assert (row["numerator"], row["denominator"], row["rate"]) == (number, None, None)
    assert row["failures_left"] == number - 7
    assert row["verdict"] == ("met" if number >= 7 else "not_met")


def check_counts(row, counts, outside):
    found = {
        "met": row["numerator"],
        "failed": row["denominator"] - row["numerator"] - outside,
        "missing_deadline": row["missing_deadline_count"],
        "missing_completion": row["missing_completion_count"],
        "exempt": row["exempt_count"],
        "suspended": row["suspended_count"],
        "undecided": row["undecided_count"],
        "excluded": row["excluded_count"],
    }
    assert {name: count for name, count in found.items() if count} == dict(counts), row


def check_nothing(row):
    missing = missing_of(row)
    assert (row["verdict"], row["rate"], row["failures_left"]) == ("no_activity", None, None)
    assert row["is_conclusive"] == (missing == 0)
    assert row["rate_low"] == (0 if missing else None)
    assert row["rate_high"] == (1 if missing else None)


def check_rates(row):
    num, den, missing = row["numerator"], row["denominator"], missing_of(row)
    verdicts = {is_met(row["measure_id"], num + k, den + missing) for k in (0, missing)}
    assert row["rate"] == pytest.approx(num / den)
    assert row["rate_low"] == pytest.approx(num / (den + missing))
    assert row["rate_high"] == pytest.approx((num + missing) / (den + missing))
    assert row["verdict"] == ("met" if is_met(row["measure_id"], num, den) else "not_met")
    assert row["is_conclusive"] == (verdicts == {is_met(row["measure_id"], num, den)})
    assert row["failures_left"] == failures_left(row["measure_id"], num, den), row


def missing_of(row):
    missing = row["missing_deadline_count"] + row["missing_completion_count"]
    assert missing == 0 or row["measure_id"] in WITH_BOUNDS
    return missing


def is_met(measure, num, den):
    comparator, target = TARGETS[measure]
    rate = Fraction(num, den)
    return rate > target if comparator == ">" else rate >= target


def failures_left(measure, num, den):
    if is_met(measure, num, den):
        spare = 0
        while is_met(measure, num, den + spare + 1):
            spare += 1
        return spare
    needed = 1
    while not is_met(measure, num + needed, den):
        needed += 1
    return -needed
