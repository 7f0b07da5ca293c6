"""Invented extracts for every source, as a province's offices would deliver them.

Everything written here is made up and a pure function of a seed: no clock, no process state, no
library's random generator. What the extracts look like is decided here; how extracts are read is
none of this package's business.
"""
