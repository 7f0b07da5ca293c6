{{ cohorts(ref('int_dossiers__cases')) }}
