{{ histories(ref('int_documents__versions')) }}
