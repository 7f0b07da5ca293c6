"""The table in the README tells what was tried, neither more nor less."""

from __future__ import annotations

from pathlib import Path

from tests.faults.table import BEGIN, END, write_table

NIGHT = {
    "type": "points",
    "points": "data",
    "count": 1700,
    "kinds": {"write": 1000, "create": 700},
    "states": 1200,
    "taken": 1500,
    "states_named": ["data 1.0", "data 2.0", "data 3.1"],
    "questions": 40,
    "errors": [],
}


def trial(name: str, point: str, published: str = "old", *faults: str) -> dict[str, object]:
    told = {"name": name, "point": point, "published": published, "questions": 10}
    return {"type": "trial", **told, "faults": faults}


def test_it_tells_points_states_trials_and_what_came_of_them(tmp_path: Path):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nan older table\n{END}\nafter\n")
    found = [
        NIGHT,
        trial("data 1.0", "create raw/a.parquet"),
        trial("data 2.0", "rename warehouse/warehouse.duckdb", "new", "reader: an error"),
        trial("data 3.0", "create raw/b.parquet"),  # A state of another night.
        trial("killed at data 1.0", "create raw/a.parquet"),
        trial("all 12", "write .dagster/history/runs.db"),
        trial("time 1.250", ""),
    ]
    write_table(readme, found, tmp_path / "none.xml")
    told = " ".join(readme.read_text().split())
    assert told.startswith(f"before {BEGIN}")
    assert told.endswith(f"{END} after")
    assert "an older table" not in told
    assert "1,700 points (700 create, 1,000 write)" in told
    assert "in 1,200 states. 1,500 photographs show 3 that" in told
    assert "2 of these were tried" in told
    assert "| photographed before a change of raw files and accounts | 2 | 2 | 0 | 2 |" in told
    assert "publishing: copy, snapshot, rename | 1 | 0 | 1 | 0 |" in told
    assert "| killed at a point, left what its photograph shows | 1 | 1 | 0 | 1 |" in told
    assert "| killed at random, any point | 1 | 1 | 0 | 1 |" in told
    assert "| killed at random, any moment | 1 | 1 | 0 | 1 |" in told
    assert "| **all** | 6 | 5 | 1 | 5 |" in told
    assert "asked 100 times and met 1 errors" in told
    fault = "data 2.0, before `rename warehouse/warehouse.duckdb`: reader: an error."
    assert f"**Not as promised**: {fault}" in told


def test_it_tells_of_every_fault_in_the_order_of_the_tests(tmp_path: Path):
    def case(line: int, fault: str, inner: str = "") -> str:
        told = {"fault": fault, "outcome": f"what came of {fault}"}
        facts = "".join(f'<property name="{name}" value="{told[name]}"/>' for name in told)
        place = f'file="tests/test_a.py" line="{line}"'
        return f"<testcase {place}><properties>{facts}</properties>{inner}</testcase>"

    readme, report = tmp_path / "README.md", tmp_path / "tests.xml"
    readme.write_text(f"{BEGIN}\n{END}\n")
    silent = '<testcase file="tests/test_a.py" line="15"/>'
    cases = [case(100, "late"), case(20, "broken", "<failure/>"), silent, case(3, "early")]
    report.write_text(f"<testsuites>{''.join(cases)}</testsuites>")
    write_table(readme, [], report)
    rows = [line for line in readme.read_text().splitlines() if "what came of" in line]
    assert rows == [
        "| early | what came of early | as promised |",
        "| broken | what came of broken | FAILED |",
        "| late | what came of late | as promised |",
    ]
