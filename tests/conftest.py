"""What is costly and shared by all tests: dbt's parsed project, and one run on the samples.

Data directories are made from here so that no test parses the dbt project again. Whoever changes
an office works on one of their own, or on a copy.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from pipelines.settings import PROJECT_DIR, Settings
from tests.support.office import AS_OF, Finished, Office, Running

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling


# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@dataclass(frozen=True)
class Published:
    """An office after a run; not to be changed."""

    office: Office
    run: Finished


@pytest.fixture(scope="session")
def prepared_dbt() -> Path:
    """The folder `.dbt` of a data directory, with the project parsed; for all processes at once."""
    from pipelines.warehouse.transform import prepare

    settings = Settings(data_dir=PROJECT_DIR / "build" / "tests")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        prepare(settings)
    return settings.dbt_target


@pytest.fixture(scope="session")
def open_office(
    tmp_path_factory: pytest.TempPathFactory, prepared_dbt: Path
) -> Callable[..., Office]:
    """Makes empty data directories in which dbt's project is parsed already."""

    def make(name: str = "office", as_of: date = AS_OF) -> Office:
        # A space, an apostrophe and letters beyond ASCII, as real paths have them.
        office = Office(tmp_path_factory.mktemp(name) / "dữ liệu 'QO'", as_of)
        shutil.copytree(prepared_dbt, office.settings.dbt_target)
        return office

    return make


@pytest.fixture(scope="session")
def samples_at_work(open_office: Callable[..., Office]) -> Iterator[tuple[Office, Running]]:
    """The run on the shipped samples, started: other work may go on beside it."""
    office = open_office("samples")
    shutil.copytree(PROJECT_DIR / "data" / "landing", office.settings.landing)
    running = office.start("nightly")
    yield office, running
    running.stop()


@pytest.fixture(scope="session")
def published_samples(samples_at_work: tuple[Office, Running]) -> Published:
    """The shipped samples, published as of the last day of their year; for reading only."""
    office, running = samples_at_work
    return Published(office, running.wait())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Keep a folder's tests in one process: they share what was costly to make.

    Where the work is to be shared out all the same, the command line says `--dist worksteal`.
    """
    if config.getoption("dist") == "worksteal":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByFolder(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid.partition("::")[0].rpartition("/")[0]

    return ByFolder(config, log)
