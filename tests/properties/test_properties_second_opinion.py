"""The warehouse agrees with a plain evaluation, case by case, of what its extracts say."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction

import duckdb
import pytest

KEY = ("measure_id", "scope", "basis", "period_grain", "period_start")
CHECKED = ("03b", "04b", "05a", "05b", "06", "07b")
ON_TIME = ("03b", "04b", "05b", "06")
TARGETS = {
    "03b": (">", Fraction(9, 10)),
    "04b": (">=", Fraction(9, 10)),
    "05b": (">=", Fraction(98, 100)),
    "06": (">", Fraction(8, 10)),
    "07b": (">", Fraction(6, 10)),
}
EXAMPLES = 5


@pytest.fixture(scope="module", params=["early", "late"])
def opinions(request, world):
    """What is expected, and a connection to what was built."""
    edition = world.editions[request.param]
    expected, cases = world.province.expected(edition.as_of)
    with duckdb.connect(str(edition.path), read_only=True) as con:
        yield expected, cases, con


def test_every_treatment_of_every_case_is_the_expected_one(opinions):
    expected, _, con = opinions
    query = f"""
        select {", ".join(KEY)}, case_id, treatment
        from marts.measure_cases where measure_id in {CHECKED}
    """
    found = {tuple(row[:-1]): row[-1] for row in con.execute(query).fetchall()}
    differing = {
        key: (expected.get(key), found.get(key))
        for key in expected.keys() | found.keys()
        if expected.get(key) != found.get(key)
    }
    assert not differing, dict(sorted(differing.items())[:EXAMPLES])
    assert len(set(expected.values())) == 8


def test_histories_are_hard_enough(opinions):
    _, cases, con = opinions
    dossiers = [case for case in cases.values() if case.pauses or case.clock.is_exact]
    assert len(cases) > 2_500
    assert len(dossiers) > 500
    assert sum(case.first_seen is not None for case in cases.values()) > 100
    assert sum(case.is_withdrawn for case in cases.values()) > 100
    explained = dict(
        con.execute(
            "select coalesce(explanation, 'none'), count(*) from marts.deadline_changes group by 1"
        ).fetchall()
    )
    assert explained.keys() == {"earlier", "pause", "extension", "correction", "none"}
    assert min(explained.values()) > 20


def test_every_figure_is_the_sum_of_its_treatments(opinions):
    expected, _, con = opinions
    counts = defaultdict(Counter)
    for (*figure, _), treatment in expected.items():
        counts[tuple(figure)][treatment] += 1
    for row in figures(con, "marts.scorecard"):
        figure = tuple(row[name] for name in KEY)
        check_counts(row, counts[figure])
        if row["measure_id"] != "05a":
            check_rates(row)


def test_every_figure_of_a_unit_is_the_sum_of_its_treatments(opinions):
    expected, cases, con = opinions
    counts = defaultdict(Counter)
    for (*figure, case_id), treatment in expected.items():
        if figure[0] != "06":
            counts[(*figure, cases[case_id].unit_id)][treatment] += 1
    seen = set()
    for row in figures(con, "marts.scorecard_by_unit"):
        figure = (*(row[name] for name in KEY), row["unit_id"])
        if row["measure_id"] == "06":
            continue
        seen.add(figure)
        check_counts(row, counts[figure])
        if row["measure_id"] != "05a":
            check_rates(row)
    assert counts.keys() <= seen


def figures(con, table):
    found = con.execute(f"select * from {table} where measure_id in {CHECKED}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def check_counts(row, counts):
    found = {
        "met": row["numerator"],
        "failed": row["denominator"] - row["numerator"],
        "missing_deadline": row["missing_deadline_count"],
        "missing_completion": row["missing_completion_count"],
        "exempt": row["exempt_count"],
        "suspended": row["suspended_count"],
        "undecided": row["undecided_count"],
        "excluded": row["excluded_count"],
    }
    assert {name: count for name, count in found.items() if count} == dict(counts), row


def check_rates(row):
    num, den = row["numerator"], row["denominator"]
    missing = row["missing_deadline_count"] + row["missing_completion_count"]
    assert missing == 0 or row["measure_id"] in ON_TIME
    verdicts = {verdict(row["measure_id"], num + k, den + missing) for k in (0, missing)}
    if den == 0:
        assert (row["verdict"], row["rate"], row["failures_left"]) == ("no_activity", None, None)
        assert row["is_conclusive"] == (missing == 0)
        assert row["rate_low"] == (0 if missing else None)
        assert row["rate_high"] == (1 if missing else None)
        return
    assert row["rate"] == pytest.approx(num / den)
    assert row["rate_low"] == pytest.approx(num / (den + missing))
    assert row["rate_high"] == pytest.approx((num + missing) / (den + missing))
    assert row["verdict"] == ("met" if verdict(row["measure_id"], num, den) else "not_met")
    assert row["is_conclusive"] == (verdicts == {verdict(row["measure_id"], num, den)})
    assert row["failures_left"] == failures_left(row["measure_id"], num, den), row


def verdict(measure, num, den):
    if den == 0:
        return None
    comparator, target = TARGETS[measure]
    rate = Fraction(num, den)
    return rate > target if comparator == ">" else rate >= target


def failures_left(measure, num, den):
    if verdict(measure, num, den):
        spare = 0
        while verdict(measure, num, den + spare + 1):
            spare += 1
        return spare
    needed = 1
    while not verdict(measure, num + needed, den):
        needed += 1
    return -needed
