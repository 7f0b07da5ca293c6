"""Suite files are validated when they are read, and every problem is named with file and key."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import ConfigurationError
from pipelines.quality.suites import load_suites
from pipelines.settings import PROJECT_DIR

RULE = """
  evidence_given:
    title_vi: Có bằng chứng
    title_en: Evidence is given
    severity: warning
    type: expect_column_values_to_not_be_null
    kwargs: {column: evidence}
    notes: Nothing is tolerated, as an example.
"""
SHARED = f"""
expectations:{RULE.replace("Nothing is", "For every dataset nothing is")}
  "{{column}}_given":
    for_each: required_column
    title_vi: "{{label_vi}} không để trống"
    title_en: "{{column}} is never missing"
    severity: warning
    type: expect_column_values_to_not_be_null
    kwargs: {{column: "{{column}}"}}
    notes: For each required column of {{dataset}}.
"""
MODELLED = f"""
table: marts.scorecard
title_vi: Bảng điểm
title_en: Scorecard
keys: [measure_id]
expectations:{RULE}
"""
RAW = f"""
table: raw.qms_milestones
expectations:{RULE}
"""
QUERY = "type: unexpected_rows_expectation\n    kwargs: {unexpected_rows_query: select 1 from x}"


def write(directory: Path, text: str, name: str = "suite.yml") -> Path:
    (directory / name).write_text(text, encoding="utf-8")
    return directory


def test_a_modelled_table_can_have_a_suite(tmp_path: Path) -> None:
    (suite,) = load_suites(write(tmp_path, MODELLED))

    assert (suite.schema_name, suite.table_name, suite.scope) == ("marts", "scorecard", "all")
    assert suite.expectation_id("evidence_given") == "scorecard_evidence_given"


def test_a_raw_table_takes_names_and_keys_from_its_dataset(tmp_path: Path) -> None:
    (suite,) = load_suites(write(tmp_path, RAW))

    assert suite.title_vi == "Mốc hệ thống quản lý chất lượng"
    assert suite.keys == ("milestone_id", "_extract_id", "_row_number")
    assert suite.scope == "newest"


def test_shared_rules_come_first_and_give_way_to_own_ones(tmp_path: Path) -> None:
    write(tmp_path, SHARED, "_every_dataset.yml")

    (suite,) = load_suites(write(tmp_path, RAW))

    assert list(suite.expectations) == [
        "evidence_given",
        "milestone_id_given",
        "kind_given",
        "due_at_given",
    ]
    assert suite.expectations["evidence_given"].notes.startswith("Nothing")
    kind = suite.expectations["kind_given"]
    assert kind.kwargs == {"column": "kind"}
    assert kind.title_vi == "Loại không để trống"
    assert kind.notes == "For each required column of qms_milestones."


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("severity: warning", "severity: fatal", "evidence_given.severity: Input should be"),
        ("title_vi: Có bằng chứng", "titel: x", "evidence_given.titel: Extra inputs"),
        ("notes: Nothing is tolerated, as an example.", "", "evidence_given.notes: Field required"),
        (
            "severity: warning",
            "severity: info\n    issue_code: NO_DUE",
            "issue_code: .*MISSING_DUE",
        ),
        ("severity: warning", "severity: info\n    sample: [unit_id]", "'sample' is only for"),
        ("type: expect_column", "type: ensure_column", "type: String should match pattern"),
        ("  evidence_given:", "  Evidence-given:", "Evidence-given: String should match pattern"),
        ("qms_milestones", "qms_milestone; drop table x", "table: .*not a table of the warehouse"),
        ("raw.qms_milestones", "secret.notes", "table: .*not a table of the warehouse"),
        ("expectations:", "expectation:", "must hold 'expectations'"),
        ("severity: warning", "severity: info\n    severity: critical", "severity is given twice"),
        ("table: raw.qms", "table: [raw.qms", "suite.yml is not readable YAML"),
    ],
)
def test_a_bad_file_is_named_with_its_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in RAW

    with pytest.raises(ConfigurationError, match=message) as caught:
        load_suites(write(tmp_path, RAW.replace(old, new)))
    assert "suite.yml" in str(caught.value)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (QUERY, "must read from {batch}"),
        (QUERY.replace("}", ", mostly: 0.9}"), "'unexpected_rows_query' and nothing else"),
    ],
)
def test_a_query_reads_the_rows_it_is_given(tmp_path: Path, query: str, message: str) -> None:
    plain = "type: expect_column_values_to_not_be_null\n    kwargs: {column: evidence}"

    with pytest.raises(ConfigurationError, match=re.escape(message)):
        load_suites(write(tmp_path, RAW.replace(plain, query)))


@pytest.mark.parametrize("text", ["", "[]", "expectations: [1]", "expectations: {given: 1}"])
def test_a_file_without_rules_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"suite\.yml must hold 'expectations'"):
        load_suites(write(tmp_path, text))


def test_a_faulty_template_is_named(tmp_path: Path) -> None:
    faulty = f"expectations:{RULE}".replace("severity:", "for_each: row\n    severity:")
    write(tmp_path, faulty, "_every_dataset.yml")

    with pytest.raises(ConfigurationError, match=r"_every_dataset\.yml: evidence_given\.for_each"):
        load_suites(write(tmp_path, RAW))


def test_a_table_has_one_suite(tmp_path: Path) -> None:
    write(tmp_path, RAW, "one.yml")

    with pytest.raises(ConfigurationError, match=r"raw\.qms_milestones, .*more than once"):
        load_suites(write(tmp_path, RAW, "two.yml"))


def test_a_directory_without_suites_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no expectation suite"):
        load_suites(tmp_path)


def test_reading_suites_does_not_import_great_expectations() -> None:
    program = """
import sys
from pathlib import Path
from pipelines.quality import results, run, suites
suites.load_suites(Path("expectations"))
print([name for name in ("great_expectations", "sqlalchemy", "polars") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
