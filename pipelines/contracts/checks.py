"""What makes a contract sound: every rule that needs to know the dataset it feeds.

Shapes and types of the YAML are the models' business. Here each function yields problems, a problem
being the key path below `columns` and a sentence, so that a person sees all of them at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from zoneinfo import ZoneInfo

from pipelines.contracts.datasets import Column, Dataset
from pipelines.contracts.formats import format_fault
from pipelines.contracts.matching import fold_label
from pipelines.contracts.rule import ColumnRule
from pipelines.contracts.vocabulary import codes_of, constant_value

Problem = tuple[tuple[str, ...], str]

# What a date format of a column of this type has to tell.
_DATE_PARTS = {
    "instant": ("year", "month", "day"),
    "date": ("year", "month", "day"),
    "month": ("year", "month"),
}


def column_problems(
    dataset: Dataset, rules: Mapping[str, ColumnRule], named: Collection[str], zone: ZoneInfo
) -> Iterator[Problem]:
    """Every problem of a contract's columns.

    Args:
        dataset: The dataset that the contract feeds.
        rules: The columns whose shape is right.
        named: All columns that the contract names, misshapen ones too.
        zone: The contract's time zone.
    """
    known = {column.name: column for column in dataset.columns}
    for name in named:
        if name not in known:
            yield (name,), f"{dataset.name} has no such column; known ones are {', '.join(known)}"
    for column in dataset.columns:
        if column.is_required and column.name not in named:
            yield (column.name,), f"is missing, and {dataset.name} cannot do without it"
    for name in (name for name in known if name in rules):
        yield from _rule_problems(known[name], rules[name], zone)
        yield from _derivation_problems(known, rules, name)
    yield from _shared_headers({name: rule for name, rule in rules.items() if name in known})


def _rule_problems(column: Column, rule: ColumnRule, zone: ZoneInfo) -> Iterator[Problem]:
    name = column.name
    if not rule.is_read and (rule.headers or rule.formats or (rule.from_ and rule.constant)):
        yield (name,), "takes its values from headers, a constant or another column: give only one"
    if rule.values and not codes_of(column):
        yield (name, "values"), f"{name} is not a category: its values are taken as they are"
    elif codes_of(column):
        yield from _label_problems(column, rule)
    if rule.time_headers and (column.type != "instant" or not rule.is_read):
        yield (name, "time_headers"), f"{name} is not read from the file as a date with a time"
    if rule.formats and column.type not in _DATE_PARTS:
        yield (name, "formats"), f"{name} holds no dates"
    for pattern in rule.formats:
        if fault := format_fault(pattern, _DATE_PARTS.get(column.type, ())):
            yield (name, "formats"), f"{pattern!r} {fault}"
    if rule.constant is not None:
        try:
            constant_value(column, rule, zone)
        except ValueError as error:
            yield (name, "constant"), f"{rule.constant!r} is no value of {name}: {error}"


def _label_problems(column: Column, rule: ColumnRule) -> Iterator[Problem]:
    codes: dict[str, set[str]] = defaultdict(set)
    for code, labels in rule.values.items():
        if code not in codes_of(column):
            known = ", ".join(codes_of(column))
            yield (column.name, "values", code), f"is no code of {column.name}; known: {known}"
        for label in labels:
            codes[fold_label(label)].add(code)
    for label, owners in codes.items():
        if len(owners) > 1:
            reason = f"the label {label!r} stands for {' and '.join(sorted(owners))}"
            yield (column.name, "values"), reason


def _derivation_problems(
    known: Mapping[str, Column], rules: Mapping[str, ColumnRule], name: str
) -> Iterator[Problem]:
    rule, codes = rules[name], codes_of(known[name])
    if rule.from_ is None:
        if rule.present is not None or rule.absent is not None:
            yield (name, "from"), "is missing, though present and absent are given"
        return
    if not codes:
        yield (name, "from"), f"{name} is not a category and cannot be derived"
    elif wrong := [code for code in (rule.present, rule.absent) if code not in codes]:
        reason = f"present and absent must be codes of {name} ({', '.join(codes)}), not {wrong[0]}"
        yield (name, "from"), reason
    origin = rules.get(rule.from_)
    if rule.from_ not in known or known[rule.from_].type not in {"instant", "date"}:
        yield (name, "from"), f"{rule.from_} is not a date column of the dataset"
    elif origin is not None and not origin.is_read:
        yield (name, "from"), f"{rule.from_} is not read from the file"
    elif origin is None:
        yield (name, "from"), f"{rule.from_} is not among the columns of this contract"


def _shared_headers(rules: Mapping[str, ColumnRule]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for name, rule in rules.items():
        for header in dict.fromkeys(map(fold_label, rule.headers)):
            if (owner := owners.setdefault(header, name)) != name:
                yield (name, "headers"), f"the header {header!r} is already listed for {owner}"
