"""`qo` without its start-up: a process that has imported everything forks one child per command.

Start-up is most of a small night, and thousands of nights are killed here. The process opens no
connection and runs one thread only, so that a child is as good as a fresh one: checked before each
fork. The children run under the library of `shim.py`, as do cold commands.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipelines.settings import PROJECT_DIR
from tests.faults.shim import Orders, obey, set_clock_ahead

AS_OF = date(2022, 12, 31)
IMPORTED = (
    "dagster_dbt",
    "dbt.cli.main",
    "great_expectations",
    "pandas",
    "pipelines.cli",
    "pydantic",
    "rich.console",
    "sqlalchemy.dialects.sqlite",
    "yaml",
)
"""What takes long and starts no thread; DuckDB and Polars do: each child imports them itself."""
_OTHERS_SETTINGS = ("QO_", "DAGSTER_", "DBT_")
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Ended:
    """A command that has ended.

    Attributes:
        status: Its exit status; of a killed one the negative signal.
        said: What it printed, errors too.
        seconds: How long it took.
    """

    status: int
    said: str
    seconds: float

    @property
    def crashed(self) -> bool:
        """Whether an exception went through to the end; Dagster prints some on its way."""
        return "_run_module_as_main" in self.said

    def lines(self, beginning: str) -> list[str]:
        """The lines that begin so, without the time of day before them."""
        spoken = (line.partition("  ")[2] for line in self.said.splitlines())
        return [line for line in spoken if line.startswith(beginning)]


class Warm:
    """The process, as its callers see it."""

    def __init__(self, library: Path, folder: Path) -> None:
        """Start it.

        Args:
            library: The library of `shim.py`.
            folder: For what commands print.
        """
        self._folder = folder
        self._started = 0
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_OTHERS_SETTINGS)}
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", "tests.faults.warm"],
            cwd=PROJECT_DIR,
            env={
                **kept,
                "OPENBLAS_NUM_THREADS": "1",
                "LD_PRELOAD": str(library),
                "PYTHONPATH": str(PROJECT_DIR),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(
        self,
        data_dir: Path,
        *arguments: object,
        orders: Orders | None = None,
        as_of: date = AS_OF,
        clock_ahead: timedelta = timedelta(),
        **settings: str,
    ) -> Running:
        """Start one command.

        Args:
            data_dir: The data directory.
            *arguments: Those of `qo`; or `materialize`, for the job as Dagster's UI starts it.
            orders: What is to happen to it.
            as_of: The as-of date.
            clock_ahead: How far its clock goes ahead of ours.
            **settings: Further settings, such as `QO_LOCK_WAIT`.
        """
        self._started += 1
        said = self._folder / f"said {self._started}.txt"
        environment = {"QO_DATA_DIR": str(data_dir), "QO_AS_OF": as_of.isoformat(), **settings}
        answer = self.tell(
            arguments=[*map(str, arguments)],
            orders=orders.as_json() if orders else None,
            clock_ahead=int(clock_ahead.total_seconds()),
            said=str(said),
            environment=environment,
        )
        return Running(self, answer["child"], said)

    def run(
        self, data_dir: Path, *arguments: object, kill_after: float | None = None, **more: Any
    ) -> Ended:
        """Run one command to its end, or for so many seconds; see `start`."""
        return self.start(data_dir, *arguments, **more).wait(kill_after)

    def tell(self, **question: Any) -> dict[str, Any]:
        """Ask the process something."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


@dataclass(frozen=True)
class Running:
    """A command at work."""

    warm: Warm
    child: int
    said: Path

    def wait(self, kill_after: float | None = None) -> Ended:
        """Wait for its end; kill it after so many seconds."""
        answer = self.warm.tell(wait_for=self.child, kill_after=kill_after)
        said = self.said.read_text(encoding="utf-8") if self.said.exists() else ""
        self.said.unlink(missing_ok=True)
        return Ended(answer["status"], said, answer["seconds"])


def _serve() -> None:
    for name in IMPORTED:
        importlib.import_module(name)
    began: dict[int, float] = {}
    for line in sys.stdin:
        question = json.loads(line)
        if (child := question.get("wait_for")) is not None:
            status = _wait(child, question["kill_after"])
            answer = {"status": status, "seconds": time.monotonic() - began.pop(child)}
        else:
            threads = len([*Path("/proc/self/task").iterdir()])
            assert threads == 1, f"{threads} threads: a fork would not be a fresh process"
            child = os.fork()
            if child == 0:
                _be(question)
                return
            began[child] = time.monotonic()
            answer = {"child": child}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _wait(child: int, seconds: float | None) -> int:
    descriptor = os.pidfd_open(child)
    if not select.select([descriptor], [], [], seconds)[0]:
        # Its own group; in its first moment it has none yet.
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    os.close(descriptor)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _be(question: Mapping[str, Any]) -> None:
    """Be the command, in a process group of its own; ends by `SystemExit`, as a command does."""
    os.setsid()
    os.chdir(Path(question["environment"]["QO_DATA_DIR"]).parent)
    os.environ.update(question["environment"])
    said = os.open(question["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for descriptor, replaced in ((os.open(os.devnull, os.O_RDONLY), 0), (said, 1), (said, 2)):
        os.dup2(descriptor, replaced)
    set_clock_ahead(question["clock_ahead"])
    if question["orders"] is not None:
        obey(question["orders"])
    _command(question["arguments"])


def _command(arguments: Sequence[str]) -> None:
    if arguments == ["materialize"]:
        _materialize()
        return
    from pipelines.cli import main

    main(arguments, prog_name="qo")


def _materialize() -> None:
    """The job as the process does it that Dagster's UI starts for a run."""
    from pipelines.definitions import defs
    from pipelines.defs.instance import open_instance
    from pipelines.defs.jobs import NIGHTLY
    from pipelines.settings import load_settings

    with open_instance(load_settings()) as instance:
        run = (
            defs()
            .resolve_job_def(NIGHTLY)
            .execute_in_process(instance=instance, raise_on_error=False)
        )
    sys.exit(0 if run.success else 1)


if __name__ == "__main__":
    _serve()
