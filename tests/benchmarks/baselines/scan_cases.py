"""Reads every value of the table of cases once: `scan_cases.py WAREHOUSE`."""

import sys

import duckdb

with duckdb.connect(sys.argv[1], read_only=True) as connection:
    connection.execute("select max(columns(*)) from marts.fct_dossiers").fetchall()
