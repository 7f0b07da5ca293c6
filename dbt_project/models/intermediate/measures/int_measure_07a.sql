{{ measure_07a(ref('int_dossiers__cases')) }}
