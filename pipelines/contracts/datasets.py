"""The canonical datasets: which columns each has, of which type, with which codes and labels.

This is the one list that contracts, ingest, load, samples and checks share. A contract says how a
source's file becomes one of these; it never adds a column. The first Vietnamese header of every
column is `label_vi`; further headers that offices use are in the built-in contracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

ColumnType = Literal["text", "int", "bool", "instant", "date", "month"]
"""How a value is stored: `instant` is a naive local timestamp, `month` is text `YYYY-MM`."""


@dataclass(frozen=True)
class Column:
    """One canonical column.

    Attributes:
        name: English name in code, Parquet and SQL.
        type: How values are read and stored.
        label_vi: The Vietnamese header that samples write and every contract accepts.
        is_key: Part of the key of a case, in order.
        is_required: A row without a readable value is quarantined.
        codes: For categories, code -> Vietnamese labels; empty for free values.
    """

    name: str
    type: ColumnType
    label_vi: str
    is_key: bool = False
    is_required: bool = False
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Dataset:
    """One canonical table and what the row checks need to know about it.

    Attributes:
        name: Table name.
        label_vi: Vietnamese name for people.
        label_en: English name for people.
        columns: All columns, in order.
        begins_at: The column that says when a case begins, if any.
        completes_at: Columns that say when it ended; the first one that has a value counts.
        due_at: The deadline column, if any.
        may_lack_begin: Statuses for which `begins_at` may be null.
    """

    name: str
    label_vi: str
    label_en: str
    columns: tuple[Column, ...]
    begins_at: str | None = None
    completes_at: tuple[str, ...] = ()
    due_at: str | None = None
    may_lack_begin: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns, in key order."""
        return tuple(column.name for column in self.columns if column.is_key)

    def column(self, name: str) -> Column:
        """The column called `name`.

        Raises:
            KeyError: The dataset has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def _codes(**codes: str | tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType(
        {code: (labels,) if isinstance(labels, str) else labels for code, labels in codes.items()}
    )


def _key(name: str, label_vi: str, type_: ColumnType = "text", *, nullable: bool = False) -> Column:
    return Column(name, type_, label_vi, is_key=True, is_required=not nullable)


AUTHORITY = _codes(
    ppc="UBND tỉnh",
    chairman="Chủ tịch UBND tỉnh",
    department="Sở",
    district="UBND huyện",
    commune="UBND xã",
)
SERVICE_LEVEL = _codes(
    level_2="Mức độ 2",
    level_3=("Mức độ 3", "Một phần"),
    level_4=("Mức độ 4", "Toàn trình"),
)
DOSSIER_STATUS = _codes(
    submitted=("Mới đăng ký", "Chờ tiếp nhận"),
    accepted=("Được tiếp nhận", "Mới tiếp nhận", "Đã tiếp nhận"),
    refused_intake="Không được tiếp nhận",
    processing=("Đang xử lý", "Đã bổ sung", "Chờ phê duyệt"),
    paused_supplement=("Yêu cầu bổ sung giấy tờ", "Chờ bổ sung"),
    paused_financial="Yêu cầu thực hiện nghĩa vụ tài chính",
    suspended=("Dừng xử lý", "Tạm dừng"),
    withdrawn=("Công dân yêu cầu rút hồ sơ", "Rút hồ sơ", "Trả lại"),
    result_ready=("Đã xử lý xong", "Có kết quả", "Chờ trả kết quả"),
    delivered="Đã trả kết quả",
    refused=("Không giải quyết", "Từ chối giải quyết", "Không đủ điều kiện giải quyết"),
    cancelled=("Hủy", "Đã hủy"),
)

_DOSSIERS = Dataset(
    "dossiers",
    "Hồ sơ một cửa",
    "One-stop dossiers",
    (
        _key("dossier_id", "Mã hồ sơ"),
        Column("procedure_id", "text", "Mã TTHC"),
        Column("procedure_name", "text", "Tên thủ tục hành chính"),
        Column("field", "text", "Lĩnh vực"),
        Column("unit_id", "text", "Mã đơn vị"),
        Column("unit_name", "text", "Đơn vị giải quyết"),
        Column("authority", "text", "Cấp thẩm quyền", codes=AUTHORITY),
        Column(
            "channel",
            "text",
            "Hình thức tiếp nhận",
            codes=_codes(online="Trực tuyến", counter="Trực tiếp", postal="Bưu chính công ích"),
        ),
        Column("service_level", "text", "Mức độ DVC", codes=SERVICE_LEVEL),
        Column("submitted_at", "instant", "Ngày nộp"),
        Column("received_at", "instant", "Ngày tiếp nhận", is_required=True),
        Column("due_at", "instant", "Ngày hẹn trả"),
        Column("completed_at", "instant", "Ngày có kết quả"),
        Column("returned_at", "instant", "Ngày trả"),
        Column("status", "text", "Trạng thái", is_required=True, codes=DOSSIER_STATUS),
        Column("supplement_requested_at", "instant", "Ngày yêu cầu bổ sung"),
        Column("supplement_received_at", "instant", "Ngày tiếp nhận bổ sung"),
        Column("supplement_count", "int", "Số lần bổ sung"),
        Column("apology_sent_at", "instant", "Ngày xin lỗi"),
        Column("apology_due_at", "instant", "Ngày hẹn lại"),
        Column("deadline_exempt", "bool", "Không có ngày hẹn trả"),
        Column("handled_electronically", "bool", "Xử lý điện tử"),
        Column("process_conforming", "bool", "Đúng quy trình"),
    ),
    begins_at="received_at",
    completes_at=("completed_at", "returned_at"),
    due_at="due_at",
    may_lack_begin=frozenset({"submitted", "refused_intake", "cancelled"}),
)

_DOCUMENTS = Dataset(
    "documents",
    "Văn bản đến",
    "Incoming documents",
    (
        _key("register_year", "Năm", "int"),
        _key("register_book", "Sổ văn bản"),
        _key("arrival_no", "Số đến"),
        _key("office_id", "Mã cơ quan"),
        _key("unit_id", "Đơn vị xử lý"),
        Column(
            "role",
            "text",
            "Vai trò",
            is_required=True,
            codes=_codes(lead="Chủ trì", support="Phối hợp", inform="Nhận để biết"),
        ),
        Column("symbol", "text", "Số ký hiệu"),
        Column("issuer", "text", "Cơ quan ban hành"),
        Column("issued_on", "date", "Ngày văn bản"),
        Column("arrived_at", "instant", "Ngày đến", is_required=True),
        Column("urgency", "text", "Độ khẩn"),
        Column("due_at", "instant", "Hạn xử lý"),
        Column("completed_at", "instant", "Ngày hoàn thành"),
        Column(
            "status",
            "text",
            "Trạng thái",
            is_required=True,
            codes=_codes(
                waiting="Chờ xử lý",
                processing="Đang xử lý",
                forwarded="Đã chuyển xử lý",
                completed="Đã hoàn thành",
                returned="Đã trả lại",
                recalled="Đã thu hồi",
            ),
        ),
        Column(
            "storage",
            "text",
            "Hình thức lưu",
            codes=_codes(closed="Lưu kết thúc", reference="Lưu tham khảo", no_action="Không xử lý"),
        ),
    ),
    begins_at="arrived_at",
    completes_at=("completed_at",),
    due_at="due_at",
)

_DIRECTIVES = Dataset(
    "directives",
    "Ý kiến chỉ đạo",
    "Directives",
    (
        _key("directive_id", "Mã nhiệm vụ"),
        _key("unit_id", "Đơn vị chủ trì"),
        Column(
            "issuer",
            "text",
            "Cơ quan giao",
            is_required=True,
            codes=_codes(
                government="Chính phủ",
                prime_minister="Thủ tướng Chính phủ",
                ppc="UBND tỉnh",
                chairman="Chủ tịch UBND tỉnh",
            ),
        ),
        Column("symbol", "text", "Số ký hiệu"),
        Column("content", "text", "Nội dung"),
        Column("assigned_at", "instant", "Ngày giao", is_required=True),
        Column("due_at", "instant", "Hạn hoàn thành"),
        Column("extension_approved_at", "instant", "Ngày duyệt gia hạn"),
        Column("extended_due_at", "instant", "Hạn gia hạn"),
        Column("completed_at", "instant", "Ngày hoàn thành"),
        Column(
            "status",
            "text",
            "Trạng thái",
            is_required=True,
            codes=_codes(
                in_progress="Đang thực hiện",
                completed="Đã hoàn thành",
                withdrawn="Thu hồi",
                standing="Thường xuyên",
            ),
        ),
        Column("last_tracked_at", "instant", "Ngày cập nhật gần nhất"),
        Column("last_urged_at", "instant", "Ngày đôn đốc gần nhất"),
    ),
    begins_at="assigned_at",
    completes_at=("completed_at",),
    due_at="due_at",
)

_PROGRAMME_TASKS = Dataset(
    "programme_tasks",
    "Chương trình công tác",
    "Work programme tasks",
    (
        _key("task_id", "Mã nhiệm vụ"),
        Column("programme_year", "int", "Năm", is_required=True),
        Column("kind", "text", "Loại"),
        Column("title", "text", "Tên nhiệm vụ"),
        Column("unit_id", "text", "Đơn vị chủ trì", is_required=True),
        Column("added_at", "instant", "Ngày giao", is_required=True),
        Column("removed_at", "instant", "Ngày đưa ra khỏi chương trình"),
        Column("due_at", "instant", "Hạn hoàn thành"),
        Column("completed_at", "instant", "Ngày hoàn thành"),
        Column("last_tracked_at", "instant", "Ngày cập nhật gần nhất"),
        Column("last_urged_at", "instant", "Ngày đôn đốc gần nhất"),
    ),
    begins_at="added_at",
    completes_at=("completed_at",),
    due_at="due_at",
)

_REGULATIONS = Dataset(
    "regulations",
    "Quy chế, quy định",
    "Regulations",
    (
        _key("regulation_id", "Mã quy chế"),
        Column("title", "text", "Tên quy chế, quy định"),
        Column("issued_at", "instant", "Ngày ban hành", is_required=True),
        Column("due_at", "instant", "Hạn rà soát"),
        Column("reviewed_at", "instant", "Ngày rà soát xong"),
        Column(
            "outcome",
            "text",
            "Kết quả rà soát",
            codes=_codes(
                kept="Giữ nguyên",
                amended="Đã sửa đổi",
                replaced="Đã thay thế",
                repealed="Bãi bỏ",
                amending="Đang sửa đổi",
            ),
        ),
    ),
)

_UNIT_REPORTS = Dataset(
    "unit_reports",
    "Chương trình, báo cáo định kỳ",
    "Periodic unit reports",
    (
        _key("unit_id", "Mã đơn vị"),
        _key("product", "Sản phẩm"),
        _key("period", "Kỳ"),
        Column("due_at", "instant", "Hạn nộp", is_required=True),
        Column("submitted_at", "instant", "Ngày nộp"),
        Column("submitted_online", "bool", "Gửi trên mạng"),
        Column("accepted", "bool", "Đạt chất lượng"),
    ),
)

_INITIATIVES = Dataset(
    "initiatives",
    "Sáng kiến",
    "Initiatives",
    (
        _key("initiative_id", "Mã sáng kiến"),
        Column("title", "text", "Tên sáng kiến"),
        Column("unit_id", "text", "Mã đơn vị"),
        Column("applied_at", "instant", "Ngày áp dụng"),
        Column("decided_at", "instant", "Ngày quyết định công nhận"),
        Column(
            "outcome",
            "text",
            "Kết quả",
            is_required=True,
            codes=_codes(recognised="Công nhận", rejected="Không công nhận", pending="Chờ xét"),
        ),
    ),
)

_QMS_MILESTONES = Dataset(
    "qms_milestones",
    "Mốc hệ thống quản lý chất lượng",
    "QMS milestones",
    (
        _key("milestone_id", "Mã mốc"),
        Column(
            "kind",
            "text",
            "Loại",
            is_required=True,
            codes=_codes(
                internal_audit="Đánh giá nội bộ",
                management_review="Xem xét của lãnh đạo",
                conformity_declaration="Công bố phù hợp",
                corrective_actions_closed="Khắc phục điểm không phù hợp",
                document_review="Rà soát tài liệu",
            ),
        ),
        Column("due_at", "instant", "Hạn", is_required=True),
        Column("completed_at", "instant", "Ngày hoàn thành"),
        Column("evidence", "text", "Bằng chứng"),
    ),
    completes_at=("completed_at",),
)

_DOSSIERS_OUTSIDE = Dataset(
    "dossiers_outside_system",
    "Hồ sơ ngoài hệ thống",
    "Dossiers outside the system (control totals)",
    (
        _key("unit_id", "Mã đơn vị"),
        _key("month", "Tháng", "month"),
        Column("dossiers_outside", "int", "Số hồ sơ ngoài hệ thống", is_required=True),
    ),
)

_DEADLINE_CORRECTIONS = Dataset(
    "deadline_corrections",
    "Đính chính hạn",
    "Reviewed deadline corrections",
    (
        _key("dataset", "Bộ dữ liệu"),
        _key("case_id", "Mã vụ việc"),
        Column("due_at", "instant", "Hạn đúng", is_required=True),
        Column("document_no", "text", "Số văn bản"),
    ),
)

_UNITS = Dataset(
    "units",
    "Đơn vị",
    "Units",
    (
        _key("unit_id", "Mã đơn vị"),
        Column("unit_name", "text", "Tên đơn vị", is_required=True),
        Column("aliases", "text", "Tên khác"),
        Column("parent_unit_id", "text", "Mã đơn vị cấp trên"),
        Column("is_office", "bool", "Thuộc Văn phòng"),
        Column("in_qms_scope", "bool", "Thuộc phạm vi HTQLCL"),
        Column("valid_from", "date", "Hiệu lực từ"),
        Column("valid_to", "date", "Hiệu lực đến"),
    ),
)

_PROCEDURES = Dataset(
    "procedures",
    "Thủ tục hành chính",
    "Administrative procedures",
    (
        _key("procedure_id", "Mã TTHC"),
        _key("valid_from", "Hiệu lực từ", "date", nullable=True),
        Column("procedure_name", "text", "Tên thủ tục hành chính", is_required=True),
        Column("field", "text", "Lĩnh vực"),
        Column("authority", "text", "Cấp thẩm quyền", codes=AUTHORITY),
        Column("service_level", "text", "Mức độ DVC", codes=SERVICE_LEVEL),
        Column("processing_days", "int", "Thời hạn giải quyết"),
        Column(
            "processing_unit",
            "text",
            "Đơn vị tính",
            codes=_codes(
                working_day="Ngày làm việc", calendar_day="Ngày", working_hour="Giờ làm việc"
            ),
        ),
        Column("valid_to", "date", "Hiệu lực đến"),
    ),
)

DATASETS: Mapping[str, Dataset] = MappingProxyType(
    {
        dataset.name: dataset
        for dataset in (
            _DOSSIERS,
            _DOCUMENTS,
            _DIRECTIVES,
            _PROGRAMME_TASKS,
            _REGULATIONS,
            _UNIT_REPORTS,
            _INITIATIVES,
            _QMS_MILESTONES,
            _DOSSIERS_OUTSIDE,
            _DEADLINE_CORRECTIONS,
            _UNITS,
            _PROCEDURES,
        )
    }
)
"""Every canonical dataset by name."""
