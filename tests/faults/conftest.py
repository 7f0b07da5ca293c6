"""A small province before and after an undisturbed night, and nights on copies of it.

Without gcc, or not on Linux, there is no library to stand between a night and its disk, and the
tests here are skipped.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import Settings
from tests.faults import shim
from tests.faults.compare import differences
from tests.faults.province import Province, copy, make_province
from tests.faults.reader import Reader
from tests.faults.shim import Point
from tests.faults.trials import Bench, leftovers
from tests.faults.warm import Ended, Warm
from tests.support.office import AS_OF, digest

OF_MEMORY = ("memory.", "marts.restatement", "marts.published_figures", "ops.extract_log")
"""Tables that tell editions, and the order in which files came; `marts.extract_log` does not."""

Tell = Callable[[str, str], None]
"""Takes a fault and what came of it, for the table of what was tried."""


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shim.is_available():
        pytest.skip("Linux and gcc are needed to stand between a night and its disk.")
    return shim.build(tmp_path_factory.mktemp("shim"))


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Where there is no disk to wait for, if such a place is known."""
    memory = Path("/dev/shm")  # noqa: S108
    made = Path(tempfile.mkdtemp(prefix="faults-", dir=memory if memory.is_dir() else None))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def warm(library: Path, folder: Path) -> Iterator[Warm]:
    found = Warm(library, folder)
    yield found
    found.close()


@pytest.fixture(scope="session")
def bench(folder: Path, warm: Warm, prepared_dbt: Path) -> Iterator[Bench]:
    """The province before and after its undisturbed night, and a reader."""
    province = make_province(folder / "province", warm, prepared_dbt)
    reader = Reader()
    yield Bench(folder, province, warm, reader)
    reader.close()


@pytest.fixture(scope="session")
def points(bench: Bench) -> list[Point]:
    """The points of the undisturbed night, of the pipeline's own files."""
    return bench.undisturbed()[0]


@pytest.fixture(scope="session")
def province(bench: Bench, points: list[Point]) -> Province:
    return bench.province


@dataclass(frozen=True)
class Night:
    """A copy of the province, for one test.

    Attributes:
        data_dir: The copy.
        warm: Runs commands there.
        province: What it is a copy of.
    """

    data_dir: Path
    warm: Warm
    province: Province

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return Settings(data_dir=self.data_dir, as_of=AS_OF)

    @property
    def is_old(self) -> bool:
        """Whether the edition from before the night is published, byte for byte."""
        old = Settings(data_dir=self.province.before).published
        return digest(self.settings.published) == digest(old)

    def run(self, *arguments: object, **more: Any) -> Ended:
        """Run a command, with one thread: then points come in the same order each time."""
        given = {"QO_THREADS": "1", **more}
        return self.warm.run(self.data_dir, *(arguments or ("nightly",)), **given)

    def unlike(self, *, editions: int = 1) -> list[str]:
        """What differs from the undisturbed night, and what lies about.

        What came out in more editions than one is remembered in more steps: that is not compared.
        """
        after = Settings(data_dir=self.province.after).published
        unlike = differences(after, self.settings.published)
        if editions > 1:
            unlike = [each for each in unlike if not each.startswith(OF_MEMORY)]
        return [*unlike, *leftovers(self.settings)]

    def account(self, source: str, name: str) -> Path:
        """The account of a file."""
        folder = self.settings.raw / source / "accounts"
        [found] = [path for path in folder.glob("*.json") if f'"{name}"' in path.read_text()]
        return found


@pytest.fixture
def night(bench: Bench, points: list[Point]) -> Iterator[Night]:
    """Before the night under trial: an edition is published, and a delivery has come."""
    yield from _copy(bench, bench.province.before)


@pytest.fixture
def day(bench: Bench, points: list[Point]) -> Iterator[Night]:
    """After that night: it is published, and nothing is new."""
    yield from _copy(bench, bench.province.after)


def _copy(bench: Bench, source: Path) -> Iterator[Night]:
    data_dir = bench.folder / "dữ liệu 'QO'"
    copy(source, data_dir)
    yield Night(data_dir, bench.warm, bench.province)
    shutil.rmtree(data_dir)


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Keeps what was tried for the table."""

    def keep(fault: str, outcome: str) -> None:
        record_property("fault", fault)
        record_property("outcome", outcome)

    return keep
