{{ on_time_measure(
    '04b',
    cases='(select * from ' ~ ref('int_directives__cases') ~ ' where is_office_directive)',
    scopes={'qms': 'true'}
) }}
