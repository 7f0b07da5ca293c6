{{ cohorts(touching_cases(ref('int_dossiers__cases'))) }}
