"""The set under data/landing is the one that the default seed and size make, and it is small."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from pipelines.samples.write import SampleSummary
from pipelines.settings import PROJECT_DIR

LANDING = PROJECT_DIR / "data" / "landing"


def contents(path: Path) -> bytes | Mapping[str, bytes] | list[dict[str, object]]:
    """The bytes of a file; of a compressed container what is in it.

    zlib builds differ in how they compress, and a Parquet file names the version of its writer.
    """
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as workbook:
            return {name: workbook.read(name) for name in workbook.namelist()}
    if path.suffix == ".parquet":
        return pl.read_parquet(path).to_dicts()
    return path.read_bytes()


def test_the_shipped_set_is_the_default_one(small: SampleSummary) -> None:
    for made in sorted(path for path in small.out.rglob("*") if path.is_file()):
        shipped = LANDING / made.relative_to(small.out)
        assert shipped.exists(), f"make it with: qo sample --out {LANDING}"
        assert contents(shipped) == contents(made), made.name


def test_the_shipped_set_is_under_one_mebibyte(small: SampleSummary) -> None:
    made = [path for path in small.out.rglob("*") if path.is_file()]
    shipped = [LANDING / path.relative_to(small.out) for path in made]
    assert sum(path.stat().st_size for path in shipped) < 1024 * 1024
