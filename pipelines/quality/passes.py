"""Which rows expectations judge, and which of them are judged in one pass over these rows.

The library counts whatever it judges column by column in one query per batch. Queries that only
pick rows by a condition have no need to read the table one by one either: their faults are counted
in one pass (`queries`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.quality.suites import QUERY, Expectation, Suite
from pipelines.warehouse.connect import identifier

NEWEST_LOAD = """
    select extract_id
    from ops.extract_log
    where status = 'loaded'
    qualify loaded_at = max(loaded_at) over (partition by source)
"""
"""The extracts that the newest load of each source took in."""

_PICKS_ROWS = re.compile(r"\s*select\s+\*\s+from\s+\{batch\}\s+where\b(?P<condition>.+)", re.DOTALL)
_DOES_MORE = re.compile(
    r"\{batch\}|;|\b(group|having|qualify|window|order|limit|offset|union|intersect|except|using)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Rule:
    """One expectation of one suite."""

    suite: Suite
    name: str

    @property
    def id(self) -> str:
        """Its name, unique over all suites."""
        return self.suite.expectation_id(self.name)

    @property
    def expectation(self) -> Expectation:
        """What it says."""
        return self.suite.expectations[self.name]

    @property
    def rows(self) -> str:
        """The query for the rows that it judges."""
        return _select(self.suite, "*", [*self.scope, *self.restriction])

    @property
    def scope(self) -> list[str]:
        """The condition that keeps to the loads that it looks at, if not all."""
        if self.suite.scope_of(self.expectation) == "all":
            return []
        extract_id = "_extract_id" if self.suite.schema_name == "raw" else "extract_id"
        return [f"{extract_id} in ({NEWEST_LOAD})"]

    @property
    def restriction(self) -> list[str]:
        """The condition on the rows that it judges, if it has one."""
        return [] if self.expectation.rows is None else [f"({self.expectation.rows}\n)"]

    @property
    def condition(self) -> str | None:
        """The condition by which its query picks rows, where it does nothing else."""
        if not self.expectation.is_query or self.expectation.sample:
            return None
        found = _PICKS_ROWS.fullmatch(self.expectation.kwargs[QUERY])
        if found is None or _DOES_MORE.search(found["condition"]):
            return None
        return found["condition"] + "\n"

    @property
    def fault(self) -> str | None:
        """What is true of a row at fault, where its query only picks rows by a condition."""
        if self.condition is None:
            return None
        # A restriction that is neither true nor false leaves the row out, as `where` does.
        return " and ".join([*self.restriction, f"({self.condition})"])

    @property
    def looked_at(self) -> str | None:
        """What it looks at in each row, where it judges row by row."""
        if self.expectation.is_row_wise and "column" in self.expectation.kwargs:
            return identifier(str(self.expectation.kwargs["column"]))
        return self.condition


@dataclass(frozen=True)
class Pass:
    """Expectations that are judged together.

    Attributes:
        rows: The query for the rows that they judge.
        rules: The expectations.
    """

    rows: str
    rules: Sequence[Rule]


def passes(rules: Iterable[Rule]) -> list[Pass]:
    """The passes in which the library judges expectations that are no queries."""
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        found[rule.rows].append(rule)
    return [Pass(rows, those) for rows, those in found.items()]


def counting_queries(rules: Iterable[Rule]) -> list[tuple[str, Sequence[Rule]]]:
    """Queries that count the faults of expectations that pick rows by a condition, one pass each.

    The numbers come in the order of the expectations beside the query.
    """
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        found[_select(rule.suite, "*", rule.scope)].append(rule)
    return [
        (_select(those[0].suite, ", ".join(map(_number_of_faults, those)), those[0].scope), those)
        for those in found.values()
    ]


def binding_query(rules: Sequence[Rule]) -> str:
    """A query that DuckDB understands if it understands what rules on one table look at."""
    suite = rules[0].suite
    looked_at = [rule.looked_at for rule in rules if rule.looked_at is not None]
    return _select(suite, ", ".join([*suite.keys, *looked_at]), [])


def _number_of_faults(rule: Rule) -> str:
    return f"count(*) filter (where {rule.fault})"


def _select(suite: Suite, columns: str, conditions: Sequence[str]) -> str:
    query = f"select {columns} from {suite.table}"
    return f"{query} where {' and '.join(conditions)}" if conditions else query
