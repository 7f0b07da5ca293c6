{{ histories(ref('int_directives__versions')) }}
