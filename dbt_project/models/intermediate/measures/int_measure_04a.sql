{{ coverage_measure(
    '04a',
    cases='(select * from ' ~ ref('int_directives__with_deadline') ~ ' where is_office_directive)'
) }}
