r"""The words and shapes by which rows of a printed sheet are told from cases.

Patterns for folded text (`fold_labels`): lower case, composed, one space between words, no colon at
the end. `PERHAPS_TOTAL` alone is for text as it stands in the file.
"""

from __future__ import annotations

ORDINAL_HEADERS = ("stt", "tt", "số tt", "số thứ tự", "no", "no.")
COLUMN_NUMBER = r"^\(?(?:\d{1,2}|[a-zđ])\)?(?:\s*=.*)?$"
NUMBER = r"^[+-]?\d[\d., ]*(?:%|\s\p{L}[\p{L} ]*)?$"
"""A number, a share, or a number with its unit: "1.234", "97,5%", "5 hồ sơ"."""

DATE = r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}"
DATE_IN_WORDS = r"^ngày \d"
LETTER = r"\p{L}"
MARKER = r"^(?:[ivxlc]+|[a-zđ])[.)]?$"
MARKED_TITLE = r"^(?:[ivxlc]+|[a-zđ]|\d{1,2})[.)/]\s*\p{L}"
SEVERAL_WORDS = r"\p{L}+[^\p{L}]+\p{L}+[^\p{L}]+\p{L}"

_PARTS = r"nhóm|phần|mục|trang|chung|toàn|sở|ban|ubnd|huyện|thị|thành|xã|phường|phòng|theo|[ivx]+"
TOTAL = (
    r"^(?:(?:tổng cộng|tổng số|grand total|total|cộng dồn)\b"
    rf"|(?:tổng|cộng)\s*(?:[:.(\d]|$)|cộng (?:{_PARTS})\b)"
)
PERHAPS_TOTAL = r"^\s*(?:[Tt][OoÔôỔổ]|[Cc][OoÔôỘộ]|[Gg][Rr][Aa])"
NOT_A_COUNT = r"\bhạn\b|đơn vị|t[ỷỉ] lệ|trung bình|bình quân|l[ũu][ỹy] kế|kỳ trước|trong đó|%"
"""A total of something else than the rows of the list: it is left out without a check."""

SIGNATURE = (
    r"^(?:người (?:lập|tổng hợp|báo cáo|duyệt|ký|kiểm)|lập biểu|cán bộ (?:lập|tổng hợp)"
    r"|kế toán trưởng|thủ trưởng|nơi nhận|(?:tm|kt|tl|tuq)\s*\.\s*\p{L}|\(?(?:đã )?ký\b"
    r"|xác nhận của|(?:q\. ?|phó )?(?:chủ tịch|giám đốc|chánh văn phòng|trưởng phòng)$)"
    r"|\bngày\b.{0,12}\btháng\b.{0,12}\bnăm\b.{0,8}$"
)
TITLE = r"^(?:danh sách|báo cáo|biểu (?:số|mẫu)|phụ lục|mẫu số|\(?từ ngày|\(tiếp)"
PAGE_HEADER = r"^(?:cộng h(?:òa|oà) xã hội chủ nghĩa|độc lập - tự do|trang \d|page \d)"
"""Told in any cell of a row, where `TITLE` is told in its first text."""
