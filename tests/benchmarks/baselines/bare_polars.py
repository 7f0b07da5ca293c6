"""Reads a list as text, casts its dates and numbers, writes Parquet: `bare_polars.py IN OUT`."""

import sys

import polars as pl

source, target = sys.argv[1:]
DATES = ["Ngày nộp", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày có kết quả", "Ngày trả"]
DATES += ["Ngày yêu cầu bổ sung", "Ngày tiếp nhận bổ sung", "Ngày xin lỗi", "Ngày hẹn lại"]
YES_NO = ["Không có ngày hẹn trả", "Xử lý điện tử", "Đúng quy trình"]
text = pl.read_csv(source, infer_schema=False).drop("Chủ hồ sơ")
cast = text.with_columns(
    pl.coalesce(
        pl.col(name).str.to_datetime("%d/%m/%Y %H:%M", strict=False),
        pl.col(name).str.to_datetime("%d/%m/%Y", strict=False),
    )
    for name in DATES
).with_columns(
    pl.col("Số lần bổ sung").cast(pl.Int64, strict=False),
    *(pl.col(name).replace_strict({"Có": True, "Không": False}, default=None) for name in YES_NO),
)
cast.write_parquet(target, compression="zstd", compression_level=1)
