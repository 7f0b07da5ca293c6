"""dbt in this process, on a small project: parsed once, released after use, faults in words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import RunError
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.warehouse import transform
from pipelines.warehouse.connect import open_build
from pipelines.warehouse.transform import build, prepare

PROJECT = {
    "dbt_project.yml": "{name: tiny, version: '1.0', profile: tiny, model-paths: [models]}",
    "profiles.yml": """
        tiny:
          target: build
          outputs:
            build: {type: duckdb, path: "{{ env_var('BUILD_DATABASE_PATH') }}", schema: marts}
        """,
    "models/one.sql": "select 1 as n, current_setting('TimeZone') as zone",
    "models/two.sql": "select n + 1 as n from {{ ref('one') }}",
    "models/_models.yml": """
        models:
          - name: one
            columns: [{name: n, data_tests: [{accepted_values: {arguments: {values: [1]}}}]}]
        """,
}


READ = """
import duckdb, json, sys
with duckdb.connect(sys.argv[1]) as con:
    print(json.dumps(con.execute(sys.argv[2]).fetchall()))
"""


class TinySettings(Settings):
    """Settings with a project of the test's own."""

    project: Path

    @property
    def dbt_project(self) -> Path:
        return self.project


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> TinySettings:
    """A project that was parsed once, and the data directory that it was parsed for."""
    folder = tmp_path_factory.mktemp("tiny")
    for name, text in PROJECT.items():
        path = folder / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    settings = TinySettings(data_dir=folder / "first data", project=folder / "project")
    prepare(settings)
    return settings


@pytest.fixture
def tiny(parsed: TinySettings, tmp_path: Path) -> Iterator[TinySettings]:
    """The same project, not parsed again, for a data directory of the test's own."""
    settings = parsed.model_copy(update={"data_dir": tmp_path / "data", "lock_wait": 0.0})
    shutil.copytree(parsed.dbt_target, settings.dbt_target)
    yield settings
    for name, text in PROJECT.items():
        (parsed.project / name).write_text(text)


def read(settings: Settings, query: str) -> list[tuple]:
    """Ask from another process: the file has to be free."""
    command = [sys.executable, "-B", "-c", READ, str(settings.build), query]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return [tuple(row) for row in json.loads(answer.stdout)]


def names_of(events: list) -> set[str]:
    return {event.info.name for event in events}


def test_build_releases_the_file_for_others_and_for_itself(tiny):
    for _ in range(2):
        result = build(tiny)
        assert result.failed == ()
        assert {
            node.unique_id: node.status for node in result.nodes if node.resource_type == "model"
        } == {
            "model.tiny.one": "success",
            "model.tiny.two": "success",
        }
        assert read(tiny, "select n from marts.two") == [(2,)]
        with open_build(tiny) as con:
            assert con.execute("select n from marts.two").fetchall() == [(2,)]


def test_connection_settings_reach_dbt(tiny):
    build(tiny.model_copy(update={"threads": 1}), select=["one"])
    with open_build(tiny) as con:
        con.execute("create table answer as select * from marts.one")
    with duckdb.connect(tiny.build, read_only=True) as con:
        assert con.execute("select zone from answer").fetchall() == [("Asia/Ho_Chi_Minh",)]


def test_unchanged_project_is_not_parsed_for_another_data_directory(tiny):
    events: list = []
    before = (tiny.dbt_target / "manifest.json").stat().st_mtime_ns
    build(tiny, select=["one"], on_event=events.append)
    assert (tiny.dbt_target / "manifest.json").stat().st_mtime_ns == before
    assert "ParsePerfInfoPath" not in names_of(events)
    assert "LogModelResult" in names_of(events)


def test_build_wakes_no_module_that_others_put_off(tiny):
    (tiny.data_dir / "put_off.py").write_text("")
    program = """
import sys
from importlib.util import LazyLoader, find_spec, module_from_spec
from pathlib import Path
from tests.unit.warehouse.test_warehouse_transform import TinySettings, build
data_dir, project = map(Path, sys.argv[1:])
sys.path.append(str(data_dir))
spec = find_spec("put_off")
spec.loader = LazyLoader(spec.loader)
sys.modules["put_off"] = module_from_spec(spec)
spec.loader.exec_module(sys.modules["put_off"])
assert not build(TinySettings(data_dir=data_dir, project=project)).failed
print(type(sys.modules["put_off"]).__name__)
"""
    done = subprocess.run(
        [sys.executable, "-B", "-c", program, str(tiny.data_dir), str(tiny.project)],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "_LazyModule"


def test_changed_model_is_parsed_and_nothing_else_is(tiny, monkeypatch):
    invoke, events = transform.invoke, []
    monkeypatch.setattr(
        transform, "invoke", lambda *a, **k: invoke(*a, **(k | {"on_event": events.append}))
    )
    (tiny.project / "models" / "two.sql").write_text("select n + 2 as n from {{ ref('one') }}")
    (tiny.dbt_target / "parse-killed").mkdir()
    prepare(tiny)
    assert [*tiny.dbt_target.glob("parse-*")] == []
    messages = [
        e.info.msg for e in events if e.info.name.startswith(("Partial", "UnableToPartial"))
    ]
    assert messages
    assert "0 files deleted, 0 files added, 1 files changed" in messages[0]
    assert build(tiny).failed == ()
    assert read(tiny, "select n from marts.two") == [(3,)]


def test_failing_test_is_reported_and_its_children_are_skipped(tiny):
    (tiny.project / "models" / "one.sql").write_text("select 5 as n, 'x' as zone")
    result = build(tiny)
    (failed,) = result.failed
    assert (failed.resource_type, failed.status, failed.failures) == ("test", "fail", 1)
    assert {n.unique_id: n.status for n in result.nodes}["model.tiny.two"] == "skipped"
    assert read(tiny, "select n from marts.one") == [(5,)]


def test_model_that_raises_releases_the_file(tiny):
    (tiny.project / "models" / "one.sql").write_text("select * from no_such_table")
    with open_build(tiny) as con:
        con.execute("create table kept as select 1 as n")
    result = build(tiny)
    assert [node.status for node in result.failed] == ["error"]
    assert "no_such_table" in str(result.failed[0].message)
    assert read(tiny, "select n from kept") == [(1,)]


def test_project_that_cannot_be_parsed(tiny):
    (tiny.project / "models" / "one.sql").write_text("select * from {{ ref('no_such') }}")
    with pytest.raises(RunError, match=r"(?s)dbt parse failed: .*no_such'"):
        build(tiny)
    (tiny.project / "models" / "one.sql").write_text(PROJECT["models/one.sql"])
    assert build(tiny).failed == ()


def test_environment_is_left_as_it_was(tiny, monkeypatch):
    monkeypatch.setenv("BUILD_DATABASE_PATH", "mine")
    build(tiny, exclude=["two"])
    assert os.environ["BUILD_DATABASE_PATH"] == "mine"
