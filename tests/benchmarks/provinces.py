"""Data for the benchmarks: provinces of any size by `qo sample`."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

from tests.benchmarks.measure import qo

AS_OF = date(2022, 12, 31)
NEXT_DAY = date(2023, 1, 1)
DATED = "ho-so-mot-cua_{:%Y-%m-%d}.csv"
SEED = 13


def province(folder: Path, dossiers: int) -> Path:
    """The landing folder of a province with so many dossiers; made once and kept.

    The newest list of dossiers alone is left of its four: it holds them all.
    """
    landing = folder / f"province-{dossiers}"
    if landing.exists():
        return landing
    made = folder / f"making-{dossiers}"
    shutil.rmtree(made, ignore_errors=True)
    sample = qo("sample", "--out", made, "--dossiers", str(dossiers), "--seed", str(SEED))
    subprocess.run([str(part) for part in sample], check=True, stdout=subprocess.DEVNULL)
    for path in (made / "dossiers").iterdir():
        if path.name != DATED.format(AS_OF):
            path.unlink()
    made.rename(landing)
    return landing


def dossier_list(landing: Path) -> Path:
    """Its list of dossiers."""
    return landing / "dossiers" / DATED.format(AS_OF)


def office(folder: Path, name: str, landing: Path) -> Path:
    """A data directory over a province's extracts, which are linked, not copied."""
    data = folder / name
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(landing, data / "landing", copy_function=link)
    return data


def empty_but_landing(data: Path) -> None:
    """Take a data directory back to before its first night; dbt's parsed project stays."""
    for part in ("raw", "warehouse", ".dagster", "reports"):
        shutil.rmtree(data / part, ignore_errors=True)


def link(source: str, target: str) -> str:
    """Give a file a second name instead of a copy."""
    Path(target).hardlink_to(source)
    return target
