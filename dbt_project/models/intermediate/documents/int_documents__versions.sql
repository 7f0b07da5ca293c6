{{ versions(
    ref('int_documents__listings'),
    corrected=newly_corrected('documents'),
    corrected_as=case_key(document_key('known'))
) }}
