"""Sample sets of two sizes, written once: a small one to look at, a larger one to count."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts.datasets import DATASETS
from pipelines.samples.write import SampleSummary, write_samples


def tidy(label: str) -> str:
    """The one spelling of a label (a second opinion beside the pipeline's own cleaning)."""
    text = unicodedata.normalize("NFC", label).replace("\u00a0", " ").replace("\u00d0", "Đ")
    return re.sub(r"\s+", " ", text).strip().casefold()


def read_rows(path: Path) -> pl.DataFrame:
    """A CSV extract as text under canonical names, undeclared columns as they are."""
    separator = ";" if "y-kien-chi-dao" in path.name else ","
    frame = pl.read_csv(path, separator=separator, infer_schema=False)
    dataset = DATASETS[path.parent.name]
    return frame.rename({column.label_vi: column.name for column in dataset.columns})


def coded(rows: pl.DataFrame, dataset: str, name: str) -> pl.Series:
    """A category column as codes; null where the label means nothing known."""
    codes = DATASETS[dataset].column(name).codes
    known = {tidy(label): code for code, labels in codes.items() for label in labels}
    return rows[name].map_elements(lambda label: known.get(tidy(label)), return_dtype=pl.String)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    """The set with the default seed and size."""
    return write_samples(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    """Enough dossiers for shares to settle."""
    return write_samples(tmp_path_factory.mktemp("large"), dossiers=20_000, seed=5)


@pytest.fixture(scope="session")
def last_dossiers(large: SampleSummary) -> pl.DataFrame:
    """The last dossier extract of the large set, without repeated rows."""
    path = large.out / "dossiers" / "ho-so-mot-cua_2022-12-31.csv"
    rows = read_rows(path).unique(maintain_order=True)
    instants = [c.name for c in DATASETS["dossiers"].columns if c.type == "instant"]
    parsed = (
        pl.col(name).str.to_datetime("%d/%m/%Y %H:%M", strict=False).alias(name)
        for name in instants
    )
    codes = (
        coded(rows, "dossiers", name).alias(name)
        for name in ("status", "channel", "service_level", "authority")
    )
    return rows.with_columns(printed_due="due_at").with_columns(*parsed, *codes)
