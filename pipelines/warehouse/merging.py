"""What the next build of the models has to merge, and which tables it has to build anew.

Models keep what they derived from earlier extracts and merge the rows of new ones, numbered as one
batch. A batch stays open, and grows, until an edition with it is published: a run that died is
simply run again. Everything that is not "new rows of later extracts" makes the tables of the
datasets it touches anew from all raw files: an extract that left or was read again, one that lists
a case of which a later extract was merged already, other units or procedures, other models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import duckdb

from pipelines.contracts.datasets import DATASETS
from pipelines.settings import Settings
from pipelines.warehouse.connect import identifier, literal
from pipelines.warehouse.raw_files import require_rows
from pipelines.warehouse.schemas import raw_columns, show_rows

REFERENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "units": tuple(
            name for name, dataset in DATASETS.items() if "unit_id" in raw_columns(dataset)
        ),
        "procedures": ("dossiers",),
        "deadline_corrections": ("dossiers", "documents", "directives", "programme_tasks"),
    }
)
"""Lists that others are read by, with those others. `raw` has all their rows, in tables."""

MERGED = tuple(name for name in DATASETS if name not in REFERENCES)
"""The datasets whose cases have versions."""

_COUNTS = ("int_counted_periods", "int_measure_counts")
"""What is known of each period, the cases of all datasets together."""

_MODELS = "models"


def settle(con: duckdb.DuckDBPyConnection) -> None:
    """Close the batch: everything pending has been merged, and an edition with it is stamped.

    What is merged from now on has the next number: in later editions, rows with this number or a
    higher one have changed since.
    """
    con.execute("update ops.batch set batch_no = batch_no + 1")
    con.execute("delete from ops.pending")
    for dataset in MERGED:
        show_rows(con, dataset, [])


def plan(settings: Settings, con: duckdb.DuckDBPyConnection, models: str) -> tuple[str, ...]:
    """Bring `ops.pending`, the batch and the raw views up to what has come since.

    Args:
        settings: Names the folder of the raw files.
        con: The working database inside the transaction of a load, which has listed the changes in
            the temporary tables `fresh_extract_log`, `entering_rows` and `leaving_rows`.
        models: Fingerprint of the dbt project.

    Returns:
        The datasets whose tables are built anew.

    Raises:
        UnreadableExtractError: Rows that decide about it cannot be read.
    """
    con.execute("insert into ops.batch select 1 where not exists (from ops.batch)")
    con.execute("delete from ops.pending where extract_id in (select extract_id from leaving_rows)")
    con.execute("insert into ops.pending select extract_id, dataset from entering_rows")
    anew = _outdated(con, models) | set(_late(settings, con))
    for name in REFERENCES:
        show_rows(con, name, _files(settings, con, name, everything=True), copied=True)
    for name in _changed_references(con):
        anew.update(REFERENCES[name])
    anew = {*anew, *_unbuilt(con)} & {*MERGED}
    for dataset in sorted(anew):
        _forget(con, dataset)
    for dataset in MERGED:
        show_rows(con, dataset, _files(settings, con, dataset, everything=False))
    return tuple(sorted(anew))


def _outdated(con: duckdb.DuckDBPyConnection, models: str) -> set[str]:
    """Datasets of extracts that left or changed places; all of them under other models."""
    if _is_other(con, _MODELS, models):
        for schema in ("staging", "intermediate", "marts"):
            con.execute(f"drop schema if exists {schema} cascade")
        return set(MERGED)
    query = """
        select dataset from leaving_rows
        union
        select stored.dataset
        from ops.extract_log as stored
        inner join fresh_extract_log as fresh using (extract_id)
        where stored.status = 'loaded' and stored.arrival_no <> fresh.arrival_no
    """
    return {dataset for (dataset,) in con.execute(query).fetchall()}


def _late(settings: Settings, con: duckdb.DuckDBPyConnection) -> Iterable[str]:
    """Datasets of extracts that list a case of which a later extract has been merged."""
    query = """
        with orders as (
            select *, {'extracted_on': extracted_on, 'arrival_no': arrival_no} as place
            from fresh_extract_log
        )
        select
            entering.dataset,
            list(distinct [entering.source, entering.extract_id]),
            list(distinct [merged.source, merged.extract_id])
        from entering_rows
        inner join orders as entering using (extract_id)
        inner join orders as merged
            on entering.dataset = merged.dataset and entering.place < merged.place
        where
            merged.status = 'loaded'
            and merged.extract_id not in (select extract_id from entering_rows)
        group by entering.dataset
    """
    for dataset, entering, merged in con.execute(query).fetchall():
        if dataset not in MERGED:
            continue
        require_rows(settings, con, ", ".join(literal(name) for _, name in merged))
        if _share_a_case(con, dataset, _paths(settings, entering), _paths(settings, merged)):
            yield dataset


def _share_a_case(
    con: duckdb.DuckDBPyConnection, dataset: str, entering: Sequence[str], merged: Sequence[str]
) -> bool:
    """Whether two sets of files hold a common key, units aside: those may be told by name."""
    key = [identifier(name) for name in DATASETS[dataset].key if name != "unit_id"]
    query = f"""
        select exists (
            from read_parquet(?) as entering
            semi join read_parquet(?) as merged using ({", ".join(key)})
        )
    """
    [(found,)] = con.execute(query, [entering, merged]).fetchall()
    return bool(found)


def _changed_references(con: duckdb.DuckDBPyConnection) -> Iterable[str]:
    """The lists whose current rows are no longer those that the tables were built with."""
    for name in ("units", "procedures"):
        if _is_other(con, name, _fingerprint(con, name)):
            yield name
    query = "select exists (from leaving_rows where dataset = 'deadline_corrections')"
    [(is_taken_back,)] = con.execute(query).fetchall()
    if is_taken_back:
        yield "deadline_corrections"


def _fingerprint(con: duckdb.DuckDBPyConnection, reference: str) -> str:
    """A hash of the newest row of every key."""
    columns = [identifier(column.name) for column in DATASETS[reference].columns]
    query = f"""
        select count(*), sum(hash({", ".join(columns)}))
        from (
            from raw.{identifier(reference)} as rows
            inner join fresh_extract_log as log on rows._extract_id = log.extract_id
            qualify row_number() over (
                partition by {", ".join(map(identifier, DATASETS[reference].key))}
                order by log.extracted_on desc, log.arrival_no desc, rows._row_number desc
            ) = 1
        )
    """
    return "|".join(map(str, con.execute(query).fetchall()[0]))


def _is_other(con: duckdb.DuckDBPyConnection, name: str, fingerprint: str) -> bool:
    """Whether a fingerprint differs from the one that was kept; it is kept from now on."""
    query = "select fingerprint from ops.built_from where name = ?"
    if con.execute(query, [name]).fetchone() == (fingerprint,):
        return False
    con.execute("delete from ops.built_from where name = ?", [name])
    con.execute("insert into ops.built_from values (?, ?)", [name, fingerprint])
    return True


def _unbuilt(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Datasets without a table of versions to merge into."""
    query = "select table_name from duckdb_tables() where schema_name = 'intermediate'"
    built = {name for (name,) in con.execute(query).fetchall()}
    return {dataset for dataset in MERGED if f"int_{dataset}__versions" not in built}


def _forget(con: duckdb.DuckDBPyConnection, dataset: str) -> None:
    """Let all that was derived from a dataset be built anew, from all its extracts.

    What its cases were is forgotten with them, so every period is counted again.
    """
    query = """
        select table_name from duckdb_tables()
        where
            schema_name = 'intermediate'
            and (starts_with(table_name, ?) or list_contains(?, table_name))
    """
    names = [f"int_{dataset}__", [f"int_issues__{dataset}", *_COUNTS]]
    for (table,) in con.execute(query, names).fetchall():
        con.execute(f"drop table intermediate.{identifier(table)}")
    con.execute("delete from ops.pending where dataset = ?", [dataset])
    con.execute(
        """
        insert into ops.pending
        select extract_id, dataset from fresh_extract_log where status = 'loaded' and dataset = ?
        """,
        [dataset],
    )


def _files(
    settings: Settings, con: duckdb.DuckDBPyConnection, dataset: str, *, everything: bool
) -> list[str]:
    query = """
        select [source, extract_id] from fresh_extract_log
        where
            status = 'loaded'
            and dataset = ?
            and (? or extract_id in (select extract_id from ops.pending))
        order by arrival_no
    """
    found = con.execute(query, [dataset, everything]).fetchall()
    return _paths(settings, [names for (names,) in found])


def _paths(settings: Settings, extracts: Iterable[Sequence[str]]) -> list[str]:
    return [str(settings.raw / source / f"{extract_id}.parquet") for source, extract_id in extracts]
