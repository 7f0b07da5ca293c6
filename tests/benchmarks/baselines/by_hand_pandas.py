"""What `by_hand.sql` does, written with pandas: `by_hand_pandas.py LIST.csv FIGURES.parquet`."""

import sys

import pandas as pd

source, target = sys.argv[1:]
DATES = {
    "Ngày tiếp nhận": "received_at",
    "Ngày hẹn trả": "due_at",
    "Ngày có kết quả": "completed_at",
}
rows = pd.read_csv(source, dtype=str).drop_duplicates("Mã hồ sơ", keep="last")
for header, name in DATES.items():
    rows[name] = pd.to_datetime(rows[header], dayfirst=True, format="mixed", errors="coerce")
    rows[name] = rows[name].dt.normalize()
finished = rows["Trạng thái"].str.lower().isin(["đã trả kết quả", "đã có kết quả"])
in_time = rows["completed_at"] <= rows["due_at"]
repeats = pd.to_numeric(rows["Số lần bổ sung"], errors="coerce").fillna(0) <= 1
conforming = in_time & (rows["Xử lý điện tử"] != "Không") & repeats
online = (rows["Hình thức tiếp nhận"] == "Trực tuyến") & rows["Mức độ DVC"].isin(
    ["Mức độ 3", "Mức độ 4"]
)
figures = []
for frequency in ("MS", "QS", "6MS", "YS"):
    for start in pd.date_range("2022-01-01", "2022-12-31", freq=frequency):
        end = start + pd.tseries.frequencies.to_offset(frequency) - pd.Timedelta(days=1)
        ended = rows["completed_at"].between(start, end)
        is_open = rows["completed_at"].isna() | (rows["completed_at"] > end)
        counted = rows["due_at"].notna() & (rows["received_at"] <= end)
        counted &= ended | (is_open & (rows["due_at"] < end))
        done = finished & ended
        figures += [
            ("05b", frequency, start, (in_time & counted).sum(), counted.sum()),
            ("05a", frequency, start, (conforming & done).sum(), done.sum()),
            ("07b", frequency, start, (online & done).sum(), done.sum()),
        ]
columns = ["measure_id", "grain", "period_start", "numerator", "denominator"]
pd.DataFrame(figures, columns=columns).to_parquet(target)
