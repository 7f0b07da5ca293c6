"""Which column of a file is which, and what is refused by name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.layout.headers import HeaderMatcher
from tests.unit.extracts.whole import read_table

MakeContract = Callable[..., Contract]


@pytest.fixture
def matcher(make_contract: MakeContract) -> HeaderMatcher:
    columns = {
        "dossier_id": {"headers": ["Mã hồ sơ", "Số hồ sơ"]},
        "received_at": {"headers": ["Ngày tiếp nhận", "Ngày nhận"]},
        "due_at": {},
        "status": {},
        "authority": {"constant": "ppc"},
    }
    return HeaderMatcher(make_contract(columns=columns))


def test_headers_match_folded(matcher: HeaderMatcher) -> None:
    match = matcher.match(["STT", " MÃ\u00a0HỒ  SƠ:", "Ngày\ntiếp nhận", "status", None])
    assert match.positions == {"dossier_id": (1,), "received_at": (2,), "status": (3,)}
    assert match.missing == ()
    assert match.ignored == ("STT",)


def test_of_two_accepted_headers_the_first_of_the_contract_counts(matcher: HeaderMatcher) -> None:
    match = matcher.match(["Ngày nhận", "Ngày tiếp nhận"])
    assert match.positions == {"received_at": (1,)}
    assert match.ignored == ("Ngày nhận",)


def test_the_row_that_names_most_columns_is_the_header(matcher: HeaderMatcher) -> None:
    rows = [[], ["Trạng thái"], ["Mã hồ sơ", "Trạng thái"], ["Mã hồ sơ", "Trạng thái"]]
    found = matcher.find(rows)
    assert found is not None
    assert found[0] == 2
    assert matcher.find([[None, " "]]) is None


def test_a_missing_required_column_is_named_with_what_was_found(matcher: HeaderMatcher) -> None:
    with pytest.raises(RejectedFileError) as refusal:
        matcher.require_all(matcher.match(["Mã hồ sơ", "Tình trạng"]))
    sentence = str(refusal.value)
    assert "received_at (Ngày tiếp nhận / Ngày nhận)" in sentence
    assert "status (Trạng thái)" in sentence
    assert "Mã hồ sơ | Tình trạng" in sentence
    assert "dossier_id" not in sentence


def test_a_needed_header_twice_is_refused_unless_the_content_agrees(
    matcher: HeaderMatcher, tmp_path: Path
) -> None:
    path = tmp_path / "twice.csv"
    head = "Mã hồ sơ,Ngày nhận,Trạng thái,Ghi chú,Ghi chú,ngày  nhận\n"
    path.write_text(head + "a,01/03/2022,x,1,2,01/03/2022\n", encoding="utf-8")
    assert read_table(path, matcher).frame["received_at"].to_list() == ["01/03/2022"]
    path.write_text(head + "a,01/03/2022,x,1,2,02/03/2022\n", encoding="utf-8")
    with pytest.raises(RejectedFileError, match=r"'Ngày nhận' \(received_at\).*columns 2 and 6"):
        read_table(path, matcher)
