-- What a good engineer would write by hand for the dossiers alone: read the lists, cast, keep the
-- newest version of each case, count the headline figures of 05a, 05b and 07b for every period.
-- No history, no accounts, no bounds, no cases behind a figure, no checks.
create table dossiers as
with read as (
    select
        "Mã hồ sơ" as dossier_id,
        coalesce("Mã đơn vị", '') as unit_id,
        "Mã TTHC" as procedure_id,
        "Cấp thẩm quyền" as authority,
        "Hình thức tiếp nhận" = 'Trực tuyến' as is_online,
        "Mức độ DVC" as service_level,
        coalesce(
            try_strptime("Ngày tiếp nhận", ['%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S', '%d/%m/%Y']),
            try_cast("Ngày tiếp nhận" as timestamp)
        ) as received_at,
        coalesce(
            try_strptime("Ngày hẹn trả", ['%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S', '%d/%m/%Y']),
            try_cast("Ngày hẹn trả" as timestamp)
        ) as due_at,
        coalesce(
            try_strptime("Ngày có kết quả", ['%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S', '%d/%m/%Y']),
            try_cast("Ngày có kết quả" as timestamp)
        ) as completed_at,
        lower("Trạng thái") in ('đã trả kết quả', 'đã có kết quả') as is_finished,
        coalesce("Xử lý điện tử" <> 'Không', true) as is_electronic,
        try_cast("Số lần bổ sung" as integer) as supplement_count,
        filename
    from read_csv($files, all_varchar = true, header = true, filename = true)
)

select * from read
qualify row_number() over (partition by dossier_id order by filename desc) = 1;

create table periods as
select
    grain,
    day::date as period_start,
    least((day + step)::date - 1, date '2022-12-31') as evaluated_on
from (
    values ('month', interval 1 month), ('quarter', interval 3 month),
    ('half_year', interval 6 month), ('year', interval 1 year)
) as grains (grain, step),
generate_series(timestamp '2022-01-01', timestamp '2022-12-31', step) as series (day);

create table figures as
select
    '05b' as measure_id,
    grain,
    period_start,
    count(*) filter (completed_at is not null and completed_at::date <= due_at::date) as numerator,
    count(*) as denominator
from periods
inner join dossiers
    on due_at is not null
    and received_at::date <= evaluated_on
    and (
        completed_at::date between period_start and evaluated_on
        or ((completed_at is null or completed_at::date > evaluated_on)
            and due_at::date < evaluated_on)
    )
group by all

union all

select
    '05a',
    grain,
    period_start,
    count(*) filter (
        due_at is not null and completed_at::date <= due_at::date and is_electronic
        and coalesce(supplement_count, 0) <= 1
    ),
    count(*)
from periods
inner join dossiers on is_finished and completed_at::date between period_start and evaluated_on
group by all

union all

select
    '07b',
    grain,
    period_start,
    count(*) filter (is_online and service_level in ('Mức độ 3', 'Mức độ 4')),
    count(*)
from periods
inner join dossiers on is_finished and completed_at::date between period_start and evaluated_on
group by all;
