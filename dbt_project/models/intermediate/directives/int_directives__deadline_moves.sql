{{ deadline_moves(
    ref('int_directives__deadline_steps'), ref('int_directives__cases'), dataset='directives'
) }}
