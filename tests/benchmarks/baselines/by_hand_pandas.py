"""What `by_hand.sql` does, written with pandas: `by_hand_pandas.py LIST.csv FIGURES.csv`."""

import sys

import pandas as pd

source, target = sys.argv[1:]
DATES = {
    "Ngày tiếp nhận": "received_on",
    "Ngày hẹn trả": "due_on",
    "Ngày có kết quả": "completed_on",
    "Ngày trả": "returned_on",
}
LABELS = ["Trạng thái", "Hình thức tiếp nhận", "Mức độ DVC", "Đúng quy trình", "Xử lý điện tử"]
OUT = ["không được tiếp nhận", "hủy", "đã hủy", "mới đăng ký", "chờ tiếp nhận"]
DONE = ["đã trả kết quả", "đã xử lý xong", "có kết quả", "không giải quyết", "từ chối giải quyết"]
WITHDRAWN = ["rút hồ sơ", "công dân yêu cầu rút hồ sơ"]
LEVELS = ["mức độ 3", "mức độ 4", "một phần", "toàn trình"]

rows = pd.read_csv(source, dtype=str).drop_duplicates("Mã hồ sơ", keep="last")
for label in LABELS:
    tidy = rows[label].str.lower().str.strip().str.replace("ð", "đ")
    rows[label] = tidy.str.replace(r"\s+", " ", regex=True).str.normalize("NFC")
rows = rows[~rows["Trạng thái"].isin(OUT)].copy()
for header, name in DATES.items():
    rows[name] = pd.to_datetime(rows[header], dayfirst=True, format="mixed", errors="coerce")
    rows[name] = rows[name].dt.normalize()
done, withdrawn = rows["Trạng thái"].isin(DONE), rows["Trạng thái"].isin(WITHDRAWN)
due, completed = rows["due_on"], rows["completed_on"].fillna(rows["returned_on"])
closed = completed.where(done | withdrawn)
in_time = closed <= due
electronic = rows["Xử lý điện tử"] != "không"
repeats = pd.to_numeric(rows["Số lần bổ sung"], errors="coerce").fillna(0) <= 1
said = rows["Đúng quy trình"]
conforming = (said == "có").where(said.notna(), electronic & repeats & in_time)
online = (rows["Hình thức tiếp nhận"] == "trực tuyến") & rows["Mức độ DVC"].isin(LEVELS)
figures = []
for months in (1, 3, 6, 12):
    for start in pd.date_range("2022-01-01", "2022-12-31", freq=f"{months}MS"):
        end = start + pd.DateOffset(months=months) - pd.Timedelta(days=1)
        ended = closed.between(start, end)
        late_open = (closed.isna() | (closed > end)) & (due < end)
        counted = (rows["received_on"] <= end) & ~(withdrawn & in_time)
        counted &= (ended & due.notna()) | late_open
        settled = done & completed.between(start, end)
        figures += [
            ("05b", months, start, (in_time & ended & counted).sum(), counted.sum()),
            ("05a", months, start, (conforming & settled).sum(), settled.sum()),
            ("07b", months, start, (online & settled).sum(), settled.sum()),
        ]
columns = ["measure_id", "months", "period_start", "numerator", "denominator"]
pd.DataFrame(figures, columns=columns).to_csv(target, index=False)
