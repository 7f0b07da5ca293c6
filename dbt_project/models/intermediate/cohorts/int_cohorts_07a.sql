{{ measure_07a(ref('int_dossiers__cohorts'), per='cohort') }}
