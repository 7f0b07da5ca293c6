"""A small published warehouse: only the tables and columns that reports read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.settings import Settings

_SQL = """
create schema marts; create schema seeds; create schema ops;

create table seeds.labels as select * from (values
    ('verdict', 'met', 'Đạt', 'Met'),
    ('verdict', 'not_met', 'Không đạt', 'Not met'),
    ('verdict', 'no_activity', 'Không phát sinh', 'No activity'),
    ('verdict', 'insufficient_evidence', 'Không đủ căn cứ', 'Insufficient evidence'),
    ('basis', 'decided', 'Đã ngã ngũ', 'Decided'),
    ('basis', 'closed', 'Đã xong', 'Closed'),
    ('scope', 'qms', 'Phạm vi HTQLCL', 'Quality management system'),
    ('treatment', 'met', 'Đạt', 'Counted and met'),
    ('treatment', 'failed', 'Không đạt', 'Counted and not met'),
    ('treatment', 'missing_deadline', 'Thiếu hạn', 'Deadline missing'),
    ('reason', 'late', 'Xong sau hạn', 'Completed late'),
    ('explanation', 'earlier', 'Dời sớm hơn', 'Moved earlier'),
    ('explanation', 'unexplained', 'Không có căn cứ', 'Unexplained')
) as labels (attribute, code, name_vi, name_en);

create table seeds.issue_codes as select
    'DUE_MOVED_UNEXPLAINED' as issue_code, 'Hạn dời không rõ căn cứ' as name_vi,
    'Deadline moved' as name_en;

create table seeds.targets as
select '2022-tth' as decision_id, measure_id, 'khoản 5 Điều 1' as clause_ref,
    'và 98% đảm bảo thời gian quy định' as clause_vi, dataset
from (values
    ('05b', 'dossiers'), ('06', 'documents'), ('07a', 'dossiers'), ('07b', 'dossiers'),
    ('09', 'unit_reports'), ('10', 'initiatives')
) as measures (measure_id, dataset);

create table marts.scorecard as
with figures (
    measure_id, measure_name_vi, measure_name_en, scope, basis, is_headline, numerator,
    denominator, target, comparator, verdict, is_conclusive, rate_low, rate_high,
    missing_deadline_count, failures_left
) as (values
    ('05b', 'Hồ sơ đúng hạn', 'Dossiers on time', 'qms', 'decided', true, 97, 100, 0.98::double,
     'ge', 'not_met', false, 97 / 103, 100 / 103, 3, -1),
    ('05b', 'Hồ sơ đúng hạn', 'Dossiers on time', 'province', 'decided', false, 0, 1, 0.98, 'ge',
     'not_met', true, 0, 0, 0, -1),
    ('05b', 'Hồ sơ đúng hạn', 'Dossiers on time', 'qms', 'closed', false, 1, 1, 0.98, 'ge',
     'met', true, 1, 1, 0, 0),
    ('06', 'Văn bản đúng hạn', 'Documents on time', 'qms', 'decided', true, 0, 0, 0.8, 'gt',
     'no_activity', true, null, null, 0, null),
    ('07a', 'Hồ sơ điện tử', 'Dossiers in the system', 'qms', 'default', true, 0, 5, 1, 'ge',
     'not_met', true, 0, 0, 0, -5),
    ('07b', 'Hồ sơ trực tuyến', 'Dossiers online', 'qms', 'finished', true, 15001, 25000, 0.6, 'gt',
     'met', true, 15001 / 25000, 15001 / 25000, 0, 1),
    ('09', 'Báo cáo định kỳ', 'Periodic reports', 'qms', 'default', true, 1, 1, 1, 'ge',
     'met', true, 1, 1, 0, 0),
    ('10', 'Sáng kiến', 'Initiatives', 'qms', 'default', true, 9, null, 7, 'ge',
     'met', true, null, null, 0, 2)
)
select
    '2022-tth' as decision_id, *,
    'quarter' as period_grain, date '2022-01-01' as period_start, date '2022-03-31' as period_end,
    date '2022-03-31' as evaluated_on,
    case when denominator > 0 then numerator / denominator end as rate,
    0 as missing_completion_count, 0 as exempt_count, 0 as suspended_count, 0 as undecided_count,
    0 as excluded_count, date '2022-04-01' as as_of,
    timestamptz '2022-04-01 01:02:03+07' as published_at
from figures
union all by name
select
    '2022-tth' as decision_id, *,
    'year' as period_grain, date '2022-01-01' as period_start, date '2022-12-31' as period_end,
    date '2022-03-31' as evaluated_on, 1 as rate,
    0 as missing_completion_count, 0 as exempt_count, 0 as suspended_count, 0 as undecided_count,
    0 as excluded_count, date '2022-04-01' as as_of,
    timestamptz '2022-04-01 01:02:03+07' as published_at
from figures where measure_id = '09';

create table marts.scorecard_by_unit as
select *, 'so-tnmt' as unit_id, 'Sở Tài nguyên và Môi trường' as unit_name
from marts.scorecard where measure_id = '05b' and is_headline;

create table marts.published_figures as
select * from marts.scorecard
union all by name
select * replace (
    90 as numerator, date '2022-03-01' as as_of,
    timestamptz '2022-03-31 23:59:59+07' as published_at
)
from marts.scorecard where measure_id = '05b';

create table marts.extract_log as select * from (values
    ('e1', 'dossiers', 'ho-so_2022-03-01.csv', 'aa11', date '2022-03-01', 'loaded',
     timestamptz '2022-03-02 01:00:00+07'),
    ('e2', 'dossiers', 'ho-so_2022-03-31.csv', 'bb22', date '2022-03-31', 'loaded',
     timestamptz '2022-04-01 01:00:00+07'),
    ('e3', 'dossiers', 'sai.csv', 'cc33', date '2023-01-01', 'rejected',
     timestamptz '2022-04-01 01:00:00+07')
) as extract_log (extract_id, source, file_name, sha256, extracted_on, status, loaded_at);

create table marts.measure_cases as
with cases (case_id, unit_id, treatment, reason, due_on) as (
    select 'HS-' || lpad(n::varchar, 3, '0'), 'so-tnmt', 'met', 'on_time', date '2022-03-21'
    from range(97) as met (n)
    union all
    select 'TRE-' || n, 'so-gtvt', 'failed', 'late', date '2022-03-10' from range(3) as failed (n)
    union all
    select 'THIEU-' || lpad(n::varchar, 2, '0'), 'so-gtvt', 'missing_deadline', 'no_deadline', null
    from range(23) as missing (n)
),
figures (measure_id, scope, basis, only_case) as (values
    ('05b', 'qms', 'decided', null), ('05b', 'qms', 'closed', 'HS-000'),
    ('05b', 'province', 'decided', 'TRE-0')
)
select
    measure_id, scope, basis, 'quarter' as period_grain, date '2022-01-01' as period_start,
    case_id, unit_id, treatment, reason,
    date '2022-01-05' as received_on, due_on, date '2022-03-20' as completed_on
from cases
inner join figures on only_case is null or only_case = case_id;

create table marts.deadline_changes as select * from (values
    ('dossiers', 'TRE-0', 'so-gtvt', date '2022-03-31', date '2022-03-08', date '2022-03-10', null),
    ('dossiers', 'HS-001', 'so-tnmt', date '2022-03-31', date '2022-03-21', date '2022-03-20',
     'earlier'),
    ('dossiers', 'NGOAI-KY', 'so-tnmt', date '2022-03-31', date '2022-03-21', date '2022-03-20',
     'earlier'),
    ('documents', '2022|S|1|vp|b', 'b', date '2022-03-31', date '2022-03-21', date '2022-03-20',
     'earlier')
) as moves (dataset, case_id, unit_id, changed_on, due_before, due_after, explanation);

create table marts.data_quality_issues as
select
    'DUE_MOVED_UNEXPLAINED' as issue_code, 'warning' as severity, 'dossiers' as dataset,
    case_id, 'so-gtvt' as unit_id, 'due_at' as column_name, null as raw_value, null as detail,
    date '2022-03-31' as first_seen_on, is_open
from (values ('TRE-0', true), ('TRE-0', false), ('TRE-1', true)) as issues (case_id, is_open);

create table marts.fct_dossier_versions as select *, 'dossiers' as source from (values
    ('TRE-0', 'so-gtvt', 'TRE-0', 1, date '2022-03-01', date '2022-03-01', 'e1', 7, 'processing',
     timestamp '2022-03-08 00:00:00', date '2022-03-08', null, null),
    ('TRE-0', 'so-gtvt', 'TRE-0', 2, date '2022-03-31', date '2022-03-31', 'e2', 12, 'delivered',
     timestamp '2022-03-10 00:00:00', date '2022-03-08', timestamp '2022-03-20 15:30:00',
     date '2022-03-20'),
    ('NGOAI-KY', 'so-gtvt', 'NGOAI-KY', 1, date '2022-03-31', date '2022-03-31', 'e2', 13,
     'processing', null, null, null, null)
) as versions (
    case_id, unit_id, dossier_id, version_no, valid_from_extract_on, last_listed_on, extract_id,
    row_number, status, due_at, effective_due_on, completed_at, completed_on
);

create table marts.fct_document_versions as
select
    '2022|S|1|vp|' || unit_id as case_id, unit_id, 1 as version_no,
    date '2022-03-31' as valid_from_extract_on, date '2022-03-31' as last_listed_on,
    'documents' as source, 'e2' as extract_id, 5 as row_number, 'completed' as status,
    null::date as effective_due_on, null::date as completed_on
from (values ('a'), ('b')) as units (unit_id);

create table marts.fct_unit_reports as
select
    'vp-nc|Báo cáo tháng|' || period as case_id, 'vp-nc' as unit_id, 'Báo cáo tháng' as product,
    period, due_at, null::timestamp as submitted_at, true as submitted_online, true as accepted,
    true as is_fulfilled
from (values
    ('2022-01', timestamp '2022-01-25 17:00'), ('2022-04', timestamp '2022-04-25 17:00')
) as reports (period, due_at);

create table marts.fct_unit_report_versions as
select
    * exclude (is_fulfilled), 1 as version_no, date '2022-03-31' as valid_from_extract_on,
    date '2022-03-31' as last_listed_on, 'unit_reports' as source, 'e2' as extract_id,
    5 as row_number, due_at::date as effective_due_on, null::date as completed_on
from marts.fct_unit_reports;
"""


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    settings.warehouse_dir.mkdir()
    with duckdb.connect(str(settings.published)) as connection:
        connection.execute("set TimeZone = 'Asia/Ho_Chi_Minh'")
        connection.execute(_SQL)
    return settings


@pytest.fixture
def nothing_published(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, lock_wait=0)
