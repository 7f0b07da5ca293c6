"""The official report (báo cáo) to sign, in the layout of Nghị định 30/2020/NĐ-CP, appendix I.

`words` says what a template may ask for, `report` fills one in, and `shipped` makes the one that
comes with the project. An office changes words, names and order in Word, without any code.
"""

from pipelines.reports.official.report import write

__all__ = ["write"]
