"""Text is cut into blocks between rows, wherever quotes and line ends stand."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats import blocks
from pipelines.extracts.formats.blocks import Block, cut


def cut_text(path: Path, text: str, size: int, *, line_end: str = "\n") -> list[Block]:
    path.write_bytes(text.encode())
    return list(cut(path, line_end, 1, size))


def text_of(block: Block) -> str:
    return b"".join(block.texts).decode()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 2, 7, 30, 1_000])
def test_blocks_hold_whole_rows_and_together_the_text(
    tmp_path: Path, size: int, line_end: str
) -> None:
    chance = random.Random(size)
    cells = ("", "a", '"b"', '"c,d"', f'"e{line_end}f"', '"g""h"', f'"{line_end}"', "Đơn vị")
    rows = [",".join(chance.choices(cells, k=3)) + line_end for _ in range(40)]
    text = "".join(rows)
    found = cut_text(tmp_path / "a", f"head{line_end}{text}", size, line_end=line_end[-1])
    assert "".join(map(text_of, found)) == text
    ends = {len("".join(rows[:count]).encode()) for count in range(len(rows) + 1)}
    place, line = 0, 2
    for block in found:
        place += len(text_of(block).encode())
        assert place in ends
        assert (block.first_line, block.lines) == (line, text_of(block).count(line_end[-1]))
        line += block.lines


@pytest.mark.parametrize(
    ("body", "lines"), [("", 0), ("a", 1), ("a\n", 1), ("\n\n", 2), ('a,"b\n', 1), ("a\nb", 2)]
)
def test_the_last_line_counts_with_and_without_an_end(
    tmp_path: Path, body: str, lines: int
) -> None:
    for size in (1, 100):
        found = cut_text(tmp_path / "a", f"head\n{body}", size)
        assert sum(block.lines for block in found) == lines
        assert found


def test_a_text_that_is_cut_off_meanwhile_ends(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"head\n" + b"a,b\n" * 100)
    found = cut(path, "\n", 1, 40)
    first = next(found)
    path.write_bytes(b"head\n")
    assert text_of(first) == "a,b\n" * first.lines
    assert [block.lines for block in found] == [0]


def test_a_row_that_does_not_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "ROW_BYTES", 100)
    text = 'head\na,b\n"a,b\n' + "c,d\n" * 100
    with pytest.raises(RejectedFileError, match="row that begins in line 3 does not end"):
        cut_text(tmp_path / "a", text, 10)


def test_a_line_too_long_for_a_table_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "LINE_BYTES", 20)
    for size in (10, 1_000):
        assert cut_text(tmp_path / "a", "head\n" + "x" * 20 + "\na\n", size)
        with pytest.raises(RejectedFileError, match="Line 3 is longer than"):
            cut_text(tmp_path / "a", "head\na\n" + "x" * 21 + "\nb\n", size)
