"""How much a single file may ask for, and why: every bound that guards against hostile files.

The bounds are far above what offices send. Text itself may be of any size, since it streams; what
is bounded is whatever a small file can blow up, and what has to be held in memory whole.
"""

from __future__ import annotations

MIB = 1 << 20

UNPACKED_FREELY = 256 * MIB
"""An archive may unpack to this much whatever its ratio: a month of a province is a tenth of it,
and so much is harmless on disk and in memory alike."""

UNPACK_RATIO = 200
"""Beyond that, bytes out per byte in. Tables of text pack 5 to 50 times, repetitive sheets 100
times; bombs make use of the 1030 times that deflate allows."""

UNPACKED_AT_MOST = 64 * 1024 * MIB
"""And never more than this on disk, whatever the ratio: 300 million dossiers as text."""

MEMBERS = 10_000
"""Files within one archive. A delivery of a year has some hundreds; a workbook, some dozens."""

LINE_BYTES = 16 * MIB
"""One line of text. Rows of real extracts take some hundred bytes, 64 KiB with long remarks; the
delimited reader and the JSON reader hold a line whole."""

ROW_BYTES = 64 * MIB
"""One row of text, whose quoted values may hold line breaks. A row that does not end is one with a
quote too many, and would otherwise take all that follows."""

DOCUMENT_BYTES = 256 * MIB
"""A JSON document, a web page or an XML workbook, whose values are held in memory one by one.
Larger tables travel as csv, Parquet or one JSON record per line."""

TABLE_CELLS = 20_000_000
"""Cells of such a table, gaps and spans filled in: a million rows of 20 columns, 2 GB. A gap of a
billion rows takes only 20 bytes to claim."""

PAGE_DEPTH = 2_000
"""Elements within elements on a web page, tables that lay it out included. Real ones stay below 50;
the time to read grows with the depth of every tag."""

COLUMNS = 16_384
"""Columns of any table: those of Excel."""

READER_MEMORY = 4 * 1024 * MIB
"""What the process that reads workbooks and Parquet files may allocate. A sheet is laid out
densely, 32 bytes a cell and the text: a full one of a million rows and 30 columns fits, one with a
far cell at XFD1048576 does not. Parquet files pass through it in pieces."""

READER_SECONDS = 600
"""How long one file may take there: a workbook of a million rows takes about a minute."""

PARQUET_ROWS_FREELY = 1_000_000
PARQUET_ROWS_PER_BYTE = 2
"""Rows a Parquet file may claim, beyond so many freely: each case has a key of its own, which takes
more than half a byte however well it packs, and a billion equal rows take none."""
