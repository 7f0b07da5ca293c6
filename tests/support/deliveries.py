"""What an office is given in the tests of several nights: its own sources, and bad deliveries."""

from __future__ import annotations

from collections.abc import Mapping

OWN_CONTRACT = """\
source: {source}
dataset: dossiers
files: "*.csv"
extracted_on: "(\\\\d{{4}}-\\\\d{{2}}-\\\\d{{2}})"
mode: full
cadence: monthly
columns:
  dossier_id: {{headers: [Permit], required: true}}
  received_at: {{headers: [Received], required: true}}
  due_at: {{headers: [Due]}}
  completed_at: {{headers: [Finished]}}
  status: {{from: completed_at, present: result_ready, absent: processing}}
  authority: {{constant: ppc}}
"""
HEADER = "Permit,Received,Due,Finished,Applicant\n"
APPLICANT = "Nguyễn Văn A 0361"

PERMITS_IN_OCTOBER = f"""\
{HEADER}P-1,2022-03-01,2022-03-08,,{APPLICANT}
P-2,2022-03-02,2022-03-09,2022-03-08,{APPLICANT}
"""
PERMITS_IN_NOVEMBER = PERMITS_IN_OCTOBER.replace("2022-03-08,,", "2022-03-08,2022-03-07,")
"""P-1 was finished in time after all: entered eight months later."""

LICENCES_IN_OCTOBER = f"{HEADER}L-1,2022-08-01,2022-08-31,2022-08-30,{APPLICANT}\n"
LICENCES_IN_SEPTEMBER = f"""\
{HEADER}L-1,2022-08-01,2022-08-25,,{APPLICANT}
L-9,,2022-08-25,,{APPLICANT}
"""
"""L-9 was never received: its row is quarantined."""

LICENCES_IN_AUGUST = f"{HEADER}L-2,2022-07-01,2022-07-29,2022-07-28,{APPLICANT}\n"
LICENCES_IN_AUGUST_AGAIN = LICENCES_IN_AUGUST.replace("L-2", "L-3")

UNKNOWN_STATUS = "Chờ liên thông thuế"
DOCUMENTS = f"""\
Năm,Sổ văn bản,Số đến,Mã cơ quan,Đơn vị xử lý,Vai trò,Ngày đến,Hạn xử lý,Ngày hoàn thành,Trạng thái
2022,Công văn đến,9001,000.00.01.H57,vp-nc,Chủ trì,01/12/2022,09/12/2022,,{UNKNOWN_STATUS}
2022,Công văn đến,9002,000.00.01.H57,vp-nc,Chủ trì,01/12/2022,09/12/2022,08/12/2022,Đã hoàn thành
"""
"""One status that no contract maps yet, on row 2."""

BAD_DELIVERIES: Mapping[tuple[str, str], str] = {
    ("so_tay_la", "ghi-chep_2022-12-31.csv"): "Cột\n1\n",
    ("dossiers", "ho-so-khong-ngay.csv"): (
        "Mã hồ sơ,Ngày tiếp nhận,Trạng thái\nX-1,01/12/2022,Đang xử lý\n"
    ),
    ("directives", "trong_2022-12-30.csv"): "",
    ("regulations", "thieu-cot_2022-12-30.csv"): "Tên quy chế\nQuy chế làm việc\n",
}
"""Folder without a contract, no date, empty, a required column missing: by source and name."""
