"""Expands the rules that hold for every dataset into rules about one raw table.

Which columns are required, coded or dated is said once, in the dataset definitions; a template in
`expectations/_every_dataset.yml` says what follows from it. `for_each` names what a template is
repeated for, and placeholders such as `{column}` are filled in its name and in all of its texts.
Everything else in braces, `{batch}` and regular expressions among it, stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pipelines.contracts.datasets import Column, Dataset

LINEAGE = ("_source", "_extract_id", "_extracted_on", "_row_number")

Values = Mapping[str, str | list[str]]


def expand(templates: Mapping[str, Mapping[str, Any]], dataset: Dataset) -> dict[str, Any]:
    """The templates as expectations about one dataset.

    Args:
        templates: Expectations by name as their file gives them, each with an optional `for_each`.
        dataset: The dataset whose raw table they are for.

    Raises:
        ValueError: The `for_each` of a template is unknown.
    """
    expanded = {}
    for name, template in templates.items():
        body = dict(template)
        repeat = FOR_EACH.get(body.pop("for_each", "dataset"))
        if repeat is None:
            raise ValueError(f"{name}.for_each must be one of {', '.join(FOR_EACH)}")
        for values in repeat(dataset):
            filled = {**_dataset_values(dataset), **values}
            expanded[_fill(name, filled)] = _fill(body, filled)
    return expanded


def key_columns(dataset: Dataset) -> list[str]:
    """The columns that name a row of the raw table: its case, then its file and line."""
    return [*dataset.key, "_extract_id", "_row_number"]


def _fill(template: Any, values: Values) -> Any:
    if isinstance(template, Mapping):
        return {key: _fill(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [part for item in template for part in _as_list(_fill(item, values))]
    if not isinstance(template, str):
        return template
    for name, value in values.items():
        placeholder = f"{{{name}}}"
        if isinstance(value, list) and template == placeholder:
            return value
        text = value if isinstance(value, str) else ", ".join(value)
        template = template.replace(placeholder, text)
    return template


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _dataset_values(dataset: Dataset) -> Values:
    names = [column.name for column in dataset.columns]
    texts = [c.name for c in dataset.columns if c.type == "text" and not c.codes]
    return {
        "dataset": dataset.name,
        "columns": [*names, *LINEAGE],
        "key": list(dataset.key),
        "text_columns": texts,
    }


def _for_columns(chosen: Callable[[Column], bool]) -> Callable[[Dataset], list[Values]]:
    def repeat(dataset: Dataset) -> list[Values]:
        return [
            {"column": column.name, "label_vi": column.label_vi, "codes": list(column.codes)}
            for column in dataset.columns
            if chosen(column)
        ]

    return repeat


def _begin(dataset: Dataset) -> list[Values]:
    name = dataset.begins_at
    if name is None:
        return []
    return [{"begin": name, "begin_vi": dataset.column(name).label_vi.lower()}]


def _deadline(dataset: Dataset) -> list[Values]:
    name = dataset.due_at
    if name is None:
        return []
    label = dataset.column(name).label_vi
    return [{**begin, "due": name, "due_vi": label} for begin in _begin(dataset)]


def _completion(dataset: Dataset) -> list[Values]:
    names = dataset.completes_at
    if not names:
        return []
    completed = names[0] if len(names) == 1 else f"coalesce({', '.join(names)})"
    return [{"completed": completed, "completed_vi": dataset.column(names[0]).label_vi}]


def _begin_and_completion(dataset: Dataset) -> list[Values]:
    return [{**begin, **end} for begin in _begin(dataset) for end in _completion(dataset)]


FOR_EACH: Mapping[str, Callable[[Dataset], list[Values]]] = MappingProxyType(
    {
        "dataset": lambda _: [{}],
        "required_column": _for_columns(lambda column: column.is_required),
        "coded_column": _for_columns(lambda column: bool(column.codes)),
        "date_column": _for_columns(lambda column: column.type in {"instant", "date"}),
        "begin": _begin,
        "deadline": _deadline,
        "completion": _completion,
        "begin_and_completion": _begin_and_completion,
    }
)
"""What a template can be repeated for; every entry yields the placeholders of each repetition."""
