"""A delivery of changes on top of a set: known dossiers, each with something new."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import ConfigurationError
from pipelines.samples.changes import write_changes
from pipelines.samples.write import SampleSummary

from .conftest import read_rows

ON = date(2023, 1, 5)


def test_every_row_changes_a_known_dossier(large: SampleSummary, tmp_path: Path) -> None:
    path = write_changes(tmp_path, dossiers=20_000, changed=1_000, seed=large.seed, on=ON)
    new = read_rows(path)
    known = read_rows(large.out / "dossiers" / "ho-so-mot-cua_2022-12-31.csv").unique("dossier_id")
    both = new.join(known, on="dossier_id", suffix="_before")
    assert new["dossier_id"].n_unique() == new.height == both.height == 1_000
    same = both.filter(pl.col("returned_at").eq_missing(pl.col("returned_at_before")))
    assert same.is_empty()
    assert (both["received_at"] == both["received_at_before"]).mean() > 0.9


def test_the_same_changes_again(tmp_path: Path) -> None:
    first, second = (
        write_changes(tmp_path / name, dossiers=500, changed=50, seed=3, on=ON).read_bytes()
        for name in ("a", "b")
    )
    assert first == second


@pytest.mark.parametrize(("changed", "on"), [(50, date(2022, 12, 31)), (500, ON)])
def test_impossible_changes_are_refused(changed: int, on: date, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        write_changes(tmp_path, dossiers=500, changed=changed, seed=3, on=on)
