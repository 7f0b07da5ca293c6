"""Runs dbt inside this process: prepares its manifest once, builds with it, lets the file go.

Three things are not dbt's habit. The parsed project is used again until the project changes, for
whichever data directory (a path in the profile would make dbt parse everything anew for each). dbt
shares a DuckDB instance that `connect` has opened and configured, so limits and time zone are set
in one place. And the connection that dbt keeps for the life of the process is closed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import RunError
from pipelines.settings import Settings
from pipelines.warehouse.connect import open_build
from pipelines.warehouse.lock import Say

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import EventMsg

BUILD_PATH_VARIABLE = "BUILD_DATABASE_PATH"
"""The environment variable by which the dbt profile names the database."""

_PARSE_PATH = "build.duckdb"
"""What that variable says while parsing: dbt opens nothing then, but hashes the path."""

_PARSING = "parse-"
_RUN_BY = ("dbt-core", "dbt-duckdb", "duckdb")
_IGNORED = {"target", "logs", "dbt_packages", "__pycache__"}
_GOOD = {"success", "pass", "warn", "skipped", "no-op", "partial success"}


@dataclass(frozen=True)
class NodeResult:
    """What became of one model, seed or test.

    Attributes:
        unique_id: dbt's name of the node.
        resource_type: `model`, `seed`, `test`, `unit_test`...
        status: `success`, `error`, `skipped`; of a test `pass`, `warn`, `fail`, `error`.
        message: What dbt says of it, if anything.
        failures: Failing rows of a test.
        seconds: How long it took.
    """

    unique_id: str
    resource_type: str
    status: str
    message: str | None
    failures: int | None
    seconds: float


@dataclass(frozen=True)
class BuildResult:
    """What a dbt build did, node by node in the order they finished."""

    nodes: tuple[NodeResult, ...]

    @property
    def failed(self) -> tuple[NodeResult, ...]:
        """The nodes that stop a publication: errors, and tests that failed."""
        return tuple(node for node in self.nodes if node.status not in _GOOD)


def prepare(settings: Settings) -> Path:
    """Parse the dbt project if it has changed and return the path of its manifest.

    What was parsed for one data directory may be copied to another one.

    Raises:
        RunError: dbt cannot parse the project.
    """
    target = settings.dbt_target
    manifest, parsed, mark = _files(target)
    fingerprint = project_fingerprint(settings)
    is_complete = manifest.exists() and parsed.exists() and mark.exists()
    if is_complete and mark.read_text(encoding="utf-8") == fingerprint:
        return manifest
    target.mkdir(parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    with _parsing_folder(target) as folder:
        fresh_manifest, fresh_parsed, fresh_mark = _files(Path(folder))
        if parsed.exists():
            shutil.copyfile(parsed, fresh_parsed)
        _parse(settings, Path(folder))
        fresh_mark.write_text(fingerprint, encoding="utf-8")
        fresh_parsed.replace(parsed)
        fresh_manifest.replace(manifest)
        fresh_mark.replace(mark)
    return manifest


@contextmanager
def _parsing_folder(target: Path) -> Iterator[str]:
    """A folder to parse in; those of processes that were killed over it are removed.

    A process at work has its folder locked: the UI may parse while a night does.
    """
    for left in target.glob(f"{_PARSING}*"):
        with suppress(FileNotFoundError, BlockingIOError), _locked(left):
            shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=target, prefix=_PARSING) as folder, _locked(Path(folder)):
        yield folder


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock a folder for as long as the process lives; fail if another one has it locked."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def project_fingerprint(settings: Settings) -> str:
    """Changes with every file of the dbt project, its place, and the versions that run it."""
    project = settings.dbt_project
    digest = hashlib.sha256(str(project).encode())
    digest.update(" ".join(version(name) for name in _RUN_BY).encode())
    for path in sorted(project.rglob("*")):
        relative = path.relative_to(project)
        if path.is_file() and not _IGNORED.intersection(relative.parts):
            digest.update(f"\0{relative}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build(
    settings: Settings,
    *,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    full_refresh: bool = False,
    on_event: Callable[[EventMsg], None] | None = None,
    say: Say | None = None,
) -> BuildResult:
    """Build and test the models in the working database.

    Args:
        settings: Names the database, the project and the limits.
        select: dbt selectors; all nodes without.
        exclude: dbt selectors of what to leave out.
        full_refresh: Build incremental models from scratch.
        on_event: Is given every event of dbt, as it happens.
        say: Is told when there is somebody to wait for.

    Raises:
        RunError: dbt could not do its work. A model or a test that failed is no exception: see
            `BuildResult.failed`.
    """
    prepare(settings)
    # Without --no-write-json dbt writes the whole manifest again after every build.
    arguments = ["build", "--no-write-json"]
    arguments += ["--threads", str(settings.threads or os.cpu_count() or 1)]
    arguments += ["--select", *select] if select else []
    arguments += ["--exclude", *exclude] if exclude else []
    arguments += ["--full-refresh"] if full_refresh else []
    with open_build(settings, say=say):
        try:
            result = invoke(
                settings,
                arguments,
                target=settings.dbt_target,
                database=str(settings.build),
                manifest=load_manifest(settings),
                on_event=on_event,
            )
        finally:
            release_database()
    return BuildResult(tuple(_node_result(node) for node in result.results))


def _parse(settings: Settings, target: Path) -> None:
    invoke(settings, ["parse"], target=target, database=_PARSE_PATH)


def invoke(
    settings: Settings,
    arguments: list[str],
    *,
    target: Path,
    database: str,
    manifest: Manifest | None = None,
    on_event: Callable[[EventMsg], None] | None = None,
) -> Any:
    """Run one command of dbt and return its result.

    Args:
        settings: Names the project.
        arguments: The command and what belongs to it.
        target: Where dbt leaves what it makes.
        database: The file it works on.
        manifest: The parsed project; dbt parses it anew without.
        on_event: Is given every event of dbt, as it happens.

    Raises:
        RunError: dbt could not do it.
    """
    from dbt.cli.main import dbtRunner

    _name_no_source_of_flags()
    project = str(settings.dbt_project)
    paths = ["--project-dir", project, "--profiles-dir", project]
    paths += ["--target-path", str(target), "--log-path", str(settings.dbt_target)]
    quiet = ["--no-send-anonymous-usage-stats", "--log-level", "none", "--log-level-file", "info"]
    runner = dbtRunner(manifest=manifest, callbacks=[] if on_event is None else [on_event])
    with _environment({BUILD_PATH_VARIABLE: database}):
        outcome = runner.invoke([*arguments, *paths, *quiet])
    if isinstance(outcome.exception, (KeyboardInterrupt, SystemExit)):
        raise outcome.exception
    if outcome.exception is not None:
        raise RunError(f"dbt {arguments[0]} failed: {outcome.exception}") from outcome.exception
    return outcome.result


def _name_no_source_of_flags() -> None:
    """Spare dbt from looking up who defines each of its flags, which it tells nobody here.

    It walks through the whole stack and all modules for each, which below Dagster takes a second
    and wakes the modules that others put off.
    """
    from dbt_common.behavior_flags import BehaviorFlagRendered

    BehaviorFlagRendered._default_source = staticmethod(lambda: "dbt")  # type: ignore[method-assign]


def release_database() -> None:
    """Close the connection that dbt keeps open behind its adapters, so that others may write."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    manager: Any = DuckDBConnectionManager
    if manager._ENV is not None:
        manager._ENV.close()
    manager.close_all_connections()


def load_manifest(settings: Settings) -> Manifest:
    """A fresh copy for every build: dbt writes into the one it works with."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    _, parsed, _ = _files(settings.dbt_target)
    return Manifest.from_msgpack(parsed.read_bytes(), decoder=extended_mashumuro_decoder)


def _node_result(result: Any) -> NodeResult:
    return NodeResult(
        unique_id=result.node.unique_id,
        resource_type=str(result.node.resource_type),
        status=str(result.status),
        message=result.message,
        failures=result.failures,
        seconds=result.execution_time,
    )


def _files(target: Path) -> tuple[Path, Path, Path]:
    return target / "manifest.json", target / "partial_parse.msgpack", target / "parsed_project"


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
