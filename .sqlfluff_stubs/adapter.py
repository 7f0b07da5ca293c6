"""What sqlfluff sees as dbt's `adapter`: dispatch finds the default of a macro in its own file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context


@pass_context
def dispatch(context: Context, macro_name: str) -> Callable[..., Any]:
    """The macro `default__<macro_name>` that stands in the calling file."""
    return context[f"default__{macro_name}"]  # type: ignore[no-any-return]
