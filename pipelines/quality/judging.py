"""What the library says about the expectations of one pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipelines.quality.library import YES_OR_NO, Answer, member, validate
from pipelines.quality.passes import Pass, Rule

if TYPE_CHECKING:
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.expectations.expectation import Expectation as Member

_COLUMNS_OF_TABLE = "expect_table_columns_"
_HOLDS: Answer = {"success": True, "result": {}}


def judge(
    source: SQLDatasource, batch: str, those: Pass, idle: Collection[str], sample_size: int
) -> Iterator[tuple[str, Answer]]:
    """Per expectation its answer, or the reason why there is none.

    Samples take several queries per expectation, so they are asked for in a second step and only
    where something failed, or where a share is of interest because some is tolerated.

    Args:
        source: The library.
        batch: The name there of the rows to be judged.
        those: The expectations.
        idle: Those that hold since there are no rows to break them, as long as they can be made.
        sample_size: How many failing rows to name at most.
    """
    members = {rule.id: _member(rule) for rule in those.rules}
    settled = {name for name in idle if not isinstance(members.get(name, ""), str)}
    yield from ((name, _HOLDS) for name in settled)
    plain = {rule.id for rule in those.rules if _is_plain(rule)} - settled
    for name, answer in validate(source, batch, _only(members, plain), YES_OR_NO):
        if isinstance(answer, str) or answer["success"]:
            settled.add(name)
            yield name, answer
    rest = _only(members, members.keys() - settled)
    yield from validate(source, batch, rest, _detailed(those, sample_size))


def _only(members: Mapping[str, Member | str], names: Collection[str]) -> dict[str, Member | str]:
    return {name: made for name, made in members.items() if name in names}


def _is_plain(rule: Rule) -> bool:
    """Whether nothing more is of interest once it has passed; an aggregate's value would be."""
    kind, arguments = rule.expectation.type, rule.expectation.kwargs
    is_strict = rule.expectation.is_row_wise and "mostly" not in arguments
    return is_strict or kind.startswith(_COLUMNS_OF_TABLE)


def _detailed(those: Pass, sample_size: int) -> dict[str, Any]:
    return {
        "result_format": "SUMMARY",
        "unexpected_index_column_names": list(those.rules[0].suite.keys),
        "partial_unexpected_count": sample_size,
    }


def _member(rule: Rule) -> Member | str:
    return member(rule.id, rule.expectation.type, rule.expectation.kwargs)
