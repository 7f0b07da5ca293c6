"""One night of an office whose deliveries hold people everywhere and names meant to do harm.

It runs for a caller who lets everybody read what it makes, in an environment without a network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_DIR
from tests.security import deliveries
from tests.support.office import Finished, Office

NO_NETWORK = PROJECT_DIR / "tests" / "support" / "no_network"
_ALONE = ("unshare", "--net", "--map-root-user")
"""Starts a command in a network of its own, without any way out."""


@dataclass(frozen=True)
class Night:
    """The run, and what it left.

    Attributes:
        office: Its data directory.
        run: How it ended.
        attempts: What reached for a network, a line each.
        home: The caller's home folder.
        scratch: The folder for temporary files.
        is_cut_off: Whether the system had no network either for it, compiled libraries included.
    """

    office: Office
    run: Finished
    attempts: tuple[str, ...]
    home: Path
    scratch: Path
    is_cut_off: bool

    def written(self) -> Iterator[Path]:
        """Every file and folder that is not the office's own."""
        own = (self.office.settings.landing, self.office.settings.contracts)
        for top in (self.office.data_dir, self.home, self.scratch):
            for path in sorted(top.rglob("*")):
                if not any(path.is_relative_to(folder) for folder in own):
                    yield path


def can_be_alone() -> bool:
    """Whether this system lets us start commands without a network."""
    if shutil.which(_ALONE[0]) is None:
        return False
    return subprocess.run([*_ALONE, "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def night(open_office: Callable[..., Office], tmp_path_factory: pytest.TempPathFactory) -> Night:
    office = open_office("hostile")
    deliveries.deliver(office)
    for path in (office.settings.dbt_target, *office.settings.dbt_target.rglob("*")):
        path.chmod(0o750 if path.is_dir() else 0o640)
    place = tmp_path_factory.mktemp("caller")
    home, scratch, attempts = (place / name for name in ("home", "scratch", "attempts"))
    home.mkdir()
    scratch.mkdir()
    is_cut_off = can_be_alone()
    before = os.umask(0)
    try:
        running = office.start(
            "nightly",
            under=_ALONE if is_cut_off else (),
            PYTHONPATH=os.pathsep.join([str(NO_NETWORK), str(PROJECT_DIR)]),
            NETWORK_ATTEMPTS=str(attempts),
            HOME=str(home),
            TMPDIR=str(scratch),
        )
    finally:
        os.umask(before)
    run = running.wait()
    reached = attempts.read_text(encoding="utf-8") if attempts.exists() else ""
    return Night(office, run, tuple(reached.splitlines()), home, scratch, is_cut_off)
