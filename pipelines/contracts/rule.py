"""The shape of one column's rule in a contract; whether it suits the dataset is for `checks`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str | int | float) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
"""One text or a list of texts."""

Labels = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"[^\s:]")], ...], BeforeValidator(_one_or_many)
]
"""The same, none of them blank."""


class ColumnRule(BaseModel):
    """How one canonical column gets its values.

    Attributes:
        headers: Headers of the file, the one to prefer first; none means the Vietnamese header.
        formats: Date formats (strptime) to try first, in order.
        values: For categories and yes-or-no columns, code -> labels beside the known ones.
        required: The column must exist, and each row must have a readable value.
        constant: A value for every row, instead of a column of the file.
        from_: A date column to derive from (`from` in YAML): `present` where it has a value.
        present: Code where that date is there.
        absent: Code where it is not.
        time_headers: Headers of a column that holds its time of day, where the file parts the two.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    headers: Labels = ()
    formats: Labels = ()
    values: Mapping[str, Labels] = {}
    required: bool = False
    constant: str | None = None
    from_: str | None = Field(default=None, alias="from")
    present: str | None = None
    absent: str | None = None
    time_headers: Labels = ()

    @property
    def is_read(self) -> bool:
        """Whether the values come from a column of the file."""
        return self.constant is None and self.from_ is None
