"""How each measure is defined: the words of the dbt project, as the warehouse itself carries them.

dbt leaves a model's description as the comment of its table or view, so every edition explains its
own figures. The text is Markdown, Vietnamese above a blank line and English below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from pipelines.reports.edition import Edition, Words

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markupsafe import Markup

_COMMENTS_SQL = """
    select table_name[13:] as measure_id, comment
    from (
        select schema_name, view_name as table_name, comment from duckdb_views()
        union all
        select schema_name, table_name, comment from duckdb_tables()
    )
    where schema_name = 'intermediate' and table_name like 'int_measure_%' and comment <> ''
"""


def definitions(edition: Edition) -> Mapping[str, Words]:
    """The definition of each measure in both languages, as Markdown."""
    found = {}
    for row in edition.rows(_COMMENTS_SQL):
        vi, _, en = row["comment"].partition("\n\n")
        found[row["measure_id"]] = Words(vi, en or vi)
    return found


def to_html(markdown: str) -> Markup:
    """Markdown as HTML; HTML inside it is shown as text."""
    from markupsafe import Markup

    # The renderer escapes what it is given.
    return Markup(_renderer().render(markdown))  # noqa: S704


@cache
def _renderer() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})
