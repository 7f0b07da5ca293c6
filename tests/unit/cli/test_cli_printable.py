"""What is printed is one line where a line is meant, and gives no orders."""

from __future__ import annotations

import io

import pytest
from rich.text import Text

from pipelines.printable import in_utf8, lines, one_line
from pipelines.reports.terminal import console, plain_table, run_output


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hồ sơ 05/2022 – Đã trả (100%)", "Hồ sơ 05/2022 – Đã trả (100%)"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[2J\x07\x9b1m", "\\x1b[2J\\x07\\x9b1m"),
        ("a\u202egnp.exe\u2028b", "a\\u202egnp.exe\\u2028b"),
        ("\udce5", "\\udce5"),
    ],
)
def test_what_a_terminal_would_obey_is_spelled(text, shown):
    assert one_line(text) == shown
    assert lines(f"{text.partition(chr(10))[0]}\nx").endswith("\nx")


def test_bytes_of_a_name_that_are_no_text_are_spelled():
    assert in_utf8(b"v\xe5n b\xc3\xa0n".decode("utf-8", "surrogateescape")) == "v\\xe5n bàn"


def test_a_line_of_a_run_stays_one_line():
    stream = io.StringIO()
    with run_output(stream) as output:
        output.say("rejected: a\nnot published: \x1b[31mforged [/bold] :boom:")
    [line] = stream.getvalue().splitlines()
    assert line.endswith("  rejected: a\\nnot published: \\x1b[31mforged [/bold] :boom:")


def test_tables_show_values_as_they_are():
    stream, table = io.StringIO(), plain_table("a", "b")
    table.add_row("[/bold] [red]x[/red] :boom:", Text("\x1b[2J"))
    console(stream).print(table)
    assert "[/bold] [red]x[/red] :boom:" in stream.getvalue()
    assert "\\x1b[2J" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
