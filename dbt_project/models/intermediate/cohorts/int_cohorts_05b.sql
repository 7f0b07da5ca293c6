{{ measure_05b(ref('int_dossiers__cohorts'), per='cohort') }}
