-- What a good engineer would write by hand for the dossiers alone: read the list, tidy and cast,
-- keep the newest version of each case, count the headline figures of 05a, 05b and 07b for every
-- period. No history, pauses, apologies, registers, accounts, bounds, checks or cases behind a figure,
-- so its figures come near the published ones and are not the same.
create macro tidy(label) as nfc_normalize(
    regexp_replace(replace(trim(lower(label)), 'ð', 'đ'), '[\s\x{a0}]+', ' ', 'g')
);

create macro moment(value) as coalesce(
    try_strptime(value, ['%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S', '%d/%m/%Y']),
    try_cast(value as timestamp)
);

create table dossiers as
with read as (
    select
        "Mã hồ sơ" as dossier_id,
        "Mã đơn vị" as unit_id,
        moment("Ngày tiếp nhận")::date as received_on,
        moment("Ngày hẹn trả")::date as due_on,
        coalesce(moment("Ngày có kết quả"), moment("Ngày trả"))::date as completed_on,
        tidy("Trạng thái") as status,
        tidy("Hình thức tiếp nhận") = 'trực tuyến' as is_online,
        tidy("Mức độ DVC") as level,
        tidy("Đúng quy trình") = 'có' as is_conforming,
        coalesce(tidy("Xử lý điện tử") <> 'không', true) as is_electronic,
        coalesce(try_cast("Số lần bổ sung" as integer), 0) as supplement_count,
        filename
    from read_csv($files, all_varchar = true, header = true, filename = true)
),

newest as (
    select * from read
    qualify row_number() over (partition by dossier_id order by filename desc) = 1
)

select
    *,
    status in (
        'đã trả kết quả', 'đã xử lý xong', 'có kết quả', 'không giải quyết', 'từ chối giải quyết'
    ) as is_finished,
    status in ('rút hồ sơ', 'công dân yêu cầu rút hồ sơ') as is_withdrawn,
    is_online and level in ('mức độ 3', 'mức độ 4', 'một phần', 'toàn trình') as is_online_level_3_4,
    coalesce(is_conforming, is_electronic and supplement_count <= 1 and completed_on <= due_on)
        as follows_procedure
from newest
where status not in ('không được tiếp nhận', 'hủy', 'đã hủy', 'mới đăng ký', 'chờ tiếp nhận');

create table periods as
select
    months,
    day::date as period_start,
    (day + to_months(months))::date - 1 as evaluated_on
from (values (1), (3), (6), (12)) as grains (months),
generate_series(timestamp '2022-01-01', timestamp '2022-12-31', to_months(months)) as series (day);

create table figures as
with closed as (
    select *, case when is_finished or is_withdrawn then completed_on end as closed_on
    from dossiers
)

select
    '05b' as measure_id,
    months,
    period_start,
    count(*) filter (closed_on between period_start and evaluated_on and closed_on <= due_on)
        as numerator,
    count(*) as denominator
from periods
inner join closed
    on received_on <= evaluated_on
    and not (is_withdrawn and closed_on <= due_on)
    and (
        (closed_on between period_start and evaluated_on and due_on is not null)
        or (coalesce(closed_on > evaluated_on, true) and due_on < evaluated_on)
    )
group by all

union all

select
    unnest(['05a', '07b']),
    months,
    period_start,
    unnest([count(*) filter (follows_procedure), count(*) filter (is_online_level_3_4)]),
    count(*)
from periods
inner join closed
    on is_finished and completed_on between period_start and evaluated_on
group by all;
