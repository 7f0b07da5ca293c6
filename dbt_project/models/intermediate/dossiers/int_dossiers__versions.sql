{{ versions(ref('int_dossiers__listings'), corrected=newly_corrected('dossiers')) }}
