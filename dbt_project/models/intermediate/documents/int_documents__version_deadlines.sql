{{ version_deadlines(
    ref('int_documents__histories'), ref('int_documents__deadline_steps'), dataset='documents'
) }}
