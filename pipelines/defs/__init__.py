"""Dagster glue, one file per stage; the thinking is in plain functions elsewhere.

A file here holds either bare definitions or one function marked `@dg.definitions`, never both:
with both, Dagster silently drops the bare ones. A test holds the list of everything defined.
"""
