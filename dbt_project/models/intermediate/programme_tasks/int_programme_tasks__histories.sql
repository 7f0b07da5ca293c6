{{ histories(ref('int_programme_tasks__versions')) }}
