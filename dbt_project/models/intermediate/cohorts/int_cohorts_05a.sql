{{ measure_05a(ref('int_dossiers__cohorts'), per='cohort') }}
