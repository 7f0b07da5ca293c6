{{ version_deadlines(
    ref('int_directives__histories'), ref('int_directives__deadline_steps'), dataset='directives'
) }}
