"""What is wrong with a regular expression that both Python and DuckDB have to understand."""

from __future__ import annotations

import re


def pattern_fault(pattern: str) -> str | None:
    """What is wrong with a pattern, as the end of a sentence that begins with it; None if sound.

    DuckDB's own language (RE2) is the smaller one: what it refuses has no meaning in the models.
    """
    if not pattern.strip():
        return "is blank; leave the key out where nothing is to be judged"
    try:
        re.compile(pattern)
    except re.error as error:
        return f"is not a regular expression: {error}"
    except (RecursionError, OverflowError):
        return "is not a regular expression: it is nested too deeply or repeats too often"
    if not _is_known_to_duckdb(pattern):
        return (
            "is not a regular expression that the warehouse knows: it has no look-around "
            r"((?=...), (?<!...)), no references back (\1, (?P=name)), and repeats up to 1000 times"
        )
    return None


def _is_known_to_duckdb(pattern: str) -> bool:
    import duckdb  # takes a while, and few contracts have a pattern

    with duckdb.connect(":memory:", config={"threads": 1}) as con:
        try:
            con.execute("select regexp_full_match('', ?)", [pattern]).fetchall()
        except duckdb.Error:
            return False
    return True
