"""Headers of several levels, and what is said of columns that were renamed or are not there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.layout.headers import HeaderMatch, HeaderMatcher
from pipelines.extracts.layout.levels import labels_of
from tests.unit.extracts.whole import account, read_table

Rows = Sequence[Sequence[str | None]]
COLUMNS = {
    "dossier_id": {},
    "received_at": {"headers": ["Ngày nhận", "Tiếp nhận Ngày"]},
    "due_at": {"headers": ["Hẹn trả Ngày"]},
    "status": {},
}


@pytest.fixture
def matcher(make_contract: Callable[..., Contract]) -> HeaderMatcher:
    return HeaderMatcher(make_contract(columns=COLUMNS))


def found(matcher: HeaderMatcher, rows: Rows) -> tuple[int, HeaderMatch]:
    result = matcher.find(rows)
    assert result is not None
    return result


def test_lower_labels_count_beside_labels_merged_downwards(matcher: HeaderMatcher) -> None:
    rows = [
        ["DANH SÁCH HỒ SƠ", None, None, None],
        ["STT", "Mã hồ sơ", "Thời gian", None, "Trạng thái"],
        [None, None, "Ngày nhận", "Ngày hẹn", None],
        ["1", "a", "01/03/2022", None, "Đang xử lý"],
    ]
    place, match = found(matcher, rows)
    assert place == 2
    assert match.positions == {"dossier_id": (1,), "received_at": (2,), "status": (4,)}
    assert match.ignored == ("STT", "Thời gian / Ngày hẹn")
    assert match.levels == (
        ("STT", "Mã hồ sơ", "Thời gian", "", "Trạng thái"),
        ("", "", "Ngày nhận", "Ngày hẹn", ""),
    )


def test_a_label_with_its_upper_one_tells_like_labels_apart(matcher: HeaderMatcher) -> None:
    rows = [
        ["Mã hồ sơ", "Tiếp nhận", "", "Hẹn trả", "", "Trạng thái"],
        ["", "Ngày", "Giờ", "Ngày", "Giờ", ""],
    ]
    place, match = found(matcher, rows)
    assert (place, match.missing) == (1, ())
    assert match.positions["received_at"] == (1,)
    assert match.positions["due_at"] == (3,)
    assert match.headers[4] == "Hẹn trả / Giờ"


def test_a_row_that_divides_merged_headers_belongs_to_the_header(matcher: HeaderMatcher) -> None:
    rows = [
        ["Mã hồ sơ", "Ngày nhận", "Trạng thái", "Kết quả", "", "Ghi chú"],
        ["", "", "", "Đúng hạn", "Trễ hạn", ""],
        ["a", "01/03/2022", "Đang xử lý", "x", "", ""],
    ]
    assert found(matcher, rows)[0] == 1


@pytest.mark.parametrize(
    "below",
    [
        pytest.param(["I", "Sở, ban, ngành"], id="title of a group"),
        pytest.param(["", "", "", "3", "4", ""], id="numbers"),
        pytest.param(["a", "01/03/2022", "Đang xử lý", "x", "y"], id="a case"),
    ],
)
def test_other_rows_below_a_header_do_not(matcher: HeaderMatcher, below: Sequence[str]) -> None:
    header = ["Mã hồ sơ", "Ngày nhận", "Trạng thái", "Kết quả", "", "Ghi chú"]
    assert found(matcher, [header, below])[0] == 0


def test_three_levels() -> None:
    labels = labels_of(
        [
            ("Đơn vị", "Tiếp nhận", "", "", "Đã xử lý"),
            ("", "Tổng số", "Trong kỳ", "", "Tổng số"),
            ("", "", "Trực tuyến", "Trực tiếp", ""),
        ]
    )
    assert labels.shown == (
        "Đơn vị",
        "Tiếp nhận / Tổng số",
        "Tiếp nhận / Trong kỳ / Trực tuyến",
        "Tiếp nhận / Trong kỳ / Trực tiếp",
        "Đã xử lý / Tổng số",
    )
    assert labels.names[3] == (
        "trực tiếp",
        "trong kỳ trực tiếp",
        "tiếp nhận trong kỳ trực tiếp",
    )


def test_a_title_above_the_header_is_no_level(matcher: HeaderMatcher) -> None:
    rows = [["DANH SÁCH"], ["Mã hồ sơ", "Ngày nhận", "Trạng thái"], ["a", "b", "c"]]
    place, match = found(matcher, rows)
    assert (place, len(match.levels)) == (1, 1)


def test_a_renamed_column_is_named_with_its_likely_new_header(matcher: HeaderMatcher) -> None:
    match = matcher.match(["Mã hồ sơ", "Ngày nhận HS", "Trạng thái", "Địa chỉ"])
    assert matcher.nearest("received_at", match) == "Ngày nhận HS"
    assert matcher.nearest("due_at", match) is None
    with pytest.raises(RejectedFileError, match="perhaps renamed to 'Ngày nhận HS'"):
        matcher.require_all(match)


def test_the_order_of_columns_does_not_matter(matcher: HeaderMatcher, tmp_path: Path) -> None:
    columns = {"Mã hồ sơ": "a", "Ngày nhận": "01/03/2022", "Trạng thái": "Đang xử lý", "Mới": "x"}
    results = []
    for place, names in enumerate([list(columns), list(reversed(columns))]):
        path = tmp_path / f"{place}.csv"
        rows = [",".join(names), ",".join(columns[name] for name in names)]
        path.write_text("\n".join(rows), "utf-8")
        table = read_table(path, matcher)
        results.append(account(table.frame, matcher.contract, None).accepted)
        assert table.grid.match.ignored == ("Mới",)
    assert results[0].equals(results[1])
    assert results[0].height == 1


def test_headers_beside_a_known_one_are_named(matcher: HeaderMatcher) -> None:
    _, match = found(matcher, [["Mã hồ sơ", "Ngày đến"], ["1", "01/03/2022"]])
    with pytest.raises(RejectedFileError, match=r"headers found are: Mã hồ sơ \| Ngày đến"):
        matcher.require_all(match)


@pytest.mark.parametrize(
    "rows",
    [
        [["Nguyễn Văn A", "046091000123"], ["Trần Thị B", "046091000124"]],
        [["Nguyễn Văn A", "Sở Tư pháp"], ["Trần Thị B", "Sở Nội vụ"]],
        [["Kính gửi ông Nguyễn Văn A", ""], ["", "01/03/2022"]],
    ],
)
def test_a_table_without_headers_keeps_the_values_of_people_to_itself(
    matcher: HeaderMatcher, rows: list[list[str]]
) -> None:
    _, match = found(matcher, rows)
    with pytest.raises(RejectedFileError, match="no row names any column") as refused:
        matcher.require_all(match)
    assert "Nguyễn" not in str(refused.value)
