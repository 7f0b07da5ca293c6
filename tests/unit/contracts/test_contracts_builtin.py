"""The shipped contracts: complete, free of collisions, and reading what offices write."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from pipelines.contracts.datasets import DATASETS
from pipelines.contracts.loader import BUILTIN, load_contract_file
from pipelines.contracts.matching import fold_label
from pipelines.contracts.model import Contract
from pipelines.contracts.vocabulary import codes_of

CONTRACTS = {path.stem: load_contract_file(path) for path in sorted(BUILTIN.iterdir())}
each_contract = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)

# Headers of exports that were seen, and the JSON of the national synchronisation.
SEEN = {
    "dossiers": {
        "dossier_id": ["Số hồ sơ", "MaHoSo", "MÃ HỒ SƠ:"],
        "procedure_id": ["MaTTHC"],
        "procedure_name": ["Thủ tục", "TenTTHC"],
        "field": ["MaLinhVuc"],
        "unit_name": ["Cơ quan", "DonViXuLy", "Đơn vị tiếp nhận", "\u00d0ơn vị giải quyết"],
        "channel": ["Hình thức nhận", "KenhThucHien"],
        "service_level": ["Mức độ", "MucDo"],
        "submitted_at": ["Ngày nộp hồ sơ"],
        "received_at": ["Ngày nhận", "NgayTiepNhan"],
        "due_at": ["Ngày hẹn trả KQ", "NgayHenTra"],
        "completed_at": ["Ngày kết thúc xử lý", "NgayKetThucXuLy"],
        "returned_at": ["Ngày trả KQ", "NgayTra"],
        "status": ["Tình trạng", "TrangThaiHoSo"],
        "supplement_received_at": ["NgayTiepNhanBoSung"],
        "deadline_exempt": ["KhongCoNgayHenTra"],
    },
    "documents": {
        "symbol": ["Số KH", "Ký hiệu VB", "Số/ký hiệu"],
        "issued_on": ["Ngày VB", "Ngày ban hành"],
        "issuer": ["CQ ban hành"],
        "due_at": ["Thời hạn giải quyết"],
    },
}
# Labels that were seen, and the numbers of the national fields.
MEANINGS = {
    ("dossiers", "status"): {
        "submitted": ["1", "Mới đăng ký", "Chờ tiếp nhận"],
        "accepted": ["2", "Mới tiếp nhận"],
        "refused_intake": ["3", "Không được tiếp nhận"],
        "processing": ["4", "Đã bổ sung", "Chờ phê duyệt"],
        "paused_supplement": ["5", "Chờ bổ sung"],
        "paused_financial": ["6"],
        "withdrawn": ["7", "Trả lại", "Rút hồ sơ"],
        "suspended": ["8", "Tạm dừng"],
        "result_ready": ["9", "Có kết quả", "Chờ trả kết quả"],
        "delivered": ["10", "ĐÃ TRẢ  KẾT QUẢ"],
        "refused": ["Không giải quyết", "Không đủ điều kiện giải quyết"],
        "cancelled": ["Hủy", "Huỷ"],
    },
    ("dossiers", "channel"): {"counter": ["1"], "online": ["2"], "postal": ["3", "BCCI"]},
    ("dossiers", "service_level"): {
        "level_2": ["2", "DVC"],
        "level_3": ["3", "Một phần"],
        "level_4": ["4", "Toàn trình"],
    },
    ("documents", "role"): {"inform": ["Nắm tình hình", "Xem để biết"]},
    ("documents", "status"): {"completed": ["Đã xử lý xong - Trễ hạn"]},
    ("directives", "status"): {"in_progress": ["Chưa hoàn thành"]},
}
AMBIGUOUS = {
    "dossiers": ["Từ chối", "Gia hạn", "Xin lỗi - gia hạn", "Quá hạn", "Chờ liên thông thuế"],
    "documents": ["Đã xử lý", "Bị trả lại"],
    "directives": ["Đã gia hạn", "Đề nghị gia hạn", "Chuyển đơn vị khác"],
}


def test_there_is_one_for_every_dataset_named_like_it() -> None:
    assert list(CONTRACTS) == sorted(DATASETS)
    assert all(contract.dataset == source for source, contract in CONTRACTS.items())


@each_contract
def test_every_column_is_mapped_in_order_with_its_vietnamese_header_first(
    contract: Contract,
) -> None:
    assert list(contract.columns) == [column.name for column in contract.data.columns]
    for column in contract.data.columns:
        headers = contract.headers_of(column.name)
        assert headers[0] == fold_label(column.label_vi)
        assert headers[-1] == column.name


@each_contract
def test_no_header_names_two_columns_and_none_is_listed_twice(contract: Contract) -> None:
    accepted = [header for name in contract.columns for header in contract.headers_of(name)]
    assert max(Counter(accepted).values()) == 1
    for rule in contract.columns.values():
        listed = [fold_label(header) for header in rule.headers]
        assert len(set(listed)) == len(listed)


@each_contract
def test_no_label_has_two_codes_and_none_repeats_a_known_one(contract: Contract) -> None:
    for column in contract.data.columns:
        codes = codes_of(column)
        known = Counter(fold_label(name) for code in codes for name in (code, *codes[code]))
        values = contract.columns[column.name].values
        known.update(fold_label(label) for labels in values.values() for label in labels)
        assert [label for label, times in known.items() if times > 1] == []


@each_contract
def test_extracts_are_full_and_dated_by_name(contract: Contract) -> None:
    assert contract.mode == "full"
    assert contract.accepts("anything.json.gz")
    assert contract.date_in(f"{contract.source}_2022-03-31.csv") == date(2022, 3, 31)
    assert contract.date_in(f"2022/{contract.source}-20220331.xlsx") == date(2022, 3, 31)
    assert contract.date_in(f"{contract.source}_123456789.csv") is None
    assert contract.date_in(f"{contract.source}.csv") is None


@pytest.mark.parametrize("source", SEEN)
def test_headers_that_were_seen_find_their_column(source: str) -> None:
    for column, headers in SEEN[source].items():
        for header in headers:
            assert fold_label(header) in CONTRACTS[source].headers_of(column)


@pytest.mark.parametrize(("source", "column"), MEANINGS)
def test_labels_that_were_seen_find_their_code(source: str, column: str) -> None:
    labels = CONTRACTS[source].labels_of(column)
    for code, spellings in MEANINGS[source, column].items():
        assert {labels.get(fold_label(spelling)) for spelling in spellings} == {code}


@pytest.mark.parametrize("source", AMBIGUOUS)
def test_ambiguous_labels_stay_unmapped(source: str) -> None:
    labels = CONTRACTS[source].labels_of("status")
    assert [label for label in AMBIGUOUS[source] if fold_label(label) in labels] == []


def test_authority_and_level_mean_the_same_on_dossiers_and_procedures() -> None:
    for column in ("authority", "service_level"):
        dossiers, procedures = CONTRACTS["dossiers"], CONTRACTS["procedures"]
        assert dossiers.labels_of(column) == procedures.labels_of(column)


def test_the_contracts_are_shipped_with_the_package() -> None:
    assert Path(__file__).parents[3] / "pipelines" in BUILTIN.parents
