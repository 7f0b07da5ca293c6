"""Measures, targets, ways of counting, labels and their explanations belong together."""

from __future__ import annotations

import csv
import re
from fractions import Fraction

import duckdb
import pytest

from pipelines.settings import PROJECT_DIR

SEEDS = PROJECT_DIR / "dbt_project" / "seeds"
DOCS = PROJECT_DIR / "dbt_project" / "models" / "docs"

ON_TIME = ["decided", "closed", "due", "first_decided", "intake"]
TARGETS = {
    "01": ("ge", 1),
    "02": ("ge", 1),
    "03a": ("ge", 1),
    "03b": ("gt", "0.90"),
    "04a": ("ge", 1),
    "04b": ("ge", "0.90"),
    "05a": ("ge", 1),
    "05b": ("ge", "0.98"),
    "06": ("gt", "0.80"),
    "07a": ("ge", 1),
    "07b": ("gt", "0.60"),
    "08": ("ge", 1),
    "09": ("ge", 1),
    "10": ("ge", 7),
}
BASES = {
    **dict.fromkeys(["03b", "04b", "05b", "06"], ON_TIME),
    "07b": ["finished", "received", "online_capable", "any_channel"],
}
"""Of measures that have more than the basis `default`."""


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def doc_blocks() -> dict[str, str]:
    pattern = re.compile(r"{% docs (\w+) %}\n(.*?){% enddocs %}", re.DOTALL)
    blocks = [
        block
        for path in sorted(DOCS.glob("*.md"))
        for block in pattern.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(blocks) == len(dict(blocks)), "a block is written twice"
    return dict(blocks)


def test_every_measure_has_the_target_of_the_decision() -> None:
    assert [row["measure_id"] for row in seed("targets")] == list(TARGETS)
    targets = {
        row["measure_id"]: (
            row["comparator"],
            Fraction(int(row["target_numerator"]), int(row["target_denominator"])),
        )
        for row in seed("targets")
    }
    assert targets == {key: (sign, Fraction(value)) for key, (sign, value) in TARGETS.items()}


def test_every_clause_is_in_the_objective_of_its_measure() -> None:
    for row in seed("targets"):
        assert int(row["measure_id"][:2]) == int(row["objective_no"])
        assert row["clause_ref"] == f"khoản {row['objective_no']} Điều 1"


def test_only_measures_with_several_scopes_or_bases_are_listed_with_them() -> None:
    published: dict[tuple[str, str], list[str]] = {}
    for row in seed("measure_bases"):
        published.setdefault((row["measure_id"], row["scope"]), []).append(row["basis"])
    in_province = {"05a": ["default"], "05b": ON_TIME, "07a": ["default"], "07b": BASES["07b"]}
    expected = {(measure, "qms"): bases for measure, bases in (in_province | BASES).items()}
    expected |= {(measure, "province"): bases for measure, bases in in_province.items()}
    assert published == expected


def test_the_first_basis_of_each_measure_and_scope_is_its_headline() -> None:
    headlines = [
        (row["measure_id"], row["scope"], row["basis"])
        for row in seed("measure_bases")
        if row["is_headline_basis"] == "true"
    ]
    scopes = dict.fromkeys((row["measure_id"], row["scope"]) for row in seed("measure_bases"))
    assert headlines == [
        (measure, scope, BASES.get(measure, ["default"])[0]) for measure, scope in scopes
    ]


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("measure", [row["measure_id"] for row in seed("targets")]),
        ("issue", [row["issue_code"].lower() for row in seed("issue_codes")]),
        *(
            (prefix, [row["code"] for row in seed("labels") if row["attribute"] == attribute])
            for prefix, attribute in [
                ("basis", "basis"),
                ("scope", "scope"),
                ("grain", "period_grain"),
                ("treatment", "treatment"),
            ]
        ),
        (
            "verdict",
            [
                *(row["code"] for row in seed("labels") if row["attribute"] == "verdict"),
                "is_conclusive",
            ],
        ),
    ],
)
def test_every_code_is_explained_in_both_languages(prefix: str, codes: list[str]) -> None:
    blocks = {
        name.removeprefix(f"{prefix}_"): text
        for name, text in doc_blocks().items()
        if name.startswith(f"{prefix}_")
    }
    assert sorted(blocks) == sorted(codes)
    for code, text in blocks.items():
        vietnamese, separator, english = text.partition("\n\n")
        assert separator, f"{prefix}_{code} has one language"
        assert not vietnamese.isascii(), f"{prefix}_{code} should begin in Vietnamese"
        assert english.startswith("**"), f"{prefix}_{code} should go on in English"


def test_every_basis_and_scope_has_a_label() -> None:
    labels = {(row["attribute"], row["code"]) for row in seed("labels")}
    assert len(labels) == len(seed("labels"))
    for row in seed("measure_bases"):
        assert {("basis", row["basis"]), ("scope", row["scope"])} <= labels


def test_issue_codes_are_graded() -> None:
    assert {row["severity"] for row in seed("issue_codes")} == {"error", "warning", "info"}


@pytest.mark.parametrize(
    ("measure_id", "target", "target_vi", "target_en"),
    [
        ("03b", 0.9, "trên 90%", "more than 90%"),
        ("04b", 0.9, "ít nhất 90%", "at least 90%"),
        ("05a", 1.0, "100%", "100%"),
        ("10", 7.0, "ít nhất 7 sáng kiến", "at least 7 initiatives"),
    ],
)
def test_dim_measure_words_the_target(
    calendar_db: duckdb.DuckDBPyConnection,
    measure_id: str,
    target: float,
    target_vi: str,
    target_en: str,
) -> None:
    row = calendar_db.execute(
        "select target, target_vi, target_en, decision_id from marts.dim_measure"
        " where measure_id = ?",
        [measure_id],
    ).fetchone()
    assert row == (target, target_vi, target_en, "2022-tth")
