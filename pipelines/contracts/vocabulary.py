"""Which headers, labels and constants a column of a contract accepts.

Vietnamese labels and codes have one home, `datasets.py`; a contract adds to them. What a contract
lists wins over what it inherits: a label listed under one code no longer means another, and a
header listed for one column no longer names another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from pipelines.contracts.datasets import Column, Dataset
from pipelines.contracts.matching import fold_label
from pipelines.contracts.rule import ColumnRule

Constant = str | int | bool | date | datetime
"""A value for every row, typed as its column stores it; instants are naive local times."""

Value = TypeVar("Value", int, date, datetime)

BOOLEAN_CODES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"true": ("Có", "x", "1"), "false": ("Không", "0")}
)
"""The two codes of every yes-or-no column, with the labels each contract accepts."""


def codes_of(column: Column) -> Mapping[str, tuple[str, ...]]:
    """Code -> labels of a category or yes-or-no column; empty where values are free."""
    return BOOLEAN_CODES if column.type == "bool" else column.codes


def accepted_labels(column: Column, rule: ColumnRule) -> dict[str, str]:
    """Folded label -> code: the codes themselves, their known labels, then what the rule lists."""
    codes = codes_of(column)
    inherited = {fold_label(name): code for code in codes for name in (code, *codes[code])}
    listed = {fold_label(name): code for code, names in rule.values.items() for name in names}
    return inherited | listed


def accepted_headers(
    dataset: Dataset, rules: Mapping[str, ColumnRule]
) -> dict[str, tuple[str, ...]]:
    """Column -> its folded headers, the one to prefer first; empty where the file is not asked.

    A rule that lists headers is taken at its word; one that lists none takes the Vietnamese header.
    The canonical name is always accepted, unless the contract gives it to another column.
    """
    owners = {fold_label(header): name for name, rule in rules.items() for header in rule.headers}
    accepted = {}
    for name, rule in rules.items():
        wanted = (*(rule.headers or (dataset.column(name).label_vi,)), name) if rule.is_read else ()
        folded = dict.fromkeys(fold_label(header) for header in wanted)
        accepted[name] = tuple(header for header in folded if owners.get(header, name) == name)
    return accepted


def constant_value(column: Column, rule: ColumnRule, zone: ZoneInfo) -> Constant:
    """The rule's constant, typed as the column stores it.

    Args:
        column: The canonical column.
        rule: Its rule, which has a constant.
        zone: Zone to which a constant instant with an offset is converted.

    Raises:
        ValueError: The text is no value of the column; the message says what is expected.
    """
    text = (rule.constant or "").strip()
    if codes_of(column):
        code = accepted_labels(column, rule).get(fold_label(text))
        if code is None:
            raise ValueError(f"expected one of {', '.join(codes_of(column))}")
        return code == "true" if column.type == "bool" else code
    return _free_constant(column, text, zone)


def _free_constant(column: Column, text: str, zone: ZoneInfo) -> Constant:
    if column.type == "int":
        return _parse(int, text, "a whole number")
    if column.type == "date":
        return _parse(date.fromisoformat, text, "a date like 2022-01-31")
    if column.type == "instant":
        moment = _parse(datetime.fromisoformat, text, "a date or time like 2022-01-31T08:00")
        return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment
    if column.type == "month" and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise ValueError("expected a month like 2022-01")
    if not text:
        raise ValueError("expected some text")
    return text


def _parse(parser: Callable[[str], Value], text: str, expected: str) -> Value:
    try:
        return parser(text)
    except ValueError as error:
        raise ValueError(f"expected {expected}") from error
