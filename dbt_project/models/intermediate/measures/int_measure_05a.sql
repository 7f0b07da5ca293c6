{{ measure_05a(ref('int_dossiers__cases')) }}
