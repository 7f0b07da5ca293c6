"""What a template of the official report may ask for: placeholders, their meaning, their values.

Everything is text or a list of things with text, ready to print: a template puts it in its place
and decides nothing. Names are Vietnamese without diacritics, as they are typed in Word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from pipelines.reports.edition import Edition
from pipelines.reports.figures import Figure, figures_if_any
from pipelines.reports.numbers import NOTHING, format_day, format_share
from pipelines.reports.periods import Period

PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "ky": "kỳ báo cáo, như “năm 2022”",
        "tu_ngay": "ngày đầu kỳ",
        "den_ngay": "ngày đánh giá",
        "tinh_den": "số liệu tính đến ngày",
        "cong_bo_luc": "lúc công bố kho dữ liệu",
        "thang": "tháng của ngày công bố",
        "nam": "năm của ngày công bố",
        "co_quan": "cơ quan ban hành quyết định phê duyệt mục tiêu",
        "co_quan_chu_quan": "cơ quan đó, chữ hoa, viết tắt UBND",
        "quyet_dinh": "tên quyết định phê duyệt mục tiêu",
        "so_chi_tieu": "số chỉ tiêu",
        "so_dat": "số chỉ tiêu đạt",
        "so_khong_dat": "số chỉ tiêu không đạt",
        "so_khong_phat_sinh": "số chỉ tiêu không phát sinh",
        "so_khong_du_can_cu": "số chỉ tiêu không đủ căn cứ",
        "so_loi_du_lieu": "số lỗi và cảnh báo dữ liệu chưa sửa",
        "cac_chi_tieu": "danh sách mọi chỉ tiêu",
        "khong_dat": "danh sách chỉ tiêu không đạt",
        "khong_du_can_cu": "danh sách chỉ tiêu không đủ căn cứ",
        "phu_thuoc_du_lieu": "danh sách chỉ tiêu chưa kết luận được vì thiếu dữ liệu",
    }
)
"""By name; what a list holds is in `OF_EACH`."""

OF_EACH: Mapping[str, str] = MappingProxyType(
    {
        "ma": "mã chỉ tiêu, như 05b",
        "ten": "tên ngắn",
        "dieu_khoan": "khoản, điều của quyết định",
        "noi_dung": "nguyên văn quyết định",
        "don_vi_tinh": "thứ được đếm, như “hồ sơ”",
        "so_dem": "tử số/mẫu số, hoặc số đếm",
        "ty_le": "tỷ lệ; trống nếu không có",
        "ket_qua": "tỷ lệ, hoặc số đếm, hoặc –",
        "chi_tieu": "mức phải đạt",
        "danh_gia": "Đạt, Không đạt, Không phát sinh, Không đủ căn cứ",
        "con_thieu": "còn thiếu bao nhiêu để đạt",
        "can_duoi": "tỷ lệ nếu mọi vụ việc thiếu dữ liệu đều không đạt",
        "can_tren": "tỷ lệ nếu mọi vụ việc thiếu dữ liệu đều đạt",
        "thieu_han": "số vụ việc thiếu hạn",
        "thieu_ngay_xong": "số vụ việc thiếu ngày hoàn thành",
        "don_vi_keo_giam": "ba đơn vị có nhiều vụ việc không đạt nhất",
    }
)
"""Of each measure in a list."""

_ZERO_BEFORE_MONTH = 3
"""The decree has a zero before the months 1 and 2, and before no other."""

_ABOUT = " về việc "
_FIXED_SPACE = "\N{NO-BREAK SPACE}"

_COUNTS_SQL = """
    select
        count(*) as so_chi_tieu,
        count(*) filter (verdict = 'met') as so_dat,
        count(*) filter (verdict = 'not_met') as so_khong_dat,
        count(*) filter (verdict = 'no_activity') as so_khong_phat_sinh,
        count(*) filter (verdict = 'insufficient_evidence') as so_khong_du_can_cu,
        (
            select count(*) from marts.data_quality_issues
            where is_open and severity <> 'info'
        ) as so_loi_du_lieu
    from marts.scorecard
    where is_headline and period_grain = $grain and period_start = $start
"""
_DECISION_SQL = """
    select decision_no, signed_on, title_vi, issuer_vi
    from seeds.decisions
    where decision_id = coalesce(
        $decision,
        (select arg_max(decision_id, effective_on) from seeds.decisions)
    )
"""
_CLAUSES_SQL = """
    select measure_id, clause_ref, clause_vi, unit_vi
    from seeds.targets
    where decision_id = $decision
"""
_WORST_UNITS_SQL = """
    with failures as (
        select measure_id, unit_name, denominator - numerator as failed, denominator
        from marts.scorecard_by_unit
        where is_headline and period_grain = $grain and period_start = $start
        qualify row_number() over (partition by measure_id order by failed desc, unit_id) <= 3
    )
    select
        measure_id,
        string_agg(
            unit_name || ' (' || failed || '/' || denominator || ')', '; ' order by failed desc
        ) as units
    from failures
    where failed > 0
    group by measure_id
"""


def words(edition: Edition, period: Period) -> dict[str, Any]:
    """The value of every placeholder, for the headline figures of a period."""
    as_of, published_at = edition.stamp()
    of_period = {"grain": period.grain, "start": period.start}
    found = [figure for figure in figures_if_any(edition, period) if figure.is_headline]
    decision = _decision(edition, found)
    measures = _measures(edition, found, of_period)
    [counts] = edition.rows(_COUNTS_SQL, of_period)
    month = published_at.month
    return {
        "ky": period.label_vi,
        "tu_ngay": format_day(period.start),
        "den_ngay": format_day(found[0].evaluated_on if found else as_of),
        "tinh_den": format_day(as_of),
        "cong_bo_luc": format_day(published_at),
        "thang": f"{month:02d}" if month < _ZERO_BEFORE_MONTH else str(month),
        "nam": str(published_at.year),
        **decision,
        **{name: str(count) for name, count in counts.items()},
        "cac_chi_tieu": measures,
        "khong_dat": _only(found, measures, "not_met"),
        "khong_du_can_cu": _only(found, measures, "insufficient_evidence"),
        "phu_thuoc_du_lieu": [
            measure
            for figure, measure in zip(found, measures, strict=True)
            if figure.hangs_on_missing_data
        ],
    }


def _decision(edition: Edition, found: Sequence[Figure]) -> dict[str, str]:
    [row] = edition.rows(_DECISION_SQL, {"decision": found[0].decision_id if found else None})
    issuer = row["issuer_vi"]
    return {
        "co_quan": issuer,
        "co_quan_chu_quan": issuer.replace("Ủy ban nhân dân", "UBND").upper(),
        "quyet_dinh": _cited(row["title_vi"], issuer, row["decision_no"], row["signed_on"]),
    }


def _cited(title: str, issuer: str, number: str | None, signed_on: date | None) -> str:
    """A decision as a document cites it, without what is not known of it."""
    kind, about = title, ""
    if _ABOUT in title:
        kind, _, about = title.partition(_ABOUT)
        about = _ABOUT + about
    numbered = f" số {number}" if number else ""
    signed = f" ngày {signed_on:%d} tháng {signed_on:%m} năm {signed_on:%Y}" if signed_on else ""
    return f"{kind}{numbered}{signed} của {issuer}{about}"


def _measures(
    edition: Edition, found: Sequence[Figure], of_period: Mapping[str, object]
) -> list[dict[str, str]]:
    if not found:
        return []
    clauses = {
        row["measure_id"]: row
        for row in edition.rows(_CLAUSES_SQL, {"decision": found[0].decision_id})
    }
    worst = {row["measure_id"]: row["units"] for row in edition.rows(_WORST_UNITS_SQL, of_period)}
    return [
        _measure(edition, figure, clauses[figure.measure_id], worst.get(figure.measure_id, ""))
        for figure in found
    ]


def _measure(
    edition: Edition, figure: Figure, clause: Mapping[str, Any], worst: str
) -> dict[str, str]:
    rate = "" if figure.shown_rate == NOTHING else figure.shown_rate
    return {
        "ma": figure.measure_id,
        "ten": figure.measure_name_vi,
        "dieu_khoan": clause["clause_ref"],
        "noi_dung": clause["clause_vi"],
        "don_vi_tinh": clause["unit_vi"],
        "so_dem": figure.counts,
        "ty_le": rate,
        "ket_qua": figure.counts if figure.is_count else figure.shown_rate,
        "chi_tieu": figure.shown_target.replace(" ", _FIXED_SPACE),
        "danh_gia": edition.label("verdict", figure.verdict).vi,
        "con_thieu": str(max(-(figure.failures_left or 0), 0)),
        "can_duoi": _bound(figure.rate_low),
        "can_tren": _bound(figure.rate_high),
        "thieu_han": str(figure.missing_deadline_count),
        "thieu_ngay_xong": str(figure.missing_completion_count),
        "don_vi_keo_giam": worst,
    }


def _bound(share: float | None) -> str:
    return NOTHING if share is None else format_share(share)


def _only(
    found: Sequence[Figure], measures: Sequence[dict[str, str]], verdict: str
) -> list[dict[str, str]]:
    pairs = zip(found, measures, strict=True)
    return [measure for figure, measure in pairs if figure.verdict == verdict]
