{{ on_time_measure(
    '03b',
    cases=ref('int_directives__cases'),
    scopes={'qms': 'true'},
    late_counts=true
) }}
