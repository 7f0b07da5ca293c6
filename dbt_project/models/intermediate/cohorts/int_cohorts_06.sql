{{ on_time_measure(
    '06',
    cases=counted_alike(
        touching_cases(ref('int_documents__cases')),
        case_columns() + deadline_columns() + ['is_exempt']
    ),
    scopes={'qms': 'true'},
    per='cohort'
) }}
