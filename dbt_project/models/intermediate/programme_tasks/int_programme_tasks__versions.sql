{{ versions(ref('int_programme_tasks__listings'), corrected=newly_corrected('programme_tasks')) }}
