{{ histories(ref('int_dossiers__versions')) }}
