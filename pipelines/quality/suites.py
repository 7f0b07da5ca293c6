"""Expectation suites as data: the model of a suite file and its loader.

One YAML file per table says which expectations hold for it, how grave a failure is and why. This
module reads and validates those files and knows nothing of Great Expectations, so that asset
checks can be declared without the seconds that its import takes. Running them is `run.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from pipelines.contracts.datasets import DATASETS, Dataset
from pipelines.errors import ConfigurationError
from pipelines.quality.files import read_rules
from pipelines.quality.issue_codes import ISSUE_CODES
from pipelines.quality.templates import expand, key_columns

Severity = Literal["critical", "warning", "info"]
Scope = Literal["all", "newest"]
Identifier = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$")]
Sentence = Annotated[str, Field(min_length=3)]

SHARED_FILE = "_every_dataset.yml"
"""Rules that hold for the raw table of every dataset."""

UNEXPECTED_ROWS = "unexpected_rows_expectation"
"""The one type that is a query of its own: every row it returns is a fault."""

QUERY = "unexpected_rows_query"
"""Its only argument."""

OPS_TABLES = frozenset(
    {"extract_log", "rejected_rows", "ingest_issues", "sources", "run", "publication"}
)
MODELLED_SCHEMAS = frozenset({"staging", "intermediate", "marts", "memory"})


class Expectation(BaseModel):
    """One rule about one table.

    Attributes:
        type: The expectation's name in Great Expectations.
        kwargs: Its arguments, as Great Expectations spells them.
        severity: `critical` stops a publication; `warning` and `info` never do.
        issue_code: The code under which the fault is listed in `data_quality_issues`, if it is.
        title_vi: What holds, in Vietnamese.
        title_en: What holds, in English.
        notes: Why, what was observed, what is tolerated and what would be a regression.
        rows: SQL condition on the rows that are judged; all rows of the scope without it.
        scope: Overrides the suite's.
        sample: For queries that return groups instead of rows: the columns to report.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Annotated[str, Field(pattern=rf"^(expect_[a-z_]+|{UNEXPECTED_ROWS})$")]
    kwargs: dict[str, Any]
    severity: Severity
    issue_code: str | None = None
    title_vi: Sentence
    title_en: Sentence
    notes: Annotated[str, Field(min_length=20)]
    rows: Sentence | None = None
    scope: Scope | None = None
    sample: tuple[Identifier, ...] = ()

    @property
    def is_blocking(self) -> bool:
        """Whether a failure stops the publication."""
        return self.severity == "critical"

    @property
    def is_query(self) -> bool:
        """Whether the expectation is a query of its own."""
        return self.type == UNEXPECTED_ROWS

    @property
    def is_row_wise(self) -> bool:
        """Whether the library judges the values of one column, row by row."""
        return self.type.startswith("expect_column_value")

    @field_validator("issue_code")
    @classmethod
    def _code_is_known(cls, value: str | None) -> str | None:
        if value is not None and value not in ISSUE_CODES:
            raise ValueError(f"unknown issue code; known ones are {', '.join(sorted(ISSUE_CODES))}")
        return value

    @model_validator(mode="after")
    def _query_reads_its_batch(self) -> Self:
        if not self.is_query:
            if self.sample:
                raise ValueError(f"'sample' is only for the type {UNEXPECTED_ROWS}")
            return self
        if set(self.kwargs) != {QUERY}:
            raise ValueError(f"kwargs must be '{QUERY}' and nothing else")
        if "{batch}" not in str(self.kwargs[QUERY]):
            raise ValueError("the query must read from {batch}, the rows that are judged")
        return self


class Suite(BaseModel):
    """All expectations about one table.

    Attributes:
        table: `schema.table` in the build database.
        title_vi: The table's Vietnamese name.
        title_en: The table's English name.
        keys: Columns that name a failing row. Nothing else of a row is ever reported.
        scope: `newest`: what the newest load of each source brought; `all`: every row.
        expectations: The rules by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    title_vi: Sentence
    title_en: Sentence
    keys: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    scope: Scope = "all"
    expectations: Annotated[dict[Identifier, Expectation], Field(min_length=1)]

    @property
    def schema_name(self) -> str:
        """The schema part of `table`."""
        return self.table.partition(".")[0]

    @property
    def table_name(self) -> str:
        """The table part of `table`: for raw tables the canonical dataset."""
        return self.table.partition(".")[2]

    def expectation_id(self, name: str) -> str:
        """The stable name of an expectation, unique over all suites, fit for an asset check."""
        return f"{self.table_name}_{name}"

    def scope_of(self, expectation: Expectation) -> Scope:
        """Which loads the expectation looks at."""
        return expectation.scope or self.scope

    @field_validator("table")
    @classmethod
    def _table_is_known(cls, value: str) -> str:
        schema, _, table = value.partition(".")
        known = {"raw": frozenset(DATASETS), "ops": OPS_TABLES}
        is_modelled = schema in MODELLED_SCHEMAS and table.isidentifier() and table.islower()
        if table not in known.get(schema, ()) and not is_modelled:
            raise ValueError(
                "not a table of the warehouse; write raw.<dataset>, ops.<table> or <schema>.<model>"
                f" with a schema of {', '.join(sorted(MODELLED_SCHEMAS))}"
            )
        return value


def load_suites(directory: Path) -> list[Suite]:
    """Read every suite of a directory, in the order of the file names.

    Suites of raw tables also get the rules of `_every_dataset.yml`, before their own; a rule of
    their own replaces the shared one of the same name.

    Args:
        directory: Holds the `*.yml` suite files.

    Raises:
        ConfigurationError: A file is not a valid suite, two suites share a table, or there is no
            suite at all. Every problem of a file is named with its key.
    """
    paths = [path for path in sorted(directory.glob("*.yml")) if path.name != SHARED_FILE]
    if not paths:
        raise ConfigurationError(f"{directory} holds no expectation suite (*.yml).")
    shared_path = directory / SHARED_FILE
    shared = read_rules(shared_path) if shared_path.exists() else {}
    suites = [_load(path, shared) for path in paths]
    _refuse_repeats(directory, suites)
    return suites


def _load(path: Path, shared: Mapping[str, Any]) -> Suite:
    content = read_rules(path)
    schema, _, table = str(content.get("table")).partition(".")
    if schema == "raw" and table in DATASETS:
        content = _completed(content, DATASETS[table], shared.get("expectations", {}))
    try:
        return Suite.model_validate(content)
    except ValidationError as error:
        raise ConfigurationError(_explain(path, error)) from error


def _completed(
    content: Mapping[str, Any], dataset: Dataset, shared: Mapping[str, Any]
) -> dict[str, Any]:
    """A raw table's suite with what the dataset's definition already says."""
    try:
        common = expand(shared, dataset)
    except ValueError as error:
        raise ConfigurationError(f"{SHARED_FILE}: {error}.") from error
    said = {
        "title_vi": dataset.label_vi,
        "title_en": dataset.label_en,
        "keys": key_columns(dataset),
        "scope": "newest",
    }
    return {**said, **content, "expectations": {**common, **content["expectations"]}}


def _explain(path: Path, error: ValidationError) -> str:
    lines = [f"The expectation suite {path.name} is not valid."]
    for problem in error.errors(include_url=False):
        key = ".".join(str(part) for part in problem["loc"] if part != "[key]") or "(file)"
        lines.append(f"{key}: {problem['msg']}.")
    return " ".join(lines)


def _refuse_repeats(directory: Path, suites: list[Suite]) -> None:
    tables = Counter(suite.table for suite in suites)
    ids = Counter(suite.expectation_id(name) for suite in suites for name in suite.expectations)
    repeated = [key for key, count in (tables + ids).items() if count > 1]
    if repeated:
        raise ConfigurationError(
            f"{directory} names {', '.join(repeated)} more than once; every table has one suite "
            "and every expectation a name of its own."
        )
