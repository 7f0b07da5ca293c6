"""A small province for nights that go wrong: a published first edition, and a delivery after it.

A few hundred rows of every dataset. The delivery has a bit of everything that a night can meet:
newer extracts that change cases, a replaced file, a file that is refused.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pipelines.samples.write import write_samples
from pipelines.settings import Settings
from tests.faults.warm import Warm

DOSSIERS = 24
SEED = 7
DELIVERED = (
    "dossiers/ho-so-mot-cua_2022-12-31.csv",
    "documents/van-ban-den_2022-12-31.xlsx",
    "directives/y-kien-chi-dao_2022-12-31.csv",
)
"""The extracts of the delivery that are newer ones of their source."""
REPLACED = "qms_milestones/moc-htqlcl.csv"
UNDATED = "regulations/quy-che.csv"
REFUSED = "Mã quy chế,Ngày ban hành\nQC-1,01/02/2022\n"


@dataclass(frozen=True)
class Province:
    """Three folders: of each trial a copy is made.

    Attributes:
        before: The data directory before the night under trial: an edition, and the delivery.
        after: The same after that night went undisturbed.
        first: The first edition alone, before the delivery.
    """

    folder: Path

    @property
    def first(self) -> Path:
        return self.folder / "first"

    @property
    def before(self) -> Path:
        return self.folder / "before"

    @property
    def after(self) -> Path:
        return self.folder / "after"


def make_province(folder: Path, warm: Warm, prepared_dbt: Path | None = None) -> Province:
    """Write the extracts and publish the first edition."""
    province = Province(folder)
    everything = folder / "samples"
    write_samples(everything, dossiers=DOSSIERS, seed=SEED)
    settings = Settings(data_dir=province.first)
    shutil.copytree(everything, settings.landing)
    for name in DELIVERED:
        (settings.landing / name).unlink()
    if prepared_dbt is not None:
        shutil.copytree(prepared_dbt, settings.dbt_target)
    ended = warm.run(province.first, "nightly")
    assert ended.status in (0, 3), ended.said
    copy(province.first, province.before)
    deliver(everything, province.before)
    return province


def deliver(everything: Path, data_dir: Path) -> None:
    """Lay the delivery into the landing folders."""
    landing = Settings(data_dir=data_dir).landing
    for name in DELIVERED:
        shutil.copy2(everything / name, landing / name)
    path = landing / REPLACED
    header, *rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([header, *reversed(rows)]))
    (landing / UNDATED).write_text(REFUSED, encoding="utf-8")


def copy(source: Path, target: Path) -> None:
    """Copy a data directory as it is: times stay, and two names of one file stay that."""
    subprocess.run(["/bin/cp", "-a", str(source), str(target)], check=True)
