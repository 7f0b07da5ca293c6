"""A small published warehouse: only the tables and columns that reports read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.settings import Settings

_SQL = """
create schema marts; create schema seeds;

create table seeds.labels as select * from (values
    ('verdict', 'met', 'Đạt', 'Met'),
    ('verdict', 'not_met', 'Không đạt', 'Not met'),
    ('verdict', 'no_activity', 'Không phát sinh', 'No activity'),
    ('verdict', 'insufficient_evidence', 'Không đủ căn cứ', 'Insufficient evidence'),
    ('basis', 'decided', 'Đã ngã ngũ', 'Decided'),
    ('scope', 'qms', 'Phạm vi HTQLCL', 'Quality management system'),
    ('treatment', 'met', 'Đạt', 'Counted and met'),
    ('treatment', 'failed', 'Không đạt', 'Counted and not met'),
    ('treatment', 'missing_deadline', 'Thiếu hạn', 'Deadline missing')
) as labels (attribute, code, name_vi, name_en);

create table seeds.targets as select * from (values
    ('2022-tth', '05b', 'khoản 5 Điều 1', 'và 98% đảm bảo thời gian quy định'),
    ('2022-tth', '07b', 'khoản 7 Điều 1', 'và trên 60% hồ sơ')
) as targets (decision_id, measure_id, clause_ref, clause_vi);

create table marts.scorecard as
with figures (
    measure_id, measure_name_vi, measure_name_en, basis, numerator, denominator, target,
    comparator, verdict, is_conclusive, rate_low, rate_high, missing_deadline_count, failures_left
) as (values
    ('05b', 'Hồ sơ đúng hạn', 'Dossiers on time', 'decided', 97, 100, 0.98::double, 'ge',
     'not_met', false, 97 / 103, 100 / 103, 3, -1),
    ('06', 'Văn bản đúng hạn', 'Documents on time', 'decided', 0, 0, 0.8, 'gt',
     'no_activity', true, null, null, 0, null),
    ('07b', 'Hồ sơ trực tuyến', 'Dossiers online', 'finished', 15001, 25000, 0.6, 'gt',
     'met', true, 15001 / 25000, 15001 / 25000, 0, 1),
    ('10', 'Sáng kiến', 'Initiatives', 'default', 9, null, 7, 'ge',
     'met', true, null, null, 0, 2)
)
select
    '2022-tth' as decision_id, *, 'qms' as scope, true as is_headline,
    'quarter' as period_grain, date '2022-01-01' as period_start, date '2022-03-31' as period_end,
    date '2022-03-31' as evaluated_on,
    case when denominator > 0 then numerator / denominator end as rate,
    0 as missing_completion_count, 0 as exempt_count, 0 as suspended_count, 0 as undecided_count,
    0 as excluded_count, date '2022-04-01' as as_of,
    timestamptz '2022-04-01 01:02:03+07' as published_at
from figures;

create table marts.scorecard_by_unit as
select *, 'so-tnmt' as unit_id, 'Sở Tài nguyên và Môi trường' as unit_name
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
select
    '05b' as measure_id, 'qms' as scope, 'decided' as basis, 'quarter' as period_grain,
    date '2022-01-01' as period_start, case_id, unit_id, treatment, reason,
    date '2022-01-05' as received_on, due_on, date '2022-03-20' as completed_on
from (
    select 'HS-' || lpad(n::varchar, 3, '0'), 'so-tnmt', 'met', 'on_time', date '2022-03-21'
    from range(97) as met (n)
    union all
    select 'TRE-' || n, 'so-gtvt', 'failed', 'late', date '2022-03-10' from range(3) as failed (n)
    union all
    select 'THIEU-' || lpad(n::varchar, 2, '0'), 'so-gtvt', 'missing_deadline', 'no_deadline', null
    from range(23) as missing (n)
) as cases (case_id, unit_id, treatment, reason, due_on);

create table marts.fct_dossier_versions as select * from (values
    ('TRE-0', 'TRE-0', date '2022-03-01', 'e1', 7, 'processing', timestamp '2022-03-08 00:00:00',
     null::timestamp),
    ('TRE-0', 'TRE-0', date '2022-03-31', 'e2', 12, 'delivered', timestamp '2022-03-10 00:00:00',
     timestamp '2022-03-20 15:30:00')
) as versions (
    case_id, dossier_id, valid_from_extract_on, extract_id, row_number, status, due_at,
    completed_at
);
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
