{{ measure_07b(ref('int_dossiers__cohorts'), per='cohort') }}
