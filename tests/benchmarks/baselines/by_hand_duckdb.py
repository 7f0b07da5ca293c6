"""Runs `by_hand.sql` on a list of dossiers: `by_hand_duckdb.py LIST.csv DATABASE`."""

import sys
from pathlib import Path

import duckdb

source, database = sys.argv[1:]
Path(database).unlink(missing_ok=True)
script = Path(__file__).with_name("by_hand.sql").read_text(encoding="utf-8")
with duckdb.connect(database) as connection:
    for statement in connection.extract_statements(script):
        values = {"files": source} if "$files" in statement.query else None
        connection.execute(statement.query, values)
    connection.execute("checkpoint")
