"""A working database that is damaged is set aside; one that is not stays."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.errors import RunError
from pipelines.warehouse.connect import open_build, reading_published
from pipelines.warehouse.damage import set_aside_if_damaged
from pipelines.warehouse.files import wal_of

BLOCK = 262_144
FIRST_BLOCK = 12_288


@pytest.fixture
def filled(settings):
    """Some tables of several blocks."""
    with open_build(settings) as con:
        con.execute("create table rows as select range a, md5(range::varchar) b from range(99999)")
    return settings


def flip_inside(path):
    """In the blocks between the first and the last ones, where the catalogue lies."""
    content = bytearray(path.read_bytes())
    for place in range(FIRST_BLOCK + 3 * BLOCK + 1000, len(content) - 3 * BLOCK, BLOCK):
        content[place] ^= 0xFF
    path.write_bytes(content)


def set_aside(settings, **more):
    said: list[str] = []
    return set_aside_if_damaged(settings, said.append, **more), said


def test_what_is_whole_stays(filled):
    before = filled.build.read_bytes()
    assert set_aside(filled, thoroughly=True) == (False, [])
    assert filled.build.read_bytes() == before


def test_none_is_none(settings):
    assert set_aside(settings) == (False, [])
    assert not settings.build.exists()


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000])
def test_what_cannot_be_opened_is_set_aside_with_its_log(settings, content):
    settings.warehouse_dir.mkdir(parents=True)
    settings.build.write_bytes(content)
    wal_of(settings.build).write_bytes(b"log")
    is_damaged, [sentence] = set_aside(settings)
    aside = settings.build.with_name("build.duckdb.damaged")
    assert is_damaged
    assert str(aside) in sentence
    assert aside.read_bytes() == content
    assert wal_of(aside).read_bytes() == b"log"
    open_build(settings).close()


def test_damage_inside_is_found_by_reading_it_through(filled):
    flip_inside(filled.build)
    assert set_aside(filled) == (False, [])
    is_damaged, [sentence] = set_aside(filled, thoroughly=True)
    assert is_damaged
    assert "main.rows" in sentence
    assert "checksum" in sentence


def test_a_file_that_may_not_be_opened_is_not_called_damaged(settings, monkeypatch):
    open_build(settings).close()

    def refuse(*_: object, **__: object) -> None:
        raise duckdb.IOException('IO Error: Cannot open file "x": Permission denied')

    monkeypatch.setattr("duckdb.connect", refuse)
    with pytest.raises(RunError, match="Permission denied"):
        set_aside(settings)
    assert settings.build.exists()


def test_damage_that_a_report_meets_is_told(filled):
    filled.build.rename(filled.published)
    flip_inside(filled.published)
    with (
        pytest.raises(RunError, match=r"warehouse\.duckdb cannot be read.*`qo rollback`"),
        reading_published(filled) as con,
    ):
        con.execute("select sum(a), max(b) from rows").fetchall()
