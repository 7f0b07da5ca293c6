"""The script of the process that reads workbooks and Parquet files (see `isolation.py`).

It takes one question per line on its standard input and answers each with one line; tables go
through files in Arrow's format. It imports nothing of this project.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import polars.selectors as cs


def main() -> None:
    """Answer questions until the input ends."""
    _bound_memory(int(sys.argv[1]))
    for line in sys.stdin:
        question = json.loads(line)
        sys.stdout.write(json.dumps(_answer(question.pop("task"), question)) + "\n")
        sys.stdout.flush()


def _bound_memory(more: int) -> None:
    """Allow `more` bytes beyond what is mapped by now, where the system can tell and can bound."""
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        bound = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (bound, bound))


def _answer(task: str, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": _TASKS[task](**arguments)}
    except OSError as error:
        return {"errno": error.errno, "error": str(error)}
    except (
        fastexcel.FastExcelError,
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
        MemoryError,
        ValueError,
    ) as error:
        return {"error": (str(error).splitlines() or ["out of memory"])[0]}
    except BaseException as error:
        # Every compiled library has a class of its own for its panics, and exports none.
        if type(error).__name__ != pl.exceptions.PanicException.__name__:
            raise
        return {"error": "it is damaged in a way that its reader did not expect"}


def copy_sheets(path: str, sheet: str | None, folder: str) -> dict[str, Any]:
    """Copy the sheets of a workbook, or the one asked for, each into a file of the folder."""
    workbook = fastexcel.read_excel(path)
    names = workbook.sheet_names
    wanted = [name for name in names if sheet in (None, name)]
    files = {name: _copy_sheet(workbook, name, folder) for name in wanted}
    return {"names": names, "files": files}


def _copy_sheet(workbook: fastexcel.ExcelReader, name: str, folder: str) -> str:
    """Every cell from A1 on, so that places in the copy are places in Excel."""
    # Without skip_rows=0 leading blank rows vanish, and with them the row numbers of Excel.
    sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    columns = sheet.to_polars().get_columns()
    first = sheet.available_columns()[0].absolute_index if columns else 0
    blank = [pl.Series([None], dtype=pl.String).new_from_index(0, sheet.height)] * first
    placed = [column.alias(str(place)) for place, column in enumerate([*blank, *columns])]
    copy = Path(folder, f"sheet-{workbook.sheet_names.index(name)}.arrow")
    pl.DataFrame(placed).write_ipc(copy)
    return str(copy)


def describe_parquet(path: str) -> dict[str, Any]:
    """The names of the columns that hold single values, and how many rows the file claims."""
    lazy = pl.scan_parquet(path, glob=False)
    names = [name for name, dtype in lazy.collect_schema().items() if not dtype.is_nested()]
    return {"names": names, "rows": lazy.select(pl.len()).collect().item()}


def copy_parquet(path: str, names: list[str], start: int, rows: int, copy: str) -> None:
    """Copy some rows as text: dates and times in ISO form, whole floats without their `.0`."""
    columns = (
        pl.scan_parquet(path, glob=False)
        .slice(start, rows)
        .select(pl.col(name).alias(str(place)) for place, name in enumerate(names))
    )
    columns.select(
        (cs.all() - cs.float() - cs.binary()).cast(pl.String),
        cs.float().cast(pl.String).str.strip_suffix(".0"),
        cs.binary().cast(pl.String, strict=False),
    ).sink_ipc(copy)


_TASKS: Mapping[str, Callable[..., Any]] = {
    task.__name__: task for task in (copy_sheets, describe_parquet, copy_parquet)
}


if __name__ == "__main__":
    main()
