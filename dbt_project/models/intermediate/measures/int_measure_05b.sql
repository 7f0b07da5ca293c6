{{ measure_05b(ref('int_dossiers__cases')) }}
