"""The sidecar `<file>.manifest.yml`: what an office says about a file that the file cannot say."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipelines.extracts.faults import RejectedFileError

MANIFEST_SUFFIX = ".manifest.yml"
_NEARLY = re.compile(r"[\dQH-]{4,8}")
"""What may be repeated in a message; anything else may be about a person."""
_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?")


class Period(BaseModel):
    """The days an extract claims to hold, both included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: date = Field(alias="from")
    end: date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.end < self.start:
            raise ValueError(f"it ends on {self.end}, before it begins on {self.start}")
        return self

    @classmethod
    def of(cls, start: date, end: date) -> Period:
        """The days from `start` to `end`."""
        return cls.model_validate({"from": start, "to": end})

    def __str__(self) -> str:
        """First and last day, as people write them here."""
        return f"{self.start:%d/%m/%Y} to {self.end:%d/%m/%Y}"


class Manifest(BaseModel):
    """What the office says about a file, in `<file>.manifest.yml` beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    extracted_on: date | None = None
    period: Period | None = None
    rows: int | None = Field(default=None, ge=0)
    supersedes: str | None = None

    @field_validator("period", mode="before")
    @classmethod
    def _name_to_days(cls, value: object) -> object:
        return value if value is None or isinstance(value, Mapping) else _days_of(str(value))


def parse_manifest(content: bytes, name: str) -> Manifest:
    """Read a manifest.

    Args:
        content: The sidecar's bytes.
        name: Its file name, for the sentence.

    Raises:
        RejectedFileError: It is not YAML, or says something that is not understood.
    """
    try:
        data: Any = yaml.safe_load(content.decode("utf-8-sig"))
        return Manifest.model_validate({} if data is None else data)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the whole'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise RejectedFileError(
            f"The manifest {name} cannot be used ({faults}): it may hold extracted_on, period, "
            "rows and supersedes."
        ) from error
    except yaml.YAMLError as error:
        # Its own sentence shows a piece of the file, which may hold anything.
        mark = getattr(error, "problem_mark", None)
        place = f"look at line {mark.line + 1}, column {mark.column + 1}" if mark else "look at it"
        raise RejectedFileError(f"The manifest {name} is not valid YAML: {place}.") from error
    except ValueError as error:
        # A date that does not exist, which YAML itself stumbles over; values stand behind a colon.
        reason = str(error).partition(":")[0]
        raise RejectedFileError(f"The manifest {name} is not valid YAML: {reason}.") from error


def period_of(name: str) -> tuple[date, date]:
    """First and last day of `2022`, `2022-H1`, `2022-Q1` or `2022-03`.

    Raises:
        ValueError: The name is none of these.
    """
    if not (match := _PERIOD.fullmatch(name.strip())):
        shown = repr(name) if _NEARLY.fullmatch(name) else "it"
        raise ValueError(f"{shown} is not a period such as 2022, 2022-H1, 2022-Q1 or 2022-03")
    year, quarter, half, month = (int(part) if part else None for part in match.groups())
    assert year is not None  # the pattern has it in every form
    first, last = 1, 12
    if quarter:
        first, last = 3 * quarter - 2, 3 * quarter
    elif half:
        first, last = 6 * half - 5, 6 * half
    elif month:
        first = last = month
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _days_of(name: str) -> dict[str, date]:
    start, end = period_of(name)
    return {"from": start, "to": end}
