"""The source contract: how the files of one source become rows of one canonical dataset.

A contract that exists is sound: everything is validated when it is made. What it accepts is asked
here (`headers_of`, `labels_of`, `constant_of`, `date_in`, `accepts`); reading files is not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from pipelines.contracts.checks import Problem, column_problems
from pipelines.contracts.datasets import DATASETS, Dataset
from pipelines.contracts.formats import polars_format, read_name_date
from pipelines.contracts.matching import fold_label
from pipelines.contracts.rule import ColumnRule, Labels, Texts
from pipelines.contracts.vocabulary import (
    Constant,
    accepted_headers,
    accepted_labels,
    constant_value,
)


class Contract(BaseModel):
    """One source's contract.

    Attributes:
        source: Folder under landing/, and the name of the contract's file.
        dataset: Canonical dataset that it feeds.
        files: Globs on the name, with or without its folders; case and a last .gz do not matter.
        mode: What an extract claims to hold: everything, the changes, or one period.
        extracted_on: Regex with one group, the date in the file name; without it, a manifest says.
        cadence: How often an extract is expected.
        timezone: Zone of values without an offset; those with one are converted to it.
        precision: How deadlines are compared.
        null_values: Texts that mean "no value", beside the built-in ones.
        sheet: The sheet of a workbook to read; none means the one whose header matches.
        columns: Canonical column -> rule. Columns of the file beyond these are not stored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    source: str
    dataset: str
    files: Labels = ("*",)
    mode: Literal["full", "changes", "period"] = "full"
    extracted_on: str | None = None
    cadence: Literal["daily", "weekly", "monthly", "yearly", "once"] = "daily"
    timezone: str = "Asia/Ho_Chi_Minh"
    precision: Literal["date", "timestamp"] = "date"
    null_values: Texts = ()
    sheet: str | None = None
    columns: Mapping[str, ColumnRule]

    @field_validator("source")
    @classmethod
    def _check_source(cls, source: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", source):
            raise _say(f"{source!r} is no folder name of letters, digits, - and _")
        return source

    @field_validator("dataset")
    @classmethod
    def _check_dataset(cls, dataset: str) -> str:
        if dataset not in DATASETS:
            raise _say(f"there is no dataset {dataset!r}; known ones are {', '.join(DATASETS)}")
        return dataset

    @field_validator("timezone")
    @classmethod
    def _check_timezone(cls, timezone: str) -> str:
        try:
            ZoneInfo(timezone)
        except (KeyError, ValueError, OSError) as error:
            reason = f"{timezone!r} is no time zone; give a name like Asia/Ho_Chi_Minh"
            raise _say(reason) from error
        return timezone

    @field_validator("extracted_on")
    @classmethod
    def _check_extracted_on(cls, pattern: str | None) -> str | None:
        try:
            groups = re.compile(pattern or "()").groups
        except re.error as error:
            raise _say(f"{pattern!r} is not a regular expression: {error}") from error
        if groups != 1:
            raise _say(f"{pattern!r} has {groups} groups; put exactly one around the date")
        return pattern

    @field_validator("columns", mode="wrap")
    @classmethod
    def _check_columns(
        cls, value: object, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Mapping[str, ColumnRule]:
        rules, faults = _well_shaped(value, handler)
        dataset = DATASETS.get(info.data.get("dataset", ""))
        if dataset is not None and isinstance(value, Mapping):
            zone = ZoneInfo(info.data.get("timezone", "UTC"))
            faults += _line_errors(column_problems(dataset, rules, list(value), zone))
        if faults:
            raise ValidationError.from_exception_data(cls.__name__, faults)
        return rules

    @cached_property
    def data(self) -> Dataset:
        """The dataset that the contract feeds."""
        return DATASETS[self.dataset]

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of values without an offset."""
        return ZoneInfo(self.timezone)

    @cached_property
    def version(self) -> str:
        """12 hex digits that change whenever the contract or its dataset changes."""
        columns = [{**vars(column), "codes": dict(column.codes)} for column in self.data.columns]
        dataset = {**vars(self.data), "columns": columns}
        meaning = {"contract": self.model_dump(mode="json", by_alias=True), "dataset": dataset}
        text = json.dumps(meaning, sort_keys=True, ensure_ascii=False, default=sorted)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @cached_property
    def columns_read(self) -> tuple[str, ...]:
        """Columns whose values come from the file, in the dataset's order."""
        return tuple(
            column.name
            for column in self.data.columns
            if column.name in self.columns and self.columns[column.name].is_read
        )

    @cached_property
    def columns_required(self) -> tuple[str, ...]:
        """Of the columns read, those in which every row needs a value."""
        return tuple(
            name
            for name in self.columns_read
            if self.columns[name].required or self.data.column(name).is_required
        )

    @cached_property
    def columns_needed(self) -> tuple[str, ...]:
        """Of the columns read, those whose header a file must have.

        Beside the required ones, those that others are derived from: were they merely absent, every
        case would silently count as unfinished.
        """
        origins = {rule.from_ for rule in self.columns.values()}
        return tuple(
            name for name in self.columns_read if name in self.columns_required or name in origins
        )

    def accepts(self, name: str) -> bool:
        """Whether a file of this name, relative to the source's folder, belongs to the source."""
        whole = name.lower().removesuffix(".gz")
        names = {name.lower(), whole, PurePosixPath(whole).name}
        return any(fnmatchcase(each, glob.lower()) for each in names for glob in self.files)

    def date_in(self, name: str) -> date | None:
        """The extract date that a file name carries: 2022-03-31, 20220331 or 31-03-2022.

        Returns:
            None where the contract has no pattern, or the name holds no date or several different
            ones: then a manifest must say which.
        """
        found = re.findall(self.extracted_on, PurePosixPath(name).name) if self.extracted_on else ()
        dates = {day for text in found if (day := read_name_date(text)) is not None}
        return dates.pop() if len(dates) == 1 else None

    def headers_of(self, column: str) -> tuple[str, ...]:
        """Folded headers of a column, the one to prefer first; empty unless it is read."""
        return self._headers.get(column, ())

    def time_headers_of(self, column: str) -> tuple[str, ...]:
        """Folded headers of the column with the time of day of `column`, best first."""
        rule = self.columns.get(column, ColumnRule())
        return tuple(dict.fromkeys(map(fold_label, rule.time_headers)))

    def formats_of(self, column: str) -> tuple[str, ...]:
        """Date formats of a column, as Polars writes them."""
        rule = self.columns.get(column, ColumnRule())
        return tuple(polars_format(pattern) for pattern in rule.formats)

    def labels_of(self, column: str) -> dict[str, str]:
        """Folded label -> code of a category ("true", "false" for yes or no); else empty."""
        rule = self.columns.get(column, ColumnRule())
        return accepted_labels(self.data.column(column), rule)

    def constant_of(self, column: str) -> Constant | None:
        """The typed value that every row gets, if the contract gives one."""
        rule = self.columns.get(column, ColumnRule())
        if rule.constant is None:
            return None
        return constant_value(self.data.column(column), rule, self.zone)

    @cached_property
    def _headers(self) -> dict[str, tuple[str, ...]]:
        return accepted_headers(self.data, self.columns)


def _say(reason: str) -> PydanticCustomError:
    return PydanticCustomError("contract", "{reason}", {"reason": reason})


def _well_shaped(
    value: object, handler: ValidatorFunctionWrapHandler
) -> tuple[Mapping[str, ColumnRule], list[InitErrorDetails]]:
    """The columns whose shape is right, and what is wrong with the others."""
    try:
        return handler(value), []
    except ValidationError as error:
        faults = [
            InitErrorDetails(
                type=PydanticCustomError(fault["type"], "{reason}", {"reason": fault["msg"]}),
                loc=fault["loc"],
                input=fault["input"],
            )
            for fault in error.errors()
        ]
    if not isinstance(value, Mapping):
        return {}, faults
    misshapen = {fault["loc"][0] for fault in faults}
    return handler({name: rule for name, rule in value.items() if name not in misshapen}), faults


def _line_errors(problems: Iterable[Problem]) -> list[InitErrorDetails]:
    return [
        InitErrorDetails(type=_say(reason), loc=location, input=None)
        for location, reason in problems
    ]
